"""A backfill does the cells that lack reports, and asks for nothing that is there."""

from __future__ import annotations

import polars as pl
import pytest

from schemas.sources import Source, parse_source
from tasks.backfill import YearsReversedError, plan_in_words, years_between
from tasks.backfill_plan import plan_backfill, plan_rows, requests_of_plan, sources_of_plan
from tasks.discovery import known_report_requests
from tasks.observations import Purpose
from tasks.polite_fetch import PageRequest

SOURCE = """
source: made_up
name: 虚构
base_url: https://www.example.gov.cn/
publishers:
  - {publisher: 甲县人民政府, province: CN-SX, reports: {2022: a22.html, 2023: a23.html}}
  - {publisher: 乙县人民政府, province: CN-SX, index: b/, years: [2022, 2023]}
  - {publisher: 丙县人民政府, province: CN-GZ, reports: {2023: c23.html}}
  - {publisher: 丁县人民政府, province: CN-GZ, index: d/}
"""
SOURCES: list[Source] = [parse_source(SOURCE, "made_up.yml")]
EVERY_YEAR = range(2008, 2101)


def coverage(*rows: tuple[str, int, str, str]) -> pl.DataFrame:
    names = ["province", "year", "publisher", "status"]
    return pl.DataFrame(
        rows, schema=dict.fromkeys(names, pl.String) | {"year": pl.Int64}, orient="row"
    ).with_columns(is_expected=pl.lit(True))


HALF = coverage(
    ("CN-SX", 2022, "甲县人民政府", "published"),
    ("CN-SX", 2022, "乙县人民政府", "published"),
    ("CN-SX", 2023, "甲县人民政府", "published"),
    ("CN-SX", 2023, "乙县人民政府", "fetch_failed"),
)


def test_an_empty_lake_needs_every_cell() -> None:
    plan = plan_backfill(SOURCES, coverage().lazy(), EVERY_YEAR, only_failed=True)
    assert [(c.province, c.year, c.expected, c.unasked) for c in plan.due] == [
        ("CN-GZ", 2023, 1, 1),
        ("CN-SX", 2022, 2, 2),
        ("CN-SX", 2023, 2, 2),
    ]
    assert plan.lists == 2


def test_only_cells_that_lack_a_report_are_done_again() -> None:
    plan = plan_backfill(SOURCES, HALF.lazy(), EVERY_YEAR, only_failed=True)
    assert [(c.province, c.year) for c in plan.due] == [("CN-GZ", 2023), ("CN-SX", 2023)]
    wanted = sources_of_plan(SOURCES, plan)
    assert [p.publisher for s in wanted for p in s.publishers] == [
        "乙县人民政府",
        "丙县人民政府",
        "丁县人民政府",
    ]
    urls = [r.url for r in requests_of_plan(known_report_requests(SOURCES), plan, ())]
    assert urls == ["https://www.example.gov.cn/c23.html"]


def test_everything_is_asked_again_when_that_is_asked_for() -> None:
    plan = plan_backfill(SOURCES, HALF.lazy(), range(2022, 2023), only_failed=False)
    assert [(c.province, c.year, c.published) for c in plan.due] == [("CN-SX", 2022, 2)]
    assert len(requests_of_plan(known_report_requests(SOURCES), plan, ())) == 3


def test_a_link_that_says_no_year_is_asked_for_until_it_has_given_bytes() -> None:
    plan = plan_backfill(SOURCES, HALF.lazy(), EVERY_YEAR, only_failed=True)
    link = PageRequest("made_up", Purpose.REPORT, "https://www.example.gov.cn/x", province="CN-GZ")
    assert requests_of_plan([link], plan, ()) == [link]
    assert requests_of_plan([link], plan, {link.url}) == []


def test_the_plan_shows_what_is_to_be_done_first() -> None:
    rows = plan_rows(plan_backfill(SOURCES, HALF.lazy(), EVERY_YEAR, only_failed=True))
    assert [row["处理 action"].split()[0] for row in rows] == ["补采", "补采", "跳过：已齐"]  # type: ignore[attr-defined]
    assert rows[1]["省份 province"] == "CN-SX 山西"
    assert rows[1]["取不到 not fetched"] == 1


def test_a_plan_of_the_whole_country_is_told_in_a_line() -> None:
    plan = plan_backfill(SOURCES, HALF.lazy(), EVERY_YEAR, only_failed=True)
    assert "2 格要补 cells to do, 1 格已齐" in plan_in_words(plan)
    assert "另有 7 格未列出" in plan_in_words(plan, 7)


def test_years_in_the_wrong_order_are_refused_with_what_to_do() -> None:
    assert list(years_between(2022, 2023)) == [2022, 2023]
    with pytest.raises(YearsReversedError, match="请对调"):
        years_between(2023, 2022)
