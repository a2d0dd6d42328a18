"""The `ingest` flow over a folder of files, measured in a process of its own: `python -m benchmarks.flow_run DOCUMENTS LAKE`.

Prefect reads its settings once, when it is imported, and would start a second server where it does not know the
address of the first: nothing here imports it before that server runs.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from benchmarks.processes import MemoryWatch, cost
from tasks.local_server import embedded_server
from tasks.prefect_environment import quiet_console


def measured_flow(documents: Path, lake: Path) -> dict[str, float]:
    """One run into a new lake, the server in a new home beside it, which has run one report before.

    `server_start`, `seconds`, `processor` (seconds of all processes), `peak_mib`, `server_mib`, `task_runs`,
    `database_bytes`.
    """
    return of_own_process("benchmarks.flow_run", str(documents), str(lake))


def of_own_process(module: str, *arguments: str) -> dict[str, float]:
    """The JSON a module prints on its last line."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measure(documents: Path, lake: Path) -> dict[str, float]:
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
        _complete(next(documents.rglob("*.*")), lake.with_name(f"{lake.name}-first"))
        before = _task_runs(server.api_url)
        told["seconds"], told["processor"] = cost(lambda: _complete(documents, lake))
        told["task_runs"] = _task_runs(server.api_url) - before
    told["peak_mib"] = memory.peak
    told["server_mib"] = memory.largest_of("tasks.local_server")
    told["database_bytes"] = (home / "prefect.db").stat().st_size
    return told


def _expect_one_server(api_url: str) -> None:
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value() != api_url:
        raise RuntimeError("Prefect was imported before its server ran: it would start another")


def _complete(documents: Path, lake: Path) -> None:
    from flows.ingest import ingest

    flow: Callable[..., object] = ingest
    state = flow(documents=[str(documents)], lake=str(lake), return_state=True)
    if not state.is_completed():  # type: ignore[attr-defined]
        raise RuntimeError(f"the measured run did not complete: {state.message}")  # type: ignore[attr-defined]


def _task_runs(api_url: str) -> int:
    return int(httpx.post(f"{api_url}/task_runs/count", json={}).raise_for_status().json())


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), Path(sys.argv[2]))))
