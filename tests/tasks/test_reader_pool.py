"""A poisonous document costs itself; the rest of its batch is read."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.documents import DocumentToRead
from tasks.raw_store import RawStore
from tasks.reader_pool import ReaderPool
from tests.conftest import ROOT, gongkai_environment

SOUND = ROOT / "tests" / "golden" / "word_table_gb18030.html"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RawStore:
    monkeypatch.setenv("POISON_MARK", str(tmp_path / "mark"))
    monkeypatch.setenv("SOUND_DOCUMENT", str(SOUND))
    return RawStore(tmp_path / "objects")


def documents(store: RawStore, *contents: bytes) -> list[DocumentToRead]:
    return [
        DocumentToRead(store.put(content), f"{number}.html", None)
        for number, content in enumerate(contents)
    ]


def test_a_batch_is_read_and_its_refusals_kept(store: RawStore) -> None:
    batch = documents(store, SOUND.read_bytes(), b"")
    with ReaderPool(store.folder, size=1) as pool:
        read = pool.read(batch)
    assert len(read.parts) == 1
    assert [(row.document_id, row.reason) for row in read.quarantined] == [
        (batch[1].document_id, "empty")
    ]
    assert read.document_ids == tuple(document.document_id for document in batch)


@pytest.mark.parametrize(
    ("poison", "words"), [(b"exit", "3"), (b"raise", "ZeroDivisionError"), (b"greedy", "700 MB")]
)
def test_a_poisonous_document_is_set_aside_and_the_others_are_read(
    store: RawStore, poison: bytes, words: str
) -> None:
    batch = documents(store, SOUND.read_bytes(), poison, b"", SOUND.read_bytes() + b"\n")
    with ReaderPool(store.folder, size=2, module="tests.tasks.failing_reader") as pool:
        read = pool.read(batch)
        again = pool.read(batch[:1])
    assert {row.reason for row in read.quarantined} == {"reader_failed", "empty"}
    failed = next(row for row in read.quarantined if row.reason == "reader_failed")
    assert failed.document_id == batch[1].document_id
    assert failed.bytes == len(poison)
    assert words in failed.message
    assert len(read.parts) == 2
    assert len(again.parts) == 1


def test_a_reader_that_fails_once_is_given_another_chance(store: RawStore) -> None:
    with ReaderPool(store.folder, size=1, module="tests.tasks.failing_reader") as pool:
        read = pool.read(documents(store, b"once"))
    assert not read.quarantined
    assert len(read.parts) == 1


def test_lost_bytes_are_named_and_the_others_are_read(store: RawStore) -> None:
    batch = documents(store, SOUND.read_bytes(), b"gone")
    store.path_of(batch[1].sha256).unlink()
    with ReaderPool(store.folder, size=1) as pool:
        read = pool.read(batch)
    assert len(read.lost) == 1
    assert batch[1].sha256 in read.lost[0]
    assert len(read.parts) == 1


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


def test_readers_end_when_their_parent_is_killed(store: RawStore) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tasks.reader_pool import ReaderPool\n"
        "pool = ReaderPool(Path(sys.argv[1]), size=1).__enter__()\n"
        "pool.read([]); print(pool._all[0].process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(store.folder)],
        env=gongkai_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    reader = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    while _is_alive(reader):
        time.sleep(0.1)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
