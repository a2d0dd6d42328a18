"""Asking government sites for pages: slowly, by their rules, once, and recording every request.

Only bytes leave this module; nobody here guesses a charset.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from annual_reports.answers import judge_answer
from schemas.fetch_causes import fetch_causes
from tasks.fetch_faults import FETCH_ERRORS, ForbiddenError, cause_of_error
from tasks.host_client import HostClient, headers_of_every_request
from tasks.host_rules import PRODUCT, FetchLimits, Hosts, HostState
from tasks.network_guard import guarded_transport
from tasks.observations import LastSight, Observation, Outcome, Purpose
from tasks.retry_policy import (
    backoff_seconds,
    is_gone,
    is_permanent_redirect,
    is_redirect,
    may_heal,
    retry_after_seconds,
)

CONTACT_VARIABLE = "GONGKAI_CONTACT"
_LONGEST_UNUSED_BODY = 64 * 1024
_OUTCOMES = {
    "failed": Outcome.FAILED,
    "gone": Outcome.GONE,
    "challenged": Outcome.CHALLENGED,
    "refused": Outcome.REFUSED,
}


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
class Fetched:
    """The rows a request left, the last one final, and the bytes if there were any to receive."""

    observations: tuple[Observation, ...]
    content: bytes | None

    @property
    def final(self) -> Observation:
        return self.observations[-1]


@dataclass(slots=True)
class _Answer:
    """One attempt, redirects followed: either a status with bytes, or a cause."""

    final_url: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    moved: bool = False
    cause: str | None = None
    error: str | None = None
    asked_enough: bool = False


class PoliteFetcher:
    """Fetches pages within the limits of their hosts. Use as an async context manager."""

    def __init__(
        self,
        limits: FetchLimits,
        local_hosts: frozenset[str],
        robots: dict[str, Protego] | None = None,
    ) -> None:
        self._limits = limits
        timeout = httpx.Timeout(limits.silent_seconds, connect=limits.connect_seconds, pool=None)
        headers = headers_of_every_request(user_agent())
        self._hosts = Hosts(
            limits,
            local_hosts,
            lambda: HostClient(guarded_transport(local_hosts), headers, timeout),
            {} if robots is None else robots,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for host in self._hosts.all():
            if host.robots and not host.robots.done():
                host.robots.cancel()
            await host.client.aclose()

    async def leave(self, url: str) -> None:
        """Close the connections to a host that is done; what is known of it stays."""
        host = self._hosts.of(url)
        if host.under_way == 0:
            await host.client.aclose()

    def may_ask(self, request: PageRequest) -> bool:
        """Whether the budget of the page's host leaves room for a request."""
        return not self._hosts.of(request.url).budget_is_spent(self._limits)

    async def fetch(
        self,
        request: PageRequest,
        known: LastSight | None = None,
        attempts_before: int = 0,
        asking: Callable[[PageRequest, int], None] | None = None,
    ) -> Fetched:
        """Ask for a page, again where that can heal. `known` makes the request conditional.

        `attempts_before` were made by a run that was killed; at least one more is made. `asking` is
        told of every attempt before it is made.
        """
        rows: list[Observation] = []
        last = max(self._limits.attempts, attempts_before + 1)
        for attempt in range(attempts_before + 1, last + 1):
            if asking is not None:
                asking(request, attempt)
            began = datetime.now(UTC)
            clock = time.monotonic()
            answer = await self._ask(request, known)
            seconds = time.monotonic() - clock
            row = _observe(request, known, answer, began=began, attempt=attempt, seconds=seconds)
            wait = None if attempt == last else self._wait_before_retry(answer, attempt)
            if wait is None:
                rows.append(row)
                break
            rows.append(replace(row, outcome=Outcome.RETRIED))
            await self._pause(request.url, answer, wait)
        host = self._hosts.of(request.url)
        robots_rows, host.robots_rows = host.robots_rows, []
        return Fetched((*robots_rows, *rows), answer.content)

    def _wait_before_retry(self, answer: _Answer, attempt: int) -> float | None:
        """Seconds to wait before asking again; null when asking again is of no use now."""
        cause = answer.cause
        if cause is None or answer.asked_enough or not fetch_causes()[cause].heals:
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
            self._hosts.of(url).not_before = time.monotonic() + wait
        await asyncio.sleep(wait)

    async def _ask(self, request: PageRequest, known: LastSight | None) -> _Answer:
        """One attempt. Errors of the network become an answer that names their cause."""
        answer = _Answer(request.url)
        try:
            async with asyncio.timeout(self._limits.whole_seconds):
                await self._follow(request, known, answer)
        except FETCH_ERRORS as error:
            answer.cause = cause_of_error(error)
            answer.asked_enough = isinstance(error, ForbiddenError) and error.asked_enough
            answer.error = (
                f"{fetch_causes()[answer.cause].zh_label} {type(error).__name__}: {error}"
            )
        return answer

    async def _follow(self, request: PageRequest, known: LastSight | None, answer: _Answer) -> None:
        """Ask, and follow redirects one by one so that each target meets the same rules."""
        permanent = True
        for _ in range(self._limits.most_redirects + 1):
            target = await self._ask_once(request, known, answer)
            if target is None:
                answer.cause = self._cause_of_answer(request, known, answer)
                return
            permanent = permanent and is_permanent_redirect(answer.status or 0)
            answer.moved = permanent
            answer.final_url = _next_address(answer.final_url, target)
            answer.status, answer.headers, answer.content = None, {}, None
        raise ForbiddenError(
            "too_many_redirects", f"more than {self._limits.most_redirects} redirects"
        )

    def _cause_of_answer(
        self, request: PageRequest, known: LastSight | None, answer: _Answer
    ) -> str | None:
        """Why an answer is not the page asked for; None when it is."""
        status = answer.status or 0
        if answer.content is not None:
            judged = request.purpose is not Purpose.ROBOTS
            return judge_answer(answer.content, request.url, answer.final_url) if judged else None
        if status == httpx.codes.NOT_MODIFIED:
            return None if known is not None else "malformed_answer"
        if is_gone(status):
            return "not_there"
        if not may_heal(status):
            return "bad_redirect" if is_redirect(status) else "http_error"
        asked = retry_after_seconds(answer.headers.get("retry-after"), datetime.now(UTC))
        late = asked is not None and asked > self._limits.longest_wait_seconds
        return "retry_later" if late else "server_busy"

    async def _ask_once(
        self, request: PageRequest, known: LastSight | None, answer: _Answer
    ) -> str | None:
        """Send one request and fill `answer`; gives the redirect target if there is one."""
        url = answer.final_url
        host = self._hosts.of(url)
        if not host.speaks_http:
            raise ForbiddenError("scheme_refused", url)
        if request.purpose is not Purpose.ROBOTS:
            await self._obey_robots(request, url, host)
        async with host.at_once:
            await host.wait_for_turn()
            host.under_way += 1
            try:
                await self._exchange(url, known, host, answer)
            finally:
                host.under_way -= 1
        if is_redirect(answer.status or 0) and answer.headers.get("location"):
            return str(answer.headers["location"])
        return None

    async def _exchange(
        self, url: str, known: LastSight | None, host: HostState, answer: _Answer
    ) -> None:
        async with host.client.get(url, _conditions(known)) as response:
            answer.status, answer.headers = response.status_code, response.headers
            if response.status_code == httpx.codes.OK:
                answer.content = await self._receive(response, host)
            else:
                await _read_to_the_end(response)

    async def _receive(self, response: httpx.Response, host: HostState) -> bytes:
        """The body, given up as soon as it is larger than allowed."""
        largest = self._limits.largest_bytes
        received = bytearray()
        async for chunk in response.aiter_bytes():
            received += chunk
            if len(received) > largest:
                raise ForbiddenError("too_large", f"larger than {largest} bytes")
        host.received += len(received)
        return bytes(received)

    async def _obey_robots(self, request: PageRequest, url: str, host: HostState) -> None:
        if host.rules is None:
            if host.robots is None:
                host.robots = asyncio.create_task(self._read_robots(request, url, host))
            await asyncio.shield(host.robots)
        if host.rules is None:
            raise _robots_unread(host)
        if not host.rules.can_fetch(url, PRODUCT):
            raise ForbiddenError("robots_forbidden", url)

    async def _read_robots(self, request: PageRequest, url: str, host: HostState) -> None:
        """The rules of a host; 4xx means none (RFC 9309), anything else unread means stay away."""
        address = urljoin(url, "/robots.txt")
        fetched = await self.fetch(
            PageRequest(request.source, Purpose.ROBOTS, address, local=request.local)
        )
        host.robots_rows.extend(fetched.observations)
        status = fetched.final.status
        if status is not None and 400 <= status < 500 and not may_heal(status):
            self._hosts.keep_rules(host, Protego.parse(""))
        elif fetched.content is not None:
            rules = fetched.content.decode("utf-8", errors="replace")
            self._hosts.keep_rules(host, Protego.parse(rules))
        else:
            host.robots_answer = fetched.final


def _robots_unread(host: HostState) -> ForbiddenError:
    """A host that gave no answer at all is the trouble itself; one that answered has hidden its rules."""
    answer = host.robots_answer
    if answer is None or answer.cause is None or answer.status is not None:
        return ForbiddenError("robots_unread", str(answer and answer.error), asked_enough=True)
    return ForbiddenError(answer.cause, str(answer.error), asked_enough=True)


def user_agent() -> str:
    """One identity for every request, with the contact of GONGKAI_CONTACT."""
    contact = os.environ.get(CONTACT_VARIABLE, "contact not set by the operator")
    return f"{PRODUCT}/0.1 (annual reports on open government information; {contact})"


async def _read_to_the_end(response: httpx.Response) -> None:
    """Take in a short body nobody needs, so that its connection can serve the next request."""
    received = 0
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        received += len(chunk)
        if received > _LONGEST_UNUSED_BODY:
            return


def _next_address(current: str, location: str) -> str:
    try:
        target = urljoin(current, location)
        urlsplit(target)
    except ValueError as error:
        raise ForbiddenError("bad_redirect", f"{location}: {error}") from error
    if current.startswith("https:") and target.startswith("http:"):
        raise ForbiddenError("downgrade", target)
    return target


def _conditions(known: LastSight | None) -> dict[str, str]:
    conditions: dict[str, str] = {}
    if known and known.etag:
        conditions["If-None-Match"] = known.etag
    if known and known.last_modified:
        conditions["If-Modified-Since"] = known.last_modified
    return conditions


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
    unchanged = answer.status == httpx.codes.NOT_MODIFIED and answer.cause is None
    kept = known if unchanged else None
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
        etag=answer.headers.get("etag") or (kept.etag if kept else None),
        last_modified=answer.headers.get("last-modified") or (kept.last_modified if kept else None),
        sha256=kept.sha256 if kept else None,
        bytes=None if answer.content is None else len(answer.content),
        cause=answer.cause,
        error=answer.error or _status_error(answer),
        attempt=attempt,
        seconds=round(seconds, 4),
    )


def _outcome(answer: _Answer, unchanged: bool) -> Outcome:
    if answer.cause is not None:
        return _OUTCOMES[fetch_causes()[answer.cause].outcome]
    if unchanged:
        return Outcome.UNCHANGED
    return Outcome.MOVED if answer.moved else Outcome.NEW


def _status_error(answer: _Answer) -> str | None:
    if answer.cause is None:
        return None
    return f"{fetch_causes()[answer.cause].zh_label} HTTP {answer.status}"
