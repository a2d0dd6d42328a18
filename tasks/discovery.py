"""Reading the index pages of sources, page by page, for the reports they list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from annual_reports.links import ReportLink, find_report_links
from annual_reports.model import QuarantinedDocument
from schemas.sources import PublisherSource, Source
from tasks.crawl import Crawl, fetch_and_keep, may_still_ask, without_repeats
from tasks.observations import HAVING_BYTES, ObservationLog, Purpose
from tasks.polite_fetch import PageRequest, PoliteFetcher
from tasks.progress import Progress
from tasks.shard_loop import GivenUp, Shard, shards_of, work_through

MOST_INDEX_PAGES = 50
_BEFORE_YEAR = re.compile(r"([^\d\s]{2,})\s*\d{4}")


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


@dataclass(slots=True)
class Discovered:
    """What index pages gave: reports to fetch, links that are none, index pages not reached or left for
    the next night, shards the disk failed."""

    reports: list[PageRequest] = field(default_factory=list)
    ignored: int = 0
    unreachable: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)


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


def index_shards(indexes: Sequence[Index]) -> list[Shard[Index]]:
    """Index pages by the shard of their host."""
    return shards_of("discover", indexes, _first_page)


def discover_shards(crawl: Crawl, shards: Sequence[Shard[Index]], progress: Progress) -> Discovered:
    """Read the index pages of all shards, page by page."""
    found = Discovered()

    async def walk(fetcher: PoliteFetcher, log: ObservationLog, index: Index) -> None:
        await _walk_index(crawl, fetcher, log, index, found)
        progress.advance()

    given_up = work_through(crawl, shards, _first_page, walk)
    return replace(found, reports=without_repeats(found.reports), given_up=given_up)


def _first_page(index: Index) -> PageRequest:
    return index.request


async def _walk_index(
    crawl: Crawl, fetcher: PoliteFetcher, log: ObservationLog, index: Index, found: Discovered
) -> None:
    """Follow an index from page to page on its own host, each page once, within a bound."""
    first = index.request
    waiting, seen = [first.url], {first.url}
    while waiting and len(seen) <= MOST_INDEX_PAGES:
        request = replace(first, url=waiting.pop(0))
        settled = request.url in crawl.tonight.settled
        if not settled and not may_still_ask(crawl, fetcher, request):
            found.postponed.append(request.url)
            continue
        row = await fetch_and_keep(crawl, fetcher, log, request)
        if row.outcome not in HAVING_BYTES or row.sha256 is None:
            found.unreachable.append(f"{request.url} ({row.error})")
            continue
        try:
            page = find_report_links(crawl.store().read(row.sha256), row.final_url or request.url)
        except QuarantinedDocument as refusal:
            found.unreachable.append(f"{request.url} ({refusal.message})")
            continue
        found.reports += [_report_request(index, link) for link in page.report_links]
        found.ignored += len(page.ignored_links)
        further = [url for url in page.next_pages if _same_host(url, first.url) and url not in seen]
        seen.update(further)
        waiting.extend(further)


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


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url).netloc == urlsplit(other).netloc
