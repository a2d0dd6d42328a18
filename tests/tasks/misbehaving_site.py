"""A site on loopback that misbehaves in named ways, and counts what it is asked."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

Plain = tuple[int, bytes, dict[str, str]]
PAGE = "<html><title>年度报告</title><body>正文</body></html>".encode("gb18030")
BOMB = gzip.compress(bytes(5_000_000))
ETAG = '"v1"'


_HTML = {"Content-Type": "text/html; charset=utf-8"}


def _notice(title: str, text: str) -> bytes:
    return f"<html><head><title>{title}</title></head><body><p>{text}</p></body></html>".encode()


PLAIN_ANSWERS: dict[str, Plain] = {
    "same-again": (200, PAGE, {}),
    "": (200, _notice("示例市人民政府", "要闻 公告 服务"), _HTML),
    "gone": (404, b"no", {}),
    "withdrawn": (410, b"", {}),
    "forbidden": (403, b"", {}),
    "unauthorised": (401, b"", {}),
    "teapot": (418, b"", {}),
    "never-heals": (503, b"", {}),
    "bad-gateway": (502, b"", {}),
    "busy-for-a-day": (429, b"", {"Retry-After": "86400"}),
    "busy-without-sense": (429, b"", {"Retry-After": "soon"}),
    "moved": (301, b"", {"Location": "/page/new-home"}),
    "moved-for-now": (302, b"", {"Location": "/page/new-home"}),
    "loop": (302, b"", {"Location": "/loop"}),
    "moved-nowhere": (302, b"", {}),
    "moved-to-nonsense": (302, b"", {"Location": "http://[half"}),
    "to-file": (302, b"", {"Location": "file:///etc/passwd"}),
    "to-metadata": (302, b"", {"Location": "http://169.254.169.254/latest/"}),
    "to-private": (302, b"", {"Location": "http://10.0.0.1/"}),
    "to-home": (302, b"", {"Location": "/"}),
    "unasked-304": (304, b"", {}),
    "large": (200, b"x" * 5000, {}),
    "empty": (200, b"", {}),
    "blank": (200, b" \r\n\t ", _HTML),
    "broken-gzip": (200, b"\x1f\x8b\x08 no gzip at all", {"Content-Encoding": "gzip"}),
    "lying-charset": (200, PAGE, {"Content-Type": "text/html; charset=utf-8"}),
    "lying-type": (200, b"%PDF-1.7 not a page", _HTML),
    "soft-404": (200, _notice("提示信息", "对不起，您访问的页面不存在或已删除"), _HTML),
    "soft-404-title": (200, _notice("404 Not Found", "nginx"), _HTML),
    "soft-404-gbk": (
        200,
        "<title>错误页面</title>您要查看的信息已被删除，请返回首页".encode("gb18030"),
        {},
    ),
    "challenge-script": (
        200,
        b"<html><script>var arg1='A1';function x(){document.cookie='acw_sc__v2='+arg1;}</script></html>",
        _HTML,
    ),
    "challenge-words": (200, _notice("访问验证", "请完成安全验证后继续访问"), _HTML),
    "challenge-noscript": (
        200,
        _notice("", "<noscript>请开启JavaScript并刷新该页</noscript>"),
        _HTML,
    ),
    "login-wall": (200, _notice("统一身份认证平台", "用户名 密码 登录"), _HTML),
}
"""Answers that are one status, one body and some headers, by the first part of the path."""

RAW_ANSWERS: dict[str, bytes] = {
    "cut-short": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
    "cut-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nhalf",
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
    "no-http": b"SSH-2.0-OpenSSH_9.0\r\n\r\n",
    "two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 9\r\n\r\nok",
    "endless-headers": b"HTTP/1.1 200 OK\r\n" + b"X-Fill: " + b"x" * 300_000 + b"\r\n\r\n",
    "control-characters": b"HTTP/1.1 200 OK\r\nX-\x00Bad: 1\r\nContent-Length: 0\r\n\r\n",
}
"""Answers that are bytes on the wire, after which the connection is closed."""


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
        self.seconds_per_page = 0.02

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

    def _answer(self, path: str, turn: int) -> None:
        name = path.split("?", maxsplit=1)[0].strip("/").split("/")[0]
        self.body = PAGE + path.encode() if path.count("/") > 1 else PAGE
        if name == "robots.txt":
            self._send(*self.site.robots)
        elif name in PLAIN_ANSWERS:
            status, content, headers = PLAIN_ANSWERS[name]
            self._send(status, content, **headers)
        elif name in RAW_ANSWERS:
            self._send_raw(RAW_ANSWERS[name])
        else:
            getattr(self, "_" + name.replace("-", "_"), self._unforeseen)(turn)

    def _page(self, _: int) -> None:
        time.sleep(self.site.seconds_per_page)
        if self.headers.get("If-None-Match") == ETAG:
            self._send(304, b"", ETag=ETAG)
        else:
            self._send(200, self.body, ETag=ETAG, **{"Content-Type": "text/html"})

    def _changing(self, turn: int) -> None:
        self._send(200, PAGE + str(turn).encode())

    def _heals(self, turn: int) -> None:
        self._send(200 if turn >= 3 else 503, self.body)

    def _cut_once(self, turn: int) -> None:
        if turn == 1:
            self._send_raw(RAW_ANSWERS["cut-short"])
        else:
            self._send(200, PAGE)

    def _busy(self, turn: int) -> None:
        self._send(200 if turn == 2 else 429, PAGE, **{"Retry-After": "1"})

    def _large_in_pieces(self, _: int) -> None:
        self._send_in_pieces(b"x" * 1000, 5)

    def _zip_bomb(self, _: int) -> None:
        self._send(200, BOMB, **{"Content-Encoding": "gzip"})

    def _silent(self, _: int) -> None:
        time.sleep(2)
        self._send(200, PAGE)

    def _drip(self, _: int) -> None:
        self._send_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", close=False)
        for _ in range(40):
            time.sleep(0.1)
            self.wfile.write(b"x")
            self.wfile.flush()
        self.close_connection = True

    def _reset(self, _: int) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _hang_up(self, _: int) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _unforeseen(self, _: int) -> None:
        self._send(500, b"")

    def _send_raw(self, content: bytes, close: bool = True) -> None:
        self.wfile.write(content)
        self.wfile.flush()
        self.close_connection = close

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

    def log_message(self, *_: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that gives up is part of the tests."""


@contextmanager
def misbehaving_site(address: str = "127.0.0.1") -> Iterator[MisbehavingSite]:
    """Serve the site on a free port of a loopback address."""
    site = MisbehavingSite()
    server = _Server((address, 0), type("Answers", (_Answers,), {"site": site}))
    site.base = f"http://{address}:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def misbehaving_sites(number: int) -> Iterator[list[MisbehavingSite]]:
    """So many sites, each on a loopback address of its own."""
    with ExitStack() as stack:
        yield [stack.enter_context(misbehaving_site(f"127.0.1.{n + 1}")) for n in range(number)]


class _PlainRedirect(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 302)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def tls_site(answers_in_plain: bool, authority: trustme.CA | None = None) -> Iterator[str]:
    """A site on an https address whose certificate nobody trusts but `authority`'s friends.

    With `answers_in_plain` it speaks plain HTTP there. Every page redirects to an http address.
    """
    server = _Server(("127.0.0.1", 0), _PlainRedirect)
    if not answers_in_plain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (authority or trustme.CA()).issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
