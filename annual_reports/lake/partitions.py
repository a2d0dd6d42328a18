"""All published tables of one province and year, from the extractions of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from annual_reports.checking.partition import FINDING_SCHEMA, check_reports
from annual_reports.checking.wide import (
    publisher_facts,
    wide_reports,
    with_previous_year,
    with_reports_below,
)
from annual_reports.lake import form_tables, report_tables
from annual_reports.lake.coverage import ATTEMPTS_SCHEMA, build_coverage
from annual_reports.lake.extractions import long_cells, long_rows
from annual_reports.lake.revisions import current_versions, with_revisions
from annual_reports.lake.row_guard import GuardedRows, guard_rows
from annual_reports.lake.totals import totals


@dataclass(frozen=True, slots=True)
class PartitionTables:
    """`tables`: every partitioned published table, of its declared schema and sorted by its key.

    `quarantined`: for each table that lost rows, those rows with their reasons.
    """

    tables: Mapping[str, pl.DataFrame]
    quarantined: Mapping[str, pl.DataFrame]


def build_partition(
    current: pl.DataFrame,
    previous_year: pl.DataFrame,
    expected: pl.DataFrame,
    attempts: pl.DataFrame | None = None,
) -> PartitionTables:
    """Everything that is published of one province and year.

    `current`, `previous_year`: extractions (EXTRACTION_SCHEMA) of all documents of this and the
    preceding year; `expected` and `attempts`: EXPECTED_SCHEMA and ATTEMPTS_SCHEMA of this one.
    Raises SchemaBrokenError where a table has not its declared columns.
    """
    versions = with_revisions(current)
    candidates = _report_candidates(versions, previous_year)
    reports = guard_rows("reports", candidates.reports)
    lost = reports.set_aside.get_column("report_id").drop_nulls().unique(maintain_order=True)
    guarded: dict[str, GuardedRows] = {"reports": reports}
    for name, rows in _rows_of_reports(candidates, versions).items():
        guarded[name] = guard_rows(name, rows, lost)
    kept = candidates.wide.filter(~pl.col("report_id").is_in(lost.implode()))
    guarded["totals"] = guard_rows("totals", totals(kept))
    guarded["coverage"] = guard_rows(
        "coverage",
        build_coverage(
            reports.kept,
            guarded["report_revisions"].kept,
            expected,
            ATTEMPTS_SCHEMA.to_frame() if attempts is None else attempts,
        ),
    )
    return PartitionTables(
        tables={name: rows.kept for name, rows in guarded.items()},
        quarantined={
            name: rows.set_aside for name, rows in guarded.items() if not rows.set_aside.is_empty()
        },
    )


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What the tables are made of, before any row is judged."""

    current: pl.DataFrame
    cells: pl.DataFrame
    wide: pl.DataFrame
    findings: pl.DataFrame
    reports: pl.DataFrame


def _report_candidates(versions: pl.DataFrame, previous_year: pl.DataFrame) -> _Candidates:
    current = versions.filter("is_current")
    cells = long_cells(current)
    wide = _wide(current, cells)
    earlier = current_versions(previous_year)
    checked = with_reports_below(with_previous_year(wide, _wide(earlier, long_cells(earlier))))
    doubts = report_tables.reader_findings(long_rows(current, "findings"))
    findings = pl.concat([check_reports(checked), doubts.select(FINDING_SCHEMA.names())])
    return _Candidates(
        current=current,
        cells=cells,
        wide=wide,
        findings=findings,
        reports=report_tables.reports(current, publisher_facts(current), cells, findings),
    )


def _wide(current: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    return wide_reports(current, cells, long_rows(current, "claims"))


def _rows_of_reports(candidates: _Candidates, versions: pl.DataFrame) -> Mapping[str, pl.DataFrame]:
    current, wide = candidates.current, candidates.wide
    return {
        "report_revisions": report_tables.report_revisions(versions),
        "cells": report_tables.cell_rows(current, candidates.cells),
        "active_disclosure": form_tables.active_disclosure(wide, candidates.cells),
        "requests": form_tables.requests(wide),
        "review_litigation": form_tables.review_litigation(wide),
        "sections": report_tables.section_rows(current, long_rows(current, "sections")),
        "claims": report_tables.claim_rows(current, long_rows(current, "claims")),
        "findings": report_tables.finding_rows(current, candidates.findings),
    }
