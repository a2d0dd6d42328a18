"""The pages of a run fetched into the raw store, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.crawl import Crawl, fetch_and_keep, may_still_ask
from tasks.observations import HAVING_BYTES, Observation, ObservationLog, Outcome
from tasks.polite_fetch import PageRequest, PoliteFetcher
from tasks.progress import Progress
from tasks.shard_loop import GivenUp, Shard, shards_of, work_through


@dataclass(slots=True)
class FetchReport:
    """What became of the pages. `failures` are the final rows without bytes; `postponed` pages were not
    asked (hours or budget of the host at an end); `settled` ones a killed run had asked tonight;
    `given_up` says which shards the disk failed."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Observation] = field(default_factory=list)
    postponed: list[PageRequest] = field(default_factory=list)
    settled: int = 0
    given_up: list[GivenUp] = field(default_factory=list)

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


def page_shards(requests: Sequence[PageRequest]) -> list[Shard[PageRequest]]:
    """Pages by the shard of their host."""
    return shards_of("fetch", requests, _itself)


def fetch_shards(
    crawl: Crawl, shards: Sequence[Shard[PageRequest]], progress: Progress
) -> FetchReport:
    """Fetch the pages of all shards into the raw store."""
    report = FetchReport()

    async def fetch_one(fetcher: PoliteFetcher, log: ObservationLog, request: PageRequest) -> None:
        if request.url in crawl.tonight.settled:
            report.add_settled(crawl.tonight.settled[request.url])
        elif may_still_ask(crawl, fetcher, request):
            report.add(await fetch_and_keep(crawl, fetcher, log, request))
        else:
            report.postponed.append(request)
        progress.advance()

    report.given_up = work_through(crawl, shards, _itself, fetch_one)
    return report


def _itself(request: PageRequest) -> PageRequest:
    return request
