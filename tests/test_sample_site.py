"""The sample site is what its site files say, and its numbers are what its README promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sample_site.report_body import printed_tables
from sample_site.write_pages import (
    HERE,
    README,
    all_pages,
    differing_paths,
    load_sites,
    page_bytes,
    readme_text,
)
from schemas.sources import parse_source

PAGES = [(site, page) for site in load_sites() for page in site["pages"]]
REPORTS = [page for _, page in PAGES if page.get("kind", "report") == "report"]
SERVED = all_pages()
SOURCE: dict[str, Any] = yaml.safe_load((HERE / "source.yml").read_text(encoding="utf-8"))
RESPONSES: dict[str, list[int]] = yaml.safe_load(
    (HERE / "responses.yml").read_text(encoding="utf-8")
)


def test_committed_pages_equal_what_the_site_files_say() -> None:
    assert differing_paths() == []


def test_readme_lists_every_page() -> None:
    assert README.read_text(encoding="utf-8") == readme_text()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["url"])
def test_what_comes_in_goes_out_unless_the_page_shows_a_wrong_sum(report: dict[str, Any]) -> None:
    printed = printed_tables(report)["requests"]
    columns = dict.fromkeys(column for _, column in printed)
    rows = ("new_received", "carried_in", "handled_total", "carried_out")
    flows = [tuple(printed[row, column] for row in rows) for column in columns]
    unbalanced = [
        flow
        for flow in flows
        if all(flow) and int(flow[0]) + int(flow[1]) != int(flow[2]) + int(flow[3])
    ]
    assert bool(unbalanced) == report["outcome"].startswith("inconsistent")


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["url"])
def test_every_report_has_six_chapters_of_its_own(report: dict[str, Any]) -> None:
    assert {1, 4, 5, 6} <= set(report["chapters"])


def test_sentences_are_not_repeated_between_publishers() -> None:
    owners: dict[str, set[str]] = {}
    for report in REPORTS:
        for sentence in report["chapters"][1].split("。"):
            if len(sentence.strip()) > 30:
                owners.setdefault(sentence.strip(), set()).add(report["publisher"])
    assert {s: who for s, who in owners.items() if len(who) > 1 and "{" not in s} == {}


def test_the_source_is_a_valid_source_file() -> None:
    text = (HERE / "source.yml").read_text(encoding="utf-8")
    assert parse_source(text, "source.yml").local


@pytest.mark.parametrize("expected", SOURCE["publishers"], ids=lambda e: e["publisher"])
def test_every_expected_publisher_has_a_column(expected: dict[str, Any]) -> None:
    assert expected["index"].lstrip("/") in SERVED
    first, last = expected["years"]
    assert 2019 <= first <= last <= 2025


def test_every_report_is_expected_by_the_source() -> None:
    expected = {
        (entry["publisher"], year)
        for entry in SOURCE["publishers"]
        for year in range(entry["years"][0], entry["years"][1] + 1)
    }
    renamed = {"禄丰县广通镇人民政府": "禄丰市广通镇人民政府"}
    published = {
        (renamed.get(page["publisher"], page["publisher"]), page["year"])
        for _, page in PAGES
        if page.get("publisher")
    }
    assert published <= expected
    assert len(expected - published) == 6


def test_every_link_leads_to_a_page_or_to_a_declared_answer() -> None:
    served = {f"/{path}" for path in SERVED} | set(RESPONSES)
    for site in load_sites():
        for column in site["columns"]:
            for link in column.get("links", []):
                assert link["href"] in served


def test_declared_answers_are_status_codes_of_the_site() -> None:
    for path, codes in RESPONSES.items():
        assert path.startswith("/")
        assert codes
        assert set(codes) <= {200, 404, 500, 503}


@pytest.mark.parametrize(("site", "page"), PAGES, ids=lambda value: value.get("url", ""))
def test_pages_written_in_another_charset_are_not_utf_8(
    site: dict[str, Any], page: dict[str, Any]
) -> None:
    if page.get("charset", site.get("charset", "utf-8")) == "utf-8":
        return
    with pytest.raises(UnicodeDecodeError):
        page_bytes(site, page).decode("utf-8")


def test_site_files_are_found_by_listing() -> None:
    names = {path.stem for path in Path(HERE / "sites").glob("*.yml")}
    assert {site["folder"] for site in load_sites()} == names
