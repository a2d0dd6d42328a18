"""Pulling the plug: kill -9 at many moments of a night, then the same lake, byte for byte."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import polars as pl
import pytest

from tests.conftest import (
    Gongkai,
    gongkai_command,
    gongkai_environment,
    timeless_files,
)
from tests.processes import descendants_of, is_alive

Moment = Callable[[Path], bool]


def at_least(number: int, pattern: str) -> Moment:
    """The moment when the lake holds so many files of this pattern."""

    def reached(lake: Path) -> bool:
        return sum(1 for _ in lake.glob(pattern)) >= number

    return reached


MOMENTS: list[tuple[str, Moment]] = [
    ("one page is kept", at_least(1, "raw/objects/*/*.zst")),
    ("half the pages are kept", at_least(40, "raw/objects/*/*.zst")),
    ("one batch is read", at_least(1, "extracted/arrivals/*.parquet")),
    ("one shard is laid in", at_least(1, "extracted/extractions/*/*/*.parquet")),
    ("most shards are laid in", at_least(30, "extracted/extractions/*/*/*.parquet")),
    ("one file is built", at_least(1, "published/_versions/*/*/*/*.parquet")),
    ("half the files are built", at_least(150, "published/_versions/*/*/*/*.parquet")),
    ("the first dimension is built", at_least(1, "published/_versions/regions/*.parquet")),
]


def start_night(lake: Path, **settings: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*gongkai_command(), "run", "sample", "--lake", str(lake)],
        env=gongkai_environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_when(night: subprocess.Popen[bytes], lake: Path, reached: Moment) -> bool:
    """Kill -9 at the moment; false when the night ended before it."""
    while not reached(lake):
        if night.poll() is not None:
            return False
        time.sleep(0.002)
    night.kill()
    night.wait()
    return True


def test_a_night_killed_again_and_again_ends_in_the_undisturbed_lake(
    sample_run: tuple[Path, object],
    tmp_path: Path,
    prefect_api: str,
    prefect_home: Path,
    gongkai_with_server: Gongkai,
) -> None:
    lake = tmp_path / "lake"
    kills = 0
    for _, moment in MOMENTS:
        night = start_night(lake, PREFECT_API_URL=prefect_api, PREFECT_HOME=str(prefect_home))
        kills += kill_when(night, lake, moment)
    assert kills == len(MOMENTS)
    done = gongkai_with_server("run", "sample", "--lake", str(lake))
    assert done.returncode == 0, done.stdout + done.stderr
    killed, undisturbed = timeless_files(lake), timeless_files(sample_run[0])
    assert sorted(killed) == sorted(undisturbed)
    assert [path for path in killed if killed[path] != undisturbed[path]] == []
    assert not list(lake.rglob("*.tmp"))
    outcomes = pl.read_parquet(lake / "runs" / "*" / "*.parquet").sort("started_at")["outcome"]
    assert outcomes.to_list()[-1] == "completed"
    assert set(outcomes.to_list()[:-1]) == {"interrupted"}
    assert states_in_prefect(prefect_api, lake) == {"COMPLETED": 1, "CRASHED": kills}


def states_in_prefect(api: str, lake: Path) -> Counter[str]:
    """How Prefect shows the flow runs of a lake."""
    ids = pl.read_parquet(lake / "runs" / "*" / "*.parquet")["flow_run_id"].to_list()
    found = httpx.post(f"{api}/flow_runs/filter", json={"flow_runs": {"id": {"any_": ids}}})
    return Counter(run["state_type"] for run in found.raise_for_status().json())


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_no_process_outlives_a_night_that_was_killed(
    tmp_path: Path, own_prefect_home: Path
) -> None:
    lake = tmp_path / "lake"
    night = start_night(lake, PREFECT_HOME=str(own_prefect_home))
    reached = at_least(1, "extracted/arrivals/*.parquet")
    while not reached(lake):
        assert night.poll() is None, "the night ended before it could be killed"
        time.sleep(0.01)
    children = descendants_of(night.pid)
    assert len(children) >= 2, "a server and a reader were expected"
    night.send_signal(signal.SIGKILL)
    night.wait()
    while any(is_alive(pid) for pid in children):
        time.sleep(0.1)
    rerun = start_night(lake, PREFECT_HOME=str(own_prefect_home))
    assert rerun.wait() == 0
