"""Values of table two without separators: read only where every cut agrees."""

from __future__ import annotations

from decimal import Decimal

import pytest

from annual_reports.model import Number
from annual_reports.tables.glued_fields import glued_fields
from schemas.fields import Field, table_form


def fields_of(form: str, row: str) -> tuple[Field, ...]:
    table = table_form(form, "active_disclosure")
    return table.rows[table.row_keys.index(row)]


def values_of(form: str, row: str, text: str) -> list[Number | None]:
    found = glued_fields(fields_of(form, row), text)
    return [one.options[0] if one.piece is not None else None for one in found]


@pytest.mark.parametrize(
    ("form", "row", "text", "values"),
    [
        ("t2021", "rules", "000", [0, 0, 0]),
        ("t2019", "rules", "007", [0, 0, 7]),
        ("t2019", "rules", "7777166", [None, None, None]),
        ("t2019", "rules", "70", [None, None, None]),
        ("t2021", "rules", "00750", [0, None, None]),
        ("t2021", "rules", "0000", [None, None, None]),
        ("t2021", "licensing", "396", [396]),
        ("t2021", "licensing", "3535", [None]),
        ("t2021", "licensing", "-3", [None]),
        ("t2021", "administrative_fees", "45.53", [Decimal("45.53")]),
        ("t2019", "administrative_fees", "35-15", [35, -15]),
        ("t2019", "administrative_fees", "35减15", [35, -15]),
        ("t2019", "penalty", "2648-18538", [2648, None, None]),
        ("t2019", "central_procurement", "395738元", [None, None]),
        ("t2019", "central_procurement", "00", [0, 0]),
    ],
)
def test_only_what_every_cut_gives(
    form: str, row: str, text: str, values: list[Number | None]
) -> None:
    assert values_of(form, row, text) == values


def test_options_are_the_numbers_of_the_cuts() -> None:
    found = glued_fields(fields_of("t2019", "penalty"), "2648-18538")
    assert [one.options for one in found] == [
        (2648,),
        (-18538, -1853, -185, -18, -1),
        (8, 38, 538, 8538, 18538),
    ]
