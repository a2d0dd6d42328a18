"""The Arrow schema of every table, with labels, units and definitions in the field metadata."""

from __future__ import annotations

from functools import cache

import pyarrow as pa

from schemas.tables import SCHEMA_VERSION, Column, table

_ARROW_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "decimal": pa.decimal128(28, 8),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@cache
def arrow_schema(table_name: str) -> pa.Schema:
    """The schema that every file of a table has, whatever it holds."""
    declared = table(table_name)
    metadata = {
        "schema_version": SCHEMA_VERSION,
        "table": declared.name,
        "zh_label": declared.zh_label,
        "en_label": declared.en_label,
        "definition": declared.definition,
        "key": " ".join(declared.key),
    }
    return pa.schema([_arrow_field(column) for column in declared.columns], metadata)


def _arrow_field(column: Column) -> pa.Field:
    told = {
        "zh_label": column.zh_label,
        "en_label": column.en_label,
        "unit": column.unit,
        "definition": column.definition,
        "source": column.source,
    }
    return pa.field(
        column.name,
        _ARROW_TYPES[column.kind],
        nullable=column.nullable,
        metadata={key: value for key, value in told.items() if value},
    )
