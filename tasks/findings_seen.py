"""`runs/findings_seen/`: since when a finding stands, and until when one stood that is gone.

A file per province and year, written only when the published findings of that partition changed;
`latest.json` says which run looked last and which files it saw. It is written last: killed in
between, the next run looks again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from annual_reports.lake.findings_seen import SEEN_SCHEMA, SeenBy, findings_seen_after
from annual_reports.lake.manifest import Manifest
from annual_reports.lake.parquet import parquet_bytes
from schemas.polars_schemas import polars_schema
from tasks.atomic_files import write_atomically, write_if_changed
from tasks.guarded_rows import fitting_rows
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.lake_summary import PARTITION_KEYS, read_manifest
from tasks.parquet_files import read_frame, scan_frame
from tasks.run_history import RunRecord

_TABLE = "findings_seen"


@dataclass(frozen=True, slots=True)
class _Latest:
    """The run that looked last, and path → hash of the published findings it saw."""

    seen_by: SeenBy | None = None
    files: Mapping[str, str] = field(default_factory=dict)


def remember_findings(lake: LakePaths, record: RunRecord) -> None:
    """Lay what is published now beside what earlier runs saw."""
    now = SeenBy(record.run_id, record.started_at)
    with locked_for_writing(lake):
        latest = _latest(lake)
        files = _findings_files(read_manifest(lake))
        for path in sorted(files.keys() | latest.files.keys()):
            if files.get(path) != latest.files.get(path):
                place = _folder(lake) / path.removeprefix("findings/")
                after = findings_seen_after(
                    _known(place), _standing(lake, path, files), now, latest.seen_by
                )
                name = f"{now.run_id}-{'-'.join(place.parts[-3:-1])}"
                kept = fitting_rows(lake, _TABLE, after, name)
                write_if_changed(place, parquet_bytes(_TABLE, kept))
        _write_latest(lake, now, files)


def scan_findings_seen(lake: LakePaths) -> pl.LazyFrame:
    """Every finding ever published, with its partition; one that stands was seen last by the latest run.

    Not read yet: of a lake of all years there are tens of millions.
    """
    paths = sorted(_folder(lake).glob("province=*/year=*/*.parquet"))
    latest = _latest(lake).seen_by
    if not paths or latest is None:
        return (
            pl.Schema({**SEEN_SCHEMA, **PARTITION_KEYS, "stands": pl.Boolean()}).to_frame().lazy()
        )
    rows = scan_frame(paths, hive_partitioning=True, hive_schema=PARTITION_KEYS)
    return rows.with_columns(
        stands=pl.col("last_run").is_null(),
        last_run=pl.coalesce("last_run", pl.lit(latest.run_id)),
        last_seen=pl.coalesce("last_seen", pl.lit(latest.started_at)),
    )


def _folder(lake: LakePaths) -> Path:
    return lake.runs / _TABLE


def _findings_files(manifest: Manifest | None) -> dict[str, str]:
    listed = manifest.files if manifest else ()
    return {file.path: file.sha256 for file in listed if file.table == "findings"}


def _known(place: Path) -> pl.DataFrame:
    return read_frame(place, hive_partitioning=False) if place.is_file() else SEEN_SCHEMA.to_frame()


def _standing(lake: LakePaths, path: str, files: Mapping[str, str]) -> pl.DataFrame:
    if path not in files:
        return polars_schema("findings").to_frame()
    return read_frame(lake.published / path, hive_partitioning=False)


def _latest(lake: LakePaths) -> _Latest:
    path = _folder(lake) / "latest.json"
    if not path.is_file():
        return _Latest()
    told = json.loads(path.read_text(encoding="utf-8"))
    seen_by = SeenBy(told["run_id"], datetime.fromisoformat(told["started_at"]))
    return _Latest(seen_by, told["files"])


def _write_latest(lake: LakePaths, now: SeenBy, files: Mapping[str, str]) -> None:
    told = {
        "run_id": now.run_id,
        "started_at": now.started_at.isoformat(),
        "files": dict(sorted(files.items())),
    }
    content = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    write_atomically(_folder(lake) / "latest.json", content.encode())
