"""Publishing changes only what must change, and repairs whatever it finds half done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from annual_reports.lake.manifest import partition_path, partitioned_tables
from tasks.documents import DocumentToRead
from tasks.extractions import merge_batch, partition_folder
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.raw_store import RawStore
from tasks.reading import read_batch
from tests.conftest import ROOT, lasting_files

REPORTS = ("word_table_gb18030.html", "publishers_own_sums_wrong.html")


def take_in(lake: LakePaths, name: str) -> None:
    store = RawStore(lake.objects)
    sha256 = store.put((ROOT / "tests" / "golden" / name).read_bytes())
    merge_batch(lake, read_batch(store, [DocumentToRead(sha256, name, None)]))


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    for name in REPORTS:
        take_in(lake, name)
    publish_lake(lake)
    return lake


@pytest.fixture
def lake(_published: LakePaths, tmp_path: Path) -> Iterator[LakePaths]:
    """A published lake of its own for each test."""
    shutil.copytree(_published.root, tmp_path / "lake")
    return LakePaths(tmp_path / "lake")


def test_every_table_has_one_file_per_partition(lake: LakePaths) -> None:
    manifest = json.loads(lake.manifest.read_text(encoding="utf-8"))
    listed = {entry["path"] for entry in manifest["files"]}
    reports = {path for path in listed if path.startswith("reports/")}
    assert len(reports) == len(REPORTS)
    for table in partitioned_tables():
        assert {path.replace("reports/", f"{table}/", 1) for path in reports} <= listed


def test_nothing_is_built_when_nothing_changed(lake: LakePaths) -> None:
    before = lasting_files(lake.root)
    outcome = publish_lake(lake)
    assert (outcome.partitions, outcome.changed, outcome.removed) == ((), [], [])
    assert lasting_files(lake.root) == before


def test_only_the_partition_of_a_new_document_is_built(lake: LakePaths) -> None:
    known = {path.parent for path in lake.extractions.rglob("*.parquet")}
    take_in(lake, "tabs_under_markdown_headings.txt")
    (new,) = {path.parent for path in lake.extractions.rglob("*.parquet")} - known
    outcome = publish_lake(lake)
    keys = {(key.province, key.year) for key in outcome.partitions}
    assert (new.parent.name.split("=")[1], int(new.name.split("=")[1])) in keys
    assert len(keys) <= 2, "its own year, and the next one where that is published"


@pytest.mark.parametrize(
    "damage", ["remove a file", "cut a file", "remove the manifest", "break it"]
)
def test_damage_is_repaired_to_the_same_bytes(lake: LakePaths, damage: str) -> None:
    before = lasting_files(lake.root)
    victim = next(iter(sorted(lake.published.rglob("cells/**/part-0.parquet"))))
    match damage:
        case "remove a file":
            victim.unlink()
        case "cut a file":
            victim.write_bytes(victim.read_bytes()[:100])
        case "remove the manifest":
            lake.manifest.unlink()
        case "break it":
            lake.manifest.write_text("{", encoding="utf-8")
    publish_lake(lake)
    assert lasting_files(lake.root) == before


def test_a_partition_that_lost_its_documents_is_removed(lake: LakePaths) -> None:
    extracted = next(iter(sorted(lake.extractions.rglob("*.parquet"))))
    province, year = (part.split("=")[1] for part in extracted.parts[-3:-1])
    extracted.unlink()
    assert not list(partition_folder(lake, province, int(year)).glob("*.parquet"))
    outcome = publish_lake(lake)
    gone = f"reports/province={province}/year={year}/part-0.parquet"
    assert gone in outcome.removed
    assert not (lake.published / gone).parent.exists()
    assert gone not in lake.manifest.read_text(encoding="utf-8")


def test_a_file_nobody_owns_is_removed(lake: LakePaths) -> None:
    before = lasting_files(lake.root)
    stray = lake.published / "reports" / "province=CN-XX" / "year=1999" / "part-0.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"left by a run that was killed")
    publish_lake(lake)
    assert lasting_files(lake.root) == before


def test_partition_files_are_where_the_design_says(lake: LakePaths) -> None:
    from annual_reports.lake.manifest import PartitionKey

    assert partition_path("reports", PartitionKey("CN-SX", 2025)) == (
        "reports/province=CN-SX/year=2025/part-0.parquet"
    )
