"""The history of every request: one row each, appended per run, never edited.

A lake on an object store keeps its journals on this machine (`spool`), since nothing can be appended there.
A batch appends each row to its journal (`<run_id>.<batch>.journal`) the moment it is known, and the
fact that a request is about to be sent before it is sent, so that a killed run loses nothing. At the
end of a run its journals become one `<run_id>.parquet`; those of a killed run at the start of the next.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter
from pathlib import Path
from typing import Any

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically
from tasks.guarded_rows import fitting_rows
from tasks.lake_paths import LakePaths
from tasks.parquet_files import read_frame
from tasks.spool import spool_of


class Outcome(StrEnum):
    """What a request came to. RETRIED rows were followed by another attempt; INTERRUPTED ones were
    under way when their run was killed, so that their answer is not known."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    GONE = "gone"
    REFUSED = "refused"
    CHALLENGED = "challenged"
    FAILED = "failed"
    RETRIED = "retried"
    INTERRUPTED = "interrupted"


HAVING_BYTES = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.MOVED)
NOT_FINAL = (Outcome.RETRIED, Outcome.INTERRUPTED)
OUTCOME_WORDS = {
    Outcome.NEW: "新增 new",
    Outcome.CHANGED: "更改 changed",
    Outcome.UNCHANGED: "未变 unchanged",
    Outcome.MOVED: "迁移 moved",
    Outcome.GONE: "已撤 gone",
    Outcome.REFUSED: "不抓 refused",
    Outcome.CHALLENGED: "被拦 challenged",
    Outcome.FAILED: "失败 failed",
}
"""What a request came to in the end, as an operator reads it."""


class Purpose(StrEnum):
    """Why a page or file was asked for."""

    ROBOTS = "robots"
    INDEX = "index"
    REPORT = "report"
    ATTACHMENT = "attachment"
    FILE = "file"


REPORTING = (Purpose.REPORT, Purpose.ATTACHMENT)
"""Addresses under which a report may stand."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One request and what came of it. `year` is what the link said, null when it said nothing.
    `cause` names why it did not end with the page asked for (`fetch_causes.csv`)."""

    purpose: Purpose
    outcome: Outcome
    requested_at: datetime
    source: str
    url: str | None = None
    name: str | None = None
    publisher: str | None = None
    province: str | None = None
    year: int | None = None
    title: str | None = None
    final_url: str | None = None
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    cause: str | None = None
    error: str | None = None
    attempt: int = 1
    seconds: float | None = None


OBSERVATION_SCHEMA = polars_schema("observations")


def new_run_id(now: datetime, token: str) -> str:
    """A name for a run that sorts by time: 20260101T020000Z-1a2b3c."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{token}"


def _folder_of(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:8]}"


_JOURNAL = ".journal"
_COLUMNS = tuple(column.name for column in fields(Observation))
_values = attrgetter(*_COLUMNS)
_ASKED_COLUMNS = (
    "purpose",
    "outcome",
    "requested_at",
    "source",
    "url",
    "publisher",
    "province",
    "year",
    "title",
    "attempt",
)
_asked_values = attrgetter(*_ASKED_COLUMNS)
_SYNC_EVERY_SECONDS = 1.0


@dataclass(slots=True)
class ObservationLog:
    """Appends the rows of one batch of a run to its journal."""

    folder: Path
    run_id: str
    batch: str
    _descriptor: int | None = None
    _synced: float = 0.0

    def append(self, observation: Observation) -> None:
        """Add a row; a kill of this process cannot take it back, a power cut those of a second."""
        self._write(_values(observation))

    def announce(self, asked: Observation) -> None:
        """Note that a request is about to be sent; without a row to follow, it was interrupted."""
        self._write({"asking": _asked_values(asked)})

    def flush(self) -> None:
        """Put what was appended beyond the reach of a power cut, and close the journal."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def _write(self, line: object) -> None:
        if self._descriptor is None:
            journals = _folder_of(spool_of(self.folder), self.run_id)
            path = journals / f"{self.run_id}.{self.batch}{_JOURNAL}"
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            self._synced = time.monotonic()
        os.write(self._descriptor, _as_json(line).encode() + b"\n")
        if time.monotonic() - self._synced > _SYNC_EVERY_SECONDS:
            os.fsync(self._descriptor)
            self._synced = time.monotonic()


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


_as_json = json.JSONEncoder(
    ensure_ascii=False, default=_json_value, separators=(",", ":"), check_circular=False
).encode


def _journal_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a journal in order, and a row for each request whose answer never came.

    A last line cut in two by a kill is no row.
    """
    run_id, batch = path.name.removesuffix(_JOURNAL).split(".", 1)
    rows: list[dict[str, Any]] = []
    under_way: dict[tuple[object, ...], dict[str, Any]] = {}
    content = path.read_bytes()
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        said = json.loads(line)
        asked = isinstance(said, dict)
        row: dict[str, Any] = (
            dict.fromkeys(_COLUMNS) | dict(zip(_ASKED_COLUMNS, said["asking"], strict=True))
            if asked
            else dict(zip(_COLUMNS, said, strict=True))
        )
        row["requested_at"] = datetime.fromisoformat(row["requested_at"])
        key = (row["purpose"], row["url"], row["attempt"])
        if asked:
            under_way[key] = row
        else:
            under_way.pop(key, None)
            rows.append(row)
    return [
        {"run_id": run_id, "batch": batch, "position": number} | row
        for number, row in enumerate([*rows, *under_way.values()])
    ]


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema_overrides=dict(OBSERVATION_SCHEMA), infer_schema_length=None)
    return frame.select(OBSERVATION_SCHEMA.names())


def join_observation_files(lake: LakePaths, run_id: str) -> None:
    """Make one file of a run's journals. Killed in between, the journals are ignored."""
    folder = lake.observations
    day = _folder_of(folder, run_id)
    journals = sorted(_folder_of(spool_of(folder), run_id).glob(f"{run_id}.*{_JOURNAL}"))
    if not journals:
        return
    rows = [row for path in journals for row in _journal_rows(path)]
    if rows:
        buffer = io.BytesIO()
        fitting_rows(lake, "observations", _frame(rows), run_id).write_parquet(buffer)
        write_atomically(day / f"{run_id}.parquet", buffer.getvalue())
    for path in journals:
        path.unlink()


def read_observations(folder: Path) -> pl.DataFrame:
    """Every observation of the lake, oldest first."""
    whole = sorted(folder.glob("*/*.parquet"))
    joined = {path.stem for path in whole}
    rows = [
        row
        for path in sorted(spool_of(folder).glob(f"*/*{_JOURNAL}"))
        if path.name.split(".", 1)[0] not in joined
        for row in _journal_rows(path)
    ]
    frames = [_read_whole(whole)] if whole else []
    if rows:
        frames.append(_frame(rows))
    if not frames:
        return OBSERVATION_SCHEMA.to_frame()
    return pl.concat(frames).sort("run_id", "requested_at", "batch", "position")


def _read_whole(paths: Sequence[Path]) -> pl.DataFrame:
    """Files of runs; columns that an older release did not know yet are null."""
    return read_frame(paths, schema=OBSERVATION_SCHEMA, missing_columns="insert")


@dataclass(frozen=True, slots=True)
class LastSight:
    """What the lake knows of a URL since it last had bytes from it."""

    sha256: str
    etag: str | None
    last_modified: str | None


def last_sights(observations: pl.DataFrame) -> dict[str, LastSight]:
    """URL → what was last received from it; URLs that never gave bytes are absent."""
    seen = (
        observations.filter(
            pl.col("outcome").is_in(HAVING_BYTES),
            pl.col("url").is_not_null(),
            pl.col("sha256").is_not_null(),
        )
        .group_by("url", maintain_order=True)
        .agg(pl.col("sha256", "etag", "last_modified").last())
    )
    return {
        url: LastSight(sha256, etag, last_modified)
        for url, sha256, etag, last_modified in seen.iter_rows()
    }
