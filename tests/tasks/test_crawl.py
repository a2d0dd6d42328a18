"""Whose report a link is, how pages are shared out, and that a walk through an index ends."""

from __future__ import annotations

import pytest

from schemas.sources import parse_source
from tasks.crawl import (
    Crawl,
    Index,
    batches_by_host,
    discover_batch,
    fetch_batch,
    indexes_of,
    known_report_requests,
    without_repeats,
)
from tasks.lake_paths import LakePaths
from tasks.observations import Outcome, Purpose, last_sights, read_observations
from tasks.polite_fetch import FetchLimits, PageRequest
from tasks.progress import Progress
from tests.tasks.misbehaving_site import misbehaving_site

SOURCE = """\
source: test
name: 测试
base_url: {base}
local: true
publishers:
  - {{publisher: 甲县人民政府, index: /page/index, years: [2023, 2024], province: CN-SX}}
  - {{publisher: 甲县乙镇人民政府, index: /page/index, years: [2023, 2024], province: CN-SX}}
  - {{publisher: 丙局, province: CN-GZ, reports: {{2024: /page/2024, 2023: /gone}}}}
"""


@pytest.mark.parametrize(
    ("title", "publisher"),
    [
        ("甲县乙镇人民政府2024年政府信息公开工作年度报告", "甲县乙镇人民政府"),
        ("乙镇2024年政府信息公开工作年度报告", "甲县乙镇人民政府"),
        ("甲县2024年政府信息公开工作年度报告", None),
        ("2024年政府信息公开工作年度报告", None),
        ("丁镇2024年政府信息公开工作年度报告", None),
    ],
)
def test_a_link_belongs_to_the_only_publisher_its_title_fits(
    title: str, publisher: str | None
) -> None:
    request = PageRequest("test", Purpose.INDEX, "http://a/")
    index = Index(request, {"甲县人民政府": "CN-SX", "甲县乙镇人民政府": "CN-SX"})
    assert index.publisher_of(title) == publisher


def test_publishers_that_share_an_index_share_its_walk() -> None:
    source = parse_source(SOURCE.format(base="http://a.gov.cn"), "test.yml")
    (index,) = indexes_of([source])
    assert set(index.publishers) == {"甲县人民政府", "甲县乙镇人民政府"}
    assert [request.year for request in known_report_requests([source])] == [2023, 2024]


def test_a_host_is_always_in_one_batch() -> None:
    requests = [
        PageRequest("t", Purpose.REPORT, f"http://host{number % 7}.cn/{number}")
        for number in range(50)
    ]
    batches = batches_by_host(requests, 4)
    hosts = [{request.url.split("/")[2] for request in batch} for batch in batches]
    assert sum(len(batch) for batch in batches) == 50
    assert sum(len(found) for found in hosts) == 7
    assert len(batches) <= 4


def test_an_address_is_asked_for_once_whatever_its_fragment() -> None:
    requests = [PageRequest("t", Purpose.REPORT, url) for url in ("http://a/1", "http://a/1#top")]
    assert [request.url for request in without_repeats(requests)] == ["http://a/1"]


def test_a_crawl_keeps_bytes_and_asks_again_only_for_what_changed(tmp_path: object) -> None:
    lake = LakePaths(tmp_path)  # type: ignore[arg-type]
    with misbehaving_site() as site:
        source = parse_source(SOURCE.format(base=site.base), "test.yml")
        paths = ("/page/1", "/same-again", "/changing", "/gone")
        outcomes = []
        for run in ("20260101T000000Z-a", "20260101T000001Z-b"):
            sights = last_sights(read_observations(lake.observations))
            crawl = Crawl(lake, run, sights, FetchLimits(local_seconds_between_requests=0.001))
            found = discover_batch(crawl, "d1", indexes_of([source]), Progress("d", "d", 1))
            assert found.unreachable == ()
            requests = [
                PageRequest("t", Purpose.REPORT, site.url(path), local=True) for path in paths
            ]
            rows = fetch_batch(crawl, "f1", requests, Progress("f", "f", 4))
            outcomes.append([row.outcome for row in rows])
    assert outcomes == [
        [Outcome.NEW, Outcome.NEW, Outcome.NEW, Outcome.GONE],
        [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.CHANGED, Outcome.GONE],
    ]
    seen = read_observations(lake.observations).filter(purpose="report")
    for sha256 in seen["sha256"].drop_nulls():
        assert crawl.store().holds(sha256)


def test_a_page_whose_bytes_were_lost_is_asked_for_whole(tmp_path: object) -> None:
    lake = LakePaths(tmp_path)  # type: ignore[arg-type]
    with misbehaving_site() as site:
        request = PageRequest("t", Purpose.REPORT, site.url("/page/1"), local=True)
        for run in ("20260101T000000Z-a", "20260101T000001Z-b"):
            sights = last_sights(read_observations(lake.observations))
            crawl = Crawl(lake, run, sights, FetchLimits())
            (row,) = fetch_batch(crawl, "f1", [request], Progress("f", "f", 1))
            assert row.sha256
            assert crawl.store().holds(row.sha256)
            crawl.store().path_of(row.sha256).write_bytes(b"damaged")
    assert row.status == 200
