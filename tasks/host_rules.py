"""What holds for one host of a run: how many requests at once, how often, how many, pauses asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from aiolimiter import AsyncLimiter
from protego import Protego

from tasks.observations import Observation


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
    """

    client: httpx.AsyncClient
    at_once: asyncio.Semaphore
    pace: AsyncLimiter
    asked: int = 0
    received: int = 0
    not_before: float = 0.0
    robots: asyncio.Task[Protego | None] | None = None
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
    """Every host of a batch by scheme, name and port."""

    limits: FetchLimits
    local_hosts: frozenset[str]
    new_client: Callable[[], httpx.AsyncClient]
    _states: dict[str, HostState] = field(default_factory=dict)

    def of(self, url: str) -> HostState:
        """The state of the host of an address, made when first met."""
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        state = self._states.get(key)
        if state is None:
            limits = self.limits
            local = parts.hostname in self.local_hosts
            gap = (
                limits.local_seconds_between_requests if local else limits.seconds_between_requests
            )
            state = HostState(
                self.new_client(),
                asyncio.Semaphore(limits.requests_at_once_per_host),
                AsyncLimiter(1, gap),
            )
            self._states[key] = state
        return state

    def all(self) -> list[HostState]:
        """Every host met so far."""
        return list(self._states.values())
