"""What is in a folder, and what cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.lake_paths import LakePaths
from tasks.local_files import (
    FileKeeper,
    UnusablePathError,
    find_documents,
    known_files,
    read_file,
    split_paths_and_urls,
)
from tasks.observations import ObservationLog, Outcome, read_observations


def test_a_folder_is_listed_in_order_without_data_files(tmp_path: Path) -> None:
    for name in ("b/2.html", "a.txt", "b/1.HTM", "b/expected.json", ".hidden.html", "c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_documents([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found.files] == [
        "a.txt",
        "b/1.HTM",
        "b/2.html",
    ]
    assert found.left_out == 2


def test_a_file_named_by_hand_is_read_whatever_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("x")
    assert find_documents([path, path]).files == (path,)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_without_rights_is_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    with pytest.raises(UnusablePathError, match="no right"):
        find_documents([closed])


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object = ".") -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(UnusablePathError, match="no right to read the folder"):
        find_documents([tmp_path])


def test_a_file_beyond_all_size_is_told(tmp_path: Path) -> None:
    huge = tmp_path / "huge.html"
    with huge.open("wb") as stream:
        stream.truncate(300 * 1024 * 1024)
    with pytest.raises(UnusablePathError, match="314572800 bytes"):
        read_file(huge)


def test_addresses_are_told_from_paths() -> None:
    paths, urls = split_paths_and_urls(["a.html", "https://x.gov.cn/1", "/b", "http://y/2"])
    assert paths == [Path("a.html"), Path("/b")]
    assert urls == ["https://x.gov.cn/1", "http://y/2"]


def test_a_file_is_new_once_and_unchanged_after(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path / "lake")
    report = tmp_path / "report.html"
    report.write_bytes(b"report")
    outcomes = []
    for run in ("20260101T000000Z-a", "20260101T000001Z-b"):
        log = ObservationLog(lake.observations, run, "ingest0001")
        keeper = FileKeeper(lake, log, known_files(read_observations(lake.observations)))
        kept, missing = keeper.keep_all([report, tmp_path / "gone.html"])
        outcomes.append(kept.outcome)
        log.flush()
    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED]
    assert (missing.outcome, missing.sha256) == (Outcome.FAILED, None)
    assert read_observations(lake.observations).height == 4
