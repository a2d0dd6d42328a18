"""What becomes of a request, fault by fault, against a site on loopback that has them all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from tasks.observations import LastSight, Outcome, Purpose
from tasks.polite_fetch import Fetched, FetchLimits, PageRequest, PoliteFetcher
from tests.tasks.misbehaving_site import ETAG, PAGE, MisbehavingSite, misbehaving_site

QUICK = FetchLimits(
    local_seconds_between_requests=0.001,
    silent_seconds=0.5,
    whole_seconds=20.0,
    largest_bytes=2000,
    attempts=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=5.0,
)


@pytest.fixture
def site() -> Iterator[MisbehavingSite]:
    with misbehaving_site() as served:
        yield served


def fetch_all(
    requests: list[PageRequest], limits: FetchLimits = QUICK, known: LastSight | None = None
) -> list[Fetched]:
    async def ask() -> list[Fetched]:
        local = frozenset({"127.0.0.1"} if any(request.local for request in requests) else set())
        async with PoliteFetcher(limits, local) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(request, known) for request in requests))

    return asyncio.run(ask())


def fetch(
    site: MisbehavingSite, path: str, limits: FetchLimits = QUICK, known: LastSight | None = None
) -> Fetched:
    request = PageRequest("test", Purpose.REPORT, site.url(path), local=True)
    return fetch_all([request], limits, known)[0]


@pytest.mark.parametrize(
    ("path", "outcome", "attempts", "asked"),
    [
        ("/page/1", Outcome.NEW, 1, 1),
        ("/gone", Outcome.GONE, 1, 1),
        ("/forbidden", Outcome.FAILED, 1, 1),
        ("/heals", Outcome.NEW, 3, 3),
        ("/never-heals", Outcome.FAILED, 3, 3),
        ("/busy-for-a-day", Outcome.FAILED, 1, 1),
        ("/moved", Outcome.MOVED, 1, 1),
        ("/loop", Outcome.FAILED, 1, 6),
        ("/to-file", Outcome.REFUSED, 1, 1),
        ("/to-metadata", Outcome.REFUSED, 1, 1),
        ("/large", Outcome.FAILED, 1, 1),
        ("/large-in-pieces", Outcome.FAILED, 1, 1),
        ("/cut-short", Outcome.FAILED, 3, 3),
        ("/silent", Outcome.FAILED, 3, 3),
        ("/reset", Outcome.FAILED, 3, 3),
        ("/unforeseen", Outcome.FAILED, 3, 3),
    ],
)
def test_a_fault_ends_in_its_outcome_after_the_attempts_it_deserves(
    site: MisbehavingSite, path: str, outcome: Outcome, attempts: int, asked: int
) -> None:
    fetched = fetch(site, path)
    assert (fetched.final.outcome, fetched.final.attempt) == (outcome, attempts)
    assert site.asked[path] == asked
    assert (fetched.final.error is None) == (outcome in {Outcome.NEW, Outcome.MOVED})


def test_bytes_come_back_untouched(site: MisbehavingSite) -> None:
    assert fetch(site, "/page/1").content == PAGE


def test_every_attempt_leaves_a_row(site: MisbehavingSite) -> None:
    rows = fetch(site, "/heals").observations
    reports = [row for row in rows if row.purpose is Purpose.REPORT]
    assert [(row.outcome, row.status) for row in reports] == [
        (Outcome.RETRIED, 503),
        (Outcome.RETRIED, 503),
        (Outcome.NEW, 200),
    ]


def test_robots_txt_is_asked_for_once_and_recorded(site: MisbehavingSite) -> None:
    requests = [
        PageRequest("test", Purpose.REPORT, site.url(f"/page/{number}"), local=True)
        for number in range(5)
    ]
    rows = [row for fetched in fetch_all(requests) for row in fetched.observations]
    assert site.asked["/robots.txt"] == 1
    assert [row.status for row in rows if row.purpose is Purpose.ROBOTS] == [404]


def test_what_robots_txt_forbids_is_not_asked_for(site: MisbehavingSite) -> None:
    site.robots = (200, b"User-agent: *\nDisallow: /page/secret\n")
    assert fetch(site, "/page/secret").final.outcome is Outcome.REFUSED
    assert fetch(site, "/page/open").final.outcome is Outcome.NEW
    assert site.asked["/page/secret"] == 0


def test_a_site_whose_robots_txt_cannot_be_read_is_left_alone(site: MisbehavingSite) -> None:
    site.robots = (503, b"")
    assert fetch(site, "/page/1").final.outcome is Outcome.REFUSED
    assert site.asked["/page/1"] == 0


def test_crawl_delay_is_kept(site: MisbehavingSite) -> None:
    site.robots = (200, b"User-agent: *\nCrawl-delay: 0.3\n")
    requests = [
        PageRequest("test", Purpose.REPORT, site.url(f"/page/{number}"), local=True)
        for number in range(3)
    ]
    fetch_all(requests)
    pages = site.times[1:]
    assert all(later - earlier > 0.25 for earlier, later in pairwise(pages))


def test_an_unchanged_page_is_not_sent_again(site: MisbehavingSite) -> None:
    known = LastSight("ab" * 32, ETAG, None)
    fetched = fetch(site, "/page/1", known=known)
    assert fetched.final.outcome is Outcome.UNCHANGED
    assert fetched.final.sha256 == known.sha256
    assert fetched.content is None


def test_a_wait_the_server_asks_for_is_kept(site: MisbehavingSite) -> None:
    assert fetch(site, "/busy").final.outcome is Outcome.NEW
    first, second = site.times[-2:]
    assert second - first >= 1.0


def test_a_permanent_redirect_names_the_new_address(site: MisbehavingSite) -> None:
    final = fetch(site, "/moved").final
    assert final.final_url == site.url("/page/new-home")


def test_a_host_is_never_asked_more_at_once_than_allowed(site: MisbehavingSite) -> None:
    requests = [
        PageRequest("test", Purpose.REPORT, site.url(f"/page/{number}"), local=True)
        for number in range(30)
    ]
    fetched = fetch_all(requests, replace(QUICK, requests_at_once_per_host=2))
    assert {one.final.outcome for one in fetched} == {Outcome.NEW}
    assert site.most_at_once <= 2


def test_one_user_agent_with_a_contact(
    site: MisbehavingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_CONTACT", "mailto:data@example.org")
    fetch(site, "/page/1")
    assert site.agents == {
        "gongkai/0.1 (annual reports on open government information; mailto:data@example.org)"
    }


def test_a_private_address_is_refused_unless_the_source_is_local(site: MisbehavingSite) -> None:
    request = PageRequest("test", Purpose.REPORT, site.url("/page/1"))
    assert fetch_all([request])[0].final.outcome is Outcome.REFUSED
    assert not site.asked


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/a", "file:///etc/passwd", "http:///a", "nonsense"]
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    request = PageRequest("test", Purpose.REPORT, url, local=True)
    assert fetch_all([request])[0].final.outcome is Outcome.REFUSED


def test_a_name_that_does_not_resolve_is_a_failure_not_an_exception() -> None:
    request = PageRequest("test", Purpose.REPORT, "http://no-such-host.invalid/")
    final = fetch_all([request], replace(QUICK, attempts=1))[0].final
    assert final.outcome in {Outcome.FAILED, Outcome.REFUSED}
    assert final.error
