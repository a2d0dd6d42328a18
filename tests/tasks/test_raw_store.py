"""The raw store keeps bytes once, whole, and notices when they are altered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tasks.atomic_files import remove_leftovers, write_atomically, write_if_changed
from tasks.raw_store import RawObjectLostError, RawStore


@given(content=st.binary(max_size=4096))
def test_bytes_come_back_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = RawStore(tmp_path_factory.mktemp("store"))
    sha256 = store.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.read(sha256) == content


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    path = store.path_of(store.put(b"report"))
    written = path.stat().st_mtime_ns
    store.put(b"report")
    assert path.stat().st_mtime_ns == written
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


@pytest.mark.parametrize("damage", [b"", b"not zstd", zstandard.compress(b"another report")])
def test_altered_bytes_are_noticed_and_replaced(tmp_path: Path, damage: bytes) -> None:
    store = RawStore(tmp_path)
    sha256 = store.put(b"report")
    store.path_of(sha256).write_bytes(damage)
    assert not store.holds(sha256)
    with pytest.raises(RawObjectLostError):
        store.read(sha256)
    store.put(b"report")
    assert store.read(sha256) == b"report"


def test_a_flipped_bit_is_noticed_within_sixteen_nights(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    sha256 = store.put(bytes(range(256)))
    whole = store.path_of(sha256).read_bytes()
    store.path_of(sha256).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert [store.holds_tonight(sha256, night) for night in range(16)].count(False) == 1
    store.path_of(sha256).write_bytes(b"")
    assert not any(store.holds_tonight(sha256, night) for night in range(16))
    store.path_of(sha256).unlink()
    assert not any(store.holds_tonight(sha256, night) for night in range(16))


def test_a_missing_object_is_named(tmp_path: Path) -> None:
    with pytest.raises(RawObjectLostError, match="missing"):
        RawStore(tmp_path).read("0" * 64)


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.parquet"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_equal_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert write_if_changed(path, b"one")
    assert not write_if_changed(path, b"one")
    assert write_if_changed(path, b"two")


def test_what_a_kill_left_behind_is_cleared(tmp_path: Path) -> None:
    leftover = tmp_path / "province=CN-SX" / ".part-0.parquet.0123.tmp"
    leftover.parent.mkdir()
    leftover.write_bytes(b"half")
    (tmp_path / "kept.parquet").write_bytes(b"whole")
    assert remove_leftovers(tmp_path) == 1
    assert not leftover.exists()
    assert (tmp_path / "kept.parquet").exists()
