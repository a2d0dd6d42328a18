"""A site on loopback that misbehaves in named ways, and counts what it is asked."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<html><title>年度报告</title><body>正文</body></html>".encode("gb18030")
ETAG = '"v1"'


class MisbehavingSite:
    """What was asked, when, and how many requests were under way at once."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.times: list[float] = []
        self.agents: set[str] = set()
        self.robots: tuple[int, bytes] = (404, b"")
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        self.base = ""

    def url(self, path: str) -> str:
        return self.base + path


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: MisbehavingSite

    def do_GET(self) -> None:
        site, path = self.site, self.path
        with site.lock:
            site.asked[path] += 1
            site.times.append(time.monotonic())
            site.agents.add(self.headers["User-Agent"])
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        try:
            self._answer(path, site.asked[path])
        finally:
            with site.lock:
                site.at_once -= 1

    def _answer(self, path: str, turn: int) -> None:  # noqa: PLR0912 - a list of faults
        match path.strip("/").split("/"):
            case ["robots.txt"]:
                self._send(*self.site.robots)
            case ["page", *_]:
                time.sleep(0.02)
                if self.headers.get("If-None-Match") == ETAG:
                    self._send(304, b"", ETag=ETAG)
                else:
                    self._send(200, PAGE, ETag=ETAG, **{"Content-Type": "text/html"})
            case ["same-again"]:
                self._send(200, PAGE)
            case ["changing"]:
                self._send(200, PAGE + str(turn).encode())
            case ["gone"]:
                self._send(404, b"no")
            case ["heals"]:
                self._send(200 if turn == 3 else 503, PAGE)
            case ["never-heals"]:
                self._send(503, b"")
            case ["busy"]:
                self._send(200 if turn == 2 else 429, PAGE, **{"Retry-After": "1"})
            case ["busy-for-a-day"]:
                self._send(429, b"", **{"Retry-After": "86400"})
            case ["forbidden"]:
                self._send(403, b"")
            case ["moved"]:
                self._send(301, b"", Location="/page/new-home")
            case ["loop"]:
                self._send(302, b"", Location="/loop")
            case ["to-file"]:
                self._send(302, b"", Location="file:///etc/passwd")
            case ["to-metadata"]:
                self._send(302, b"", Location="http://169.254.169.254/latest/")
            case ["large"]:
                self._send(200, b"x" * 5000)
            case ["large-in-pieces"]:
                self._send_in_pieces(b"x" * 1000, 5)
            case ["cut-short"]:
                self._cut_short()
            case ["silent"]:
                time.sleep(2)
                self._send(200, PAGE)
            case ["reset"]:
                self.close_connection = True
                self.connection.close()
            case _:
                self._send(500, b"")

    def _send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_in_pieces(self, piece: bytes, number: int) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(number):
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _cut_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that gives up is part of the tests."""


@contextmanager
def misbehaving_site() -> Iterator[MisbehavingSite]:
    """Serve the site on a free loopback port."""
    site = MisbehavingSite()
    server = _Server(("127.0.0.1", 0), type("Answers", (_Answers,), {"site": site}))
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
