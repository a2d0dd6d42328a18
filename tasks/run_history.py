"""`runs/`: one row per run of a flow, kept in the lake so that it outlives Prefect's server."""

from __future__ import annotations

import io
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically
from tasks.child_processes import is_running
from tasks.guarded_rows import fitting_rows
from tasks.lake_paths import PROJECT_ROOT, LakePaths
from tasks.observations import new_run_id
from tasks.parquet_files import read_frame, read_in_one_piece

COUNTED = (
    "found",
    "fetched",
    "unchanged",
    "failed",
    "read",
    "quarantined",
    "partitions_published",
)
"""What a run counts, as columns of `runs`."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run. `outcome`: started | completed | failed | interrupted."""

    run_id: str
    flow: str
    flow_run_id: str | None
    parameters: str
    outcome: str
    started_at: datetime
    host: str
    pid: int
    code_commit: str | None
    ended_at: datetime | None = None
    message: str | None = None


def start_run(
    lake: LakePaths, flow: str, flow_run_id: str | None, parameters: Mapping[str, Any]
) -> RunRecord:
    """Write down that a run has begun. Killed, it stays so until a later run marks it interrupted."""
    now = datetime.now(UTC)
    record = RunRecord(
        run_id=new_run_id(now, secrets.token_hex(3)),
        flow=flow,
        flow_run_id=flow_run_id,
        parameters=json.dumps(parameters, ensure_ascii=False, sort_keys=True, default=str),
        outcome="started",
        started_at=now,
        host=socket.gethostname(),
        pid=os.getpid(),
        code_commit=code_commit(),
    )
    _write(lake, record, {})
    return record


def end_run(
    lake: LakePaths, record: RunRecord, outcome: str, message: str, counts: Mapping[str, int]
) -> None:
    """Replace the row of a run by what came of it."""
    ended = replace(record, outcome=outcome, message=message, ended_at=datetime.now(UTC))
    _write(lake, ended, counts)


def code_commit() -> str | None:
    """The commit of the checkout we run from, read from its files; null outside of one."""
    git = PROJECT_ROOT / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        return (git / head.removeprefix("ref: ")).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def mark_interrupted_runs(lake: LakePaths) -> list[RunRecord]:
    """Mark runs of this machine that began, never ended, and whose process is gone; gives them."""
    here = pl.col("host") == socket.gethostname()
    begun = read_runs(lake).filter(here, pl.col("outcome") == "started")
    gone = [row for row in begun.iter_rows(named=True) if not is_running(row["pid"])]
    marked = []
    for row in gone:
        counts = {name: row.pop(name) for name in COUNTED}
        cut_off = replace(
            RunRecord(**row), outcome="interrupted", message="进程被中断 the process was cut off"
        )
        _write(lake, cut_off, counts)
        marked.append(cut_off)
    return marked


def read_runs(lake: LakePaths) -> pl.DataFrame:
    """Every run of the lake, oldest first."""
    paths = sorted(lake.runs.glob("*/*.parquet"))
    if not paths:
        return polars_schema("runs").to_frame()
    return read_frame(paths).sort("started_at")


def is_open(lake: LakePaths, run_id: str) -> bool:
    """Whether a run has begun and its end is not written down."""
    try:
        run = read_in_one_piece(_path_of(lake, run_id))
    except FileNotFoundError:
        return False
    return run["outcome"].to_list() == ["started"]


def _path_of(lake: LakePaths, run_id: str) -> Path:
    return lake.runs / f"{run_id[:4]}-{run_id[4:6]}" / f"{run_id}.parquet"


def _write(lake: LakePaths, record: RunRecord, counts: Mapping[str, int]) -> None:
    row = asdict(record) | {name: counts.get(name, 0) for name in COUNTED}
    schema = polars_schema("runs")
    table = pl.DataFrame([row], schema_overrides=dict(schema)).select(schema.names())
    table = fitting_rows(lake, "runs", table, record.run_id)
    if table.is_empty():
        return
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    write_atomically(_path_of(lake, record.run_id), buffer.getvalue())
