"""`datapackage.json`: what is published, in the words of the Frictionless standard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from annual_reports.lake.manifest import Manifest, PublishedFile
from schemas.tables import Column, Table, table, tables

_TYPES = {
    "string": "string",
    "int64": "integer",
    "decimal": "number",
    "float64": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
}


def datapackage(manifest: Manifest, version: str) -> dict[str, Any]:
    """The description of every file of a manifest; a function of the manifest and nothing else."""
    by_table: dict[str, list[PublishedFile]] = {}
    for file in sorted(manifest.files):
        by_table.setdefault(file.table, []).append(file)
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "gongkai",
        "title": "政府信息公开工作年度报告数据 Annual reports on open government information",
        "description": "空值为未印出或未知，从不表示零。Null is not printed or not known, never zero.",
        "version": version,
        "resources": [_resource(table(n), by_table[n]) for n in tables() if n in by_table],
    }


def datapackage_text(manifest: Manifest, version: str) -> str:
    """As a file."""
    return json.dumps(datapackage(manifest, version), ensure_ascii=False, indent=1) + "\n"


def _resource(declared: Table, files: Sequence[PublishedFile]) -> dict[str, Any]:
    return {
        "name": declared.name.replace("_", "-"),
        "title": f"{declared.zh_label} {declared.en_label}",
        "description": declared.definition,
        "path": [file.path for file in files],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": sum(file.bytes for file in files),
        "rows": sum(file.rows for file in files),
        "sha256": {file.path: file.sha256 for file in files},
        "schema": {
            "fields": [_field(column) for column in declared.columns],
            "primaryKey": list(declared.key),
        },
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "title": f"{column.zh_label} {column.en_label}",
        "description": column.definition,
    }
    if column.unit:
        field["unit"] = column.unit
    bounds: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.allowed:
        bounds["enum"] = list(column.allowed)
    if column.minimum is not None:
        bounds["minimum"] = column.minimum
    if column.pattern:
        bounds["pattern"] = column.pattern
    return field | ({"constraints": bounds} if bounds else {})
