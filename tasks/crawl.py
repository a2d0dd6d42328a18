"""From addresses to bytes on disk: each page once a night, every request recorded, hosts in shards."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urldefrag, urlsplit

from tasks.host_rules import FetchLimits
from tasks.host_shards import HOST_SHARDS, shard_held
from tasks.lake_paths import LakePaths
from tasks.night import AskedTonight, NightWindow
from tasks.observations import HAVING_BYTES, LastSight, Observation, ObservationLog, Outcome
from tasks.polite_fetch import PageRequest, PoliteFetcher
from tasks.progress import Progress
from tasks.raw_store import RawStore

MOST_HOSTS_AT_ONCE = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Crawl:
    """What every batch of a run shares: the lake, the run's name, what URLs gave before, limits."""

    lake: LakePaths
    run_id: str
    sights: Mapping[str, LastSight]
    limits: FetchLimits
    tonight: AskedTonight = field(default_factory=AskedTonight)
    window: NightWindow | None = None

    def log(self, batch: str) -> ObservationLog:
        return ObservationLog(self.lake.observations, self.run_id, batch)

    def store(self) -> RawStore:
        return RawStore(self.lake.objects)


@dataclass(frozen=True, slots=True)
class HostBatch:
    """Requests of one shard of hosts; only the holder of a shard asks its hosts."""

    shard: int
    requests: tuple[PageRequest, ...]


@dataclass(slots=True)
class FetchReport:
    """What became of a batch. `failures` are the final rows without bytes; `postponed` pages were not
    asked (hours or budget of the host at an end); `settled` ones a killed run had asked tonight."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Observation] = field(default_factory=list)
    postponed: list[PageRequest] = field(default_factory=list)
    settled: int = 0

    def add(self, row: Observation) -> None:
        """Count a page that was asked for now."""
        self.outcomes[row.outcome] += 1
        self._keep_failure(row)

    def add_settled(self, row: Observation) -> None:
        """Count a page that a killed run had asked for."""
        self.settled += 1
        self._keep_failure(row)

    def _keep_failure(self, row: Observation) -> None:
        if row.outcome not in HAVING_BYTES:
            self.failures.append(row)


def batches_by_host(requests: Iterable[PageRequest]) -> list[HostBatch]:
    """Share requests out by shard; one host is always in the same shard."""
    shards: dict[int, list[PageRequest]] = defaultdict(list)
    for request in requests:
        shards[shard_of_url(request.url)].append(request)
    return [HostBatch(shard, tuple(found)) for shard, found in sorted(shards.items())]


def shard_of_url(url: str) -> int:
    """The shard of the host of an address."""
    return zlib.crc32((urlsplit(url).hostname or "").encode()) % HOST_SHARDS


def without_repeats(requests: Iterable[PageRequest]) -> list[PageRequest]:
    """Each URL once, the first asker's."""
    first: dict[str, PageRequest] = {}
    for request in requests:
        url = urldefrag(request.url).url
        first.setdefault(url, replace(request, url=url))
    return list(first.values())


def fetch_batch(crawl: Crawl, label: str, batch: HostBatch, progress: Progress) -> FetchReport:
    """Fetch one batch of pages into the raw store."""
    with shard_held(crawl.lake, batch.shard, gap_between(crawl.limits, batch.requests)):
        return asyncio.run(_fetch(crawl, label, batch.requests, progress))


async def _fetch(
    crawl: Crawl, label: str, requests: Sequence[PageRequest], progress: Progress
) -> FetchReport:
    log = crawl.log(label)
    report = FetchReport()

    async def fetch_one(fetcher: PoliteFetcher, request: PageRequest) -> None:
        if request.url in crawl.tonight.settled:
            report.add_settled(crawl.tonight.settled[request.url])
        elif may_still_ask(crawl, fetcher, request):
            report.add(await fetch_and_keep(crawl, fetcher, log, request))
        else:
            report.postponed.append(request)
        progress.advance()

    try:
        async with PoliteFetcher(crawl.limits, local_hosts(requests)) as fetcher:
            await by_host(
                requests,
                lambda request: request.url,
                lambda request: fetch_one(fetcher, request),
                fetcher.leave,
                crawl.limits.requests_at_once_per_host,
            )
    finally:
        log.flush()
    return report


async def by_host(
    items: Iterable[T],
    url_of: Callable[[T], str],
    work: Callable[[T], Awaitable[None]],
    leave: Callable[[str], Awaitable[None]],
    at_once: int,
) -> None:
    """Work through items host by host, a few of a host and many hosts at once, in constant memory.

    `leave` is told an address of each host that is done.
    """
    queues: dict[str, deque[T]] = defaultdict(deque)
    for item in items:
        parts = urlsplit(url_of(item))
        queues[f"{parts.scheme}://{parts.netloc}"].append(item)
    waiting = deque(queues.values())

    async def draw(queue: deque[T]) -> None:
        while queue:
            await work(queue.popleft())

    async def serve_hosts() -> None:
        while waiting:
            queue = waiting.popleft()
            address = url_of(queue[-1])
            await asyncio.gather(*(draw(queue) for _ in range(min(at_once, len(queue)))))
            await leave(address)

    await asyncio.gather(*(serve_hosts() for _ in range(min(MOST_HOSTS_AT_ONCE, len(waiting)))))


def may_still_ask(crawl: Crawl, fetcher: PoliteFetcher, request: PageRequest) -> bool:
    """Whether the hours of the night and the budget of the host allow one more request.

    Local sources disturb nobody and know no hours.
    """
    is_open = request.local or crawl.window is None or crawl.window.is_open(datetime.now(UTC))
    return is_open and fetcher.may_ask(request)


async def fetch_and_keep(
    crawl: Crawl, fetcher: PoliteFetcher, log: ObservationLog, request: PageRequest
) -> Observation:
    """Fetch a page that may not have been asked tonight, keep its bytes, record its rows.

    Gives the final row; the bytes of a page are those of its `sha256` in the store. Bytes go to disk before the row that speaks of them, so a row never names a lost object.
    """
    if (settled := crawl.tonight.settled.get(request.url)) is not None:
        return settled
    store = crawl.store()
    sight = crawl.sights.get(request.url)
    known = sight if sight and store.holds(sight.sha256) else None
    fetched = await fetcher.fetch(
        request,
        known,
        crawl.tonight.attempts.get(request.url, 0),
        lambda asked, attempt: log.announce(request_under_way(asked, attempt)),
    )
    final = fetched.final
    if fetched.content is not None and final.outcome in HAVING_BYTES:
        sha256 = await asyncio.to_thread(store.put, fetched.content)
        final = _settle(final, sha256, sight)
    for row in fetched.observations[:-1]:
        log.append(row)
    log.append(final)
    return final


def request_under_way(request: PageRequest, attempt: int) -> Observation:
    return Observation(
        request.purpose,
        Outcome.INTERRUPTED,
        datetime.now(UTC),
        request.source,
        url=request.url,
        publisher=request.publisher,
        province=request.province,
        year=request.year,
        title=request.title,
        attempt=attempt,
    )


def _settle(row: Observation, sha256: str, sight: LastSight | None) -> Observation:
    """Name the bytes received and say how they compare with the last ones from this URL."""
    if sight is None:
        return replace(row, sha256=sha256)
    outcome = Outcome.UNCHANGED if sight.sha256 == sha256 else Outcome.CHANGED
    return replace(row, sha256=sha256, outcome=outcome)


def gap_between(limits: FetchLimits, requests: Iterable[PageRequest]) -> float:
    """Seconds due between two requests to one of these hosts."""
    if all(request.local for request in requests):
        return limits.local_seconds_between_requests
    return limits.seconds_between_requests


def local_hosts(requests: Iterable[PageRequest]) -> frozenset[str]:
    """The hosts of requests whose source is marked local."""
    return frozenset(urlsplit(request.url).hostname or "" for request in requests if request.local)
