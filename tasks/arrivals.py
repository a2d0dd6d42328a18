"""`extracted/arrivals`: what a reader made of a batch, written once by itself, until it is laid in.

What it read of one shard lies here whole or not at all, so that a kill costs the batches under way and no
other. Laying whole shards in together rewrites a file of `extracted/` once a run, not once a batch.
"""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from annual_reports.lake import EXTRACTION_SCHEMA
from tasks.atomic_files import write_atomically
from tasks.disk_faults import remedy_of
from tasks.extractions import SHARD, in_order_of_files, merge_batch
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.parquet_files import read_frame
from tasks.reading import QUARANTINED_SCHEMA, LakeFailedError, ReadBatch

MOST_DOCUMENTS_AT_ONCE = 16_000
"""Laid in together; about 80 KB of memory each, twice that while they are put in order.

A shard of no more is written once in a run.
"""
_READ, _ASIDE = ".read.parquet", ".quarantined.parquet"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a batch, without its rows.

    `items`: for `run_items`, one for each report, document set aside and document lost.
    """

    reports: int
    quarantined: int
    items: tuple[dict[str, Any], ...]
    lost: tuple[str, ...]


def lay_down(lake: LakePaths, batch: ReadBatch) -> Arrival:
    """Write a batch among the arrivals, each shard by itself. Raises LakeFailedError where the lake cannot be written."""
    name = uuid.uuid4().hex
    for frame, suffix in ((batch.quarantined, _ASIDE), (batch.rows, _READ)):
        for (one,), rows in frame.group_by(SHARD):
            buffer = io.BytesIO()
            rows.write_parquet(buffer, compression="zstd", statistics=False)
            try:
                write_atomically(lake.arrivals / f"{one}-{name}{suffix}", buffer.getvalue())
            except OSError as error:
                raise LakeFailedError(
                    remedy_of(error) or f"{type(error).__name__}: {error}"
                ) from error
    return Arrival(batch.rows.height, batch.quarantined.height, tuple(_items(batch)), batch.lost)


def take_in(lake: LakePaths, *, to_go_on: bool = False) -> int:
    """Lay every arrival into its files, whoever left it; says how many rows there were.

    `to_go_on`: more is being read, in the order of shards, so that the last of several is left to grow.
    The right to write is given back between two groups, so that other runs have their turn.
    """
    taken = 0
    while True:
        with locked_for_writing(lake):
            arrivals = sorted(lake.arrivals.glob("*.parquet"))
            if to_go_on:
                arrivals = _without_last_shard(arrivals) or ([] if taken else arrivals)
            paths, batch = _group_of(arrivals)
            if not paths:
                return taken
            merge_batch(lake, batch)
            for path in paths:
                path.unlink()
        taken += batch.rows.height + batch.quarantined.height


@dataclass(slots=True)
class Intake:
    """Lays arrivals in whenever enough of them wait; shared by the threads of a run.

    The thread that finds enough of them lays them in; the others go on reading meanwhile.
    """

    lake: LakePaths
    _waiting: int = 0
    _count: threading.Lock = field(default_factory=threading.Lock)
    _laying: threading.Lock = field(default_factory=threading.Lock)

    def add(self, arrival: Arrival) -> None:
        """Say that a batch has arrived."""
        self._wait_for(arrival.reports + arrival.quarantined)
        if self._waiting >= MOST_DOCUMENTS_AT_ONCE and self._laying.acquire(blocking=False):
            try:
                self._wait_for(-take_in(self.lake, to_go_on=True))
            finally:
                self._laying.release()

    def _wait_for(self, documents: int) -> None:
        with self._count:
            self._waiting = max(0, self._waiting + documents)


def _without_last_shard(arrivals: Sequence[Path]) -> list[Path]:
    """Arrivals in the order of their names but those of the last shard."""
    return [path for path in arrivals if _shard(path) != _shard(arrivals[-1])]


def _shard(arrival: Path) -> str:
    return arrival.name[0]


def _group_of(arrivals: Iterable[Path]) -> tuple[list[Path], ReadBatch]:
    """The first arrivals of at most MOST_DOCUMENTS_AT_ONCE documents, or one; whole shards where one fits.

    Two runs may have read one document: it counts once. Columns of another release: read anew later.
    """
    group: list[tuple[Path, pl.DataFrame]] = []
    documents = 0
    for path in arrivals:
        frame = read_frame(path, hive_partitioning=False)
        if documents and documents + frame.height > MOST_DOCUMENTS_AT_ONCE:
            whole = [one for one in group if _shard(one[0]) != _shard(path)]
            group = whole or group
            break
        group.append((path, frame))
        documents += frame.height
    read, aside = (
        _each_once(pl.concat([schema.to_frame(), *_frames(group, suffix, schema)]))
        for suffix, schema in ((_READ, EXTRACTION_SCHEMA), (_ASIDE, QUARANTINED_SCHEMA))
    )
    return [path for path, _ in group], ReadBatch(in_order_of_files(read), aside)


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """The last row of each document. Wide rows are copied only where there is one too many."""
    if not rows["document_id"].is_duplicated().any():
        return rows
    return rows.unique("document_id", keep="last", maintain_order=True)


def _frames(
    group: Sequence[tuple[Path, pl.DataFrame]], suffix: str, schema: pl.Schema
) -> list[pl.DataFrame]:
    return [frame for path, frame in group if path.name.endswith(suffix) and frame.schema == schema]


def _items(batch: ReadBatch) -> Iterator[dict[str, Any]]:
    """What became of each document, in parts where it had several."""
    columns = ["document_id", "publisher", "partition_province", "report_year"]
    named = pl.coalesce("url", "name").alias("item")
    for row in batch.rows.select(named, *columns).iter_rows(named=True):
        yield {
            "stage": "extract",
            "item": row["item"],
            "outcome": "read",
            "publisher": row["publisher"],
            "province": row["partition_province"],
            "report_year": row["report_year"],
            "document_id": row["document_id"],
        }
    for row in batch.quarantined.with_columns(named).iter_rows(named=True):
        yield {
            "stage": "extract",
            "item": row["item"],
            "outcome": "quarantined",
            "document_id": row["document_id"],
            "cause": row["reason"],
            "message": row["message"],
        }
    for lost in batch.lost:
        yield {"stage": "extract", "item": lost, "outcome": "lost", "message": lost}
