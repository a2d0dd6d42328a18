"""Findings of earlier readers, which knew one class `source`, get the class of today."""

from __future__ import annotations

import polars as pl
import pytest

from annual_reports.lake.finding_classes import with_current_classes
from schemas.fields import read_data_rows
from schemas.tables import vocabulary


def classes(*findings: tuple[str, str]) -> list[str]:
    rows = pl.DataFrame(findings, schema=["rule_id", "class"], orient="row")
    return with_current_classes(rows)["class"].to_list()


@pytest.mark.parametrize(
    "row", read_data_rows("rule_evaluation.csv"), ids=lambda row: row["rule_id"]
)
def test_a_rule_has_the_class_of_its_line(row: dict[str, str]) -> None:
    assert classes((row["rule_id"], "source")) == [row["finding_class"]]


@pytest.mark.parametrize("name", ["reader_findings.csv", "document_findings.csv"])
def test_a_doubt_of_the_reader_has_the_class_of_its_wording(name: str) -> None:
    last_class = {row["rule_id"]: row["class"] for row in read_data_rows(name)}
    assert classes(*((rule, "source") for rule in last_class)) == list(last_class.values())


def test_other_classes_stay_and_an_unknown_rule_is_about_the_content() -> None:
    kept = [one for one in vocabulary("finding_classes") if one != "source"]
    assert classes(*(("R01", one) for one in kept)) == kept
    assert classes(("T99", "source")) == ["source_content"]
