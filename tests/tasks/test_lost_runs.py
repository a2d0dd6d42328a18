"""A worker that starts again finds what it left behind, however early it was killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.deployments import declared_deployments, served_deployment
from tasks.lake_paths import LakePaths
from tasks.lost_runs import find_lost_runs
from tasks.run_history import start_run


@pytest.fixture
def deployment(prefect_api: str, tmp_path: Path) -> str:
    publish = next(one for one in declared_deployments() if one.name == "publish")
    return str(served_deployment(publish, str(tmp_path)).apply())


def left_running(api: str, deployment: str) -> str:
    """A flow run that said it runs, with one task of it."""
    created = httpx.post(f"{api}/deployments/{deployment}/create_flow_run", json={}).json()
    running = {"state": {"type": "RUNNING", "name": "Running"}}
    forced = running | {"force": True}
    httpx.post(f"{api}/flow_runs/{created['id']}/set_state", json=forced).raise_for_status()
    task = {"flow_run_id": created["id"], "task_key": "t", "dynamic_key": "0"} | running
    httpx.post(f"{api}/task_runs/", json=task).raise_for_status()
    return str(created["id"])


def states(api: str, run: str) -> tuple[str, list[str]]:
    asked = {"flow_runs": {"id": {"any_": [run]}}}
    tasks: list[dict[str, Any]] = httpx.post(f"{api}/task_runs/filter", json=asked).json()
    shown = httpx.get(f"{api}/flow_runs/{run}").json()["state"]["name"]
    return shown, [task["state"]["name"] for task in tasks]


def test_a_run_killed_before_it_wrote_anything_is_queued_again_and_a_living_one_is_not(
    prefect_api: str, deployment: str, tmp_path: Path
) -> None:
    lake = LakePaths(tmp_path)
    lost, living = (left_running(prefect_api, deployment) for _ in range(2))
    start_run(lake, "publish", living, {})
    assert find_lost_runs(lake) == []
    assert states(prefect_api, lost) == ("AwaitingRetry", ["Crashed"])
    assert states(prefect_api, living) == ("Running", ["Running"])


def test_runs_of_a_database_that_others_share_are_left_to_the_automation(
    prefect_api: str, deployment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = left_running(prefect_api, deployment)
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql+asyncpg://u:p@h/p")
    find_lost_runs(LakePaths(tmp_path))
    assert states(prefect_api, elsewhere) == ("Running", ["Running"])
