"""Flow, server and worker of one night killed with -9 in turn: it ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl
import pytest

from tasks.lake_paths import LakePaths
from tasks.lake_summary import scan_published
from tasks.observations import NOT_FINAL, Purpose, read_observations
from tasks.run_history import read_runs
from tasks.run_items import read_items
from tests.conftest import timeless_files
from tests.flows.served import Served, free_port, serve, stop, wait_for
from tests.processes import descendants_of, is_alive
from tests.test_power_loss import Moment, at_least

NIGHT = {"sources": "sample_site/source.yml", "hours": ""}
pytestmark = pytest.mark.skipif(
    not Path("/proc").is_dir(), reason="processes are looked up in /proc"
)


@dataclass(frozen=True, slots=True)
class Drilled:
    """The lake after the drill, the worker that was started again, the night and every process killed or lost."""

    lake: LakePaths
    served: Served
    night: str
    processes: list[int]


@pytest.fixture(scope="module")
def drilled(prefect_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    """A night whose flow is killed while it fetches, whose server while it reads, whose worker while it publishes."""
    folder = tmp_path_factory.mktemp("drill")
    home = Path(shutil.copytree(prefect_database, folder / "home"))
    lake, port = LakePaths(folder / "lake"), free_port()
    served = serve(lake.root, home, port)
    night = served.start("nightly", **NIGHT)

    wait_until(lake, at_least(1, "raw/objects/*/*.zst"))
    processes = descendants_of(served.process.pid)
    first = running_flow(lake)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running_flow(lake) not in (0, first))

    wait_until(lake, at_least(1, "extracted/arrivals/*.parquet"))
    server = served.server_pid() or 0
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: served.server_pid() not in (None, server))

    wait_until(lake, at_least(1, "published/_versions/*/*/*/*.parquet"))
    processes += descendants_of(served.process.pid)
    served.process.kill()
    served.process.wait()
    while any(is_alive(pid) for pid in processes):
        time.sleep(0.1)

    again = serve(lake.root, home, port)
    wait_for(lambda: again.state(night) in ("Completed", "Failed"))
    yield Drilled(lake, again, night, processes)
    stop(again)


def wait_until(lake: LakePaths, moment: Moment) -> None:
    while not moment(lake.root):
        time.sleep(0.002)


def running_flow(lake: LakePaths) -> int:
    """The process of the run that is going on; 0 while there is none."""
    started = read_runs(lake).filter(outcome="started")["pid"].to_list()
    return started[-1] if started and is_alive(started[-1]) else 0


def test_the_lake_is_the_undisturbed_one(drilled: Drilled, sample_run: tuple[Path, object]) -> None:
    killed, undisturbed = timeless_files(drilled.lake.root), timeless_files(sample_run[0])
    assert sorted(killed) == sorted(undisturbed)
    assert [path for path in killed if killed[path] != undisturbed[path]] == []
    assert not list(drilled.lake.root.rglob("*.tmp"))


def test_no_row_stands_twice(drilled: Drilled) -> None:
    tables = [path.name for path in drilled.lake.published.glob("[a-z]*") if path.is_dir()]
    assert {"reports", "cells", "findings", "coverage"} <= set(tables)
    for table in tables:
        rows = scan_published(drilled.lake, table).collect()
        assert rows.height == rows.unique().height, table
    final = read_observations(drilled.lake.observations).filter(
        ~pl.col("outcome").is_in(NOT_FINAL),
        pl.col("purpose").is_in([Purpose.REPORT, Purpose.ATTACHMENT]),
    )
    assert final.height == final["url"].n_unique(), "a page was asked again in the same night"


def test_the_history_of_the_lake_is_true(drilled: Drilled) -> None:
    runs = read_runs(drilled.lake)
    assert runs["outcome"].to_list() == ["interrupted", "interrupted", "completed"]
    assert set(runs["flow_run_id"]) == {drilled.night}
    assert runs["ended_at"].is_null().to_list() == [True, True, False]
    for run in runs["run_id"]:
        items = read_items(drilled.lake, run)
        assert items.height == items.select("stage", "item").unique().height
        assert not items.is_empty()


def test_the_history_in_prefect_is_true(drilled: Drilled) -> None:
    run = drilled.served.ask(f"flow_runs/{drilled.night}")
    assert (run["state"]["name"], run["run_count"]) == ("Completed", 3)
    states = drilled.served.ask(f"flow_run_states/?flow_run_id={drilled.night}")
    in_time = sorted(states, key=lambda state: state["timestamp"])
    told = [name for name, _ in groupby(state["name"] for state in in_time)]
    # An automation may act on one event more than once: a run queued twice in a row is queued.
    begun = ["Pending", "Submitting", "Running"]
    crashed = [*begun, "Crashed", "AwaitingRetry"]
    assert told == ["Scheduled", *crashed, *crashed, *begun, "Completed"]
    tasks = drilled.served.ask("task_runs/filter", {"flow_runs": {"id": {"any_": [drilled.night]}}})
    assert {task["state"]["name"] for task in tasks} == {"Completed", "Crashed"}
    last = [task for task in tasks if task["flow_run_run_count"] == 3]
    assert {task["state"]["name"] for task in last} == {"Completed"}


def test_the_next_night_finds_nothing_left_to_do(drilled: Drilled) -> None:
    before = timeless_files(drilled.lake.root)
    night = drilled.served.start("nightly", **NIGHT)
    wait_for(lambda: drilled.served.state(night) in ("Completed", "Failed"))
    assert "没有变化" in drilled.served.ask(f"flow_runs/{night}")["state"]["message"]
    assert timeless_files(drilled.lake.root) == before


def test_no_process_is_left(drilled: Drilled) -> None:
    processes = descendants_of(drilled.served.process.pid)
    stop(drilled.served)
    assert [pid for pid in (*drilled.processes, *processes) if is_alive(pid)] == []
