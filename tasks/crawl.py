"""From sources to bytes on disk: read the index pages, fetch what they list, record every request."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urldefrag, urlsplit

from annual_reports.links import ReportLink, find_report_links
from annual_reports.model import QuarantinedDocument
from schemas.sources import PublisherSource, Source
from tasks.lake_paths import LakePaths
from tasks.observations import (
    HAVING_BYTES,
    LastSight,
    Observation,
    ObservationLog,
    Outcome,
    Purpose,
)
from tasks.polite_fetch import FetchLimits, PageRequest, PoliteFetcher
from tasks.progress import Progress
from tasks.raw_store import RawStore

MOST_INDEX_PAGES = 50
T = TypeVar("T")
_BEFORE_YEAR = re.compile(r"([^\d\s]{2,})\s*\d{4}")


@dataclass(frozen=True, slots=True)
class Crawl:
    """What every batch of a run shares: the lake, the run's name, what URLs gave before, limits."""

    lake: LakePaths
    run_id: str
    sights: Mapping[str, LastSight]
    limits: FetchLimits

    def log(self, batch: str) -> ObservationLog:
        return ObservationLog(self.lake.observations, self.run_id, batch)

    def store(self) -> RawStore:
        return RawStore(self.lake.objects)


@dataclass(frozen=True, slots=True)
class Index:
    """A page that lists reports, and whose it may list: publisher → province key."""

    request: PageRequest
    publishers: Mapping[str, str]

    def publisher_of(self, title: str) -> str | None:
        """Whose report a link is: the page's only publisher, or the only one its title fits.

        A title fits a publisher it names in full, or whose name contains what stands before its
        year (`X镇2023年…` for `某县X镇人民政府`). Two that fit leave it open: the report itself decides.
        """
        if len(self.publishers) == 1:
            return next(iter(self.publishers))
        named = [publisher for publisher in self.publishers if publisher in title]
        before_year = _BEFORE_YEAR.match(title.strip())
        if not named and before_year:
            named = [p for p in self.publishers if before_year.group(1).strip() in p]
        return named[0] if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class Discovered:
    """What index pages gave: reports to fetch, links that are none, index pages not reached."""

    reports: tuple[PageRequest, ...] = ()
    ignored: int = 0
    unreachable: tuple[str, ...] = ()


def indexes_of(sources: Sequence[Source]) -> list[Index]:
    """The first index page of every publisher; publishers that share a page share its walk."""
    askers: dict[str, list[tuple[Source, PublisherSource]]] = {}
    for source in sources:
        for publisher in source.publishers:
            if publisher.index is not None:
                askers.setdefault(source.absolute(publisher.index), []).append((source, publisher))
    return [
        Index(
            PageRequest(
                found[0][0].source,
                Purpose.INDEX,
                url,
                local=all(source.local for source, _ in found),
            ),
            {publisher.publisher: publisher.province for _, publisher in found},
        )
        for url, found in askers.items()
    ]


def known_report_requests(sources: Sequence[Source]) -> list[PageRequest]:
    """The reports whose address a source file already names."""
    return [
        PageRequest(
            source.source,
            Purpose.REPORT,
            source.absolute(address),
            local=source.local,
            publisher=publisher.publisher,
            province=publisher.province,
            year=year,
        )
        for source in sources
        for publisher in source.publishers
        for year, address in sorted(publisher.reports.items())
    ]


def batches_by_host(requests: Iterable[PageRequest], most: int) -> list[list[PageRequest]]:
    """Share requests out over at most `most` batches; one host is always in one batch."""
    return _shared_out(requests, most, lambda request: request.url)


def index_batches_by_host(indexes: Iterable[Index], most: int) -> list[list[Index]]:
    """Share index pages out as `batches_by_host` does."""
    return _shared_out(indexes, most, lambda index: index.request.url)


def _shared_out(items: Iterable[T], most: int, url_of: Callable[[T], str]) -> list[list[T]]:
    batches: dict[int, list[T]] = {}
    for item in items:
        host = (urlsplit(url_of(item)).hostname or "").encode()
        batches.setdefault(zlib.crc32(host) % most, []).append(item)
    return [batches[number] for number in sorted(batches)]


def without_repeats(requests: Iterable[PageRequest]) -> list[PageRequest]:
    """Each URL once, the first asker's."""
    first: dict[str, PageRequest] = {}
    for request in requests:
        url = urldefrag(request.url).url
        first.setdefault(url, replace(request, url=url))
    return list(first.values())


def discover_batch(
    crawl: Crawl, batch: str, indexes: Sequence[Index], progress: Progress
) -> Discovered:
    """Read the index pages of one batch of publishers, page by page."""
    return asyncio.run(_discover(crawl, batch, indexes, progress))


def fetch_batch(
    crawl: Crawl, batch: str, requests: Sequence[PageRequest], progress: Progress
) -> list[Observation]:
    """Fetch one batch of pages into the raw store; gives the final row of each."""
    return asyncio.run(_fetch(crawl, batch, requests, progress))


async def _discover(
    crawl: Crawl, batch: str, indexes: Sequence[Index], progress: Progress
) -> Discovered:
    log = crawl.log(batch)

    async def walk(fetcher: PoliteFetcher, index: Index) -> Discovered:
        found = await _walk_index(crawl, fetcher, log, index)
        progress.advance()
        return found

    try:
        hosts = _local_hosts(index.request for index in indexes)
        async with PoliteFetcher(crawl.limits, hosts) as fetcher:
            found = await asyncio.gather(*(walk(fetcher, index) for index in indexes))
    finally:
        log.flush()
    return Discovered(
        reports=tuple(without_repeats(report for part in found for report in part.reports)),
        ignored=sum(part.ignored for part in found),
        unreachable=tuple(url for part in found for url in part.unreachable),
    )


async def _walk_index(
    crawl: Crawl, fetcher: PoliteFetcher, log: ObservationLog, index: Index
) -> Discovered:
    """Follow an index from page to page on its own host, each page once, within a bound."""
    first = index.request
    waiting, seen = [first.url], {first.url}
    found = Discovered()
    while waiting and len(seen) <= MOST_INDEX_PAGES:
        request = replace(first, url=waiting.pop(0))
        row, content = await _fetch_and_keep(crawl, fetcher, log, request)
        if content is None:
            found = replace(found, unreachable=(*found.unreachable, request.url))
            continue
        try:
            page = find_report_links(content, row.final_url or request.url)
        except QuarantinedDocument as refusal:
            unread = f"{request.url} ({refusal.message})"
            found = replace(found, unreachable=(*found.unreachable, unread))
            continue
        found = Discovered(
            (*found.reports, *(_report_request(index, link) for link in page.report_links)),
            found.ignored + len(page.ignored_links),
            found.unreachable,
        )
        further = [url for url in page.next_pages if _same_host(url, first.url) and url not in seen]
        seen.update(further)
        waiting.extend(further)
    return found


def _report_request(index: Index, link: ReportLink) -> PageRequest:
    publisher = index.publisher_of(link.title)
    return replace(
        index.request,
        purpose=Purpose.REPORT,
        url=link.url,
        year=link.year,
        title=link.title,
        publisher=publisher,
        province=index.publishers[publisher] if publisher else None,
    )


async def _fetch(
    crawl: Crawl, batch: str, requests: Sequence[PageRequest], progress: Progress
) -> list[Observation]:
    log = crawl.log(batch)

    async def fetch_one(fetcher: PoliteFetcher, request: PageRequest) -> Observation:
        row, _ = await _fetch_and_keep(crawl, fetcher, log, request)
        progress.advance()
        return row

    try:
        async with PoliteFetcher(crawl.limits, _local_hosts(requests)) as fetcher:
            return await asyncio.gather(*(fetch_one(fetcher, request) for request in requests))
    finally:
        log.flush()


async def _fetch_and_keep(
    crawl: Crawl, fetcher: PoliteFetcher, log: ObservationLog, request: PageRequest
) -> tuple[Observation, bytes | None]:
    """Fetch a page, keep its bytes, record its rows. Gives the final row and the page's bytes.

    Bytes go to disk before the row that speaks of them, so a row never names a lost object.
    """
    store = crawl.store()
    sight = crawl.sights.get(request.url)
    known = sight if sight and store.holds(sight.sha256) else None
    fetched = await fetcher.fetch(request, known)
    final = fetched.final
    if fetched.content is not None and final.outcome in HAVING_BYTES:
        final = _settle(final, store.put(fetched.content), sight)
    for row in fetched.observations[:-1]:
        log.append(row)
    log.append(final)
    if final.outcome is Outcome.UNCHANGED and fetched.content is None and final.sha256:
        return final, store.read(final.sha256)
    return final, fetched.content if final.outcome in HAVING_BYTES else None


def _settle(row: Observation, sha256: str, sight: LastSight | None) -> Observation:
    """Name the bytes received and say how they compare with the last ones from this URL."""
    if sight is None:
        return replace(row, sha256=sha256)
    outcome = Outcome.UNCHANGED if sight.sha256 == sha256 else Outcome.CHANGED
    return replace(row, sha256=sha256, outcome=outcome)


def _local_hosts(requests: Iterable[PageRequest]) -> frozenset[str]:
    return frozenset(urlsplit(request.url).hostname or "" for request in requests if request.local)


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url).netloc == urlsplit(other).netloc
