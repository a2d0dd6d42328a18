"""The lake every drill works on: the same raw/ each time, and the hash that tells whether all ended well."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from benchmarks.corpus import MIXED_STYLES, neighbouring_reports
from tasks.ingest import keep_named_files
from tasks.lake_paths import LakePaths
from tasks.local_files import find_documents
from tasks.object_paths import ObjectPath
from tasks.open_run import recorded_run

COMPARED = ("extracted", "quarantined", "published")


def make_raw(folder: Path, reports: int) -> Path:
    """A lake that holds the bytes of so many reports, of which nothing has been read."""
    documents = folder / "documents"
    documents.mkdir()
    for report in neighbouring_reports(reports, MIXED_STYLES):
        (documents / report.name).write_bytes(report.content)
    with recorded_run("ingest", None, str(folder / "seed"), {}) as run:
        keep_named_files(run, find_documents([documents]))
    return folder / "seed" / "raw"


def lay_raw(raw: Path, root: Path) -> None:
    """Copy raw/ to a new lake, in a folder or on a store."""
    if not isinstance(root, ObjectPath):
        shutil.copytree(raw, root / "raw")
        return
    for path in sorted(raw.rglob("*")):
        if path.is_file():
            (root / "raw" / path.relative_to(raw).as_posix()).put(path.read_bytes())


def lake_hash(root: Path) -> str:
    """SHA-256 over the names and bytes of all that follows from raw/; views of BI tools are left out."""
    lake = LakePaths(root)
    digest = hashlib.sha256()
    for name in COMPARED:
        for path in sorted((lake.root / name).rglob("*")):
            if path.is_file() and path.suffix != ".duckdb":
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(lake.root).as_posix()} {content}\n".encode())
    return digest.hexdigest()
