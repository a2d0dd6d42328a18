"""The same documents give the same files: on a second run, in another order, by another number of processes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from annual_reports.lake import manifest
from tasks.builder_pool import BuilderDiedError, BuilderPool, processes_for
from tasks.documents import DocumentToRead
from tasks.extractions import merge_batch
from tasks.lake_paths import LakePaths
from tasks.partition_builder import BuildOrder
from tasks.publish import publish_inputs, publish_lake
from tasks.raw_store import RawStore
from tasks.reading import read_batch
from tests.conftest import ROOT, files_of_any_making
from tests.tasks.test_reader_contract import lay

GOLDEN = sorted(
    path.name
    for path in (ROOT / "tests" / "golden").iterdir()
    if path.suffix in (".html", ".txt", ".md")
)[:14]


def documents_in(lake: LakePaths, names: Sequence[str]) -> list[DocumentToRead]:
    store = RawStore(lake.objects)
    return [
        DocumentToRead(store.put((ROOT / "tests" / "golden" / name).read_bytes()), name, None)
        for name in names
    ]


def fill(lake: LakePaths, names: Sequence[str], at_once: int) -> None:
    """Take the documents in, so many in a batch, as batches of several reader processes arrive."""
    documents = documents_in(lake, names)
    for start in range(0, len(documents), at_once):
        batch = documents[start : start + at_once]
        merge_batch(lake, read_batch(RawStore(lake.objects), batch))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """All documents read at once, published by one process in one pass."""
    lake = LakePaths(tmp_path_factory.mktemp("plain"))
    fill(lake, GOLDEN, len(GOLDEN))
    publish_lake(lake, processes=1)
    return lake


def test_another_order_and_other_workers(
    plain: LakePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = LakePaths(tmp_path)
    fill(lake, GOLDEN[::-1], 3)
    monkeypatch.setattr(manifest, "MOST_PARTITIONS_AT_ONCE", 1)
    outcome = publish_lake(lake, processes=2)
    assert len(outcome.partitions) > 4
    assert files_of_any_making(lake.root) == files_of_any_making(plain.root)


@pytest.mark.parametrize("processes", [1, 2])
def test_years_built_in_turn_are_those_built_at_once(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A builder remembers the year before instead of reading it again."""
    made = []
    for name, at_once in (("together", 64), ("in turn", 1)):
        lake = LakePaths(tmp_path / name)
        for year in (2022, 2023, 2024):
            lay(lake, "CN-SX", year, ("甲镇", "乙镇", "丙镇")[: year - 2021])
            lay(lake, "CN-GD", year, ("丁镇",))
        monkeypatch.setattr(manifest, "MOST_PARTITIONS_AT_ONCE", at_once)
        publish_lake(lake, processes=processes)
        made.append(files_of_any_making(lake.root))
    assert made[0] == made[1]


def test_a_second_publication_from_nothing(plain: LakePaths) -> None:
    before = files_of_any_making(plain.root)
    for path in plain.published.rglob("*"):
        if path.is_file():
            path.unlink()
    publish_lake(plain, processes=1)
    assert files_of_any_making(plain.root) == before


def test_documents_that_arrive_one_after_the_other(plain: LakePaths, tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    half = len(GOLDEN) // 2
    for names in (GOLDEN[half:], GOLDEN[:half]):
        fill(lake, names, 2)
        publish_lake(lake, ["all"])
    assert files_of_any_making(lake.root) == files_of_any_making(plain.root)


def test_a_builder_that_dies_publishes_nothing(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path / "lake")
    fill(lake, GOLDEN[:2], 2)
    hashes = publish_inputs(lake).hashes
    pool = BuilderPool(lake, 2)
    try:
        builder = pool._start()
        builder.kill()
        with pytest.raises(BuilderDiedError, match="nothing was published"):
            next(iter(pool.build_all([_order_of_nothing(hashes)])))
    finally:
        pool.stop()
    assert not lake.manifest.exists()


def _order_of_nothing(hashes: object) -> BuildOrder:
    """An order that no process can carry out: its frames are no frames."""
    nowhere = (manifest.PartitionKey("ZZ", 2000),)
    return BuildOrder(nowhere, None, None, None, None, hashes)  # type: ignore[arg-type]


def test_few_documents_are_not_worth_a_process() -> None:
    assert processes_for(10) == 1
    assert processes_for(10**7) >= 1
