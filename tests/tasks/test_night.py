"""Which runs make one night, in which hours sites are asked, and what is asked of whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from annual_reports.polling import AddressHistory
from schemas.sources import parse_source
from tasks.host_rules import FetchLimits
from tasks.night import parse_window, runs_of_this_night
from tasks.night_plan import EVERYTHING_IS_DUE, Polling, plan_night, today_in_china

NOW = datetime(2026, 1, 20, 18, 0, tzinfo=UTC)


def runs(*outcomes: tuple[str, int]) -> pl.DataFrame:
    """Runs by outcome and how many hours ago they began, the oldest first."""
    return pl.DataFrame(
        [
            ("nightly", f"r{number}", outcome, NOW - timedelta(hours=hours))
            for number, (outcome, hours) in enumerate(outcomes)
        ],
        schema=["flow", "run_id", "outcome", "started_at"],
        orient="row",
    )


@pytest.mark.parametrize(
    ("outcomes", "earlier"),
    [
        ([("interrupted", 3), ("interrupted", 1)], ["r0", "r1"]),
        ([("interrupted", 3), ("completed", 2), ("interrupted", 1)], ["r2"]),
        ([("interrupted", 1), ("completed", 0)], []),
        ([("interrupted", 30), ("interrupted", 1)], ["r1"]),
        ([], []),
    ],
)
def test_a_night_is_the_killed_runs_since_the_last_that_ended(
    outcomes: list[tuple[str, int]], earlier: list[str]
) -> None:
    table = runs(*outcomes) if outcomes else runs(("completed", 1)).clear()
    assert runs_of_this_night(table, "nightly", "now", NOW) == earlier


@pytest.mark.parametrize(
    ("hours", "clock", "is_open"),
    [
        ("22:00-07:00", 23, True), ("22:00-07:00", 2, True), ("22:00-07:00", 7, False),
        ("22:00-07:00", 12, False), ("09:00-17:30", 9, True), ("09:00-17:30", 18, False),
    ],
)  # fmt: skip
def test_hours_are_those_of_beijing(hours: str, clock: int, is_open: bool) -> None:
    window = parse_window(hours)
    assert window is not None
    moment = datetime(2026, 1, 20, tzinfo=UTC) + timedelta(hours=clock - 8)
    assert window.is_open(moment) is is_open


def test_hours_may_be_left_open_and_must_be_well_written() -> None:
    assert parse_window("") is None
    for text in ("22-7", "late", "22:00", "25:00-07:00"):
        with pytest.raises(ValueError, match="22:00-07:00"):
            parse_window(text)


SOURCE = """\
source: test
name: 测试
publishers:
  - {publisher: 甲局, index: "http://a.gov.cn/nb/", province: CN-SX}
  - {publisher: 乙局, province: CN-GZ, reports: {2024: "http://b.gov.cn/1", 2023: "http://b.gov.cn/2"}}
"""


def test_a_plan_names_hosts_what_is_asked_of_them_and_how_long_it_takes() -> None:
    sources = [parse_source(SOURCE, "test.yml")]
    plan = plan_night(sources, EVERYTHING_IS_DUE, FetchLimits())
    assert [(h.host, h.indexes, h.reports, h.seconds) for h in plan.hosts] == [
        ("b.gov.cn", 0, 2, 3.0),
        ("a.gov.cn", 1, 0, 2.0),
    ]
    today = date(2026, 6, 20)
    asked = AddressHistory(today - timedelta(days=3), None, True)
    histories = dict.fromkeys(["http://a.gov.cn/nb/", "http://b.gov.cn/1"], asked)
    plan = plan_night(sources, Polling(histories, today), FetchLimits())
    assert [(h.host, h.reports) for h in plan.hosts] == [("b.gov.cn", 1)]
    assert plan.not_due == 2


def test_the_day_is_that_of_the_sites() -> None:
    assert today_in_china(datetime(2026, 3, 31, 17, tzinfo=UTC)) == date(2026, 4, 1)
