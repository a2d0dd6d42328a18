"""Building partitions: read their extractions, make every table, write the files under the names of versions.

Nothing here is shown to readers. It runs in this process, or in processes that do nothing else
(`tasks.builder_pool`): orders in, what was built out, over their own pipes.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from annual_reports.lake.gate import Measures, partition_measures
from annual_reports.lake.manifest import (
    PartitionKey,
    PublishedFile,
    partition_path,
    published_file,
)
from annual_reports.lake.parquet import parquet_bytes_of_sorted
from annual_reports.lake.partitions import ComparedReports, PartitionTables, build_partitions
from schemas.decision_book import DecisionBook
from tasks.atomic_files import WRITERS, holds, write_if_changed
from tasks.extractions import read_partition
from tasks.lake_paths import LakePaths
from tasks.piped_processes import answer_questions

Written = tuple[PublishedFile, bool]
"""A file and whether its bytes differ from those readers are shown."""


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """Partitions to build in one pass, and what they are made from beside their extractions.

    `expected` and `attempts`: of these partitions; `spans`: of their documents and of those of the
    years before; `hashes`: the input hash of each.
    """

    partitions: tuple[PartitionKey, ...]
    expected: pl.DataFrame
    attempts: pl.DataFrame
    spans: pl.DataFrame
    decided: DecisionBook
    hashes: Mapping[PartitionKey, str]


@dataclass(frozen=True, slots=True)
class BuiltPartition:
    """Files of every table, what the gate compares, and by table the rows set aside."""

    files: tuple[Written, ...]
    measures: Measures
    set_aside: Mapping[str, pl.DataFrame]


@dataclass(slots=True)
class PartitionBuilder:
    """Carries out orders, one after the other. What one order built, the next need not read again."""

    lake: LakePaths
    _known: Mapping[PartitionKey, ComparedReports] = field(default_factory=dict)

    def build(self, order: BuildOrder) -> dict[PartitionKey, BuiltPartition]:
        """Make and write every table. What is written has names that nobody reads until a manifest names them."""
        earlier = {key.year_before for key in order.partitions} - set(order.partitions)
        before = {key: self._known[key] for key in earlier & self._known.keys()}
        built = build_partitions(
            order.partitions,
            {
                key: read_partition(self.lake, key.province, key.year)
                for key in sorted({*order.partitions, *earlier} - before.keys())
            },
            order.expected,
            order.attempts,
            order.decided,
            spans=order.spans,
            before=before,
        )
        self._known = {key: tables.compared for key, tables in built.items()}
        with ThreadPoolExecutor(WRITERS) as writers:
            write = partial(_write_partition, self.lake, order.hashes)
            written = list(writers.map(write, built.keys(), built.values()))
        return {
            key: BuiltPartition(
                files,
                partition_measures(tables.tables["reports"], tables.tables["indicators"]),
                tables.quarantined,
            )
            for files, (key, tables) in zip(written, built.items(), strict=True)
        }


def _write_partition(
    lake: LakePaths, hashes: Mapping[PartitionKey, str], key: PartitionKey, built: PartitionTables
) -> tuple[Written, ...]:
    return tuple(
        write_version(lake, partition_path(name, key), name, rows, hashes[key])
        for name, rows in built.tables.items()
    )


def write_version(
    lake: LakePaths, path: str, table: str, rows: pl.DataFrame, input_hash: str
) -> Written:
    """Write the rows, sorted by their key, under the name of their content."""
    content = parquet_bytes_of_sorted(table, rows)
    file = published_file(path, table, rows.height, content, input_hash)
    write_if_changed(lake.published / file.version, content)
    return file, not holds(lake.published / path, content)


def main() -> None:
    """Carry out orders from standard input until it ends."""
    answer_questions(lambda lake: PartitionBuilder(lake).build)
