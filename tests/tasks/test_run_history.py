"""The history of runs tells the truth also of runs that were killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tasks.lake_paths import LakePaths
from tasks.open_run import recorded_run
from tasks.run_history import end_run, mark_interrupted_runs, read_runs, start_run
from tests.conftest import gongkai_environment


def test_a_run_is_written_down_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    record = start_run(lake, "nightly", None, {"sources": "sources"})
    assert read_runs(lake)["outcome"].to_list() == ["started"]
    end_run(lake, record, "completed", "done", {"found": 3, "read": 2})
    row = read_runs(lake).row(0, named=True)
    assert (row["outcome"], row["found"], row["read"], row["failed"]) == ("completed", 3, 2, 0)
    assert row["ended_at"] >= row["started_at"]


def test_a_run_that_breaks_off_is_written_down_as_failed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), recorded_run("nightly", None, str(tmp_path), {}) as run:
        run.count("found", 1 // 0)
    assert read_runs(LakePaths(tmp_path))["outcome"].to_list() == ["failed"]


def test_a_problem_makes_the_run_failed_and_names_itself(tmp_path: Path) -> None:
    with recorded_run("nightly", None, str(tmp_path), {}) as run:
        run.problem("something to look at")
    row = read_runs(LakePaths(tmp_path)).row(0, named=True)
    assert row["outcome"] == "failed"
    assert "something to look at" in row["message"]


def test_a_killed_run_is_marked_once_and_a_living_one_is_not(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    code = (
        "import os, sys; from pathlib import Path\n"
        "from tasks.lake_paths import LakePaths; from tasks.run_history import start_run\n"
        "start_run(LakePaths(Path(sys.argv[1])), 'ingest', 'a-flow-run', {}); os._exit(9)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env=gongkai_environment(), check=False
    )
    start_run(lake, "publish", None, {})
    assert [run.flow_run_id for run in mark_interrupted_runs(lake)] == ["a-flow-run"]
    assert mark_interrupted_runs(lake) == []
    start_run(lake, "nightly", None, {})
    outcomes = dict(read_runs(lake).select("flow", "outcome").rows())
    assert outcomes == {"ingest": "interrupted", "publish": "started", "nightly": "started"}
