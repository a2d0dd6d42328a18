"""A poisonous document costs itself; the rest of its batch is read."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.arrivals import take_in
from tasks.documents import DocumentToRead
from tasks.extractions import extracted_partitions, read_partition, read_quarantined
from tasks.lake_paths import LakePaths
from tasks.raw_store import RawStore
from tasks.reader_pool import ReaderPool
from tasks.reading import LakeFailedError
from tests.conftest import ROOT, gongkai_environment
from tests.processes import is_alive

SOUND = ROOT / "tests" / "golden" / "word_table_gb18030.html"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LakePaths:
    monkeypatch.setenv("POISON_MARK", str(tmp_path / "mark"))
    monkeypatch.setenv("SOUND_DOCUMENT", str(SOUND))
    return LakePaths(tmp_path / "lake")


def documents(lake: LakePaths, *contents: bytes) -> list[DocumentToRead]:
    store = RawStore(lake.objects)
    return [
        DocumentToRead(store.put(content), f"{number}.html", None)
        for number, content in enumerate(contents)
    ]


def rows_read(lake: LakePaths) -> int:
    return sum(read_partition(lake, *place).height for place in extracted_partitions(lake))


def test_a_batch_is_read_and_its_refusals_kept(lake: LakePaths) -> None:
    batch = documents(lake, SOUND.read_bytes(), b"")
    with ReaderPool(lake, size=1) as pool:
        read = pool.read(batch)
    assert (read.reports, read.quarantined) == (1, 1)
    assert [item["outcome"] for item in read.items] == ["read", "quarantined"]
    assert take_in(lake) == 2
    assert rows_read(lake) == 1
    aside = read_quarantined(lake)
    assert aside.select("document_id", "reason").rows() == [(batch[1].document_id, "empty")]
    assert list(lake.arrivals.iterdir()) == []


@pytest.mark.parametrize(
    ("poison", "words"), [(b"exit", "3"), (b"raise", "ZeroDivisionError"), (b"greedy", "700 MB")]
)
def test_a_poisonous_document_is_set_aside_and_the_others_are_read(
    lake: LakePaths, poison: bytes, words: str
) -> None:
    batch = documents(lake, SOUND.read_bytes(), poison, b"", SOUND.read_bytes() + b"\n")
    with ReaderPool(lake, size=2, module="tests.tasks.failing_reader") as pool:
        read = pool.read(batch)
        again = pool.read(batch[:1])
    assert (read.reports, read.quarantined, again.reports) == (2, 2, 1)
    take_in(lake)
    aside = {row["reason"]: row for row in read_quarantined(lake).iter_rows(named=True)}
    assert set(aside) == {"reader_failed", "empty"}
    failed = aside["reader_failed"]
    assert failed["document_id"] == batch[1].document_id
    assert failed["bytes"] == len(poison)
    assert words in failed["message"]
    assert rows_read(lake) == 2


def test_a_reader_that_fails_once_is_given_another_chance(lake: LakePaths) -> None:
    with ReaderPool(lake, size=1, module="tests.tasks.failing_reader") as pool:
        read = pool.read(documents(lake, b"once"))
    assert (read.reports, read.quarantined) == (1, 0)


def test_lost_bytes_are_named_the_others_are_read_and_what_was_read_before_stays(
    lake: LakePaths,
) -> None:
    batch = documents(lake, SOUND.read_bytes(), SOUND.read_bytes() + b" ")
    with ReaderPool(lake, size=1) as pool:
        pool.read(batch)
        take_in(lake)
        RawStore(lake.objects).path_of(batch[1].sha256).unlink()
        read = pool.read(batch)
    assert len(read.lost) == 1
    assert batch[1].sha256 in read.lost[0]
    assert read.reports == 1
    take_in(lake)
    assert rows_read(lake) == 2


def test_a_lake_that_cannot_be_written_is_no_fault_of_a_document(lake: LakePaths) -> None:
    batch = documents(lake, SOUND.read_bytes())
    lake.arrivals.parent.mkdir(parents=True)
    lake.arrivals.touch()
    with ReaderPool(lake, size=1) as pool:
        with pytest.raises(LakeFailedError):
            pool.read(batch)
        lake.arrivals.unlink()
        assert pool.read(batch).reports == 1


def test_a_store_that_cannot_be_read_is_no_fault_of_a_document(lake: LakePaths) -> None:
    batch = documents(lake, SOUND.read_bytes())
    place = RawStore(lake.objects).path_of(batch[0].sha256)
    place.unlink()
    place.mkdir()
    with ReaderPool(lake, size=1) as pool, pytest.raises(LakeFailedError):
        pool.read(batch)
    assert not lake.arrivals.exists()


def test_readers_import_neither_prefect_nor_an_http_client() -> None:
    code = "import sys, tasks.reader_process; print({'prefect', 'httpx'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=gongkai_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


def test_readers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tasks.lake_paths import LakePaths; from tasks.reader_pool import ReaderPool\n"
        "pool = ReaderPool(LakePaths(Path(sys.argv[1])), size=1).__enter__()\n"
        "pool.read([]); print(pool._all[0].process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        env=gongkai_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    reader = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    while is_alive(reader):
        time.sleep(0.1)
