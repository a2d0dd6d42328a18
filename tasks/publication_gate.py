"""Holding back a partition that is suddenly much worse, and remembering which are held."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from annual_reports.lake.gate import Measures, gate_breaches, partition_measures
from annual_reports.lake.manifest import (
    Manifest,
    PartitionKey,
    PublishedFile,
    partition_path,
    partitioned_tables,
)
from annual_reports.lake.parquet import in_declared_columns
from schemas.polars_schemas import polars_schema
from schemas.tables import SCHEMA_VERSION
from tasks.atomic_files import write_if_changed
from tasks.lake_paths import LakePaths
from tasks.parquet_files import read_frame
from tasks.partition_builder import BuiltPartition

LET_ALL_THROUGH = "all"
_MEASURED = ("reports", "indicators")


@dataclass(frozen=True, slots=True)
class HeldPartition:
    """A partition that keeps its last published tables, and why."""

    partition: str
    reasons: tuple[str, ...]

    @property
    def message(self) -> str:
        """What a run and `gongkai status` say of it."""
        return (
            f"分区 {self.partition} 未发布，保留上次发布的版本 held back, the last published tables stay: "
            f"{'；'.join(self.reasons)}；核实无误后 once checked: "
            f"gongkai run publish --let-through {self.partition}（或部署 publish 的 let_through）"
        )


def partition_name(key: PartitionKey) -> str:
    """`CN-SX/2024`: how a person names a partition."""
    return f"{key.province}/{key.year}"


class Gate:
    """Lets partitions through or holds them back; `let_through` names those a person has checked."""

    def __init__(
        self, lake: LakePaths, manifest: Manifest | None, let_through: Collection[str]
    ) -> None:
        self._lake = lake
        self._manifest = manifest
        self._let_through = let_through
        files = manifest.files if manifest else ()
        self._published = frozenset(file.path for file in files if file.table == "reports")
        self._held_keys: list[PartitionKey] = []
        self.held: list[HeldPartition] = []
        self.warnings: list[str] = []

    def passed(
        self, built: Mapping[PartitionKey, BuiltPartition]
    ) -> dict[PartitionKey, BuiltPartition]:
        """Those of the partitions just built that may be published."""
        return {key: each for key, each in built.items() if self._passes(key, each.measures)}

    def judge_vanished(self, due: Collection[PartitionKey]) -> None:
        """Judge the published partitions that hold nothing any more and would be removed."""
        for path in sorted(self._published):
            province, year = (part.split("=")[1] for part in path.split("/")[1:3])
            key = PartitionKey(province, int(year))
            if key not in due:
                self._passes(key, partition_measures(*map(_no_rows, _MEASURED)))

    def kept_files(self) -> list[PublishedFile]:
        """The manifest entries of the partitions held back, as they were published."""
        files = {file.path: file for file in self._manifest.files} if self._manifest else {}
        paths = (partition_path(n, key) for key in self._held_keys for n in partitioned_tables())
        return [files[path] for path in paths if path in files]

    def kept_from_older(self) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """(path, table, rows) of the partitions held back that were published with other columns.

        Every table of today, in its columns: readers never meet two forms of one table.
        """
        if self._manifest is None or self._manifest.schema_version == SCHEMA_VERSION:
            return
        for key in self._held_keys:
            for name in partitioned_tables():
                rows = _rows_of_today(self._lake, name, key)
                yield partition_path(name, key), name, _no_rows(name) if rows is None else rows

    def _can_be_kept(self, key: PartitionKey) -> bool:
        """Whether what is published has the columns of today, or can be given them."""
        return (
            self._manifest is not None and self._manifest.schema_version == SCHEMA_VERSION
        ) or all(_rows_of_today(self._lake, name, key) is not None for name in partitioned_tables())

    def _passes(self, key: PartitionKey, now: Measures) -> bool:
        if self._manifest is None or partition_path("reports", key) not in self._published:
            return True
        last = _measures_published(self._lake, self._manifest, key)
        found = gate_breaches(key, last, now)
        self.warnings += [
            f"{partition_name(key)}: {breach.words}，比上次多得多，请看一眼 far more than before: have a look"
            for breach in found
            if not breach.stops
        ]
        floors = [breach for breach in found if breach.stops]
        name = partition_name(key)
        if not floors or name in self._let_through or LET_ALL_THROUGH in self._let_through:
            return True
        if not self._can_be_kept(key):
            told = "；".join(breach.words for breach in floors)
            self.warnings.append(
                f"{name}: {told}，但旧版本的表不能沿用现在的列，已发布 far worse than before, published all the same: "
                f"the tables of the older program do not fit the columns of today"
            )
            return True
        self._held_keys.append(key)
        self.held.append(HeldPartition(name, tuple(breach.words for breach in floors)))
        return False


def _rows_of_today(lake: LakePaths, table: str, key: PartitionKey) -> pl.DataFrame | None:
    """A published table in the columns of today; None where they do not fit."""
    path = lake.published / partition_path(table, key)
    rows = read_frame(path, hive_partitioning=False) if path.is_file() else _no_rows(table)
    return in_declared_columns(table, rows)


def remember_held(lake: LakePaths, held: Sequence[HeldPartition]) -> None:
    """Write down which partitions are held; nothing is left where none is."""
    path = lake.quarantined / "held_partitions.json"
    if not held:
        path.unlink(missing_ok=True)
        return
    told = [{"partition": one.partition, "reasons": one.reasons} for one in held]
    write_if_changed(path, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def held_partitions(lake: LakePaths) -> list[HeldPartition]:
    """The partitions the last publishing held back."""
    path = lake.quarantined / "held_partitions.json"
    if not path.is_file():
        return []
    told = json.loads(path.read_text(encoding="utf-8"))
    return [HeldPartition(one["partition"], tuple(one["reasons"])) for one in told]


def _measures_published(
    lake: LakePaths, manifest: Manifest, key: PartitionKey
) -> dict[str, float | None]:
    """What is published of a partition; of an older release only how many rows."""
    if manifest.schema_version != SCHEMA_VERSION:
        rows = {
            file.table: float(file.rows)
            for file in manifest.files
            if file.path == partition_path(file.table, key)
        }
        return {"reports": rows.get("reports")}
    paths = {name: lake.published / partition_path(name, key) for name in _MEASURED}
    tables = (
        read_frame(path, hive_partitioning=False) if path.is_file() else _no_rows(name)
        for name, path in paths.items()
    )
    return partition_measures(*tables)


def _no_rows(table: str) -> pl.DataFrame:
    return polars_schema(table).to_frame()
