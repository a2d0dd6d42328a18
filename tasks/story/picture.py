"""The lake as a story needs it, before a run and after: reports, coverage, findings, documents set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths
from tasks.lake_summary import manifest_digest, read_published
from tasks.parquet_files import read_frame

_REPORT = [
    "province",
    "year",
    "report_id",
    "publisher",
    "status",
    "url",
    "document_name",
    "sha256",
    "findings_hard",
    "findings_soft",
    "cells_unreadable",
]
_COVERAGE = [
    "province",
    "year",
    "publisher",
    "is_expected",
    "status",
    "report_id",
    "url",
    "reason",
    "fetch_state",
    "cause",
    "due_date",
]
_FINDING = [
    "province",
    "year",
    "report_id",
    "publisher",
    "rule_id",
    "place",
    "severity",
    "class",
    "left",
    "right",
    "difference",
    "message",
]


@dataclass(frozen=True, slots=True)
class LakePicture:
    """What is published at one moment. `findings` are those that fail; `expected` only what sources list.
    `unreadable`: published files that could not be read."""

    reports: pl.DataFrame
    expected: pl.DataFrame
    findings: pl.DataFrame
    quarantined: pl.DataFrame
    manifest_sha256: str | None
    unreadable: tuple[str, ...] = ()

    @property
    def passing(self) -> int:
        """Reports of which every hard rule that could be judged holds."""
        return int((self.reports["status"] == "ok").sum())

    @property
    def covered(self) -> int:
        """Expected reports that are published."""
        return int((self.expected["status"] == "published").sum())

    def overdue(self, today: date) -> pl.DataFrame:
        """Expected reports that are not there though their day has passed."""
        return self.expected.filter(
            pl.col("status") != "published",
            pl.col("due_date").is_not_null(),
            pl.col("due_date") < today,
        )


def take_picture(lake: LakePaths) -> LakePicture:
    """Read what the story needs; an empty lake gives empty frames."""
    unreadable: list[str] = []
    reports = _read(lake, "reports", _REPORT, unreadable)
    coverage = _read(lake, "coverage", _COVERAGE, unreadable)
    findings = _read(lake, "findings", [*_FINDING, "status"], unreadable)
    return LakePicture(
        reports,
        coverage.filter("is_expected"),
        findings.filter(pl.col("status") == "fail").select(_FINDING),
        read_quarantined(lake),
        manifest_digest(lake),
        tuple(unreadable),
    )


def _read(
    lake: LakePaths, table: str, columns: Sequence[str], unreadable: list[str]
) -> pl.DataFrame:
    """The columns of a published table. A damaged file must not hide the story of the others."""
    try:
        return read_published(lake, table).select(columns)
    except (pl.exceptions.PolarsError, OSError):
        return _read_one_by_one(lake, table, columns, unreadable)


def _read_one_by_one(
    lake: LakePaths, table: str, columns: Sequence[str], unreadable: list[str]
) -> pl.DataFrame:
    """File by file: one that cannot be read is named, a column an older release lacked is null."""
    schema = {**polars_schema(table), "province": pl.String(), "year": pl.Int64()}
    frames = [pl.DataFrame(schema=schema).select(columns)]
    for path in sorted((lake.published / table).glob("province=*/year=*/*.parquet")):
        try:
            frame = read_frame(
                path,
                hive_partitioning=True,
                hive_schema={"province": pl.String, "year": pl.Int64},
            )
        except (pl.exceptions.PolarsError, OSError):
            unreadable.append(path.relative_to(lake.root).as_posix())
            continue
        lacking = [pl.lit(None, schema[name]).alias(name) for name in columns if name not in frame]
        frames.append(frame.with_columns(lacking).select(columns))
    return pl.concat(frames)
