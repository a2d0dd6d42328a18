"""A page that only leads to its report is followed to the file, and the file is the page's report."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from annual_reports.extract import extract_documents
from annual_reports.identity.hints import IdentityHints
from annual_reports.model import Extraction, RefusedDocument
from tasks.attachments import attachment_requests
from tasks.crawl import Crawl
from tasks.documents import documents_of
from tasks.extractions import QUARANTINED_SCHEMA
from tasks.fetching import fetch_shards, page_shards
from tasks.host_rules import FetchLimits
from tasks.identity_hints import with_hints
from tasks.lake_paths import LakePaths
from tasks.observations import Purpose, read_observations
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress
from tests.conftest import ROOT
from tests.tasks.misbehaving_site import PLAIN_ANSWERS, misbehaving_site

TITLE = "平城区示例镇2023年政府信息公开工作年度报告"
LEADING = f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1><a href='/report-file/a.docx'>附件：{TITLE}.docx</a></body></html>"


def test_the_file_is_fetched_and_read_under_the_title_of_its_page(
    tmp_path: Path, monkeypatch: object
) -> None:
    report = (ROOT / "tests" / "golden" / "word_table_gb18030.html").read_bytes()
    monkeypatch.setitem(PLAIN_ANSWERS, "leading", (200, LEADING.encode(), {}))  # type: ignore[attr-defined]
    monkeypatch.setitem(PLAIN_ANSWERS, "report-file", (200, report, {}))  # type: ignore[attr-defined]
    lake = LakePaths(tmp_path)
    with misbehaving_site() as site:
        page = PageRequest(
            "test",
            Purpose.REPORT,
            site.url("/leading/1.html"),
            True,
            "示例镇",
            "CN-SX",
            2023,
            TITLE,
        )
        crawl = Crawl(lake, "20260101T000000Z-a", {}, FetchLimits())
        _fetch_all(crawl, [page])
        (led,) = documents_of(read_observations(lake.observations))
        (outcome,) = extract_documents(crawl.store().read(led.sha256), led.name, led.url)
        assert isinstance(outcome, RefusedDocument)
        assert outcome.refusal.reason.value == "report_in_attachment"
        aside = _set_aside(led.url, outcome.refusal.attachments)
        (request,) = attachment_requests(read_observations(lake.observations), aside, ["test"])
        assert (request.url, request.title, request.publisher, request.year, request.local) == (
            site.url("/report-file/a.docx"),
            TITLE,
            "示例镇",
            2023,
            True,
        )
        _fetch_all(crawl, [request])
    seen = read_observations(lake.observations)
    hinted = {one.url: one.hints for one in with_hints(documents_of(seen), seen, [], [])}
    assert hinted[request.url].linking_title == TITLE
    assert hinted[led.url].linking_title is None


def _fetch_all(crawl: Crawl, requests: list[PageRequest]) -> None:
    report = fetch_shards(crawl, page_shards(requests), Progress("f", "f", len(requests)))
    assert report.failures == []


def _set_aside(url: str | None, attachments: tuple[str, ...]) -> pl.DataFrame:
    row = dict.fromkeys(QUARANTINED_SCHEMA.names()) | {
        "url": url,
        "reason": "report_in_attachment",
        "attachments": "\n".join(attachments),
    }
    return pl.DataFrame([row], schema=QUARANTINED_SCHEMA)


def test_a_file_without_a_title_is_whose_its_page_says() -> None:
    text = (ROOT / "tests" / "golden" / "bar_behind_cells_no_title.txt").read_bytes()
    (alone,) = extract_documents(text, "附件.txt")
    hints = IdentityHints(linking_title="广灵县壶泉镇2021年政府信息公开工作年度报告")
    (led,) = extract_documents(text, "附件.txt", None, hints)
    assert isinstance(led, Extraction)
    assert (led.identity.year, led.identity.county_code) == (2021, "140223")
    assert not isinstance(alone, Extraction) or alone.identity.publisher != led.identity.publisher
