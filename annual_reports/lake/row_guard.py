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
    table_name: str, candidates: pl.DataFrame, reports: GuardedRows | None = None
) -> GuardedRows:
    """Split rows into those that fit the declared table and those that do not.

    Rows of a partitioned table carry the number of their `partition`. Values may come in another
    type and are brought to the declared one first; one that is not kept whole by that (words for a
    number, a count that is no whole number) does not fit. `reports`: what became of the reports of
    the same partitions; a row of one that was set aside goes with it, and one that names a report
    or a publisher of none of them does not fit. Every row in is a row out.
    """
    declared = table(table_name)
    partition = partition_columns(declared)
    rows = candidates.select(*partition, *declared.column_names).with_row_index("row")
    typed = _typed(rows, table_name)
    ordered = typed.sort(*partition, *declared.key, nulls_last=True)
    faults = pl.concat(
        [
            _broken_types(rows, typed, declared),
            _strays(ordered, reports),
            _broken_rules(ordered, declared),
        ]
    )
    reasons = faults.group_by("row", maintain_order=True).agg(
        reasons=pl.col("reason").unique(maintain_order=True).str.join("；")
    )
    kept = (
        ordered
        if reasons.is_empty()
        else ordered.join(reasons, on="row", how="anti", maintain_order="left")
    )
    return GuardedRows(
        kept=kept.drop("row"),
        set_aside=_set_aside(rows, reasons, declared),
    )


_NO_FAULTS = pl.Schema({"row": pl.UInt32(), "reason": pl.String()}).to_frame()


def _broken_types(rows: pl.DataFrame, typed: pl.DataFrame, declared: Table) -> pl.DataFrame:
    """The values that the declared type does not hold whole."""
    coerced = [c for c in declared.columns if rows.schema[c.name] != typed.schema[c.name]]
    broken = rows.select("row", *(_is_broken(c.name, rows, typed) for c in coerced))
    faults = [_NO_FAULTS]
    for column in (c for c in coerced if broken.get_column(c.name).any()):
        text = pl.col(column.name).cast(pl.String, strict=False).fill_null("?")
        faults.append(
            rows.filter(broken.get_column(column.name)).select(
                "row", reason=pl.format(f"{column.name}: {{}} 不是 is no {column.kind}", text)
            )
        )
    return pl.concat(faults)


def _is_broken(name: str, rows: pl.DataFrame, typed: pl.DataFrame) -> pl.Series:
    """Whether a value was lost on the way to its type or, a number, became another one."""
    before, after = rows.get_column(name), typed.get_column(name)
    if before.dtype.is_numeric() and after.dtype.is_numeric():
        return after.cast(before.dtype, strict=False).ne_missing(before)
    return before.is_not_null() & after.is_null()


_MADE_OF_REPORTS = {"report_id": "reports", "publisher_id": "publishers"}
"""Columns that name rows of tables which are made of the published reports."""


def _strays(typed: pl.DataFrame, reports: GuardedRows | None) -> pl.DataFrame:
    """Rows of reports that were set aside, and rows that name a report or publisher of none."""
    faults = [_NO_FAULTS]
    if reports is not None:
        lost = reports.set_aside.select("partition", "report_id").unique().drop_nulls()
        faults += [
            _astray(typed, name, reports.kept, lost)
            for name in _MADE_OF_REPORTS
            if name in typed.columns
        ]
    return pl.concat(faults)


def _astray(
    typed: pl.DataFrame, name: str, reports: pl.DataFrame, lost: pl.DataFrame
) -> pl.DataFrame:
    key = ["partition", name]
    known = reports.select(key).unique()
    unknown = typed.drop_nulls(name).join(known, on=key, how="anti", maintain_order="left")
    reason = pl.format(f"{name}: {{}} 不在 is not in {_MADE_OF_REPORTS[name]}", name)
    if "report_id" not in unknown.columns or unknown.is_empty():
        return unknown.select("row", reason=reason)
    marked = unknown.join(
        lost.with_columns(is_lost=True),
        on=["partition", "report_id"],
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    return marked.select(
        "row", reason=pl.when("is_lost").then(pl.lit(_REPORT_SET_ASIDE)).otherwise(reason)
    )


def _typed(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    """The rows in the declared types; what a type does not hold is null (see `_broken_types`)."""
    try:
        return rows.with_columns(
            _coerced(name, rows.schema[name], kind)
            for name, kind in polars_schema(table_name).items()
        )
    except pl.exceptions.PolarsError as error:
        raise SchemaBrokenError(f"{table_name}: {error}") from error


def _coerced(name: str, given: pl.DataType, kind: pl.DataType) -> pl.Expr:
    """A column in another type: words as ISO dates and times, as numbers, as true or false."""
    column = pl.col(name)
    if not isinstance(given, pl.String):
        return column.cast(kind, strict=False)
    match kind:
        case pl.Date():
            return column.str.to_date("%Y-%m-%d", strict=False)
        case pl.Datetime():
            return column.str.to_datetime("%Y-%m-%dT%H:%M:%S%z", time_unit="us", strict=False)
        case pl.Boolean():
            return column.replace_strict(_FLAGS, default=None, return_dtype=kind)
        case _:
            return column.cast(kind, strict=False)


_FLAGS = {"true": True, "false": False}


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
        numbered.with_columns(position=order.over(partition) if partition else order)
        .join(
            reasons.rename({"reasons": "faults"}),
            on="row",
            how="inner",
            validate="1:1",
            maintain_order="left",
        )
        .select(
            *partition,
            table=pl.lit(declared.name),
            report_id=given("report_id"),
            document_id=given("document_id"),
            row_order=pl.col("position").cast(pl.Int64),
            reasons="faults",
            row_json=pl.struct(declared.column_names).struct.json_encode(),
        )
    )
