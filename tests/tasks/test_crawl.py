"""Whose report a link is, how pages are shared out, and that a walk through an index ends."""

from __future__ import annotations

import subprocess
import sys
from datetime import time
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.sources import parse_source
from tasks.crawl import Crawl, request_under_way, without_repeats
from tasks.discovery import (
    Index,
    discover_shards,
    index_shards,
    indexes_of,
    known_report_requests,
)
from tasks.fetching import FetchReport, fetch_shards, page_shards
from tasks.host_rules import FetchLimits
from tasks.host_shards import HOST_SHARDS
from tasks.lake_paths import LakePaths
from tasks.night import NightWindow, asked_tonight
from tasks.observations import Outcome, Purpose, last_sights, read_observations
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress
from tests.tasks.misbehaving_site import misbehaving_site, misbehaving_sites

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


def fetch(crawl: Crawl, *requests: PageRequest) -> FetchReport:
    return fetch_shards(crawl, page_shards(requests), Progress("f", "f", len(requests)))


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


def test_a_host_is_always_in_one_shard() -> None:
    requests = [
        PageRequest("t", Purpose.REPORT, f"http://host{number % 7}.cn/{number}")
        for number in range(50)
    ]
    shards = page_shards(requests)
    hosts = [{request.url.split("/")[2] for request in shard.items} for shard in shards]
    assert sum(len(shard.items) for shard in shards) == 50
    assert sum(len(found) for found in hosts) == 7
    assert len(shards) <= HOST_SHARDS


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
            indexes = index_shards(indexes_of([source]))
            found = discover_shards(crawl, indexes, Progress("d", "d", 1))
            assert found.unreachable == []
            requests = [
                PageRequest("t", Purpose.REPORT, site.url(path), local=True) for path in paths
            ]
            report = fetch(crawl, *requests)
            outcomes.append(report.outcomes)
            assert [row.outcome for row in report.failures] == [Outcome.GONE]
    assert site.asked["/robots.txt"] == 2, "once a run, whatever the number of its stages"
    assert outcomes == [
        {Outcome.NEW: 3, Outcome.GONE: 1},
        {Outcome.UNCHANGED: 2, Outcome.CHANGED: 1, Outcome.GONE: 1},
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
            fetch(crawl, request)
            seen = read_observations(lake.observations).filter(purpose="report")
            row = seen.row(-1, named=True)
            assert crawl.store().holds(row["sha256"])
            crawl.store().path_of(row["sha256"]).write_bytes(b"damaged")
    assert row["status"] == 200


def test_what_a_killed_run_of_this_night_asked_is_not_asked_again(tmp_path: object) -> None:
    lake = LakePaths(tmp_path)  # type: ignore[arg-type]
    with misbehaving_site() as site:
        paths = ("/page/1", "/gone", "/never-heals")
        requests = tuple(
            PageRequest("t", Purpose.REPORT, site.url(path), local=True) for path in paths
        )
        limits = FetchLimits(attempts=2, first_wait_seconds=0.01)
        killed = Crawl(lake, "20260101T000000Z-a", {}, limits)
        fetch(killed, *requests[:2])
        log = killed.log("f2")
        log.announce(request_under_way(requests[2], 1))
        log.flush()
        seen = read_observations(lake.observations)
        tonight = asked_tonight(seen, ["20260101T000000Z-a"])
        assert tonight.attempts == {site.url("/never-heals"): 1}
        resumed = Crawl(lake, "20260101T000001Z-b", last_sights(seen), limits, tonight)
        report = fetch(resumed, *requests)
    assert (report.settled, report.outcomes) == (2, {Outcome.FAILED: 1})
    assert [site.asked[path] for path in paths] == [1, 1, 1]
    assert {row.outcome for row in report.failures} == {Outcome.GONE, Outcome.FAILED}


def test_outside_the_hours_of_the_night_nothing_is_asked(tmp_path: object) -> None:
    lake = LakePaths(tmp_path)  # type: ignore[arg-type]
    closed = NightWindow(time(0), time(0))
    with misbehaving_site() as site:
        request = PageRequest("t", Purpose.REPORT, site.url("/page/1"))
        crawl = Crawl(lake, "20260101T000000Z-a", {}, FetchLimits(), window=closed)
        report = fetch(crawl, request)
    assert report.postponed == [request]
    assert not site.asked


WORKER = """
import sys
from tests.tasks.test_crawl import crawl_share
crawl_share(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
"""
GAP = 0.2
POLITE = FetchLimits(local_seconds_between_requests=GAP, requests_at_once_per_host=2)


def crawl_share(lake: str, share: int, shares: int, bases: list[str]) -> None:
    """What one of several worker processes does: its share of the pages of every host."""
    crawl = Crawl(LakePaths(Path(lake)), f"20260101T000000Z-{share}", {}, POLITE)
    requests = [
        PageRequest("t", Purpose.REPORT, f"{base}/page/{number}", local=True)
        for base in bases
        for number in range(9)
        if number % shares == share
    ]
    fetch(crawl, *requests)


@pytest.mark.parametrize("processes", [1, 3])
def test_limits_of_a_host_hold_whatever_the_number_of_processes(
    tmp_path: Path, processes: int
) -> None:
    with misbehaving_sites(2) as sites:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, str(tmp_path), str(share), str(processes)]
                + [site.base for site in sites]
            )
            for share in range(processes)
        ]
        assert [process.wait() for process in running] == [0] * processes
        for site in sites:
            pages = [path for path in site.asked if path.startswith("/page/")]
            assert len(pages) == 9
            assert site.most_at_once <= POLITE.requests_at_once_per_host
            gaps = [later - earlier for earlier, later in pairwise(site.times)]
            # The site sees requests when they arrive; they are spaced where they are sent.
            assert sorted(gaps)[len(gaps) // 2] > GAP * 0.9
            assert min(later - site.times[at] for at, later in enumerate(site.times[4:])) > GAP * 2


def test_pages_the_disk_has_no_room_for_are_named_and_the_run_goes_on(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    lake.objects.parent.mkdir()
    lake.objects.write_bytes(b"a file where a folder should be")
    with misbehaving_site() as site:
        request = PageRequest("t", Purpose.REPORT, site.url("/page/1"), local=True)
        report = fetch(Crawl(lake, "20260101T000000Z-a", {}, FetchLimits()), request)
    assert [part.left for part in report.given_up] == [(request.url,)]
    assert "NotADirectoryError" in report.given_up[0].why
