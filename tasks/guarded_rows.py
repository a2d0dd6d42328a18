"""The guard before rows are written: what does not fit its table is kept in `quarantined/`, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from annual_reports.lake.parquet import parquet_bytes
from annual_reports.lake.row_guard import guard_rows
from schemas.models import partition_columns
from schemas.tables import table
from tasks.atomic_files import write_if_changed
from tasks.lake_paths import LakePaths
from tasks.progress import announce


def fitting_rows(lake: LakePaths, table_name: str, rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """The rows that fit, sorted by key; the others go to `quarantined/<table>/<name>.parquet`.

    `rows` are of one partition where the table has several. Raises SchemaBrokenError where the
    table as a whole has not its declared columns.
    """
    partition = partition_columns(table(table_name))
    numbered = rows.select(*(pl.lit(0, pl.UInt32).alias(column) for column in partition), pl.all())
    guarded = guard_rows(table_name, numbered)
    if not guarded.set_aside.is_empty():
        path = lake.quarantined / table_name / f"{name}.parquet"
        write_if_changed(path, set_aside_bytes(guarded.set_aside.drop(partition)))
        announce(set_aside_in_words({table_name: guarded.set_aside}))
    return guarded.kept.drop(partition)


def set_aside_bytes(rows: pl.DataFrame) -> bytes:
    """The file of rows that were set aside; one that does not even fit `quarantined_rows` stands there as words."""
    guarded = guard_rows("quarantined_rows", rows.with_columns(partition=pl.lit(0, pl.UInt32)))
    whole = pl.concat([guarded.kept, guarded.set_aside]).drop("partition")
    return parquet_bytes("quarantined_rows", whole)


def set_aside_in_words(set_aside: Mapping[str, pl.DataFrame]) -> str:
    """How many rows of each table were set aside, and why the first one was."""
    counts = "、".join(f"{name} {rows.height}" for name, rows in set_aside.items())
    reason = next(iter(set_aside.values())).get_column("reasons")[0]
    return f"不合表式的行已隔离 rows set aside in quarantined/: {counts}（{reason}）"
