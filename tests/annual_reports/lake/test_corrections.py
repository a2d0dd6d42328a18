"""A person's decision about a cell reaches every table, or fails loudly and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from annual_reports.lake.partitions import PartitionTables
from annual_reports.model import CellStatus, Extraction
from schemas.decision_book import DecisionBook, decision_book
from schemas.decisions import DecisionFile
from tests.annual_reports.lake.lake_documents import (
    NO_EXTRACTIONS,
    NOBODY_EXPECTED,
    build_partition,
    frame,
    report,
)

TOTAL = "requests.new_received.total"
SIGNED = {"decided_by": "甲", "decided_on": "2026-01-02", "reason": "对照原文，印的是 8"}


def unreadable(one: Extraction, path: str, raw: str) -> Extraction:
    """The report with one cell that could not be read."""
    cells = tuple(
        cell._replace(value=None, status=CellStatus.UNREADABLE, raw=raw)
        if f"{cell.table}.{cell.row_key}.{cell.column_key}" == path
        else cell
        for cell in one.cells
    )
    return replace(one, cells=cells, status="needs_review")


def correction(one: Extraction, value: int | None, **changes: Any) -> dict[str, Any]:
    seen = next(c for c in one.cells if f"{c.table}.{c.row_key}.{c.column_key}" == TOTAL)
    record: dict[str, Any] = {
        "id": "record-1",
        "guard": {"sha256": one.document.sha256},
        "cell": TOTAL,
        "expect": {"value": seen.value, "status": seen.status.value, "raw": seen.raw},
        "value": value,
        **SIGNED,
    }
    return record | changes


def book(**records: list[dict[str, Any]]) -> DecisionBook:
    return decision_book({"a.yml": DecisionFile.model_validate(records)})


def published(decided: DecisionBook, *reports: Extraction) -> PartitionTables:
    return build_partition(frame(*reports), NO_EXTRACTIONS, NOBODY_EXPECTED, decided=decided)


def cell(tables: PartitionTables, path: str = TOTAL) -> dict[str, Any]:
    table, row_key, column_key = path.split(".")
    return (
        tables.tables["cells"]
        .filter(table=table, row_key=row_key, column_key=column_key)
        .row(0, named=True)
    )


def failures(tables: PartitionTables) -> pl.DataFrame:
    return tables.tables["findings"].filter(status="fail")


def test_a_cell_decided_reaches_the_form_tables_the_sums_and_the_status() -> None:
    doubtful = unreadable(report("甲镇"), TOTAL, "7?")
    before = published(book(), doubtful).tables["reports"].row(0, named=True)
    assert (before["status"], before["cells_unreadable"]) == ("needs_review", 1)
    after = published(book(cells=[correction(doubtful, 7)]), doubtful)
    row = after.tables["reports"].row(0, named=True)
    assert (row["status"], row["cells_unreadable"], row["cells_corrected"]) == ("ok", 0, 1)
    corrected = cell(after)
    assert (corrected["value"], corrected["status"]) == (Decimal(7), "corrected")
    assert (corrected["raw"], corrected["correction"]) == ("7?", "record-1")
    total = after.tables["requests"].filter(pl.col("is_total")).row(0, named=True)
    assert total["new_received"] == 7
    assert after.tables["totals"]["new_received"].to_list() == [7]
    assert failures(after).is_empty()


def test_the_rules_judge_what_was_decided() -> None:
    doubtful = unreadable(report("甲镇"), TOTAL, "7?")
    after = published(book(cells=[correction(doubtful, 9)]), doubtful)
    assert {"R01"} <= set(failures(after)["rule_id"])
    assert after.tables["reports"]["status"].to_list() == ["inconsistent"]


def test_a_number_taken_back_is_null_not_zero() -> None:
    printed = report("甲镇")
    after = published(book(cells=[correction(printed, None)]), printed)
    assert (cell(after)["value"], cell(after)["status"]) == (None, "corrected")
    assert cell(after)["raw"] == "7"


def test_a_cell_that_reads_otherwise_now_is_published_as_read_with_a_failure() -> None:
    printed = report("甲镇")
    wrong = correction(printed, 8, expect={"value": 5, "status": "printed", "raw": "5"})
    after = published(book(cells=[wrong]), printed)
    assert (cell(after)["value"], cell(after)["correction"]) == (Decimal(7), None)
    (failure,) = failures(after).rows(named=True)
    assert (failure["rule_id"], failure["place"]) == ("G01", TOTAL)
    assert (failure["left"], failure["right"]) == (5, 7)
    for words in ("record-1", "a.yml", "撤回"):
        assert words in failure["message"]
    assert after.tables["corrections"]["state"].to_list() == ["cell_differs"]
    assert after.tables["reports"]["status"].to_list() == ["needs_review"]


def test_a_document_replaced_by_another_breaks_the_decision_about_it() -> None:
    first = report("甲镇")
    second = report("甲镇", values={TOTAL: 9}, publish_date="2025-02-20", is_correction=True)
    decided = book(cells=[correction(first, 8)])
    assert cell(published(decided, first))["value"] == 8
    after = published(decided, first, second)
    assert (cell(after)["value"], cell(after)["status"]) == (9, "printed")
    assert after.tables["corrections"]["state"].to_list() == ["superseded_document"]
    assert "G01" in set(failures(after)["rule_id"])


def test_a_decision_about_another_document_changes_nothing() -> None:
    one, other = report("甲镇"), report("乙镇")
    decided = book(cells=[correction(other, 8)])
    plain, after = published(book(), one).tables, published(decided, one).tables
    assert all(plain[name].equals(after[name]) for name in plain)


class TestJudgements:
    wrong = report("甲镇", values={TOTAL: 9})

    def judgement(self, finding: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": "record-2",
            "finding": finding["fingerprint"],
            "report": finding["report_id"],
            "province": "CN-SX",
            "year": 2024,
            "rule": finding["rule_id"],
            "place": finding["place"],
            "expect": {"left": finding["left"], "right": finding["right"]},
            "verdict": "source_error",
            **SIGNED,
        }

    def test_a_judgement_is_kept_while_the_values_stay_and_reopened_when_they_change(self) -> None:
        finding = failures(published(book(), self.wrong)).filter(rule_id="R01").row(0, named=True)
        assert finding["judgement"] is None
        decided = book(judgements=[self.judgement(finding)])
        assert self.judged(decided, self.wrong) == {"source_error"}
        again = replace(self.wrong, title="另一标题")
        assert self.judged(decided, again) == {"source_error"}
        assert self.judged(decided, report("甲镇", values={TOTAL: 10})) == {"reopened"}
        assert self.judged(decided, report("甲镇")) == set()

    def judged(self, decided: DecisionBook, one: Extraction) -> set[str]:
        return set(failures(published(decided, one)).filter(rule_id="R01")["judgement"])


def test_the_prose_is_judged_again_by_what_was_decided() -> None:
    printed = report("甲镇")
    assert published(book(), printed).tables["claims"]["verdict"].to_list() == ["agrees"]
    after = published(book(cells=[correction(printed, 8)]), printed)
    assert after.tables["claims"]["verdict"].to_list() == ["contradicts"]
    assert "N01" in set(failures(after)["rule_id"])
    emptied = published(book(cells=[correction(printed, None)]), printed)
    assert emptied.tables["claims"]["verdict"].to_list() == ["not_assessable"]
    other = published(book(cells=[correction(report("乙镇"), 8)]), printed, report("乙镇"))
    assert sorted(other.tables["claims"]["verdict"]) == ["agrees", "contradicts"]


class TestProofs:
    """Inferred cells whose proof reads a cell that a person corrected."""

    NEXT_YEAR = "requests.carried_out.total"

    def inferred(self, one: Extraction, path: str, *rules: str) -> Extraction:
        cells = tuple(
            item._replace(
                status=CellStatus.INFERRED, evidence=item.evidence._replace(rules=tuple(rules))
            )
            if f"{item.table}.{item.row_key}.{item.column_key}" == path
            else item
            for item in one.cells
        )
        return replace(one, cells=cells)

    def test_a_proof_that_no_longer_holds_takes_the_number_away(self) -> None:
        one = self.inferred(report("甲镇"), self.NEXT_YEAR, "R01", "R03")
        proved = cell(published(book(), one), self.NEXT_YEAR)
        assert proved["status"] == "inferred"
        after = published(book(cells=[correction(one, 8)]), one)
        lost = cell(after, self.NEXT_YEAR)
        assert (lost["value"], lost["status"]) == (None, "unreadable")
        assert Decimal(lost["options"]) == proved["value"]
        (doubt,) = after.tables["findings"].filter(rule_id="G03").rows(named=True)
        assert doubt["place"] == self.NEXT_YEAR
        assert after.tables["reports"]["status"].to_list() == ["needs_review"]
        assert after.tables["reports"]["cells_unreadable"].to_list() == [1]

    def test_a_proof_that_holds_with_what_was_decided_stands(self) -> None:
        one = self.inferred(report("甲镇"), self.NEXT_YEAR, "R01", "R03")
        after = published(book(cells=[correction(one, 7)]), one)
        assert cell(after, self.NEXT_YEAR)["status"] == "inferred"
        assert after.tables["findings"].filter(rule_id="G03").is_empty()

    def test_what_rests_on_a_lost_proof_is_lost_too(self) -> None:
        person = "requests.carried_out.natural_person"
        one = self.inferred(report("甲镇"), self.NEXT_YEAR, "R01")
        one = self.inferred(one, person, "R03")
        after = published(book(cells=[correction(one, 8)]), one)
        assert {self.NEXT_YEAR, person} <= set(
            after.tables["findings"].filter(rule_id="G03")["place"]
        )

    def test_another_table_is_left_alone(self) -> None:
        elsewhere = "review_litigation.reconsideration.total"
        one = self.inferred(report("甲镇"), elsewhere, "R10")
        after = published(book(cells=[correction(one, 8)]), one)
        assert cell(after, elsewhere)["status"] == "inferred"

    def test_a_person_settles_what_lost_its_proof(self) -> None:
        one = self.inferred(report("甲镇"), self.NEXT_YEAR, "R01", "R03")
        lost = cell(published(book(cells=[correction(one, 8)]), one), self.NEXT_YEAR)
        answer = correction(
            one,
            3,
            id="record-2",
            cell=self.NEXT_YEAR,
            expect={name: lost[name] for name in ("value", "status", "raw")},
        )
        after = published(book(cells=[correction(one, 8), answer]), one)
        assert (cell(after, self.NEXT_YEAR)["value"], cell(after, self.NEXT_YEAR)["status"]) == (
            Decimal(3),
            "corrected",
        )
        assert set(after.tables["corrections"]["state"]) == {"applied"}
