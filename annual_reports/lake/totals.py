"""Sums by province, year, level, organ type and scope, each with the reports behind it."""

from __future__ import annotations

import polars as pl

from annual_reports.checking.partition import compile_number
from schemas.fields import read_data_rows
from schemas.rules import FORM_TABLES, expression_node, operands_in
from schemas.tables import TotalMeasure, total_measures

_GROUP = [
    "partition",
    "province_code",
    "province_name",
    "report_year",
    "level",
    "organ_type",
    "scope",
]


def totals(wide: pl.DataFrame) -> pl.DataFrame:
    """One row per partition and group of current reports; never across scopes.

    A report that lacks a term of a sum is left out of that sum and of its `<measure>_reports`;
    a sum behind which stands no report is null. Non-integral terms count as lacking.
    """
    measured = wide.with_columns(
        _measure(measure).alias(measure.name) for measure in total_measures()
    )
    return measured.group_by(_GROUP, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("reports"),
        *(expression for measure in total_measures() for expression in _summed(measure.name)),
    )


def _summed(name: str) -> tuple[pl.Expr, pl.Expr]:
    value = pl.col(name)
    known = value.count().cast(pl.Int64)
    return (
        pl.when(known > 0).then(value.sum()).alias(name),
        known.alias(f"{name}_reports"),
    )


def _measure(measure: TotalMeasure) -> pl.Expr:
    """The measure of one report by the form its table has; null where a term is not a count."""
    value = pl.lit(None, pl.Int64)
    for form in (row["template"] for row in read_data_rows("forms.csv")):
        node = expression_node(measure.expression, form)
        if node is not None:
            governing = next(t for t in FORM_TABLES if operands_in(node)[0].startswith(t))
            exact = _whole(compile_number(node))
            value = pl.when(pl.col(f"template_{governing}") == form).then(exact).otherwise(value)
    return value


def _whole(value: pl.Expr) -> pl.Expr:
    whole = value.cast(pl.Int64, strict=False)
    return pl.when(whole == value).then(whole)
