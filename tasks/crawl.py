"""From an address to bytes on disk: asked once a night, every request recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from urllib.parse import urldefrag

from protego import Protego

from tasks.host_rules import FetchLimits
from tasks.lake_paths import LakePaths
from tasks.night import AskedTonight, NightWindow
from tasks.observations import HAVING_BYTES, LastSight, Observation, ObservationLog, Outcome
from tasks.polite_fetch import PageRequest, PoliteFetcher
from tasks.raw_store import RawStore


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the stages of a run share: the lake, the run's name, what URLs gave before, limits.

    `robots`: the rules of hosts that this run has read.
    """

    lake: LakePaths
    run_id: str
    sights: Mapping[str, LastSight]
    limits: FetchLimits
    tonight: AskedTonight = field(default_factory=AskedTonight)
    window: NightWindow | None = None
    robots: dict[str, Protego] = field(default_factory=dict)

    def log(self, batch: str) -> ObservationLog:
        return ObservationLog(self.lake.observations, self.run_id, batch)

    @property
    def night(self) -> int:
        """The day of the run, counted from an ever same one."""
        return _day_of(self.run_id)

    def store(self) -> RawStore:
        return RawStore(self.lake.objects)


@cache
def _day_of(run_id: str) -> int:
    return date(int(run_id[:4]), int(run_id[4:6]), int(run_id[6:8])).toordinal()


def without_repeats(requests: Iterable[PageRequest]) -> list[PageRequest]:
    """Each URL once, the first asker's."""
    first: dict[str, PageRequest] = {}
    for request in requests:
        url = urldefrag(request.url).url
        first.setdefault(url, replace(request, url=url))
    return list(first.values())


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
    known = sight if sight and await _is_held(store, sight.sha256, crawl.night) else None
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


async def _is_held(store: RawStore, sha256: str, night: int) -> bool:
    if store.is_remote:
        return await asyncio.to_thread(store.holds_tonight, sha256, night)
    return store.holds_tonight(sha256, night)


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
