"""The history of every request: one row each, appended per run, never edited.

A run writes small files as it goes (`<run_id>.<batch>-<n>.parquet`) so that a killed run loses
at most the rows since the last one; at its end they become one `<run_id>.parquet`.
"""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically


class Outcome(StrEnum):
    """What a request came to. RETRIED rows were followed by another attempt."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"
    RETRIED = "retried"


HAVING_BYTES = (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.MOVED)


class Purpose(StrEnum):
    """Why a page or file was asked for."""

    ROBOTS = "robots"
    INDEX = "index"
    REPORT = "report"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Observation:
    """One request and what came of it. `year` is what the link said, null when it said nothing."""

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
    error: str | None = None
    attempt: int = 1
    seconds: float | None = None


OBSERVATION_SCHEMA = polars_schema("observations")


def new_run_id(now: datetime, token: str) -> str:
    """A name for a run that sorts by time: 20260101T020000Z-1a2b3c."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{token}"


def _folder_of(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id[:4]}-{run_id[4:6]}-{run_id[6:8]}"


@dataclass(slots=True)
class ObservationLog:
    """Collects the rows of one batch of a run and puts them on disk every `rows_per_file`."""

    folder: Path
    run_id: str
    batch: str
    rows_per_file: int = 100
    _pending: list[Observation] = field(default_factory=list)
    _written: int = 0

    def append(self, observation: Observation) -> None:
        """Add a row; it is on disk after `flush`, which runs by itself when enough wait."""
        self._pending.append(observation)
        if len(self._pending) >= self.rows_per_file:
            self.flush()

    def flush(self) -> None:
        """Put the waiting rows on disk as a file of their own."""
        if not self._pending:
            return
        rows = [
            {"run_id": self.run_id, "batch": self.batch, "position": self._written + number}
            | asdict(row)
            for number, row in enumerate(self._pending)
        ]
        name = f"{self.run_id}.{self.batch}-{self._written:06d}.parquet"
        write_atomically(_folder_of(self.folder, self.run_id) / name, _parquet(rows))
        self._written += len(rows)
        self._pending.clear()


def _parquet(rows: list[dict[str, object]]) -> bytes:
    buffer = io.BytesIO()
    table = pl.DataFrame(rows, schema_overrides=dict(OBSERVATION_SCHEMA))
    table.select(OBSERVATION_SCHEMA.names()).write_parquet(buffer)
    return buffer.getvalue()


def join_observation_files(folder: Path, run_id: str) -> None:
    """Make one file of a run's batch files. Killed in between, the batch files are ignored."""
    day = _folder_of(folder, run_id)
    parts = sorted(day.glob(f"{run_id}.*-*.parquet"))
    if not parts:
        return
    joined = pl.read_parquet(parts).sort("batch", "position")
    buffer = io.BytesIO()
    joined.write_parquet(buffer)
    write_atomically(day / f"{run_id}.parquet", buffer.getvalue())
    for part in parts:
        part.unlink()


def read_observations(folder: Path) -> pl.DataFrame:
    """Every observation of the lake, oldest first."""
    paths = sorted(folder.glob("*/*.parquet")) if folder.is_dir() else []
    whole = {path.stem for path in paths if "." not in path.stem}
    chosen = [path for path in paths if path.stem.split(".", 1)[0] not in whole - {path.stem}]
    if not chosen:
        return OBSERVATION_SCHEMA.to_frame()
    return pl.read_parquet(chosen).sort("run_id", "requested_at", "batch", "position")


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
