"""Conditional requests a second of an unchanged night, beside a bare httpx loop over the same pages."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx

from tasks.crawl import Crawl
from tasks.fetching import fetch_shards, page_shards
from tasks.host_rules import FetchLimits
from tasks.lake_paths import LakePaths
from tasks.observations import LastSight, Outcome, Purpose
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress

PAGES = 20_000
HOSTS = 200
ROUNDS = 3
ETAG = '"v1"'
PAGE = "<html><title>年度报告</title><body>正文</body></html>".encode()
LIMITS = FetchLimits(local_seconds_between_requests=0.0001, requests_per_host=10**9)


class FetchingSpeed(NamedTuple):
    """Requests a second of each, their ratio, and the megabytes the process grew by after a tenth."""

    pages: int
    bare: float
    ours: float
    growth_mib: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def measure_fetching(pages: int = PAGES) -> FetchingSpeed:
    """Both in turn, ROUNDS times; the medians."""
    with _served() as port, tempfile.TemporaryDirectory() as folder:
        urls = [f"http://{_address(n % HOSTS)}:{port}/page/{n}" for n in range(pages)]
        lake = LakePaths(Path(folder))
        sight = LastSight(Crawl(lake, "x", {}, LIMITS).store().put(PAGE), ETAG, None)
        sights = dict.fromkeys(urls, sight)
        _unchanged_night(lake, 0, urls[: pages // 10], sights)
        before = _peak_mib()
        bare, ours = [], []
        for number in range(1, ROUNDS + 1):
            bare.append(pages / _timed(lambda: asyncio.run(_bare_loop(urls))))
            ours.append(
                pages / _timed(lambda number=number: _unchanged_night(lake, number, urls, sights))
            )
        growth = _peak_mib() - before
    return FetchingSpeed(pages, sorted(bare)[ROUNDS // 2], sorted(ours)[ROUNDS // 2], growth)


def _unchanged_night(
    lake: LakePaths, number: int, urls: list[str], sights: dict[str, LastSight]
) -> None:
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{number:06}"
    crawl = Crawl(lake, run_id, sights, LIMITS)
    requests = [PageRequest("bench", Purpose.INDEX, url, local=True) for url in urls]
    progress = Progress("fetch", "fetch", len(requests))
    report = fetch_shards(crawl, page_shards(requests), progress)
    unchanged = report.outcomes[Outcome.UNCHANGED]
    assert unchanged == len(urls), f"{unchanged} of {len(urls)} pages were unchanged"


async def _bare_loop(urls: list[str]) -> None:
    """What asking costs without rules, records or checks: a client a host, as many at once as ours.

    One client for all hosts would be far slower: its pool looks at every idle connection each time.
    """
    by_host: dict[str, list[str]] = defaultdict(list)
    for url in urls:
        by_host[url.rsplit("/", 2)[0]].append(url)
    hosts = iter(by_host.values())

    async def ask_hosts() -> None:
        for pages in hosts:
            async with httpx.AsyncClient(trust_env=False, verify=False) as client:
                await asyncio.gather(*(ask(client, pages[half::2]) for half in (0, 1)))

    async def ask(client: httpx.AsyncClient, pages: list[str]) -> None:
        for url in pages:
            answer = await client.get(url, headers={"If-None-Match": ETAG})
            assert answer.status_code == 304

    await asyncio.gather(*(ask_hosts() for _ in range(HOSTS // 16)))


def _timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _address(host: int) -> str:
    return f"127.0.2.{host + 1}"


@contextmanager
def _served() -> Iterator[int]:
    """A site in a process of its own that answers 304 to whoever has its ETag."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(ports,), daemon=True)
    server.start()
    try:
        yield ports.get()
    finally:
        server.terminate()
        server.join()


def _serve(ports: multiprocessing.Queue[int]) -> None:
    asyncio.run(_answer_for_ever(ports))


async def _answer_for_ever(ports: multiprocessing.Queue[int]) -> None:
    first = await asyncio.start_server(_answer, _address(0), 0)
    port = first.sockets[0].getsockname()[1]
    for host in range(1, HOSTS):
        await asyncio.start_server(_answer, _address(host), port)
    ports.put(port)
    await asyncio.Event().wait()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await _head(reader):
        if b"robots.txt" in head.split(b"\r\n", 1)[0]:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif ETAG.encode() in head:
            writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + ETAG.encode() + b"\r\n\r\n")
        else:
            length = str(len(PAGE)).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + PAGE)
        await writer.drain()
    writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
