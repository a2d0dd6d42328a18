"""All shards of hosts of a stage in one event loop: a thread for each would spend its time taking turns."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from tasks.crawl import Crawl
from tasks.host_rules import FetchLimits
from tasks.host_shards import shard_held, shard_of_url
from tasks.observations import ObservationLog
from tasks.polite_fetch import PageRequest, PoliteFetcher

MOST_HOSTS_AT_ONCE = 400
_NAMES_AT_ONCE = 32  # look-ups of dead names take seconds each
T = TypeVar("T")
Work = Callable[[PoliteFetcher, ObservationLog, T], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Shard(Generic[T]):
    """Work on the hosts of one shard; only the holder of a shard asks its hosts. `label` names its journal."""

    label: str
    number: int
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A shard the disk failed (full, not writable), and the addresses left undone."""

    shard: int
    why: str
    left: tuple[str, ...]


def shards_of(
    stage: str, items: Iterable[T], request_of: Callable[[T], PageRequest]
) -> list[Shard[T]]:
    """Share work out by shard; one host is always in the same shard."""
    found: dict[int, list[T]] = defaultdict(list)
    for item in items:
        found[shard_of_url(request_of(item).url)].append(item)
    return [Shard(f"{stage}{number:04}", number, tuple(found[number])) for number in sorted(found)]


def work_through(
    crawl: Crawl, shards: Sequence[Shard[T]], request_of: Callable[[T], PageRequest], work: Work[T]
) -> list[GivenUp]:
    """Do the work of all shards, host by host; gives those that had to be given up, the others go on."""
    return asyncio.run(_work_through(crawl, shards, request_of, work))


async def _work_through(
    crawl: Crawl, shards: Sequence[Shard[T]], request_of: Callable[[T], PageRequest], work: Work[T]
) -> list[GivenUp]:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_NAMES_AT_ONCE))
    given_up: list[GivenUp] = []
    hosts_at_once = asyncio.Semaphore(MOST_HOSTS_AT_ONCE)
    local = local_hosts(request_of(item) for shard in shards for item in shard.items)
    async with PoliteFetcher(crawl.limits, local, crawl.robots) as fetcher:

        async def serve_shard(shard: Shard[T]) -> None:
            log = crawl.log(shard.label)
            gap = gap_between(crawl.limits, (request_of(item) for item in shard.items))
            hosts = _by_host(shard.items, request_of)
            try:
                async with shard_held(crawl.lake, shard.number, gap):
                    await _together(serve_host(log, host, items) for host, items in hosts.items())
            except OSError as error:
                left = tuple(request_of(item).url for items in hosts.values() for item in items)
                given_up.append(GivenUp(shard.number, f"{type(error).__name__}: {error}", left))
            finally:
                log.flush()

        async def serve_host(log: ObservationLog, host: str, items: deque[T]) -> None:
            at_once = min(crawl.limits.requests_at_once_per_host, len(items))
            async with hosts_at_once:
                await _together(draw(log, items) for _ in range(at_once))
                await fetcher.leave(host)

        async def draw(log: ObservationLog, items: deque[T]) -> None:
            while items:
                item = items.popleft()
                try:
                    await work(fetcher, log, item)
                except BaseException:
                    items.append(item)
                    raise

        await _together(serve_shard(shard) for shard in shards)
    return given_up


async def _together(parts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all of it; the first that fails ends the others, and its error is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None


def _by_host(items: Iterable[T], request_of: Callable[[T], PageRequest]) -> dict[str, deque[T]]:
    queues: dict[str, deque[T]] = defaultdict(deque)
    for item in items:
        parts = urlsplit(request_of(item).url)
        queues[f"{parts.scheme}://{parts.netloc}/"].append(item)
    return queues


def gap_between(limits: FetchLimits, requests: Iterable[PageRequest]) -> float:
    """Seconds due between two requests to one of these hosts."""
    if all(request.local for request in requests):
        return limits.local_seconds_between_requests
    return limits.seconds_between_requests


def local_hosts(requests: Iterable[PageRequest]) -> frozenset[str]:
    """The hosts of requests whose source is marked local."""
    return frozenset(urlsplit(request.url).hostname or "" for request in requests if request.local)
