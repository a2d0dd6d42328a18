"""Sums by province, year, level, organ type and scope, each with the reports behind it."""

from __future__ import annotations

import polars as pl

from annual_reports.lake.measures import REPORT_GROUP, whole_measure
from schemas.tables import table, total_measures, vocabulary

_COVERED = ["partition", "level", "organ_type"]


def totals(wide: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """One row per partition and group of current reports; never across scopes.

    `coverage`: rows of `coverage_totals`, by which each group knows how complete it is.

    A report that lacks a term of a sum is left out of that sum and of its `<measure>_reports`;
    a sum behind which stands no report is null. Non-integral terms count as lacking.
    """
    measured = wide.with_columns(
        whole_measure(measure.expression).alias(measure.name) for measure in total_measures()
    )
    rates = coverage.select(*_COVERED, "coverage_rate")
    return (
        measured.group_by(REPORT_GROUP, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("reports"),
            *(expression for measure in total_measures() for expression in _summed(measure.name)),
        )
        .join(rates, on=_COVERED, how="left", nulls_equal=True, validate="m:1")
        .select("partition", *table("totals").column_names)
    )


def coverage_totals(coverage: pl.DataFrame) -> pl.DataFrame:
    """Expected and published reports by level and organ type; scope is not known before a report is."""
    status, expected = pl.col("status"), pl.col("is_expected")
    counts = {
        "expected": expected,
        **{name: expected & (status == name) for name in vocabulary("coverage_statuses")},
        "unexpected": ~expected,
        "on_time": pl.col("days_late") <= 0,
        "late": pl.col("days_late") > 0,
        "date_unknown": (status == "published") & pl.col("days_late").is_null(),
    }
    return (
        coverage.group_by("partition", "report_year", "level", "organ_type", maintain_order=True)
        .agg(holds.sum().cast(pl.Int64).alias(name) for name, holds in counts.items())
        .with_columns(
            coverage_rate=pl.when(pl.col("expected") > 0).then(
                pl.col("published") / pl.col("expected")
            )
        )
        .select("partition", *table("coverage_totals").column_names)
    )


def _summed(name: str) -> tuple[pl.Expr, pl.Expr]:
    value = pl.col(name)
    known = value.count().cast(pl.Int64)
    return (
        pl.when(known > 0).then(value.sum()).alias(name),
        known.alias(f"{name}_reports"),
    )
