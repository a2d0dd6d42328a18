"""What is written is what was declared: rows that break a schema are set aside whole."""

from __future__ import annotations

from dataclasses import dataclass

import pandera.errors
import polars as pl

from schemas.models import model
from schemas.polars_schemas import polars_schema
from schemas.tables import Table, table

_REPORT_SET_ASIDE = "所属报告未能发布 the report it belongs to is set aside"


class SchemaBrokenError(Exception):
    """Raised when a table as a whole has not the declared columns; a fault of the program."""


@dataclass(frozen=True, slots=True)
class GuardedRows:
    """`kept`: rows of the declared schema, sorted by key. `set_aside`: rows of quarantined_rows."""

    kept: pl.DataFrame
    set_aside: pl.DataFrame


def guard_rows(
    table_name: str, candidates: pl.DataFrame, lost_reports: pl.Series | None = None
) -> GuardedRows:
    """Split rows into those that fit the declared table and those that do not.

    Counts may come as decimals: one that is no whole number does not fit. A row of a report that
    was itself set aside (`lost_reports`: report ids) goes with it. Every row in is a row out.
    """
    declared = table(table_name)
    rows = candidates.select(declared.column_names).with_row_index("row_order", offset=1)
    faults = [_broken_counts(rows, declared), *_lost(rows, lost_reports)]
    typed = _typed(rows, table_name)
    faults.append(_broken_rules(typed, table_name))
    reasons = (
        pl.concat(faults)
        .group_by("row_order", maintain_order=True)
        .agg(reasons=pl.col("reason").unique(maintain_order=True).str.join("；"))
    )
    bad = rows.join(reasons, on="row_order", how="inner", validate="1:1")
    kept = typed.join(reasons, on="row_order", how="anti").drop("row_order")
    return GuardedRows(
        kept=kept.sort(declared.key, nulls_last=True), set_aside=_set_aside(bad, declared)
    )


def _broken_counts(rows: pl.DataFrame, declared: Table) -> pl.DataFrame:
    counts = [
        column.name
        for column in declared.columns
        if column.kind == "int64" and rows.schema[column.name].is_decimal()
    ]
    faults = [_NO_FAULTS.to_frame()]
    for name in counts:
        value = pl.col(name)
        broken = rows.filter(value.cast(pl.Int64, strict=False).ne_missing(value))
        text = value.cast(pl.String).str.replace(r"\.?0+$", "")
        faults.append(
            broken.select(
                "row_order",
                reason=pl.format(f"{name}: {{}} 不是整数 is not a whole number", text),
            )
        )
    return pl.concat(faults)


_NO_FAULTS = pl.Schema({"row_order": pl.UInt32(), "reason": pl.String()})


def _lost(rows: pl.DataFrame, lost_reports: pl.Series | None) -> list[pl.DataFrame]:
    if lost_reports is None or "report_id" not in rows.columns:
        return []
    return [
        rows.filter(pl.col("report_id").is_in(lost_reports.implode())).select(
            "row_order", reason=pl.lit(_REPORT_SET_ASIDE)
        )
    ]


def _typed(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    try:
        return rows.cast(dict(polars_schema(table_name)), strict=False)  # type: ignore[arg-type]
    except pl.exceptions.PolarsError as error:
        raise SchemaBrokenError(f"{table_name}: {error}") from error


def _broken_rules(typed: pl.DataFrame, table_name: str) -> pl.DataFrame:
    try:
        model(table_name).validate(typed.drop("row_order"), lazy=True)
    except pandera.errors.SchemaErrors as broken:
        cases: pl.DataFrame = broken.failure_cases
        whole = cases.filter(pl.col("index").is_null())
        if not whole.is_empty():
            raise SchemaBrokenError(
                f"{table_name}: {whole.get_column('check').to_list()}"
            ) from broken
        return cases.select(
            row_order=(pl.col("index") + 1).cast(pl.UInt32),
            reason=pl.format(
                "{}: {} 不合 breaks {}",
                pl.col("column"),
                pl.col("failure_case").fill_null("空 null"),
                pl.col("check"),
            ),
        )
    return _NO_FAULTS.to_frame()


def _set_aside(bad: pl.DataFrame, declared: Table) -> pl.DataFrame:
    def given(name: str) -> pl.Expr:
        return pl.col(name) if name in declared.column_names else pl.lit(None, pl.String)

    return bad.select(
        table=pl.lit(declared.name),
        report_id=given("report_id"),
        document_id=given("document_id"),
        row_order=pl.col("row_order").cast(pl.Int64),
        reasons="reasons",
        row_json=pl.struct(declared.column_names).struct.json_encode(),
    )
