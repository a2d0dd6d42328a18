"""A disk that refuses is told in a sentence that says what to do, wherever it refuses."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from gongkai.errors import told_in_one_sentence
from tasks.disk_faults import DiskRefusedError, disk_faults_told, remedy_of
from tasks.lake_paths import LakePaths
from tasks.open_run import recorded_run
from tasks.run_history import read_runs

FULL = Path("/dev/full")
"""Linux refuses every byte written there as a full disk does."""


def test_a_run_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(DiskRefusedError, match=r"磁盘已满.*make room and run again"),
        recorded_run("publish", None, str(tmp_path), {}),
    ):
        FULL.write_bytes(b"rows")
    assert read_runs(LakePaths(tmp_path))["outcome"].to_list() == ["failed"]


def test_a_command_on_a_full_disk_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), told_in_one_sentence():
        FULL.write_bytes(b"rows")
    told = capsys.readouterr().err
    assert told.startswith("gongkai: 磁盘已满")
    assert told.count("\n") == 1


def test_the_file_is_named_where_it_is_known() -> None:
    assert "(/lake/raw)" in (remedy_of(OSError(errno.EROFS, "Read-only", "/lake/raw")) or "")
    assert "(" not in (remedy_of(OSError(errno.ENOSPC, "No space left")) or "")


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), disk_faults_told():
        (tmp_path / "none").read_bytes()
