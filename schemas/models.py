"""The pandera models of every table, built from its declaration.

`batch_model` judges the rows of many partitions and says whether all of them fit; it tests every
bound of a table at once. `model` judges one partition and names each broken bound of each row.
Validate DataFrames, never LazyFrames, and with `lazy=True`: on a LazyFrame pandera checks names and
types only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pandera.polars as pa
import polars as pl

from schemas.foreign_keys import ForeignKey, foreign_keys, names_a_row
from schemas.polars_schemas import POLARS_TYPES
from schemas.tables import Column, Table, table


@cache
def model(table_name: str) -> pa.DataFrameSchema:
    """Types, null policy, ranges, allowed values, patterns, the key and the foreign keys of a table."""
    declared = table(table_name)
    named = {key.columns[-1]: key for key in foreign_keys(table_name)}
    return pa.DataFrameSchema(
        {c.name: _model_column(c, named.get(c.name)) for c in declared.columns},
        checks=[
            pa.Check(
                lambda data: _is_unique(data, declared.key),
                name=f"unique key {' '.join(declared.key)}",
            ),
            *(_row_check(name, holds) for name, holds in _ROW_CHECKS.get(table_name, ())),
        ],
        strict=True,
        ordered=True,
        name=table_name,
    )


@cache
def batch_model(table_name: str) -> pa.DataFrameSchema:
    """What `model` demands, of rows that say in a first column `partition` where they lie, in order of key.

    The key of a partitioned table names a row within its partition. A table that is not
    partitioned has no such column.
    """
    declared = table(table_name)
    key = (*partition_columns(declared), *declared.key)
    return pa.DataFrameSchema(
        {
            **{
                name: pa.Column(pl.UInt32(), nullable=False) for name in partition_columns(declared)
            },
            **{c.name: pa.Column(POLARS_TYPES[c.kind], nullable=True) for c in declared.columns},
        },
        checks=[
            pa.Check(
                lambda data: data.lazyframe.select(row_fits(table_name)),
                name="every bound of every column",
                n_failure_cases=1,
            ),
            pa.Check(
                lambda data: data.lazyframe.select(~_repeats_the_row_before(key)),
                name=f"unique key {' '.join(key)}",
                n_failure_cases=1,
            ),
        ],
        strict=True,
        ordered=True,
        name=table_name,
    )


def partition_columns(declared: Table) -> tuple[str, ...]:
    """`partition` for a table with a file per province and year, nothing for another."""
    return ("partition",) if declared.partitioned else ()


def row_fits(table_name: str) -> pl.Expr:
    """Whether a row keeps null policy, allowed values, ranges, patterns, foreign keys and row checks; never null."""
    bounds = [bound for column in table(table_name).columns for bound in _bounds(column)]
    bounds += [names_a_row(key) for key in foreign_keys(table_name)]
    bounds += [holds() for _, holds in _ROW_CHECKS.get(table_name, ())]
    return pl.all_horizontal(pl.lit(True), *bounds)


def key_is_unique(declared: Table) -> pl.Expr:
    """Whether no other row, of the same partition where there are several, has the key of a row."""
    return pl.struct(*partition_columns(declared), *declared.key).is_unique()


def _bounds(column: Column) -> Iterator[pl.Expr]:
    value = pl.col(column.name)
    if not column.nullable:
        yield value.is_not_null()
    if column.kind == "float64" and not column.nullable:
        yield value.is_not_nan()
    if column.allowed:
        yield value.is_in(list(column.allowed)).fill_null(True)
    if column.minimum is not None:
        yield (value >= column.minimum).fill_null(True)
    if column.pattern:
        yield value.str.contains(column.pattern).fill_null(True)


def _model_column(column: Column, key: ForeignKey | None) -> pa.Column:
    """`key`: the foreign key that ends with the column."""
    checks = []
    if key is not None:
        checks.append(_row_check(key.name, lambda: names_a_row(key)))
    if column.allowed:
        checks.append(pa.Check.isin(list(column.allowed)))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum))
    if column.pattern:
        checks.append(pa.Check.str_matches(column.pattern))
    return pa.Column(
        POLARS_TYPES[column.kind], checks=checks, nullable=column.nullable, required=True
    )


def _is_unique(data: pa.PolarsData, key: tuple[str, ...]) -> pl.LazyFrame:
    return data.lazyframe.select(pl.struct(key).is_unique())


def _repeats_the_row_before(key: tuple[str, ...]) -> pl.Expr:
    """Whether a row has the key of the one before it: among rows in order, whether a key is there twice."""
    same = (pl.col(name).eq_missing(pl.col(name).shift(1)) for name in key)
    return pl.all_horizontal(pl.int_range(pl.len()) > 0, *same)


def _row_check(name: str, holds: Callable[[], pl.Expr]) -> pa.Check:
    return pa.Check(lambda data: data.lazyframe.select(holds()), name=name)


def _number_fits_status() -> pl.Expr:
    """Printed and inferred cells carry a number; blank, note, missing and unreadable ones none."""
    status, has_number = pl.col("status"), pl.col("value").is_not_null()
    return (
        pl.when(status.is_in(["printed", "inferred"]))
        .then(has_number)
        .when(status.is_in(["blank", "note", "missing", "unreadable"]))
        .then(~has_number)
        .otherwise(True)
    )


_ROW_CHECKS: Mapping[str, tuple[tuple[str, Callable[[], pl.Expr]], ...]] = {
    "cells": (("a number where the status has one", _number_fits_status),),
    "local_statistics": (("a number where the status has one", _number_fits_status),),
}
