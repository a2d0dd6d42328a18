"""One wrong digit in table three is found, and what would fit is proposed, never applied."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from reports_that_fit import fitting_values, wide_frame

from annual_reports.checking import check_extraction
from annual_reports.checking.partition import check_reports
from annual_reports.model import Cell, CellEvidence, CellStatus, Finding, Identity
from schemas.fields import all_fields


def cell_paths(form: str) -> list[str]:
    return [
        f"{field.table}.{field.row_key}.{field.column_key}"
        for field in all_fields()
        if field.template == form and field.table == "requests"
    ]


def checked_alone(values: dict[str, Any], form: str) -> tuple[Finding, ...]:
    cells = tuple(
        Cell(*path.split("."), value, CellStatus.PRINTED, str(value), CellEvidence())
        for path, value in values.items()
        if path.startswith("requests.")
    )
    templates = {"requests": form}
    return check_extraction(
        cells, (), templates, {}, Identity(year=2024 if form == "t2021" else 2020)
    )


@pytest.mark.parametrize("form", ["t2021", "t2019"])
def test_a_wrong_digit_in_any_cell_is_located_in_both_evaluators(form: str) -> None:
    chance = random.Random(6)
    fitting = fitting_values(form)
    broken = []
    for path in cell_paths(form):
        broken.append(fitting | {path: fitting[path] + chance.choice((1, 10, 200))})
    found = check_reports(wide_frame(broken, form)).filter(pl.col("proposal_place").is_not_null())
    for document, path in enumerate(cell_paths(form)):
        proposed = found.filter(document=document).select("proposal_place", "proposal_value")
        assert set(proposed.rows()) == {(path, str(fitting[path]))}, path
        alone = {
            (one.proposal_place, one.proposal_value)
            for one in checked_alone(broken[document], form)
            if one.proposal_place
        }
        assert alone == {(path, fitting[path])}, path


def test_the_finding_names_cell_and_value_and_keeps_what_is_printed() -> None:
    values = fitting_values("t2021") | {"requests.nd_state_secret.natural_person": 1}
    rows = check_reports(wide_frame([values], "t2021")).filter(status="fail", severity="hard")
    assert rows.select("rule_id", "place").rows() == [
        ("R02", "requests.natural_person"),
        ("R03", "requests.nd_state_secret"),
    ]
    assert rows["proposal_value"].to_list() == ["0", "0"]
    assert all("requests.nd_state_secret.natural_person" in text for text in rows["message"])
    assert all("requests.nd_state_secret.natural_person=1" in text for text in rows["operands"])


def test_two_wrong_digits_locate_nothing() -> None:
    values = fitting_values("t2021") | {
        "requests.nd_state_secret.natural_person": 1,
        "requests.np_repeated.other_organization": 2,
    }
    rows = check_reports(wide_frame([values], "t2021"))
    assert rows["proposal_place"].null_count() == rows.height


def test_a_value_below_zero_is_never_proposed() -> None:
    values = fitting_values("t2021") | {
        "requests.carried_in.total": 0,
        "requests.carried_in.natural_person": 0,
        "requests.carried_out.total": 1,
        "requests.carried_out.natural_person": 1,
    }
    rows = check_reports(wide_frame([values], "t2021")).filter(status="fail", severity="hard")
    assert rows["proposal_place"].null_count() == rows.height


def test_row_and_column_that_ask_for_different_values_locate_nothing() -> None:
    values = fitting_values("t2021") | {
        "requests.carried_in.total": 3,
        "requests.carried_out.total": 4,
        "requests.carried_out.other_organization": 3,
    }
    rows = check_reports(wide_frame([values], "t2021"))
    assert rows.filter(rule_id="R03", status="fail")["place"].to_list() == ["requests.carried_in"]
    assert rows["proposal_place"].null_count() == rows.height
