"""`published/_versions/`: each published file under a name that never holds other bytes.

A reader of several tables opens the versions one manifest names, and meets one publication whatever is
published meanwhile. The manifests of the last day are kept beside; what none of them names is collected.
"""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path

from annual_reports.lake.manifest import (
    VERSIONS,
    Manifest,
    ManifestUnreadable,
    PublishedFile,
    parse_manifest,
)
from tasks.atomic_files import place_copy, remove_file, write_atomically
from tasks.lake_paths import LakePaths

KEEP_VARIABLE = "GONGKAI_KEEP_VERSIONS_HOURS"
_KEPT_HOURS = "24"
_MANIFESTS = "manifests"


def versions_folder(lake: LakePaths) -> Path:
    """Where the versions of a lake lie."""
    return lake.published / VERSIONS


def put_in_place(lake: LakePaths, file: PublishedFile) -> None:
    """Make the file that readers find by pattern the version that is published."""
    place_copy(lake.published / file.version, lake.published / file.path)


def begin_putting_in_place(lake: LakePaths) -> None:
    """Leave a mark that stays when the publication is cut off before its manifest."""
    write_atomically(unfinished_mark(lake), b"")


def end_putting_in_place(lake: LakePaths) -> None:
    """Take the mark away."""
    unfinished_mark(lake).unlink(missing_ok=True)


def unfinished_mark(lake: LakePaths) -> Path:
    """Where the mark of a publication that was cut off lies."""
    return versions_folder(lake) / "unfinished"


def restore_version(lake: LakePaths, file: PublishedFile) -> None:
    """Give a file published before there were versions, or whose version is gone, its name among them."""
    if not (lake.published / file.version).is_file() and (lake.published / file.path).is_file():
        place_copy(lake.published / file.path, lake.published / file.version)


def keep_last_manifest(lake: LakePaths) -> None:
    """Lay the manifest about to be replaced beside the versions; its time of writing is that of its end."""
    try:
        content = lake.manifest.read_bytes()
    except FileNotFoundError:
        return
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.json"
    write_atomically(versions_folder(lake) / _MANIFESTS / name, content)


def collect_versions(lake: LakePaths, manifest: Manifest) -> int:
    """Remove versions that neither `manifest` nor one replaced within the hours kept names; says how many."""
    oldest = time.time() - _kept_for().total_seconds()
    for path in _kept_manifests(lake):
        if path.stat().st_mtime < oldest:
            remove_file(path)
    kept = kept_versions(lake, manifest)
    stale = [path for path in sorted(versions_folder(lake).rglob("*.parquet")) if path not in kept]
    for path in stale:
        remove_file(path)
    return len(stale)


def kept_versions(lake: LakePaths, manifest: Manifest) -> set[Path]:
    """The manifests kept, and every version that they or `manifest` name."""
    manifests = _kept_manifests(lake)
    files = [*manifest.files, *(file for path in manifests for file in _files_of(path))]
    return {*manifests, *(lake.published / file.version for file in files)}


def _kept_manifests(lake: LakePaths) -> list[Path]:
    return sorted((versions_folder(lake) / _MANIFESTS).glob("*.json"))


def _kept_for() -> timedelta:
    return timedelta(hours=float(os.environ.get(KEEP_VARIABLE) or _KEPT_HOURS))


def _files_of(path: Path) -> tuple[PublishedFile, ...]:
    try:
        return parse_manifest(path.read_text(encoding="utf-8")).files
    except ManifestUnreadable:
        return ()
