"""A flow measured in a process of its own: `ingest` over a folder of files, or `publish` of a lake that is there.

`python -m benchmarks.flow_run DOCUMENTS LAKE`, `python -m benchmarks.flow_run LAKE`.

Prefect reads its settings once, when it is imported, and would start a second server where it does not know the
address of the first: nothing here imports it before that server runs.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from benchmarks.processes import MemoryWatch, cost
from tasks.local_server import embedded_server
from tasks.prefect_environment import quiet_console


def measured_flow(documents: Path, lake: Path) -> dict[str, float]:
    """One run into a new lake, the server in a new home beside it, which has run one report before.

    `server_start`, those of `Cost`, `peak_mib`, `server_mib`, `task_runs`, `database_bytes`.
    """
    return of_own_process("benchmarks.flow_run", str(documents), str(lake))


def measured_publication(lake: Path) -> dict[str, float]:
    """The same figures of a run that publishes what changed in a lake, the server in a new home beside it."""
    return of_own_process("benchmarks.flow_run", str(lake))


def of_own_process(module: str, *arguments: str) -> dict[str, float]:
    """The JSON a module prints on its last line."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measure(lake: Path, warm_up: Callable[[], None], work: Callable[[], None]) -> dict[str, float]:
    home = lake.with_name(f"{lake.name}-prefect")
    os.environ["PREFECT_HOME"] = str(home)
    os.environ.pop("PREFECT_API_URL", None)
    quiet_console()
    logging.disable(logging.INFO)
    told: dict[str, float] = {}
    start = time.perf_counter()
    with embedded_server() as server, MemoryWatch() as memory:
        told["server_start"] = time.perf_counter() - start
        _expect_one_server(server.api_url)
        warm_up()
        before = _task_runs(server.api_url)
        told |= cost(work)._asdict()
        told["task_runs"] = _task_runs(server.api_url) - before
    told["peak_mib"] = memory.peak
    told["server_mib"] = memory.server
    told["database_bytes"] = (home / "prefect.db").stat().st_size
    return told


def _expect_one_server(api_url: str) -> None:
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value() != api_url:
        raise RuntimeError("Prefect was imported before its server ran: it would start another")


def _measured_intake(documents: Path, lake: Path) -> dict[str, float]:
    first, before = next(documents.rglob("*.*")), lake.with_name(f"{lake.name}-first")
    return _measure(
        lake,
        lambda: _complete("ingest", documents=[str(first)], lake=str(before)),
        lambda: _complete("ingest", documents=[str(documents)], lake=str(lake)),
    )


def _measured_publication(lake: Path) -> dict[str, float]:
    before = lake.with_name(f"{lake.name}-first")
    return _measure(
        lake,
        lambda: _complete("publish", lake=str(before)),
        lambda: _complete("publish", lake=str(lake)),
    )


def _complete(name: str, **parameters: object) -> None:
    flow: Callable[..., Any] = getattr(importlib.import_module(f"flows.{name}"), name)
    state = flow(**parameters, return_state=True)
    if not state.is_completed():
        raise RuntimeError(f"the measured run did not complete: {state.message}")


def _task_runs(api_url: str) -> int:
    return int(httpx.post(f"{api_url}/task_runs/count", json={}).raise_for_status().json())


if __name__ == "__main__":
    _places = [Path(place) for place in sys.argv[1:]]
    _measured = _measured_publication if len(_places) == 1 else _measured_intake
    print(json.dumps(_measured(*_places)))
