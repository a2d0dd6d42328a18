"""Indicators of each report, and their sums by province, year, level, organ type and scope."""

from __future__ import annotations

import polars as pl

from annual_reports.lake.measures import REPORT_GROUP, has_table, measure, paths_of
from schemas.indicator_definitions import (
    IndicatorDefinition,
    computed_indicators,
    indicator_definitions,
)
from schemas.rules import operand_kind
from schemas.tables import identity_columns, table

_KNOWN = pl.col("numerator").is_not_null() & pl.col("counted").is_not_null()
_GROUP = (*REPORT_GROUP, "indicator", "indicator_label", "unit")
_TYPES = {
    "number": pl.Decimal(28, 8),
    "date": pl.Date(),
    "flag": pl.Boolean(),
    "text": pl.String(),
}


def indicators(wide: pl.DataFrame) -> pl.DataFrame:
    """One row per report and indicator whose table was found in the report.

    In: the wide frame with last year's values (`prev.`) and what was judged (`judged.`). The value
    is null where a term is not known or the denominator is zero; a blank is never a zero.
    """
    complete = _with_all_paths(wide)
    return pl.concat(_rows(complete, one) for one in computed_indicators())


def _with_all_paths(wide: pl.DataFrame) -> pl.DataFrame:
    paths = {
        path
        for one in computed_indicators()
        for expression in _expressions(one)
        for path in paths_of(expression)
    }
    return wide.with_columns(
        pl.lit(None, _TYPES[operand_kind(path)]).alias(path)
        for path in sorted(paths.difference(wide.columns))
    )


def _expressions(one: IndicatorDefinition) -> list[str]:
    return [text for text in (one.numerator, one.denominator, one.counted) if text]


def _rows(wide: pl.DataFrame, one: IndicatorDefinition) -> pl.DataFrame:
    numerator = measure(one.numerator)
    denominator = _denominator(one, numerator)
    counted = denominator if one.kind == "flag" else measure(one.counted)
    return (
        wide.filter(has_table(one.numerator))
        .select(
            "partition",
            *identity_columns(),
            indicator=pl.lit(one.indicator),
            indicator_label=pl.lit(one.zh_label),
            unit=pl.lit(one.unit or None, pl.String),
            numerator=numerator,
            denominator=denominator,
            counted=counted.cast(pl.Int64, strict=False),
        )
        .with_columns(
            value=_value(has_denominator=one.kind != "amount"),
            is_small=_is_small(one.least_counted),
        )
        .select("partition", *table("indicators").column_names)
    )


def _denominator(one: IndicatorDefinition, numerator: pl.Expr) -> pl.Expr:
    if one.kind == "flag":
        return pl.when(numerator.is_not_null()).then(pl.lit(1, pl.Decimal(28, 8)))
    if one.kind == "amount":
        return pl.lit(None, pl.Decimal(28, 8))
    return measure(one.denominator)


def _value(*, has_denominator: bool) -> pl.Expr:
    above = pl.col("numerator").cast(pl.Float64)
    if not has_denominator:
        return above
    below = pl.col("denominator")
    return pl.when(below != 0).then(above / below.cast(pl.Float64))


def _is_small(least: int | None) -> pl.Expr:
    return pl.lit(None, pl.Boolean) if least is None else pl.col("counted") < least


def indicator_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Sums of numerators and denominators over the reports that know both; never across scopes.

    In: rows of `indicators`. Rates are made from the sums, never from rates.
    """
    additive = [one for one in computed_indicators() if one.additive]
    kind = {one.indicator: one.kind for one in additive}
    least = {one.indicator: one.least_counted for one in additive}
    knows = _KNOWN & ((pl.col("kind") == "amount") | pl.col("denominator").is_not_null())
    return (
        rows.filter(pl.col("indicator").is_in(list(kind)))
        .with_columns(kind=pl.col("indicator").replace_strict(kind, return_dtype=pl.String))
        .with_columns(knows=knows)
        .group_by(*_GROUP, "kind", maintain_order=True)
        .agg(
            reports=pl.len().cast(pl.Int64),
            reports_behind=pl.col("knows").sum().cast(pl.Int64),
            **{name: _sum_of(name) for name in ("numerator", "denominator", "counted")},
        )
        .with_columns(
            value=pl.when(pl.col("kind") == "amount")
            .then(_value(has_denominator=False))
            .otherwise(_value(has_denominator=True)),
            is_small=pl.col("counted")
            < pl.col("indicator").replace_strict(least, return_dtype=pl.Int64),
        )
        .select("partition", *table("indicator_totals").column_names)
    )


def _sum_of(name: str) -> pl.Expr:
    known = pl.col(name).filter("knows")
    return pl.when(known.count() > 0).then(known.sum())


def indicator_definition_rows() -> pl.DataFrame:
    """Every indicator with its names and formula, those that are not computed included."""
    return pl.DataFrame(
        [
            {
                "indicator": one.indicator,
                "kind": one.kind,
                "zh_label": one.zh_label,
                "en_label": one.en_label,
                "unit": one.unit or None,
                "numerator": one.numerator,
                "denominator": one.denominator or None,
                "counted": one.counted,
                "least_counted": one.least_counted,
                "is_additive": one.additive,
                "definition": f"{one.zh_definition}{one.en_definition}",
            }
            for one in indicator_definitions()
        ],
        schema_overrides={"least_counted": pl.Int64},
    )
