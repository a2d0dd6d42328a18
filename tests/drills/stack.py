"""PostgreSQL, Prefect's server, S3 storage and process workers on loopback, each of which can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.processes import family
from tests.conftest import ROOT, gongkai_command, gongkai_environment
from tests.tasks.store_server import VARIABLES

POSTGRES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
POOL = "local"
_LONGEST_WAIT_SECONDS = 420.0
_DASK = (sys.executable, "-m", "dask")
_BARE = ("--no-dashboard",)


class DrillFailedError(Exception):
    """Raised when something did not come about in time."""


def wait_until(
    reached: Callable[[], bool], what: str, seconds: float = _LONGEST_WAIT_SECONDS
) -> None:
    """Wait for something that another process does. Raises DrillFailedError."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            raise DrillFailedError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)


def free_port() -> int:
    """A port of loopback nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Stack:
    """Everything several machines would share, and the workers of two of them.

    `by_way`: the store is reached through a proxy that can be cut.
    """

    folder: Path
    by_way: bool = True
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("database", "server", "store", "way"):
            self.ports[name] = free_port()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.ports['server']}/api"

    def environment(self, machine: str) -> dict[str, str]:
        """As one machine has it: a Prefect home and a spool of its own."""
        return gongkai_environment(
            PREFECT_API_URL=self.api,
            PREFECT_HOME=str(self.folder / machine / "prefect"),
            PREFECT_SERVER_ALLOW_EPHEMERAL_MODE="false",
            PREFECT_SERVER_ANALYTICS_ENABLED="false",
            PREFECT_LOGGING_EXTRA_LOGGERS="gongkai",
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY="30",
            PREFECT_WORKER_QUERY_SECONDS="2",
            PREFECT_SERVER_DATABASE_CONNECTION_URL=self.database_url,
            DO_NOT_TRACK="1",
            GONGKAI_SPOOL=str(self.folder / machine / "spool"),
            GONGKAI_S3_ENDPOINT=f"http://127.0.0.1:{self.ports['way' if self.by_way else 'store']}",
            GONGKAI_PROCESSES="1",
            **VARIABLES,
        )

    @property
    def database_url(self) -> str:
        return f"postgresql+asyncpg://prefect@127.0.0.1:{self.ports['database']}/prefect"

    def start(self, name: str, command: list[str], machine: str = "shared", **how: Any) -> None:
        """Start a process whose output goes to a file named like it."""
        (self.folder / machine).mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env=self.environment(machine),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **how,
            )

    def kill(self, name: str) -> None:
        """Kill -9 a process and everything below it, as a loss of power does."""
        process = self.running.pop(name)
        for pid in family(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()

    def close(self) -> None:
        for name in list(reversed(self.running)):
            self.kill(name)

    # -- the shared parts

    def make_database(self) -> None:
        """A PostgreSQL cluster of its own, run by a user that is not root."""
        assert POSTGRES is not None
        place = self.folder / "database"
        place.mkdir()
        shutil.chown(place, "nobody", "nogroup")
        self.folder.chmod(0o755)
        initdb = [POSTGRES / "initdb", "-D", place, "-A", "trust", "-U", "prefect", "-E", "UTF8"]
        subprocess.run(
            [*map(str, initdb), "--locale=C"], check=True, stdout=subprocess.DEVNULL, user="nobody"
        )
        self.start_database()
        createdb = [POSTGRES / "createdb", *self._connection(), "prefect"]
        subprocess.run(list(map(str, createdb)), check=True)

    def start_database(self) -> None:
        assert POSTGRES is not None
        place = self.folder / "database"
        (place / "postmaster.pid").unlink(missing_ok=True)
        port = str(self.ports["database"])
        command = [POSTGRES / "postgres", "-D", place, "-p", port, "-h", "127.0.0.1", "-k", place]
        self.start("database", list(map(str, command)), user="nobody")
        ready = [str(POSTGRES / "pg_isready"), *self._connection()]
        wait_until(
            lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0,
            "the database answers",
        )

    def _connection(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.ports["database"]), "-U", "prefect"]

    def postgres(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs against the database."""
        assert POSTGRES is not None
        command = [str(POSTGRES / program), *self._connection(), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def start_server(self) -> None:
        port = str(self.ports["server"])
        self.start("server", [*prefect(), "server", "start", "--host", "127.0.0.1", "--port", port])
        wait_until(lambda: answers(f"{self.api}/health"), "the server answers")

    def start_store(self) -> None:
        """moto keeps everything in memory: it is never killed, the way to it is."""
        port = str(self.ports["store"])
        self.start("store", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port])
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), "the store answers")
        if self.by_way:
            self.start_way()
        bucket = f"http://127.0.0.1:{port}/lakes"
        urllib.request.urlopen(urllib.request.Request(bucket, method="PUT")).close()

    def start_way(self, delay: float = 0.0, most: int = 0) -> None:
        ports = [str(self.ports["way"]), str(self.ports["store"])]
        command = [sys.executable, "-m", "tests.drills.proxy", *ports, str(delay), str(most)]
        self.start("way", command)
        wait_until(lambda: answers(f"http://127.0.0.1:{self.ports['way']}/"), "the way is open")

    def start_worker(self, name: str, first_act: Callable[[], None] | None = None) -> None:
        command = [*prefect(), "worker", "start", "--pool", POOL, "--type", "process"]
        command += ["--name", name, "--limit", "1"]
        self.start(name, command, machine=name, preexec_fn=first_act)

    def start_dask(self, first_acts: tuple[Callable[[], None] | None, ...] = (None, None)) -> str:
        """A scheduler of Dask and two workers of one thread each; gives its address."""
        self.ports.setdefault("scheduler", free_port())
        port = str(self.ports["scheduler"])
        address = f"tcp://127.0.0.1:{port}"
        self.start(
            "scheduler", [*_DASK, "scheduler", "--host", "127.0.0.1", "--port", port, *_BARE]
        )
        for name, first_act in zip(("dask1", "dask2"), first_acts, strict=True):
            command = [*_DASK, "worker", address, "--nworkers", "1", "--nthreads", "1", *_BARE]
            self.start(name, command, preexec_fn=first_act)
        return address

    def deploy(self) -> None:
        for arguments in (
            ["work-pool", "create", POOL, "--type", "process"],
            ["--no-prompt", "deploy", "--all"],
        ):
            self.prefect(*arguments)
        self.run_to_end([*gongkai_command(), "automations"])

    def prefect(self, *arguments: str) -> str:
        """Run one of Prefect's commands to its end; gives what it printed."""
        return self.run_to_end([*prefect(), *arguments])

    def run_to_end(self, command: list[str]) -> str:
        """Run a command of the shared machine. Raises DrillFailedError when it fails."""
        done = subprocess.run(
            command,
            env=self.environment("shared"),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DrillFailedError(f"{' '.join(command[-3:])}: {done.stdout[-600:]}")
        return done.stdout

    def everything(self) -> None:
        self.make_database()
        self.start_store()
        self.start_server()
        self.deploy()

    # -- runs

    def ask(
        self,
        deployment: str,
        parameters: dict[str, Any],
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Start a run of a deployment, with variables of its own if any; gives its id."""
        flow = deployment
        found = httpx.get(f"{self.api}/deployments/name/{flow}/{deployment}", timeout=30)
        place = f"{self.api}/deployments/{found.raise_for_status().json()['id']}/create_flow_run"
        run: dict[str, Any] = {"parameters": parameters}
        if variables:
            run["job_variables"] = {"env": dict(variables)}
        started = httpx.post(place, json=run, timeout=30)
        return str(started.raise_for_status().json()["id"])

    def state(self, flow_run: str) -> tuple[str, str]:
        """Type and message of the state of a run; `UNKNOWN` while the server does not answer."""
        try:
            told = httpx.get(f"{self.api}/flow_runs/{flow_run}", timeout=30).raise_for_status()
        except httpx.HTTPError as error:
            return "UNKNOWN", str(error)
        state = told.json()["state"]
        return state["type"], state["message"] or ""

    def wait_for_run(
        self, flow_run: str, seconds: float = _LONGEST_WAIT_SECONDS
    ) -> tuple[str, str]:
        """Wait until a run is over; gives its state."""
        over = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        wait_until(lambda: self.state(flow_run)[0] in over, f"run {flow_run} ends", seconds)
        return self.state(flow_run)


def with_environment_of(stack: Stack) -> None:
    """Let this process reach the store of the stack, and only what belongs to it."""
    plain = gongkai_environment()
    told = stack.environment("shared")
    os.environ.update({name: value for name, value in told.items() if name not in plain})


def prefect() -> list[str]:
    return [sys.executable, "-m", "prefect"]


def answers(address: str) -> bool:
    """Whether something speaks HTTP there."""
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
