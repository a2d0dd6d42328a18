"""Prefect's own server on loopback, as a child that never outlives the program that started it.

Run as `python -m tasks.local_server PORT PARENT_PID`; started by `embedded_server`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from tasks.child_processes import end_with_parent, is_running
from tasks.lake_paths import PROJECT_ROOT
from tasks.prefect_environment import database_is_shared, prepare_prefect

HOST = "127.0.0.1"
UI_PORT = 4200
_LONGEST_START_SECONDS = 180.0
_LOOK_EVERY_SECONDS = 0.5
_ADDRESS_FILE = "gongkai-server.json"


class ServerNotStartedError(Exception):
    """Raised when Prefect's server does not come up; the message names its log."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where a server answers, and whether we started it."""

    api_url: str
    started_here: bool

    @property
    def ui_url(self) -> str:
        return self.api_url.removesuffix("/api")


@contextmanager
def embedded_server(preferred_port: int | None = None) -> Iterator[RunningServer]:
    """A Prefect server for the time of the block; sets PREFECT_API_URL.

    One that already answers is used: at PREFECT_API_URL if that is set, else one of
    `gongkai serve` on the same PREFECT_HOME. Otherwise one is started and stopped.
    Raises ServerNotStartedError.
    """
    home = prepare_prefect()
    running = _server_already_running(home)
    if running:
        os.environ["PREFECT_API_URL"] = running.api_url
        yield running
        return
    port = preferred_port if preferred_port and _is_free(preferred_port) else _free_port()
    process, log = _start(home, port)
    try:
        server = RunningServer(f"http://{HOST}:{port}/api", started_here=True)
        os.environ["PREFECT_API_URL"] = server.api_url
        importlib.import_module("prefect.main")  # seconds of work, done while the server comes up
        _wait_until_healthy(server.api_url, process, log)
        guard = _ServerGuard(home, port, process)
        guard.start()
        try:
            yield server
            flush_logs()
        finally:
            process = guard.stand_down()
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        _stop(process)


class _ServerGuard(threading.Thread):
    """Starts the server again on the same port when it has ended by itself (killed, out of memory)."""

    def __init__(self, home: Path, port: int, process: subprocess.Popen[bytes]) -> None:
        super().__init__(daemon=True, name="server-guard")
        self._home, self._port, self._process = home, port, process
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            if self._process.poll() is not None:
                print(
                    "Prefect 服务器中断，重新启动 the server has ended, starting it again",
                    flush=True,
                )
                self._process, _ = _start(self._home, self._port)

    def stand_down(self) -> subprocess.Popen[bytes]:
        """Guard no longer; gives the process that runs now."""
        self._over.set()
        self.join()
        return self._process


def _server_already_running(home: Path) -> RunningServer | None:
    named = os.environ.get("PREFECT_API_URL")
    if named:
        if _is_healthy(named):
            return RunningServer(named.rstrip("/"), started_here=False)
        raise ServerNotStartedError(
            f"PREFECT_API_URL 指向的服务器没有应答 no Prefect server answers at {named}: "
            f"start it, or unset PREFECT_API_URL to use the embedded one"
        )
    shared = shared_server(home)
    return RunningServer(shared, started_here=False) if shared else None


def share_server(home: Path, api_url: str) -> None:
    """Let other programs with the same PREFECT_HOME use this server while we live."""
    note = json.dumps({"pid": os.getpid(), "api_url": api_url})
    (home / _ADDRESS_FILE).write_text(note, encoding="utf-8")


def stop_sharing(home: Path) -> None:
    """Take the note of `share_server` back."""
    (home / _ADDRESS_FILE).unlink(missing_ok=True)


def shared_server(home: Path) -> str | None:
    """The API address of a server of `gongkai serve` that is alive, if there is one."""
    try:
        note = json.loads((home / _ADDRESS_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    alive = is_running(int(note["pid"])) and _is_healthy(note["api_url"])
    return str(note["api_url"]) if alive else None


def _start(home: Path, port: int) -> tuple[subprocess.Popen[bytes], Path]:
    log = home / "server.log"
    if log.exists():
        log.replace(home / "server.before.log")  # why one has ended stands in its log
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT_ROOT),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
        "PREFECT_UI_API_URL": f"http://{HOST}:{port}/api",
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "tasks.local_server", str(port), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    return process, log


def _wait_until_healthy(api_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServerNotStartedError(
                f"Prefect 服务器启动失败，原因见 the Prefect server did not start; see {log}"
            )
        if _is_healthy(api_url):
            return
        time.sleep(0.1)
    raise ServerNotStartedError(
        f"Prefect 服务器 {_LONGEST_START_SECONDS:.0f} 秒内没有就绪 was not ready in time; see {log}"
    )


def _is_healthy(api_url: str) -> bool:
    try:
        url = f"{api_url.rstrip('/')}/health"
        return httpx.get(url, timeout=2, verify=_certificates()).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than the server needs to answer."""
    return httpx.create_ssl_context()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((HOST, port)) != 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def create_database_whole(database: Path) -> None:
    """Make Prefect's SQLite file aside and move it into place, so that no kill leaves half of one."""
    from prefect.server.database import provide_database_interface
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

    for leftover in database.parent.glob(f"{database.name}.new-*"):
        leftover.unlink()
    aside = database.with_name(f"{database.name}.new-{os.getpid()}")
    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{aside}"}):
        asyncio.run(provide_database_interface().create_db())
    with closing(sqlite3.connect(aside)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside.replace(database)


def flush_logs() -> None:
    """Send the logs and events Prefect still holds, before the server they go to is stopped."""
    importlib.import_module("prefect.events.worker").EventsWorker.drain_all(timeout=10)
    for name in ("prefect.flow_runs", "prefect.task_runs", "gongkai"):
        for handler in logging.getLogger(name).handlers:
            handler.flush()


def main() -> None:
    """Serve Prefect's API and UI until told to stop or until the parent has gone."""
    port, parent = int(sys.argv[1]), int(sys.argv[2])
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, which stops us
    database = prepare_prefect() / "prefect.db"
    if not database.exists() and not database_is_shared():
        create_database_whole(database)
        # Prefect remembers the file it first opened: begin anew with the one now in place.
        os.execv(sys.executable, [sys.executable, "-m", "tasks.local_server", *sys.argv[1:]])
    importlib.import_module("tasks.alert_blocks")  # the server itself sends alerts by e-mail
    import uvicorn
    from prefect.server.api.server import create_app

    uvicorn.run(create_app(final=True), host=HOST, port=port, log_level="warning")


if __name__ == "__main__":
    main()
