"""What holds for one host of a run: how many requests at once, how often, how many, pauses asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiolimiter import AsyncLimiter
from protego import Protego

from tasks.host_client import HostClient
from tasks.observations import Observation

PRODUCT = "gongkai"
"""What robots.txt calls us."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How hard a host may be asked. Times in seconds, sizes in bytes."""

    seconds_between_requests: float = 1.0
    local_seconds_between_requests: float = 0.01
    requests_at_once_per_host: int = 2
    requests_per_host: int = 5000
    bytes_per_host: int = 2 * 1024 * 1024 * 1024
    connect_seconds: float = 15.0
    silent_seconds: float = 30.0
    whole_seconds: float = 180.0
    largest_bytes: int = 64 * 1024 * 1024
    most_redirects: int = 5
    attempts: int = 4
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 60.0
    longest_crawl_delay: float = 60.0


@dataclass(slots=True)
class HostState:
    """One host as this run has met it. `asked` and `received` count against its budget.

    `client` is its own, since the pool of a client looks at every idle connection at every request.
    `speaks_http`: whether it is an address of the web at all.
    """

    address: str
    speaks_http: bool
    client: HostClient
    at_once: asyncio.Semaphore
    pace: AsyncLimiter
    asked: int = 0
    received: int = 0
    not_before: float = 0.0
    rules: Protego | None = None
    robots: asyncio.Task[None] | None = None
    under_way: int = 0
    robots_answer: Observation | None = None
    robots_rows: list[Observation] = field(default_factory=list)

    def budget_is_spent(self, limits: FetchLimits) -> bool:
        """Whether the host has been asked as much as one run may ask."""
        return self.asked >= limits.requests_per_host or self.received >= limits.bytes_per_host

    async def wait_for_turn(self) -> None:
        """Return when the next request may be sent; the caller holds `at_once`."""
        pause = self.not_before - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        await self.pace.acquire()
        self.asked += 1


@dataclass(slots=True)
class Hosts:
    """Every host of a stage by scheme, name and port. `robots`: the rules of hosts that were read before."""

    limits: FetchLimits
    local_hosts: frozenset[str]
    new_client: Callable[[], HostClient]
    robots: dict[str, Protego]
    _states: dict[str, HostState] = field(default_factory=dict)
    _by_beginning: dict[str, HostState] = field(default_factory=dict)

    def of(self, url: str) -> HostState:
        """The state of the host of an address, made when first met."""
        end = url.find("/", len("https://"))
        beginning = url if end == -1 else url[:end]
        state = self._by_beginning.get(beginning)
        if state is None:
            state = self._by_beginning[beginning] = self._of_host(url)
        return state

    def _of_host(self, url: str) -> HostState:
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}"
        state = self._states.get(address)
        if state is None:
            state = self._states[address] = HostState(
                address,
                parts.scheme in {"http", "https"} and bool(parts.hostname),
                self.new_client(),
                asyncio.Semaphore(self.limits.requests_at_once_per_host),
                AsyncLimiter(1, self._gap(parts.hostname)),
            )
            if (rules := self.robots.get(address)) is not None:
                self.keep_rules(state, rules)
        return state

    def _gap(self, hostname: str | None) -> float:
        if hostname in self.local_hosts:
            return self.limits.local_seconds_between_requests
        return self.limits.seconds_between_requests

    def keep_rules(self, host: HostState, rules: Protego) -> None:
        """From now on a host is asked by these rules."""
        host.rules = self.robots[host.address] = rules
        delay = rules.crawl_delay(PRODUCT)
        if delay:
            host.pace = AsyncLimiter(1, min(float(delay), self.limits.longest_crawl_delay))

    def all(self) -> list[HostState]:
        """Every host met so far."""
        return list(self._states.values())
