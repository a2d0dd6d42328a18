"""The sample site on loopback: static pages with the manners of a real server.

ETag and Last-Modified with conditional answers, and the odd status of `responses.yml`.
"""

from __future__ import annotations

import hashlib
import mimetypes
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from tasks.lake_paths import PROJECT_ROOT

SAMPLE_SITE = PROJECT_ROOT / "sample_site"
_HOST = "127.0.0.1"
_PAGES_DATE = formatdate(
    1767225600, usegmt=True
)  # one date for all: files' own would differ by checkout


@dataclass(slots=True)
class SampleSite:
    """The folder served, the statuses to answer with in turn, and a count of what was asked."""

    pages: Path
    statuses: Mapping[str, Sequence[int]]
    asked: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def status_for(self, path: str) -> int:
        """The next status of a path; the last of its list repeats."""
        with self._lock:
            turn = self.asked.get(path, 0)
            self.asked[path] = turn + 1
        turns = self.statuses.get(path, (HTTPStatus.OK,))
        return turns[min(turn, len(turns) - 1)]

    def file_of(self, path: str) -> Path | None:
        """The file of a URL path, null when there is none or it lies outside the site."""
        found = (self.pages / unquote(path).lstrip("/")).resolve()
        if found.is_dir():
            found /= "index.html"
        inside = found.is_relative_to(self.pages.resolve())
        return found if inside and found.is_file() else None


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: SampleSite

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        status = self.site.status_for(path)
        file = self.site.file_of(path)
        if status != HTTPStatus.OK or file is None:
            self._send(HTTPStatus.NOT_FOUND if status == HTTPStatus.OK else status, b"", {})
            return
        content = file.read_bytes()
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        marks = {"ETag": etag, "Last-Modified": _PAGES_DATE}
        if self.headers.get("If-None-Match") == etag:
            self._send(HTTPStatus.NOT_MODIFIED, b"", marks)
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        self._send(HTTPStatus.OK, content, marks | {"Content-Type": kind})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet: the run's own observations say what was asked."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def sample_site_served(
    port: int = 0, folder: Path = SAMPLE_SITE
) -> Iterator[tuple[str, SampleSite]]:
    """Serve `folder`/pages on loopback; gives `host:port` and the site. Port 0 takes any free one."""
    site = SampleSite(folder / "pages", _statuses(folder / "responses.yml"))
    answers = type("Answers", (_Answers,), {"site": site})
    server = _listen(port, answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="sample-site")
    thread.start()
    try:
        yield f"{_HOST}:{server.server_address[1]}", site
    finally:
        server.shutdown()
        server.server_close()


def _listen(port: int, answers: type[BaseHTTPRequestHandler]) -> _Server:
    """The port asked for, or a free one when another program holds it."""
    try:
        return _Server((_HOST, port), answers)
    except OSError:
        return _Server((_HOST, 0), answers)


def _statuses(file: Path) -> dict[str, list[int]]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    return content or {}
