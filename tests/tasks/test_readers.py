"""Readers never meet half a table, a missing partition or two revisions, whoever is killed while publishing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from annual_reports.lake.manifest import Manifest, manifest_text, parse_manifest
from tasks.bi_database import write_database
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.verification import verify_lake
from tasks.versions import collect_versions, unfinished_mark, versions_folder
from tests.conftest import lasting_files
from tests.tasks.readers_drill import READERS, Outcome, drill, publish_revision, write_revision
from tests.tasks.store_server import new_bucket, store_server

PUBLICATIONS = 6
"""`python -m tests.tasks.readers_drill` makes two hundred."""


def assert_nothing_was_seen(outcome: Outcome) -> None:
    assert (outcome.faults, outcome.problems) == ([], [])
    assert set(outcome.reads) == set(READERS)
    assert all(reads > PUBLICATIONS for reads in outcome.reads.values()), outcome.reads
    assert sum(outcome.killed.values()) > 0


def test_readers_of_a_folder(tmp_path: Path) -> None:
    assert_nothing_was_seen(drill(str(tmp_path), PUBLICATIONS, seed=3))


def test_readers_of_a_store(tmp_path: Path) -> None:
    with store_server(tmp_path) as address:
        assert_nothing_was_seen(drill(str(new_bucket(address)), PUBLICATIONS, seed=3))


def test_the_readers_see_what_is_wrong(tmp_path: Path) -> None:
    """Tables of two publications, a table short of a partition: each reader that can must say so."""
    publish_revision(str(tmp_path), 1, None)
    lake = LakePaths(tmp_path)
    old = {path: path.read_bytes() for path in (lake.published / "cells").rglob("*.parquet")}
    old_text = lake.manifest.read_text(encoding="utf-8")
    publish_revision(str(tmp_path), 2, None)
    assert [fault for read in READERS.values() for fault in read(str(tmp_path))] == []
    text = lake.manifest.read_text(encoding="utf-8")
    mixed = {file.path: file for file in parse_manifest(text).files}
    mixed |= {f.path: f for f in parse_manifest(old_text).files if f.table == "cells"}
    forged = Manifest("", tuple(mixed.values()))
    lake.manifest.write_text(manifest_text(forged), encoding="utf-8")
    write_database(lake.published, forged)
    for kind in ("duckdb views", "polars by manifest"):
        assert "cells: other revisions than in reports" in list(READERS[kind](str(tmp_path)))
    next(iter(old)).unlink()
    for kind in ("duckdb by pattern", "polars by pattern"):
        assert any(fault.startswith("cells: {") for fault in READERS[kind](str(tmp_path)))


@pytest.fixture
def lake(tmp_path: Path) -> LakePaths:
    publish_revision(str(tmp_path), 1, None)
    return LakePaths(tmp_path)


def test_versions_of_a_day_are_kept_and_then_collected(lake: LakePaths) -> None:
    first = parse_manifest(lake.manifest.read_text(encoding="utf-8"))
    write_revision(lake, 2)
    publish_lake(lake)
    second = parse_manifest(lake.manifest.read_text(encoding="utf-8"))
    of_first = {lake.published / file.version for file in first.files}
    of_second = {lake.published / file.version for file in second.files}
    assert of_first - of_second
    assert all(path.is_file() for path in of_first | of_second)
    assert verify_lake(lake).problems == ()
    (kept,) = (versions_folder(lake) / "manifests").glob("*.json")
    long_ago = time.time() - 25 * 3600
    os.utime(kept, (long_ago, long_ago))
    assert collect_versions(lake, second) == len(of_first - of_second)
    assert {path for path in of_first | of_second if path.is_file()} == of_second
    assert verify_lake(lake).problems == ()


def test_files_and_their_versions_take_the_room_of_one(lake: LakePaths) -> None:
    manifest = parse_manifest(lake.manifest.read_text(encoding="utf-8"))
    for file in manifest.files:
        assert (lake.published / file.path).samefile(lake.published / file.version)


def test_a_publication_cut_off_while_showing_files_is_made_good(lake: LakePaths) -> None:
    """Even where the inputs are again those of the manifest, so that nothing need be built."""
    before = lasting_files(lake.root)
    victim = next(iter(sorted((lake.published / "cells").rglob("*.parquet"))))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.unlink()
    victim.write_bytes(bytes(content))  # of another publication, by chance as long
    unfinished_mark(lake).touch()
    assert "publication_unfinished" in {problem.kind for problem in verify_lake(lake).problems}
    assert publish_lake(lake).partitions == ()
    assert lasting_files(lake.root) == before
    assert verify_lake(lake).problems == ()
