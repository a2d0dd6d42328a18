"""The fields of the national forms: sizes, order and keys."""

from __future__ import annotations

import pytest

from schemas.fields import STATUTORY_TABLES, all_fields, table_form

SIZES = {
    ("t2019", "active_disclosure"): (8, 22),
    ("t2021", "active_disclosure"): (6, 10),
    ("t2019", "requests"): (23, 161),
    ("t2021", "requests"): (25, 175),
    ("t2019", "review_litigation"): (3, 15),
    ("t2021", "review_litigation"): (3, 15),
}


@pytest.mark.parametrize(("template", "table"), SIZES)
def test_a_form_has_the_rows_and_cells_of_the_standard(template: str, table: str) -> None:
    form = table_form(template, table)
    assert (len(form.row_keys), sum(map(len, form.rows))) == SIZES[template, table]
    assert [fields[0].row_key for fields in form.rows] == list(form.row_keys)


def test_keys_are_unique_inside_a_template() -> None:
    keys = [(f.template, f.table, f.row_key, f.column_key) for f in all_fields()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("template", ["t2019", "t2021"])
def test_cells_of_a_template_are_row_major_through_its_tables(template: str) -> None:
    orders = [
        field.order
        for table in STATUTORY_TABLES
        for fields in table_form(template, table).rows
        for field in fields
    ]
    assert orders == list(range(1, len(orders) + 1))


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        table_form("t2014", "requests")
