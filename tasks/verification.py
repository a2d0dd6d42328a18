"""Whether a lake is what it says it is: every hash computed again, every file accounted for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from annual_reports.lake import EXTRACTION_SCHEMA
from annual_reports.lake.datapackage import datapackage_text
from annual_reports.lake.manifest import (
    Manifest,
    ManifestUnreadable,
    PartitionKey,
    PublishedFile,
    parse_manifest,
    partition_path,
    partitions_to_build,
)
from schemas.arrow_schemas import arrow_schema
from schemas.tables import SCHEMA_VERSION
from schemas.verification import verification_messages
from tasks.atomic_files import TEMPORARY_SUFFIX
from tasks.bi_database import DATABASE, is_database_of
from tasks.code_version import code_version
from tasks.lake_paths import LakePaths
from tasks.observations import read_observations
from tasks.parquet_files import read_frame
from tasks.publication_gate import held_partitions
from tasks.publish import DESCRIPTION, publish_inputs
from tasks.raw_store import RawObjectLostError, RawStore
from tasks.reading import QUARANTINED_SCHEMA
from tasks.releases import (
    altered_files,
    release_names,
    releases_folder,
    unfinished_releases,
)
from tasks.versions import kept_versions, unfinished_mark

_READERS = 4
"""Threads that hash: decompressing and hashing leave the interpreter free."""


@dataclass(frozen=True, slots=True, order=True)
class LakeProblem:
    """One thing that is wrong. `kind` is one of `verification_problems.csv`; `path` lies in the lake."""

    path: str
    kind: str
    detail: str = ""

    @property
    def message(self) -> str:
        """Where, and in one sentence what to do; `detail` says why, where that differs by case."""
        because = f"（{self.detail}）" if self.detail else ""
        return f"{self.path}: {verification_messages()[self.kind]}{because}"


@dataclass(frozen=True, slots=True)
class Verification:
    """`problems` in order of path; `files`: how many were looked at."""

    problems: tuple[LakeProblem, ...]
    files: int


def verify_lake(lake: LakePaths) -> Verification:
    """Compare everything on disk with what it should be. Nothing is changed."""
    manifest, found = _manifest(lake)
    listed = manifest.files if manifest else ()
    objects = _object_files(lake)
    with ThreadPoolExecutor(_READERS) as readers:
        found += [p for ps in readers.map(lambda f: _file_problems(lake, f), listed) for p in ps]
        found += [p for ps in readers.map(lambda f: _object_problems(lake, f), objects) for p in ps]
    if manifest is not None:
        if unfinished_mark(lake).is_file():
            found.append(LakeProblem("published/manifest.json", "publication_unfinished"))
        found += _foreign(lake, manifest)
        found += _stale(lake, manifest)
        found += _descriptions(lake, manifest)
    found += _missing_objects(lake)
    found += _releases(lake)
    extracted = _extracted_files(lake)
    found += [problem for path in extracted for problem in _extraction_problems(lake, path)]
    return Verification(tuple(sorted(set(found))), len(listed) + len(objects) + len(extracted))


def _manifest(lake: LakePaths) -> tuple[Manifest | None, list[LakeProblem]]:
    path = "published/manifest.json"
    try:
        return parse_manifest(lake.manifest.read_text(encoding="utf-8")), []
    except FileNotFoundError:
        return None, [LakeProblem(path, "nothing_published")]
    except (ManifestUnreadable, UnicodeDecodeError):
        return None, [LakeProblem(path, "manifest_unreadable")]


def _file_problems(lake: LakePaths, entry: PublishedFile) -> list[LakeProblem]:
    """What is wrong with a file under the name readers know, or under that of its version."""
    names = (entry.path, entry.version)
    return [problem for name in names for problem in _content_problems(lake, name, entry)]


def _content_problems(lake: LakePaths, place: str, entry: PublishedFile) -> list[LakeProblem]:
    name = f"published/{place}"
    if not (lake.published / place).is_file():
        return [LakeProblem(name, "file_missing")]
    content = (lake.published / place).read_bytes()
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        return [LakeProblem(name, "file_altered")]
    try:
        metadata = pq.ParquetFile(pa.BufferReader(content)).metadata
    except pa.ArrowInvalid:
        return [LakeProblem(name, "file_altered")]
    problems = []
    if not metadata.schema.to_arrow_schema().equals(arrow_schema(entry.table), check_metadata=True):
        problems.append(LakeProblem(name, "schema_drift"))
    if metadata.num_rows != entry.rows:
        problems.append(LakeProblem(name, "rows_differ"))
    return problems


def _object_files(lake: LakePaths) -> list[Path]:
    return [path for path in sorted(lake.objects.rglob("*")) if path.is_file()]


def _object_problems(lake: LakePaths, path: Path) -> list[LakeProblem]:
    name = _name(lake, path)
    store = RawStore(lake.objects)
    if path.name.endswith(TEMPORARY_SUFFIX):
        return []
    if store.path_of(path.stem) != path:
        return [LakeProblem(name, "raw_foreign")]
    try:
        store.read(path.stem)
    except RawObjectLostError:
        return [LakeProblem(name, "raw_damaged")]
    return []


def _missing_objects(lake: LakePaths) -> list[LakeProblem]:
    store = RawStore(lake.objects)
    received = read_observations(lake.observations).get_column("sha256").drop_nulls().unique()
    return [
        LakeProblem(_name(lake, store.path_of(sha256)), "raw_missing")
        for sha256 in received
        if not store.path_of(sha256).is_file()
    ]


_DESCRIPTIONS = ("manifest.json", DESCRIPTION, DATABASE)
"""Files of `published/` that the manifest does not list."""


def _foreign(lake: LakePaths, manifest: Manifest) -> list[LakeProblem]:
    known = {lake.published / file.path for file in manifest.files}
    known |= {lake.published / name for name in _DESCRIPTIONS}
    known |= kept_versions(lake, manifest) | {unfinished_mark(lake)}
    return [
        LakeProblem(_name(lake, path), "file_foreign")
        for path in sorted(lake.published.rglob("*"))
        if path.is_file() and path not in known and not path.name.endswith(TEMPORARY_SUFFIX)
    ]


def _stale(lake: LakePaths, manifest: Manifest) -> Iterator[LakeProblem]:
    """Partitions whose inputs changed, those held back by the gate told apart.

    Where the program changed, that alone: for then all are.
    """
    if (manifest.code_version, manifest.schema_version) != (code_version(), SCHEMA_VERSION):
        yield LakeProblem("published/manifest.json", "code_changed")
        return
    hashes = publish_inputs(lake).hashes
    held = {_reports_path(one.partition): "；".join(one.reasons) for one in held_partitions(lake)}
    stale = [partition_path("reports", key) for key in partitions_to_build(hashes, manifest)]
    due = {partition_path("reports", key) for key in hashes}
    stale += [
        file.path for file in manifest.files if file.table == "reports" and file.path not in due
    ]
    for path in stale:
        kind = "partition_held" if path in held else "partition_stale"
        yield LakeProblem(f"published/{path}", kind, held.get(path, ""))


def _reports_path(partition: str) -> str:
    province, year = partition.split("/")
    return partition_path("reports", PartitionKey(province, int(year)))


def _descriptions(lake: LakePaths, manifest: Manifest) -> Iterator[LakeProblem]:
    described = lake.published / DESCRIPTION
    text = described.read_text(encoding="utf-8") if described.is_file() else ""
    if text != datapackage_text(manifest, manifest.schema_version):
        yield LakeProblem(f"published/{DESCRIPTION}", "description_stale")
    has_reports = any(file.table == "reports" for file in manifest.files)
    if has_reports and not is_database_of(lake.published / DATABASE, manifest):
        yield LakeProblem(f"published/{DATABASE}", "database_stale")


def _releases(lake: LakePaths) -> Iterator[LakeProblem]:
    for name in release_names(lake):
        for path in altered_files(releases_folder(lake) / name):
            yield LakeProblem(f"releases/{name}/{path}", "release_altered")
    for name in unfinished_releases(lake):
        yield LakeProblem(f"releases/{name}", "release_unfinished")


def _extracted_files(lake: LakePaths) -> list[Path]:
    folders = (lake.extractions, lake.quarantined_documents)
    return [path for folder in folders for path in sorted(folder.rglob("*.parquet"))]


def _extraction_problems(lake: LakePaths, path: Path) -> list[LakeProblem]:
    schema = EXTRACTION_SCHEMA if path.is_relative_to(lake.extractions) else QUARANTINED_SCHEMA
    try:
        frame = read_frame(path, hive_partitioning=False)
    except (pl.exceptions.PolarsError, OSError):
        return [LakeProblem(_name(lake, path), "extraction_damaged")]
    return [] if frame.schema == schema else [LakeProblem(_name(lake, path), "extraction_damaged")]


def _name(lake: LakePaths, path: Path) -> str:
    return path.relative_to(lake.root).as_posix()
