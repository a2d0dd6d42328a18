"""What is written is what was declared: rows that break a schema are set aside whole."""

from __future__ import annotations

from dataclasses import dataclass

import pandera.errors
import polars as pl

from schemas.models import batch_model, key_is_unique, model, partition_columns, row_fits
from schemas.polars_schemas import polars_schema
from schemas.tables import Table, table

_REPORT_SET_ASIDE = "所属报告未能发布 the report it belongs to is set aside"


class SchemaBrokenError(Exception):
    """Raised when a table as a whole has not the declared columns; a fault of the program."""


@dataclass(frozen=True, slots=True)
class GuardedRows:
    """`kept`: rows of the declared schema, sorted by key. `set_aside`: rows of quarantined_rows.

    Both of a partitioned table begin with the column `partition`, by which they are sorted first.
    """

    kept: pl.DataFrame
    set_aside: pl.DataFrame


def guard_rows(
    table_name: str, candidates: pl.DataFrame, lost_reports: pl.DataFrame | None = None
) -> GuardedRows:
    """Split rows into those that fit the declared table and those that do not.

    Rows of a partitioned table carry the number of their `partition`. Counts may come as decimals:
    one that is no whole number does not fit. A row of a report that was itself set aside
    (`lost_reports`: partition, report_id) goes with it. Every row in is a row out.
    """
    declared = table(table_name)
    partition = partition_columns(declared)
    rows = candidates.select(*partition, *declared.column_names).with_row_index("row")
    typed = _typed(rows, table_name)
    faults = pl.concat(
        [_broken_counts(rows, declared), _lost(rows, lost_reports), _broken_rules(typed, declared)]
    )
    reasons = faults.group_by("row", maintain_order=True).agg(
        reasons=pl.col("reason").unique(maintain_order=True).str.join("；")
    )
    kept = typed if reasons.is_empty() else typed.join(reasons, on="row", how="anti")
    return GuardedRows(
        kept=kept.drop("row").sort(*partition, *declared.key, nulls_last=True),
        set_aside=_set_aside(rows, reasons, declared),
    )


_NO_FAULTS = pl.Schema({"row": pl.UInt32(), "reason": pl.String()}).to_frame()


def _broken_counts(rows: pl.DataFrame, declared: Table) -> pl.DataFrame:
    counts = [
        column.name
        for column in declared.columns
        if column.kind == "int64" and rows.schema[column.name].is_decimal()
    ]
    flags = rows.select(_is_broken_count(name).any().alias(name) for name in counts)
    faults = [_NO_FAULTS]
    for name in (flag.name for flag in flags if flag.any()):
        text = pl.col(name).cast(pl.String).str.replace(r"\.?0+$", "")
        faults.append(
            rows.filter(_is_broken_count(name)).select(
                "row", reason=pl.format(f"{name}: {{}} 不是整数 is not a whole number", text)
            )
        )
    return pl.concat(faults)


def _is_broken_count(name: str) -> pl.Expr:
    value = pl.col(name)
    return value.cast(pl.Int64, strict=False).ne_missing(value)


def _lost(rows: pl.DataFrame, lost_reports: pl.DataFrame | None) -> pl.DataFrame:
    if lost_reports is None or lost_reports.is_empty() or "report_id" not in rows.columns:
        return _NO_FAULTS
    gone = rows.select("row", "partition", "report_id").join(
        lost_reports, on=["partition", "report_id"], how="semi"
    )
    return gone.select("row", reason=pl.lit(_REPORT_SET_ASIDE))


def _typed(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    try:
        return rows.cast(dict(polars_schema(table_name)), strict=False)  # type: ignore[arg-type]
    except pl.exceptions.PolarsError as error:
        raise SchemaBrokenError(f"{table_name}: {error}") from error


def _broken_rules(typed: pl.DataFrame, declared: Table) -> pl.DataFrame:
    """All rows are judged at once; only where some do not fit is it said which and why."""
    try:
        batch_model(declared.name).validate(typed.drop("row"), lazy=True)
    except pandera.errors.SchemaErrors as broken:
        _stop_if_whole_table(declared, broken)
    else:
        return _NO_FAULTS
    unfit = typed.filter(~row_fits(declared.name) | ~key_is_unique(declared))
    partition = partition_columns(declared)
    parts = unfit.partition_by(partition, maintain_order=True) if partition else [unfit]
    return pl.concat(_named_faults(part.drop(partition), declared) for part in parts)


def _named_faults(unfit: pl.DataFrame, declared: Table) -> pl.DataFrame:
    """The broken bounds of rows of one partition, none of which fits."""
    try:
        model(declared.name).validate(unfit.drop("row"), lazy=True)
    except pandera.errors.SchemaErrors as broken:
        _stop_if_whole_table(declared, broken)
        cases: pl.DataFrame = broken.failure_cases
    else:
        raise SchemaBrokenError(f"{declared.name}: rows do not fit and no bound is broken")
    rows = unfit.select("row").with_row_index("index")
    return cases.join(
        rows.with_columns(pl.col("index").cast(pl.Int32)),
        on="index",
        how="inner",
        validate="m:1",
        maintain_order="left",
    ).select(
        "row",
        reason=pl.format(
            "{}: {} 不合 breaks {}",
            pl.col("column"),
            pl.col("failure_case").fill_null("空 null"),
            pl.col("check"),
        ),
    )


def _stop_if_whole_table(declared: Table, broken: pandera.errors.SchemaErrors) -> None:
    whole = broken.failure_cases.filter(pl.col("index").is_null())
    if not whole.is_empty():
        raise SchemaBrokenError(
            f"{declared.name}: {whole.get_column('check').to_list()}"
        ) from broken


def _set_aside(rows: pl.DataFrame, reasons: pl.DataFrame, declared: Table) -> pl.DataFrame:
    def given(name: str) -> pl.Expr:
        return pl.col(name) if name in declared.column_names else pl.lit(None, pl.String)

    partition = partition_columns(declared)
    order = pl.int_range(1, pl.len() + 1)
    numbered = rows.head(0) if reasons.is_empty() else rows
    return (
        numbered.with_columns(row_order=order.over(partition) if partition else order)
        .join(reasons, on="row", how="inner", validate="1:1", maintain_order="left")
        .select(
            *partition,
            table=pl.lit(declared.name),
            report_id=given("report_id"),
            document_id=given("document_id"),
            row_order=pl.col("row_order").cast(pl.Int64),
            reasons="reasons",
            row_json=pl.struct(declared.column_names).struct.json_encode(),
        )
    )
