"""Extractions survive their rows: every cell, claim and finding comes back as it went in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from lake_documents import frame, numbered, report

from annual_reports.lake import EXTRACTION_SCHEMA, document_id, extraction_frame
from annual_reports.lake.extractions import cells_of_document, long_cells, long_rows
from annual_reports.model import Cell, CellEvidence, CellStatus, Claim


def test_cells_come_back_as_they_went_in() -> None:
    document = report("石桥镇", values={"requests.carried_in.total": None})
    odd = Cell(
        "requests",
        "oh_other",
        "total",
        None,
        CellStatus.UNREADABLE,
        "1 0",
        CellEvidence(0, 4, 5, 2, 17, 2, 3, ("R01", "R02"), (0, Decimal("1.5"))),
    )
    document = replace(document, cells=(*document.cells[:-1], odd))
    assert cells_of_document(frame(document)) == document.cells


def test_a_frame_has_one_schema_whatever_it_holds() -> None:
    assert frame().schema == frame(report("石桥镇")).schema == EXTRACTION_SCHEMA


def test_documents_are_told_apart_by_bytes_and_address() -> None:
    first = report("石桥镇").document
    elsewhere = replace(first, url="https://mirror.example/a.html")
    assert document_id(first) != document_id(elsewhere)
    assert document_id(replace(first, url=None)) != document_id(first)
    assert len(document_id(first)) == 32


def test_flags_and_dates_of_the_prose_are_kept_as_text() -> None:
    claims = (
        Claim("no_requests", True, None, "未收到", 1, 0, 3),
        Claim("period_end", "2024-12-31", None, "止", 1, 0, 3),
        Claim("information_fee_yuan", Decimal("0.5"), "元", "0.5元", 6, 0, 3),
    )
    rows = long_rows(numbered(replace(report("石桥镇"), claims=claims)), "claims")
    assert rows.select("metric", "value", "value_text", "order").rows() == [
        ("no_requests", None, "true", 1),
        ("period_end", None, "2024-12-31", 2),
        ("information_fee_yuan", Decimal("0.5"), None, 3),
    ]


@pytest.mark.parametrize("value", [10**16, Decimal("0.123456789"), Decimal("1e25")])
def test_a_number_too_large_or_too_fine_is_unreadable_with_a_finding(value: int | Decimal) -> None:
    document = report("石桥镇", values={"requests.new_received.total": value})
    rows = numbered(document)
    cell = long_cells(rows).filter(
        pl.col("row_key") == "new_received", pl.col("column_key") == "total"
    )
    assert cell.select("value", "status", "raw").rows() == [(None, "unreadable", str(value))]
    assert "D25" in long_rows(rows, "findings").get_column("rule_id").to_list()
    assert rows.item(0, "status") == "needs_review"


def test_the_version_of_the_reader_stands_on_every_row() -> None:
    rows = extraction_frame([report("石桥镇"), report("白水镇")], "7")
    assert rows.get_column("extractor_version").to_list() == ["7", "7"]
