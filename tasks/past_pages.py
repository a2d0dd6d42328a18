"""What a report's page said on a day, asked of the macros that `gongkai.duckdb` ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import polars as pl

from annual_reports.lake.bi_views import history_statements, row_source
from annual_reports.lake.manifest import PartitionKey, partition_path
from tasks.lake_paths import LakePaths
from tasks.parquet_files import scan_frame

_ASKED = ("report_revisions", "sightings", "cell_changes", "cells")


@dataclass(frozen=True, slots=True)
class PastPage:
    """The version shown on a day (a row of `report_revisions`, with its address), and its cells."""

    version: Mapping[str, Any]
    cells: pl.DataFrame


def page_on(lake: LakePaths, report: Mapping[str, Any], day: date) -> PastPage | None:
    """What the page of a report (a row of `reports`, keys included) said on a day in China; None for nothing."""
    key = PartitionKey(report["province"], report["year"])
    with duckdb.connect() as connection:
        for name in _ASKED:
            rows = _rows(lake, name, key, report["report_id"])
            connection.register(f"rows_of_{name}", rows.to_arrow())
            source = row_source(name)
            connection.execute(f"CREATE MACRO {source} AS TABLE SELECT * FROM rows_of_{name}")
        for statement in history_statements():
            connection.execute(statement)
        versions = connection.sql("SELECT * FROM reports_on(?)", params=[day]).pl()
        cells = connection.sql("SELECT * FROM cells_on(?)", params=[day]).pl()
    return None if versions.is_empty() else PastPage(versions.row(0, named=True), cells)


def _rows(lake: LakePaths, table: str, key: PartitionKey, report_id: str) -> pl.DataFrame:
    path = lake.published / partition_path(table, key)
    return (
        scan_frame(path, hive_partitioning=False)
        .filter(pl.col("report_id") == report_id)
        .with_columns(province=pl.lit(key.province), year=pl.lit(key.year, pl.Int64))
        .collect()
    )
