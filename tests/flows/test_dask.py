"""Reading on a Dask cluster: the bytes of one machine, and a sentence where the cluster cannot be used."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from tasks.dask_reading import SCHEDULER_VARIABLE, DaskUnusableError, dask_cluster
from tasks.lake_paths import LakePaths
from tasks.run_history import read_runs
from tasks.run_items import read_items
from tests.conftest import lasting_files
from tests.flows.served import free_port
from tests.flows.test_spread import keep


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Two workers of one thread each, as `dask worker` starts them."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
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
    kept = [
        {path: content for path, content in lasting_files(lake).items() if path[-7:] != ".duckdb"}
        for lake in (here, wide)
    ]  # DuckDB writes other bytes for the same views
    assert kept[0] == kept[1]
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
        LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster,
        pytest.raises(DaskUnusableError, match="dask worker"),
        dask_cluster(cluster.scheduler_address),
    ):
        pass
