"""Every page of the sample site read by the extractor: what the site files wrote is what it reads."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import yaml

from annual_reports.extract import extract_document
from annual_reports.model import Cell, CellStatus, Extraction, QuarantinedDocument
from sample_site.report_body import forms_of, printed_tables
from sample_site.write_pages import HERE, load_sites, page_bytes

SITES = load_sites()
PAGES = {page["url"]: (site, page) for site in SITES for page in site["pages"]}
FETCHED = {url: page for url, (_, page) in PAGES.items() if "not fetched" not in page["outcome"]}
REPORTS = [url for url, page in FETCHED.items() if not page["outcome"].startswith("quarantined")]
REFUSED = [url for url, page in FETCHED.items() if page["outcome"].startswith("quarantined")]
FULLY_READ = [url for url in REPORTS if FETCHED[url]["outcome"].startswith(("ok", "inconsistent"))]
RULE_IDS = re.compile(r"\b[A-WYZ]\d\d\b")  # X rules need the report of the year before

GOVERNMENTS_OF_REGIONS = ("县人民政府", "市人民政府", "区人民政府")

SOURCE = yaml.safe_load((HERE / "source.yml").read_text(encoding="utf-8"))
EXPECTED = {entry["publisher"]: entry for entry in SOURCE["publishers"]}
EXPECTED["禄丰县广通镇人民政府"] = EXPECTED["禄丰市广通镇人民政府"]


@cache
def extraction_of(url: str) -> Extraction:
    site, page = PAGES[url]
    return extract_document(page_bytes(site, page), url.rsplit("/", 1)[1])


@pytest.mark.parametrize("url", FULLY_READ)
def test_every_number_and_every_blank_is_read_as_written(url: str) -> None:
    _, page = PAGES[url]
    extraction = extraction_of(url)
    cells = {(c.table, c.row_key, c.column_key): c for c in extraction.cells}
    wrong = {
        (table, *place): (text, cells[(table, *place)].status, cells[(table, *place)].value)
        for table, printed in printed_tables(page).items()
        for place, text in printed.items()
        if not says_the_same(text, cells[(table, *place)])
    }
    assert wrong == {}
    assert dict(extraction.templates) == forms_of(page)


def says_the_same(text: str, cell: Cell) -> bool:
    """Whether a cell says what the page prints: its number, words, or nothing."""
    if not text:
        return cell.status in (CellStatus.BLANK, CellStatus.NOTE) and cell.value is None
    if not re.search(r"\d", text):
        return cell.status is CellStatus.NOTE and cell.raw == text
    number = float(re.sub(r"[^\d.]", "", text)) / (10_000 if text.endswith("0元") else 1)
    sign = -1 if text.startswith(("-", "减")) else 1
    return cell.status is CellStatus.PRINTED and float(cell.value or 0) == sign * number


@pytest.mark.parametrize("url", REPORTS)
def test_publisher_place_and_year_are_read_from_the_page(url: str) -> None:
    _, page = PAGES[url]
    identity = extraction_of(url).identity
    entry = EXPECTED[page["publisher"]]
    assert (identity.province, identity.county_code) == (
        entry["province"],
        entry.get("county_code"),
    )
    assert (identity.level, identity.year) == (entry["level"], page["year"])
    assert identity.scope == expected_scope(page)
    assert identity.is_correction == ("更正" in page["title"])


def expected_scope(page: dict[str, Any]) -> str:
    """Governments of counties and cities report for all below them, a zone does not say."""
    if page["publisher"].endswith("管理委员会"):
        return "unknown"
    return "consolidated" if page["publisher"][-5:] in GOVERNMENTS_OF_REGIONS else "own"


def test_one_publisher_is_one_publisher_over_the_years() -> None:
    names: dict[str, set[str]] = {}
    for url in REPORTS:
        publisher_id = extraction_of(url).identity.publisher_id
        assert publisher_id, url
        names.setdefault(publisher_id, set()).add(EXPECTED[PAGES[url][1]["publisher"]]["publisher"])
    assert {key: name for key, name in names.items() if len(name) > 1} == {}
    assert len(names) == len({name for group in names.values() for name in group})


@pytest.mark.parametrize("url", REPORTS)
def test_outcome_is_the_one_the_readme_promises(url: str) -> None:
    outcome, extraction = FETCHED[url]["outcome"], extraction_of(url)
    found = {f.rule_id for f in extraction.findings if f.status == "fail"}
    assert extraction.status == re.split(r"[ ;]", outcome)[0]
    assert set(RULE_IDS.findall(outcome)) <= found


@pytest.mark.parametrize("url", REPORTS)
def test_prose_contradicts_only_where_it_is_meant_to(url: str) -> None:
    claims = extraction_of(url).claims
    contradicting = [claim.metric for claim in claims if claim.verdict == "contradicts"]
    assert bool(contradicting) == ("contradict" in FETCHED[url]["outcome"])


@pytest.mark.parametrize("url", FULLY_READ)
def test_six_chapters_are_kept(url: str) -> None:
    numbers = [section.number for section in extraction_of(url).sections if section.number]
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("url", REFUSED)
def test_refused_pages_say_why(url: str) -> None:
    with pytest.raises(QuarantinedDocument) as refusal:
        extraction_of(url)
    assert refusal.value.reason.value in FETCHED[url]["outcome"]
    assert refusal.value.message
    assert refusal.value.remedy


def test_nothing_of_a_damaged_table_is_claimed_as_printed() -> None:
    (damaged,) = [url for url in REPORTS if FETCHED[url]["outcome"].startswith("needs_review")]
    statuses = {cell.status for cell in extraction_of(damaged).cells if cell.table == "requests"}
    assert CellStatus.PRINTED not in statuses


def test_site_of_every_page_is_known() -> None:
    folders: set[Any] = {site["folder"] for site in SITES}
    assert {url.split("/")[1] for url in PAGES} == folders
