"""The lake as a story needs it, before a run and after: reports, coverage, documents set aside; findings after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths
from tasks.lake_summary import PARTITION_KEYS, manifest_digest, scan_published
from tasks.parquet_files import read_frame

T = TypeVar("T")
_EVERY_ROW = pl.lit(value=True)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the story needs of a published table."""

    table: str
    columns: tuple[str, ...]
    rows: pl.Expr = _EVERY_ROW


_REPORTS = _Wanted(
    "reports",
    (
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
    ),
)
_EXPECTED = _Wanted(
    "coverage",
    (
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
    ),
    pl.col("is_expected"),
)
_FAILING = _Wanted(
    "findings",
    (
        "province",
        "year",
        "report_id",
        "publisher",
        "rule_id",
        "place",
        "severity",
        "message",
    ),
    pl.col("status") == "fail",
)
_HARDEST_FIRST = ["severity", "province", "year", "report_id", "rule_id", "place", "message"]
MOST_FINDINGS = 40


@dataclass(frozen=True, slots=True)
class LakePicture:
    """What is published at one moment. `expected`: only what sources list.
    `unreadable`: published files that could not be read."""

    reports: pl.DataFrame
    expected: pl.DataFrame
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


@dataclass(frozen=True, slots=True)
class FailingFindings:
    """What pages show of the findings that fail, of which a lake may hold millions.

    `by_rule`: rule_id, severity, times, reports. `first`: the MOST_FINDINGS hardest, in order, as published.
    `unreadable`: published files that could not be read.
    """

    by_rule: pl.DataFrame
    first: pl.DataFrame
    unreadable: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many fail."""
        return int(self.by_rule["times"].sum())


def take_picture(lake: LakePaths) -> LakePicture:
    """Read what the story needs; an empty lake gives empty frames."""
    unreadable: list[str] = []
    reports = _told(lake, _REPORTS, _whole, unreadable)
    expected = _told(lake, _EXPECTED, _whole, unreadable)
    return LakePicture(
        reports, expected, read_quarantined(lake), manifest_digest(lake), tuple(unreadable)
    )


def take_failing_findings(lake: LakePaths) -> FailingFindings:
    """Read what pages show of the findings that fail; memory follows what is shown."""
    unreadable: list[str] = []
    found = _told(lake, _FAILING, failing_findings, unreadable)
    return replace(found, unreadable=tuple(unreadable))


def failing_findings(failing: pl.LazyFrame) -> FailingFindings:
    """What pages show of these findings."""
    by_rule = failing.group_by("rule_id", "severity").agg(
        times=pl.len(), reports=pl.col("report_id").n_unique()
    )
    most_first = by_rule.sort("times", "rule_id", "severity", descending=[True, False, False])
    return FailingFindings(
        _whole(most_first), _whole(failing.sort(_HARDEST_FIRST).head(MOST_FINDINGS))
    )


def _whole(rows: pl.LazyFrame) -> pl.DataFrame:
    return rows.collect(engine="streaming")


def _told(
    lake: LakePaths, wanted: _Wanted, tell: Callable[[pl.LazyFrame], T], unreadable: list[str]
) -> T:
    """What is told of a published table. A damaged file must not hide the story of the others."""
    try:
        return tell(scan_published(lake, wanted.table).filter(wanted.rows).select(wanted.columns))
    except (pl.exceptions.PolarsError, OSError):
        return tell(_read_one_by_one(lake, wanted, unreadable).lazy())


def _read_one_by_one(lake: LakePaths, wanted: _Wanted, unreadable: list[str]) -> pl.DataFrame:
    """File by file: one that cannot be read is named, a column an older release lacked is null."""
    schema = {**polars_schema(wanted.table), **PARTITION_KEYS}
    frames = [pl.DataFrame(schema=schema).select(wanted.columns)]
    for path in sorted((lake.published / wanted.table).glob("province=*/year=*/*.parquet")):
        try:
            frame = read_frame(path, hive_partitioning=True, hive_schema=PARTITION_KEYS)
        except (pl.exceptions.PolarsError, OSError):
            unreadable.append(path.relative_to(lake.root).as_posix())
            continue
        asked = {*wanted.columns, *wanted.rows.meta.root_names()}
        lacking = [
            pl.lit(None, schema[name]).alias(name) for name in sorted(asked) if name not in frame
        ]
        frames.append(frame.with_columns(lacking).filter(wanted.rows).select(wanted.columns))
    return pl.concat(frames)
