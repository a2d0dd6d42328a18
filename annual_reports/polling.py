"""Whether an address is to be asked tonight, from what its history says. No clock: the day is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from schemas.polling import NEWS_COUNTS_FOR, SEASON_MONTHS, poll_interval


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """An address as the lake knows it. Days in China; null for never.

    `last_news`: the last day on which its bytes were new. `has_bytes`: whether its last answer stands.
    """

    last_asked: date
    last_news: date | None
    has_bytes: bool


def is_due_index(history: AddressHistory | None, today: date) -> bool:
    """Whether a list of reports is to be read."""
    if history is None:
        return True
    in_season = today.month in SEASON_MONTHS
    fresh = history.last_news is not None and today - history.last_news <= NEWS_COUNTS_FOR
    what = "index_with_news" if fresh and not in_season else "index"
    return _has_passed(history, what, today, in_season)


def is_due_report(history: AddressHistory | None, year: int | None, today: date) -> bool:
    """Whether a report is to be asked for. `year`: the year it reports on, null where unknown."""
    if history is None:
        return True
    in_season = today.month in SEASON_MONTHS
    if not history.has_bytes:
        what = "report_awaited"
    elif year is not None and year >= today.year - 1:
        what = "report_of_last_year"
    else:
        what = "report_older"
    return _has_passed(history, what, today, in_season)


def _has_passed(history: AddressHistory, what: str, today: date, in_season: bool) -> bool:
    waited: timedelta = today - history.last_asked
    return waited >= poll_interval(what, in_season=in_season)
