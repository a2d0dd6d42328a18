"""Reading on a Dask cluster: the bytes of one machine, and a sentence where the cluster cannot be used."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster

from tasks.dask_reading import SCHEDULER_VARIABLE, DaskUnusableError, dask_cluster
from tasks.lake_paths import LakePaths
from tasks.run_history import read_runs
from tasks.run_items import read_items
from tests.conftest import files_of_any_making
from tests.drills.stack import wait_until
from tests.flows.served import free_port
from tests.flows.test_spread import keep


def a_cluster(workers: int) -> LocalCluster:
    """So many workers of one thread each, as `dask worker` starts them."""
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    )


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with a_cluster(2) as cluster:
        yield cluster.scheduler_address


@pytest.mark.usefixtures("prefect_api")
def test_a_cluster_makes_the_bytes_of_one_machine(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.publish import publish

    here, wide = tmp_path / "here", tmp_path / "wide"
    keep(here)
    shutil.copytree(here, wide)
    state = publish(lake=str(here), return_state=True)
    assert state.is_completed(), state.message
    monkeypatch.setenv(SCHEDULER_VARIABLE, scheduler)
    state = publish(lake=str(wide), return_state=True)
    assert state.is_completed(), state.message
    assert files_of_any_making(here) == files_of_any_making(wide)
    runs = [read_runs(LakePaths(lake)).row(-1, named=True) for lake in (here, wide)]
    assert [run["read"] for run in runs] == [runs[0]["read"]] * 2
    items = [
        read_items(LakePaths(lake), run["run_id"])
        .drop("run_id")
        .sort("stage", "item", "document_id")
        for lake, run in zip((here, wide), runs, strict=True)
    ]
    assert items[0].drop("item_order").equals(items[1].drop("item_order"))


def test_a_cluster_that_cannot_be_used_is_told() -> None:
    with (
        pytest.raises(DaskUnusableError, match=SCHEDULER_VARIABLE),
        dask_cluster(f"tcp://127.0.0.1:{free_port()}"),
    ):
        pass


def test_a_cluster_without_workers_is_told() -> None:
    with (
        a_cluster(0) as cluster,
        pytest.raises(DaskUnusableError, match="dask worker"),
        dask_cluster(cluster.scheduler_address),
    ):
        pass


def kill_the_first_that_reads(scheduler: str) -> None:
    """kill -9 of a worker that has been given a batch."""
    with Client(scheduler) as client:
        processes = client.run(os.getpid)
        wait_until(lambda: any(client.processing().values()), "a worker has a batch")
        busy = next(worker for worker, batches in client.processing().items() if batches)
        os.kill(processes[busy], signal.SIGKILL)


@pytest.mark.usefixtures("prefect_api")
def test_a_batch_whose_worker_died_is_named_and_read_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.publish import publish

    here, wide = tmp_path / "here", tmp_path / "wide"
    keep(here)
    shutil.copytree(here, wide)
    assert publish(lake=str(here), return_state=True).is_completed()
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        a_cluster(2) as cluster,
        ThreadPoolExecutor(1) as beside,
    ):
        monkeypatch.setenv(SCHEDULER_VARIABLE, cluster.scheduler_address)
        killed = beside.submit(kill_the_first_that_reads, cluster.scheduler_address)
        state = publish(lake=str(wide), return_state=True)
        killed.result()
    assert state.is_completed(), state.message
    run = read_runs(LakePaths(wide)).row(-1, named=True)
    items = read_items(LakePaths(wide), run["run_id"])
    left = items.filter(items["outcome"] == "not_done")
    assert "KilledWorker" in left["message"][0]
    monkeypatch.delenv(SCHEDULER_VARIABLE)
    assert publish(lake=str(wide), return_state=True).is_completed()
    assert files_of_any_making(here) == files_of_any_making(wide)
