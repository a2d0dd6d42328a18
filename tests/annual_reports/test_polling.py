"""How often an address is asked: by season, by what it gave, by how old its report is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from annual_reports.polling import AddressHistory, is_due_index, is_due_report

JANUARY, JUNE = date(2026, 1, 20), date(2026, 6, 20)


def asked(days_ago: int, today: date, news: int | None = None, has: bool = True) -> AddressHistory:
    seen = None if news is None else today - timedelta(days=news)
    return AddressHistory(today - timedelta(days=days_ago), seen, has)


@pytest.mark.parametrize(
    ("today", "days_ago", "news", "due"),
    [
        (JANUARY, 0, None, False), (JANUARY, 1, None, True), (JUNE, 6, None, False),
        (JUNE, 29, None, False), (JUNE, 30, None, True), (JUNE, 7, 20, True), (JUNE, 6, 20, False),
        (JUNE, 8, 31, False),
    ],
)  # fmt: skip
def test_lists(today: date, days_ago: int, news: int | None, due: bool) -> None:
    assert is_due_index(asked(days_ago, today, news), today) is due


@pytest.mark.parametrize(
    ("today", "days_ago", "year", "has", "due"),
    [
        (JANUARY, 1, 2025, False, True), (JANUARY, 0, 2025, False, False),
        (JANUARY, 6, 2025, True, False), (JANUARY, 7, 2025, True, True),
        (JANUARY, 59, 2019, True, False), (JANUARY, 60, 2019, True, True),
        (JUNE, 13, 2025, False, False), (JUNE, 14, 2025, False, True),
        (JUNE, 59, 2025, True, False), (JUNE, 60, 2025, True, True),
        (JUNE, 179, None, True, False), (JUNE, 180, None, True, True),
    ],
)  # fmt: skip
def test_reports(today: date, days_ago: int, year: int | None, has: bool, due: bool) -> None:
    assert is_due_report(asked(days_ago, today, has=has), year, today) is due


def test_what_was_never_asked_is_due() -> None:
    assert is_due_index(None, JUNE)
    assert is_due_report(None, 2020, JUNE)
