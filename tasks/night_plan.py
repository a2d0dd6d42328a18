"""What a night asks of whom: the addresses of the sources that are due, by host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import polars as pl

from annual_reports.polling import AddressHistory, is_due_index, is_due_report
from schemas.sources import Source
from tasks.crawl import without_repeats
from tasks.discovery import Index, indexes_of, known_report_requests
from tasks.host_rules import FetchLimits
from tasks.observations import HAVING_BYTES, NOT_FINAL, Outcome
from tasks.polite_fetch import PageRequest

CHINA = "Asia/Shanghai"
_NEWS = (Outcome.NEW, Outcome.CHANGED, Outcome.MOVED)

Histories = Mapping[str, AddressHistory]


@dataclass(frozen=True, slots=True)
class Polling:
    """Which addresses are due. Without `histories` all of them are."""

    histories: Histories | None
    today: date

    def due_indexes(self, indexes: Sequence[Index]) -> list[Index]:
        """The lists to read; those of local sources always."""
        return [
            index
            for index in indexes
            if self.histories is None
            or index.request.local
            or is_due_index(self.histories.get(index.request.url), self.today)
        ]

    def due_reports(self, requests: Sequence[PageRequest]) -> list[PageRequest]:
        """The reports to ask for; those of local sources always."""
        return [
            request
            for request in requests
            if self.histories is None
            or request.local
            or is_due_report(self.histories.get(request.url), request.year, self.today)
        ]


EVERYTHING_IS_DUE = Polling(None, date.min)


def today_in_china(now: datetime) -> date:
    """The day by the clock of the sites."""
    return now.astimezone(ZoneInfo(CHINA)).date()


def address_histories(observations: pl.DataFrame) -> Histories:
    """URL → what became of asking it so far."""
    days = pl.col("requested_at").dt.convert_time_zone(CHINA).dt.date()
    seen = (
        observations.filter(pl.col("url").is_not_null(), ~pl.col("outcome").is_in(NOT_FINAL))
        .group_by("url")
        .agg(
            last_asked=days.max(),
            last_news=days.filter(pl.col("outcome").is_in(_NEWS)).max(),
            has_bytes=pl.col("outcome").last().is_in(HAVING_BYTES),
        )
    )
    return {url: AddressHistory(*rest) for url, *rest in seen.iter_rows()}


@dataclass(frozen=True, slots=True)
class HostPlan:
    """What one host would be asked: lists, known reports, and at least how long that takes."""

    host: str
    indexes: int
    reports: int
    seconds: float
    example: str


@dataclass(frozen=True, slots=True)
class NightPlan:
    """The night before it begins. What the lists name comes on top."""

    hosts: tuple[HostPlan, ...]
    not_due: int


def plan_night(sources: Sequence[Source], polling: Polling, limits: FetchLimits) -> NightPlan:
    """The due addresses of the sources by host, the busiest first."""
    indexes, reports = indexes_of(sources), without_repeats(known_report_requests(sources))
    due_indexes, due_reports = polling.due_indexes(indexes), polling.due_reports(reports)
    by_index = Counter(_host(index.request.url) for index in due_indexes)
    by_report = Counter(_host(request.url) for request in due_reports)
    examples = {
        _host(url): url
        for url in [r.url for r in due_reports] + [i.request.url for i in due_indexes]
    }
    hosts = [
        HostPlan(
            host,
            by_index[host],
            by_report[host],
            (by_index[host] + by_report[host] + 1) * limits.seconds_between_requests,
            examples[host],
        )
        for host in examples
    ]
    hosts.sort(key=lambda plan: (-plan.indexes - plan.reports, plan.host))
    not_due = len(indexes) + len(reports) - len(due_indexes) - len(due_reports)
    return NightPlan(tuple(hosts), not_due)


def _host(url: str) -> str:
    return urlsplit(url).netloc
