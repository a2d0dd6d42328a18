"""`gongkai serve` on loopback for tests, with what it would tell people caught on loopback too."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.conftest import gongkai_command, gongkai_environment

T = TypeVar("T")


def wait_for(what: Callable[[], T | None]) -> T:
    """What is neither None nor false, once it is."""
    while not (found := what()):
        time.sleep(0.2)
    return found


@dataclass(slots=True)
class Inbox:
    """What a webhook and a mail server on loopback have received."""

    posts: list[dict[str, str]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)


@contextmanager
def inbox_open() -> Iterator[tuple[Inbox, dict[str, str]]]:
    """Both channels listening; gives the inbox and the environment that leads to it."""
    inbox = Inbox()
    hook = ThreadingHTTPServer(("127.0.0.1", 0), type("Hook", (_Hook,), {"inbox": inbox}))
    mail = socketserver.ThreadingTCPServer(
        ("127.0.0.1", 0), type("Mail", (_Mail,), {"inbox": inbox})
    )
    for server in (hook, mail):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield (
        inbox,
        {
            "GONGKAI_ALERT_WEBHOOK": f"http://127.0.0.1:{hook.server_address[1]}/hook",
            "GONGKAI_ALERT_EMAIL": f"smtp://127.0.0.1:{mail.server_address[1]}"
            "?from=gongkai@example.invalid&to=operator@example.invalid&tls=none",
        },
    )
    for server in (hook, mail):
        server.shutdown()
        server.server_close()


class _Hook(BaseHTTPRequestHandler):
    inbox: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.inbox.posts.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Mail(socketserver.StreamRequestHandler):
    inbox: Inbox

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self._say("354 go on")
                lines = iter(lambda: self.rfile.readline().decode().rstrip("\r\n"), ".")
                self.inbox.mails.append("\n".join(lines))
            self._say("221 bye" if line.upper() == "QUIT" else "250 ok")
            if line.upper() == "QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@dataclass(slots=True)
class Served:
    """A running `gongkai serve`: its process, where it answers, its lake and its log."""

    process: subprocess.Popen[bytes]
    ui: str
    lake: Path
    home: Path
    log: Path

    def ask(self, path: str, question: dict[str, Any] | None = None) -> Any:
        """GET, or POST a question, to the API; while its database is busy, again, as Prefect's client does."""
        method = "GET" if question is None else "POST"
        while True:
            answer = httpx.request(method, f"{self.ui}/api/{path}", json=question, timeout=600)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer.raise_for_status().json()
            time.sleep(0.5)

    def start(self, deployment: str, **parameters: object) -> str:
        """Start a run as the form does; gives its id."""
        found = self.ask(f"deployments/name/{deployment}/{deployment}")
        run = self.ask(f"deployments/{found['id']}/create_flow_run", {"parameters": parameters})
        return str(run["id"])

    def state(self, run: str) -> str:
        return str(self.ask(f"flow_runs/{run}")["state"]["name"])

    def server_pid(self) -> int | None:
        """The process of Prefect's own server, a child of ours; null while there is none."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "tasks.local_server"],
            capture_output=True,
            text=True,
            check=False,
        )
        return int(found.stdout.split()[0]) if found.stdout.strip() else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(lake: Path, home: Path, port: int, **settings: str) -> Served:
    """Start `gongkai serve` and wait until its deployments are up."""
    log = home / "serve.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*gongkai_command(), "serve", "--port", str(port), "--lake", str(lake)],
            env=gongkai_environment(
                PREFECT_HOME=str(home), PREFECT_RUNNER_POLL_FREQUENCY="2", **settings
            ),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )

    def is_up() -> bool:
        said = log.read_text(encoding="utf-8")
        assert process.poll() is None, said
        return re.search("按 Ctrl-C 停止", said) is not None

    wait_for(is_up)
    return Served(process, f"http://127.0.0.1:{port}", lake, home, log)


def stop(served: Served) -> None:
    """Stop it as Ctrl-C does."""
    if served.process.poll() is None:
        os.kill(served.process.pid, signal.SIGTERM)
        served.process.wait()
