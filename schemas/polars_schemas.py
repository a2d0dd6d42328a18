"""The Polars schema of every table, and the gazetteer as a frame."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import polars as pl

from schemas.tables import table

MONEY = pl.Decimal(28, 8)

POLARS_TYPES: dict[str, pl.DataType] = {
    "string": pl.String(),
    "int64": pl.Int64(),
    "decimal": MONEY,
    "float64": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


@cache
def polars_schema(table_name: str) -> pl.Schema:
    """Column name → type, in file order."""
    return pl.Schema(
        {column.name: POLARS_TYPES[column.kind] for column in table(table_name).columns}
    )


def division_rows() -> pl.DataFrame:
    """`divisions.parquet` as it is: one row per division, name and source list."""
    resource = files("schemas").joinpath("data", "divisions", "divisions.parquet")
    return pl.read_parquet(BytesIO(resource.read_bytes()))
