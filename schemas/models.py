"""The pandera model and the Polars schema of every table, built from its declaration.

Validate DataFrames, never LazyFrames, and with `lazy=True`: on a LazyFrame pandera checks names and
types only.
"""

from __future__ import annotations

from functools import cache

import pandera.polars as pa
import polars as pl

from schemas.polars_schemas import POLARS_TYPES
from schemas.tables import Column, table


@cache
def model(table_name: str) -> pa.DataFrameSchema:
    """Types, null policy, ranges, allowed values, patterns and the key of a table."""
    declared = table(table_name)
    return pa.DataFrameSchema(
        {column.name: _model_column(column) for column in declared.columns},
        checks=[
            pa.Check(
                lambda data: _is_unique(data, declared.key),
                name=f"unique key {' '.join(declared.key)}",
            ),
            *_ROW_CHECKS.get(table_name, ()),
        ],
        strict=True,
        ordered=True,
        name=table_name,
    )


def _model_column(column: Column) -> pa.Column:
    checks = []
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


def _number_fits_status(data: pa.PolarsData) -> pl.LazyFrame:
    """Printed and inferred cells carry a number; blank, note, missing and unreadable ones none."""
    status, has_number = pl.col("status"), pl.col("value").is_not_null()
    return data.lazyframe.select(
        pl.when(status.is_in(["printed", "inferred"]))
        .then(has_number)
        .when(status.is_in(["blank", "note", "missing", "unreadable"]))
        .then(~has_number)
        .otherwise(True)
    )


_ROW_CHECKS = {"cells": (pa.Check(_number_fits_status, name="a number where the status has one"),)}
