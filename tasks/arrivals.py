"""`extracted/arrivals`: what a reader made of a batch, written once by itself, until it is laid in.

A batch lies here whole or not at all, so that a kill costs the batches under way and no other. Laying
many in together rewrites a file of `extracted/` once for thousands of documents, not once a batch.
"""

from __future__ import annotations

import io
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from annual_reports.lake import EXTRACTION_SCHEMA
from tasks.atomic_files import write_atomically
from tasks.disk_faults import remedy_of
from tasks.extractions import merge_batch
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.parquet_files import read_frame
from tasks.reading import QUARANTINED_SCHEMA, LakeFailedError, ReadBatch

MOST_DOCUMENTS_AT_ONCE = 8000
"""Laid in together; about 40 KB of memory each."""
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
    """Write a batch among the arrivals. Raises LakeFailedError where the lake cannot be written."""
    name = uuid.uuid4().hex
    for frame, suffix in ((batch.quarantined, _ASIDE), (batch.rows, _READ)):
        if not frame.is_empty():
            buffer = io.BytesIO()
            frame.write_parquet(buffer, compression="zstd")
            try:
                write_atomically(lake.arrivals / f"{name}{suffix}", buffer.getvalue())
            except OSError as error:
                raise LakeFailedError(
                    remedy_of(error) or f"{type(error).__name__}: {error}"
                ) from error
    return Arrival(batch.rows.height, batch.quarantined.height, tuple(_items(batch)), batch.lost)


def take_in(lake: LakePaths) -> int:
    """Lay every arrival into its files, whoever left it; says how many rows there were.

    The right to write is given back between two groups, so that other runs have their turn.
    """
    taken = 0
    while True:
        with locked_for_writing(lake):
            paths, batch = _next_group(lake)
            if not paths:
                return taken
            merge_batch(lake, batch)
            for path in paths:
                path.unlink()
        taken += batch.rows.height + batch.quarantined.height


@dataclass(slots=True)
class Intake:
    """Lays arrivals in whenever enough of them wait; shared by the threads of a run."""

    lake: LakePaths
    _waiting: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, arrival: Arrival) -> None:
        """Say that a batch has arrived."""
        with self._lock:
            self._waiting += arrival.reports + arrival.quarantined
            if self._waiting >= MOST_DOCUMENTS_AT_ONCE:
                take_in(self.lake)
                self._waiting = 0


def _next_group(lake: LakePaths) -> tuple[list[Path], ReadBatch]:
    """Arrivals of at most MOST_DOCUMENTS_AT_ONCE documents, or of one batch.

    Two runs may have read one document: it counts once. Columns of another release: read anew later.
    """
    schemas = {_READ: EXTRACTION_SCHEMA, _ASIDE: QUARANTINED_SCHEMA}
    frames = {suffix: [schema.to_frame()] for suffix, schema in schemas.items()}
    paths: list[Path] = []
    documents = 0
    for path in sorted(lake.arrivals.glob("*.parquet")):
        suffix = next(one for one in schemas if path.name.endswith(one))
        frame = read_frame(path, hive_partitioning=False)
        if documents and documents + frame.height > MOST_DOCUMENTS_AT_ONCE:
            break
        paths.append(path)
        if frame.schema == schemas[suffix]:
            frames[suffix].append(frame)
            documents += frame.height
    read, aside = (
        pl.concat(found).unique("document_id", keep="last", maintain_order=True)
        for found in frames.values()
    )
    return paths, ReadBatch(read, aside)


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
