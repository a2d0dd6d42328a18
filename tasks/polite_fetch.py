"""Asking government sites for pages: slowly, by their rules, once, and recording every request.

Only bytes leave this module; nobody here guesses a charset.
"""

from __future__ import annotations

import asyncio
import os
import random
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from aiolimiter import AsyncLimiter
from protego import Protego

from tasks.network_guard import NameNotResolvedError, RefusedAddressError, guarded_client
from tasks.observations import LastSight, Observation, Outcome, Purpose
from tasks.retry_policy import (
    backoff_seconds,
    is_gone,
    is_permanent_redirect,
    is_redirect,
    may_heal,
    retry_after_seconds,
)

PRODUCT = "gongkai"
CONTACT_VARIABLE = "GONGKAI_CONTACT"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page to ask for and what is known about it. `year` and `title` are the link's, if any."""

    source: str
    purpose: Purpose
    url: str
    local: bool = False
    publisher: str | None = None
    province: str | None = None
    year: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How hard a host may be asked. Times in seconds, sizes in bytes."""

    seconds_between_requests: float = 1.0
    local_seconds_between_requests: float = 0.01
    requests_at_once_per_host: int = 2
    connect_seconds: float = 15.0
    silent_seconds: float = 30.0
    whole_seconds: float = 180.0
    largest_bytes: int = 64 * 1024 * 1024
    most_redirects: int = 5
    attempts: int = 4
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows a request left, the last one final, and the bytes if there were any to receive."""

    observations: tuple[Observation, ...]
    content: bytes | None

    @property
    def final(self) -> Observation:
        return self.observations[-1]


@dataclass(slots=True)
class _Answer:
    """One attempt, redirects followed: either a status with bytes, or an error."""

    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    moved: bool = False
    error: str | None = None
    healing: bool = False
    refused: bool = False


class _ForbiddenError(Exception):
    """Raised when robots.txt or our own rules forbid a URL."""


class _WithheldError(Exception):
    """Raised when a page cannot be taken as it is (too large, too many redirects)."""


@dataclass(slots=True)
class _Host:
    """What holds for one host: how many at once, how often, what robots.txt says, pauses asked for."""

    at_once: asyncio.Semaphore
    pace: AsyncLimiter
    not_before: float = 0.0
    robots: asyncio.Task[Protego | None] | None = None
    robots_error: str | None = None
    robots_rows: list[Observation] = field(default_factory=list)


class PoliteFetcher:
    """Fetches pages within the limits of their hosts. Use as an async context manager."""

    def __init__(self, limits: FetchLimits, local_hosts: frozenset[str]) -> None:
        self._limits = limits
        self._local_hosts = local_hosts
        self._hosts: dict[str, _Host] = {}
        timeout = httpx.Timeout(limits.silent_seconds, connect=limits.connect_seconds, pool=None)
        self._client = guarded_client(user_agent(), local_hosts, timeout)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for host in self._hosts.values():
            if host.robots and not host.robots.done():
                host.robots.cancel()
        await self._client.__aexit__(kind, error, traceback)

    async def fetch(self, request: PageRequest, known: LastSight | None = None) -> Fetched:
        """Ask for a page, again where that can heal. `known` makes the request conditional."""
        rows: list[Observation] = []
        for attempt in range(1, self._limits.attempts + 1):
            began = datetime.now(UTC)
            clock = time.monotonic()
            answer = await self._ask(request, known)
            seconds = time.monotonic() - clock
            row = _observe(request, known, answer, began=began, attempt=attempt, seconds=seconds)
            wait = self._wait_before_retry(answer, attempt)
            if wait is None:
                rows.append(row)
                break
            rows.append(replace(row, outcome=Outcome.RETRIED))
            await self._pause(request.url, answer, wait)
        host = self._host(request.url)
        robots_rows, host.robots_rows = host.robots_rows, []
        return Fetched((*robots_rows, *rows), answer.content)

    def _wait_before_retry(self, answer: _Answer, attempt: int) -> float | None:
        """Seconds to wait before asking again; null when asking again is of no use."""
        healing = answer.healing or (answer.status is not None and may_heal(answer.status))
        if not healing or attempt == self._limits.attempts:
            return None
        asked = retry_after_seconds(answer.headers.get("retry-after"), datetime.now(UTC))
        if asked is not None:
            return asked if asked <= self._limits.longest_wait_seconds else None
        jitter = random.random()
        return backoff_seconds(
            attempt, self._limits.first_wait_seconds, self._limits.longest_wait_seconds, jitter
        )

    async def _pause(self, url: str, answer: _Answer, wait: float) -> None:
        """Wait; a host that named a time to wait (Retry-After) gets it from all its requests."""
        if "retry-after" in answer.headers:
            self._host(url).not_before = time.monotonic() + wait
        await asyncio.sleep(wait)

    async def _ask(self, request: PageRequest, known: LastSight | None) -> _Answer:
        """One attempt. Errors of the network become an answer that says whether they can heal."""
        place = _Answer(request.url)
        try:
            async with asyncio.timeout(self._limits.whole_seconds):
                return await self._follow(request, known, place)
        except (RefusedAddressError, _ForbiddenError) as refusal:
            place.error, place.refused = str(refusal), True
        except _WithheldError as withheld:
            place.error = str(withheld)
        except NameNotResolvedError as error:
            place.error, place.healing = str(error), error.may_heal
        except (TimeoutError, httpx.TimeoutException) as error:
            place.error, place.healing = f"超时 timed out ({type(error).__name__})", True
        except (httpx.TransportError, httpx.InvalidURL, ssl.SSLError) as error:
            place.error = f"{type(error).__name__}: {error}"
            place.healing = _is_healing_error(error)
        except httpx.DecodingError as error:
            place.error, place.healing = f"内容编码损坏 broken content encoding: {error}", True
        return place

    async def _follow(
        self, request: PageRequest, known: LastSight | None, answer: _Answer
    ) -> _Answer:
        """Ask, and follow redirects one by one so that each target meets the same rules."""
        permanent = True
        for _ in range(self._limits.most_redirects + 1):
            target = await self._ask_once(request, known, answer)
            if target is None:
                return answer
            permanent = permanent and is_permanent_redirect(answer.status or 0)
            answer.moved = permanent
            answer.final_url = _next_address(answer.final_url, target)
            answer.status, answer.headers, answer.content = None, {}, None
        raise _WithheldError(f"重定向过多 more than {self._limits.most_redirects} redirects")

    async def _ask_once(
        self, request: PageRequest, known: LastSight | None, answer: _Answer
    ) -> str | None:
        """Send one request and fill `answer`; gives the redirect target if there is one."""
        url = answer.final_url
        _check_scheme(url)
        host = self._host(url)
        if request.purpose is not Purpose.ROBOTS:
            await self._obey_robots(request, url, host)
        async with host.at_once:
            await asyncio.sleep(max(0.0, host.not_before - time.monotonic()))
            await host.pace.acquire()
            async with self._client.stream("GET", url, headers=_conditions(known)) as response:
                answer.status, answer.headers = response.status_code, response.headers
                if is_redirect(response.status_code) and "location" in response.headers:
                    return str(response.headers["location"])
                if response.status_code == httpx.codes.OK:
                    answer.content = await self._receive(response)
        return None

    async def _receive(self, response: httpx.Response) -> bytes:
        """The body, given up as soon as it is larger than allowed."""
        largest = self._limits.largest_bytes
        received = bytearray()
        async for chunk in response.aiter_bytes():
            received += chunk
            if len(received) > largest:
                raise _WithheldError(f"文件过大 larger than {largest} bytes")
        return bytes(received)

    async def _obey_robots(self, request: PageRequest, url: str, host: _Host) -> None:
        if host.robots is None:
            host.robots = asyncio.create_task(self._read_robots(request, url, host))
        robots = await asyncio.shield(host.robots)
        if robots is None:
            raise _ForbiddenError(
                f"robots.txt 无法读取，暂不抓取 robots.txt could not be read, so nothing is fetched: "
                f"{host.robots_error}"
            )
        if not robots.can_fetch(url, PRODUCT):
            raise _ForbiddenError("robots.txt 不允许 forbidden by robots.txt")

    async def _read_robots(self, request: PageRequest, url: str, host: _Host) -> Protego | None:
        """The rules of a host; 4xx means none (RFC 9309), anything else unread means stay away."""
        address = urljoin(url, "/robots.txt")
        fetched = await self.fetch(
            PageRequest(request.source, Purpose.ROBOTS, address, local=request.local)
        )
        host.robots_rows.extend(fetched.observations)
        status = fetched.final.status
        if status is not None and 400 <= status < 500 and not may_heal(status):
            return Protego.parse("")
        if fetched.content is None:
            host.robots_error = fetched.final.error
            return None
        robots = Protego.parse(fetched.content.decode("utf-8", errors="replace"))
        delay = robots.crawl_delay(PRODUCT)
        if delay:
            host.pace = AsyncLimiter(1, float(delay))
        return robots

    def _host(self, url: str) -> _Host:
        parts = urlsplit(url)
        key = f"{parts.scheme}://{parts.netloc}"
        if key not in self._hosts:
            local = parts.hostname in self._local_hosts
            limits = self._limits
            gap = (
                limits.local_seconds_between_requests if local else limits.seconds_between_requests
            )
            self._hosts[key] = _Host(
                asyncio.Semaphore(limits.requests_at_once_per_host), AsyncLimiter(1, gap)
            )
        return self._hosts[key]


def user_agent() -> str:
    """One identity for every request, with the contact of GONGKAI_CONTACT."""
    contact = os.environ.get(CONTACT_VARIABLE, "contact not set by the operator")
    return f"{PRODUCT}/0.1 (annual reports on open government information; {contact})"


def _check_scheme(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _ForbiddenError(f"只抓取 http(s) 网址 only http(s) addresses are fetched: {url}")


def _next_address(current: str, location: str) -> str:
    target = urljoin(current, location)
    if current.startswith("https:") and target.startswith("http:"):
        raise _ForbiddenError(f"拒绝从 https 降级 refused to go from https to http: {target}")
    return target


def _conditions(known: LastSight | None) -> dict[str, str]:
    conditions: dict[str, str] = {}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


def _is_healing_error(error: BaseException) -> bool:
    """Resets and cut connections heal; a bad certificate or a malformed address does not."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return False
    return isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError))


def _causes(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (inner := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(inner)
    return chain


def _observe(
    request: PageRequest,
    known: LastSight | None,
    answer: _Answer,
    *,
    began: datetime,
    attempt: int,
    seconds: float,
) -> Observation:
    """The row of one attempt. `sha256` of received bytes is added by whoever stores them."""
    unchanged = answer.status == httpx.codes.NOT_MODIFIED and known is not None
    return Observation(
        purpose=request.purpose,
        outcome=_outcome(answer, unchanged),
        requested_at=began,
        source=request.source,
        url=request.url,
        publisher=request.publisher,
        province=request.province,
        year=request.year,
        title=request.title,
        final_url=answer.final_url,
        status=answer.status,
        content_type=answer.headers.get("content-type"),
        etag=answer.headers.get("etag") or (known.etag if known and unchanged else None),
        last_modified=answer.headers.get("last-modified")
        or (known.last_modified if known and unchanged else None),
        sha256=known.sha256 if known and unchanged else None,
        bytes=None if answer.content is None else len(answer.content),
        error=answer.error or _status_error(answer, unchanged),
        attempt=attempt,
        seconds=round(seconds, 4),
    )


def _outcome(answer: _Answer, unchanged: bool) -> Outcome:
    if answer.refused:
        return Outcome.REFUSED
    if unchanged:
        return Outcome.UNCHANGED
    if answer.content is not None and answer.error is None:
        return Outcome.MOVED if answer.moved else Outcome.NEW
    if answer.status is not None and is_gone(answer.status):
        return Outcome.GONE
    return Outcome.FAILED


def _status_error(answer: _Answer, unchanged: bool) -> str | None:
    if answer.content is not None or unchanged or answer.status is None:
        return None
    return f"HTTP {answer.status}"
