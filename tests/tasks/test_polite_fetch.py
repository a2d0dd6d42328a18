"""What becomes of a request, fault by fault, against a site on loopback that has them all."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
import trustme

from schemas.fetch_causes import fetch_causes
from tasks import network_guard
from tasks.host_rules import FetchLimits
from tasks.observations import LastSight, Outcome, Purpose
from tasks.polite_fetch import Fetched, PageRequest, PoliteFetcher
from tests.tasks.misbehaving_site import ETAG, PAGE, MisbehavingSite, misbehaving_site, tls_site

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


def local(url: str) -> PageRequest:
    return PageRequest("test", Purpose.REPORT, url, local=True)


def fetch(
    site: MisbehavingSite, path: str, limits: FetchLimits = QUICK, known: LastSight | None = None
) -> Fetched:
    return fetch_all([local(site.url(path))], limits, known)[0]


FAULTS: list[tuple[str, Outcome, str | None, int]] = [
    # path, outcome, cause, requests the site sees
    ("/gone", Outcome.GONE, "not_there", 1),
    ("/withdrawn", Outcome.GONE, "not_there", 1),
    ("/soft-404", Outcome.GONE, "soft_404", 1),
    ("/soft-404-title", Outcome.GONE, "soft_404", 1),
    ("/soft-404-gbk", Outcome.GONE, "soft_404", 1),
    ("/to-home", Outcome.GONE, "sent_home", 1),
    ("/challenge-script", Outcome.CHALLENGED, "challenge", 1),
    ("/challenge-words", Outcome.CHALLENGED, "challenge", 1),
    ("/challenge-noscript", Outcome.CHALLENGED, "challenge", 1),
    ("/login-wall", Outcome.CHALLENGED, "login", 1),
    ("/forbidden", Outcome.FAILED, "http_error", 1),
    ("/unauthorised", Outcome.FAILED, "http_error", 1),
    ("/teapot", Outcome.FAILED, "http_error", 1),
    ("/never-heals", Outcome.FAILED, "server_busy", 3),
    ("/bad-gateway", Outcome.FAILED, "server_busy", 3),
    ("/unforeseen", Outcome.FAILED, "server_busy", 3),
    ("/busy-without-sense", Outcome.FAILED, "server_busy", 3),
    ("/busy-for-a-day", Outcome.FAILED, "retry_later", 1),
    ("/loop", Outcome.FAILED, "too_many_redirects", 6),
    ("/moved-nowhere", Outcome.FAILED, "bad_redirect", 1),
    ("/moved-to-nonsense", Outcome.FAILED, "bad_redirect", 1),
    ("/to-file", Outcome.REFUSED, "scheme_refused", 1),
    ("/to-metadata", Outcome.REFUSED, "private_address", 1),
    ("/to-private", Outcome.REFUSED, "private_address", 1),
    ("/unasked-304", Outcome.FAILED, "malformed_answer", 3),
    ("/large", Outcome.FAILED, "too_large", 1),
    ("/large-in-pieces", Outcome.FAILED, "too_large", 1),
    ("/zip-bomb", Outcome.FAILED, "too_large", 1),
    ("/empty", Outcome.FAILED, "empty_body", 3),
    ("/blank", Outcome.FAILED, "empty_body", 3),
    ("/broken-gzip", Outcome.FAILED, "broken_encoding", 3),
    ("/cut-short", Outcome.FAILED, "truncated", 3),
    ("/cut-chunk", Outcome.FAILED, "truncated", 3),
    ("/bad-chunk", Outcome.FAILED, "malformed_answer", 3),
    ("/no-http", Outcome.FAILED, "malformed_answer", 3),
    ("/two-lengths", Outcome.FAILED, "malformed_answer", 3),
    ("/endless-headers", Outcome.FAILED, "malformed_answer", 3),
    ("/control-characters", Outcome.FAILED, "malformed_answer", 3),
    ("/silent", Outcome.FAILED, "timeout", 3),
    ("/drip", Outcome.FAILED, "timeout", 3),
    ("/reset", Outcome.FAILED, "connection_reset", 3),
    ("/hang-up", Outcome.FAILED, "connection_reset", 3),
]
HARMLESS: list[tuple[str, Outcome, int]] = [
    ("/page/1", Outcome.NEW, 1),
    ("/heals", Outcome.NEW, 3),
    ("/cut-once", Outcome.NEW, 2),
    ("/busy", Outcome.NEW, 2),
    ("/moved", Outcome.MOVED, 1),
    ("/moved-for-now", Outcome.NEW, 1),
    ("/lying-charset", Outcome.NEW, 1),
    ("/lying-type", Outcome.NEW, 1),
    ("/", Outcome.NEW, 1),
]


@pytest.mark.parametrize(("path", "outcome", "cause", "asked"), FAULTS)
def test_a_fault_ends_in_its_outcome_after_the_attempts_it_deserves(
    site: MisbehavingSite, path: str, outcome: Outcome, cause: str, asked: int
) -> None:
    final = fetch(site, path, replace(QUICK, whole_seconds=1.0)).final
    assert (final.outcome, final.cause) == (outcome, cause), final.error
    assert site.asked[path] == asked
    assert final.error
    assert final.sha256 is None


@pytest.mark.parametrize(("path", "outcome", "asked"), HARMLESS)
def test_what_only_looks_wrong_or_heals_gives_its_bytes(
    site: MisbehavingSite, path: str, outcome: Outcome, asked: int
) -> None:
    fetched = fetch(site, path)
    assert (fetched.final.outcome, fetched.final.cause) == (outcome, None)
    assert fetched.content
    assert site.asked[path] == asked


def test_every_cause_of_the_catalogue_is_met_by_a_fault() -> None:
    met = {cause for _, _, cause, _ in FAULTS}
    elsewhere = {
        "connection_refused", "tls_broken", "dns_unknown", "dns_busy", "downgrade",
        "robots_forbidden", "robots_unread", "bad_address",
    }  # fmt: skip
    assert met | elsewhere == set(fetch_causes())


def test_a_closed_port_is_told_apart_from_a_broken_certificate() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        final = fetch_all([local(closed)], replace(QUICK, attempts=2))[0].final
    assert (final.outcome, final.cause) == (Outcome.FAILED, "connection_refused")


@pytest.mark.parametrize("answers_in_plain", [False, True])
def test_broken_tls_is_not_asked_again(answers_in_plain: bool) -> None:
    with tls_site(answers_in_plain) as base:
        final = fetch_all([local(f"{base}/page/1")])[0].final
    assert (final.outcome, final.cause, final.attempt) == (Outcome.FAILED, "tls_broken", 1)


def test_https_is_never_left_for_http(monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_site(answers_in_plain=False, authority=(trusted := trustme.CA())) as base:
        context = ssl.create_default_context()
        trusted.configure_trust(context)
        monkeypatch.setattr(network_guard, "_trusted_certificates", lambda: context)
        final = fetch_all([local(f"{base}/to-plain-http")])[0].final
    assert (final.outcome, final.cause) == (Outcome.REFUSED, "downgrade")


def test_a_name_that_changes_its_address_after_the_check_is_refused(
    site: MisbehavingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the address is looked at where the socket is opened, so there is no second look-up."""
    looked_up: list[str] = []

    async def answers(self: object, host: str, port: int, **_: object) -> list[object]:
        looked_up.append(host)
        address = "203.0.113.1" if len(looked_up) > 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", answers)
    port = site.base.rsplit(":", 1)[1]
    request = PageRequest("test", Purpose.ROBOTS, f"http://rebinding.example:{port}/robots.txt")
    final = fetch_all([request], replace(QUICK, attempts=1))[0].final
    assert (final.outcome, final.cause) == (Outcome.REFUSED, "private_address")
    assert not site.asked


def test_a_busy_resolver_is_asked_again_and_a_wrong_name_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number, cause, attempts in [
        (socket.EAI_AGAIN, "dns_busy", 3),
        (socket.EAI_NONAME, "dns_unknown", 1),
    ]:

        async def fails(*_: object, code: int = number, **__: object) -> list[object]:
            raise socket.gaierror(code, "no answer")

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", fails)
        request = PageRequest("test", Purpose.ROBOTS, "http://name.example/robots.txt")
        final = fetch_all([request])[0].final
        assert (final.outcome, final.cause, final.attempt) == (Outcome.FAILED, cause, attempts)


def test_a_host_is_left_alone_when_its_budget_is_spent(site: MisbehavingSite) -> None:
    async def ask() -> list[bool]:
        limits = replace(QUICK, requests_per_host=3)
        async with PoliteFetcher(limits, frozenset({"127.0.0.1"})) as fetcher:
            allowed = []
            for number in range(4):
                request = local(site.url(f"/page/{number}"))
                allowed.append(fetcher.may_ask(request))
                if allowed[-1]:
                    await fetcher.fetch(request)
            return allowed

    assert asyncio.run(ask()) == [True, True, False, False]  # robots.txt counts too


def test_bytes_come_back_untouched(site: MisbehavingSite) -> None:
    assert fetch(site, "/same-again").content == PAGE


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
    final = fetch_all([request])[0].final
    assert final.outcome in {Outcome.REFUSED, Outcome.FAILED}
    assert final.cause in {"scheme_refused", "bad_address"}


def test_a_name_that_does_not_resolve_is_a_failure_not_an_exception() -> None:
    request = PageRequest("test", Purpose.REPORT, "http://no-such-host.invalid/")
    final = fetch_all([request], replace(QUICK, attempts=1))[0].final
    assert final.outcome in {Outcome.FAILED, Outcome.REFUSED}
    assert final.error
