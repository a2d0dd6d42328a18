"""A table as the bytes of a Parquet file: the declared schema, the same bytes for the same rows."""

from __future__ import annotations

import io

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.arrow_schemas import arrow_schema
from schemas.polars_schemas import polars_schema
from schemas.tables import table


def arrow_table(table_name: str, frame: pl.DataFrame) -> pa.Table:
    """The rows with the declared Arrow schema, field metadata and schema version.

    Raises pa.ArrowInvalid or pa.ArrowTypeError where a value does not fit its column, and
    ValueError where a column that may not be null holds one.
    """
    schema = arrow_schema(table_name)
    rows = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    typed = pa.table([_of_type(rows.column(f.name), f.type) for f in schema], schema=schema)
    holed = [f.name for f in schema if not f.nullable and typed.column(f.name).null_count]
    if holed:
        raise ValueError(f"{table_name}: null in {holed}")
    return typed.combine_chunks()


def _of_type(column: pa.ChunkedArray, arrow_type: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == arrow_type else column.cast(arrow_type)


def in_declared_columns(table_name: str, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Rows an older program wrote, in the columns of today: null where a column is new.

    None where that cannot be: a new column may not be null, or a value has not its type.
    """
    declared, schema = table(table_name), polars_schema(table_name)
    lacking = [column for column in declared.columns if column.name not in rows.columns]
    if not rows.is_empty() and not all(column.nullable for column in lacking):
        return None
    nulls = [pl.lit(None, schema[column.name]).alias(column.name) for column in lacking]
    try:
        return rows.with_columns(nulls).select(schema.names()).cast(dict(schema))  # type: ignore[arg-type]
    except pl.exceptions.PolarsError:
        return None


def parquet_bytes(table_name: str, frame: pl.DataFrame) -> bytes:
    """The file of a table: rows sorted by key, zstd, statistics and page index, no clock."""
    ordered = frame.sort(table(table_name).key, nulls_last=True, maintain_order=True)
    return parquet_bytes_of_sorted(table_name, ordered)


def parquet_bytes_of_sorted(table_name: str, ordered: pl.DataFrame) -> bytes:
    """As `parquet_bytes`, of rows that already stand in the order of their key."""
    buffer = io.BytesIO()
    pq.write_table(
        arrow_table(table_name, ordered),
        buffer,
        compression="zstd",
        compression_level=3,
        write_statistics=True,
        write_page_index=True,
        store_schema=True,
        row_group_size=131_072,
    )
    return buffer.getvalue()
