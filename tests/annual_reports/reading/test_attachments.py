"""Pages that hold no report but lead to it, and documents that unfold to more than is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.extract import extract_documents
from annual_reports.model import Extraction, QuarantineReason, RefusedDocument

TITLE = "石桥乡2022年政府信息公开工作年度报告"
URL = "http://www.example.gov.cn/zwgk/nb/a.html"
REPORT = (Path(__file__).parents[2] / "golden" / "new_table_two_old_table_three.html").read_bytes()


def page(inner: str, title: str = TITLE) -> bytes:
    return f"<!DOCTYPE html><html><body><h1>{title}</h1>{inner}</body></html>".encode()


def refusal(content: bytes) -> RefusedDocument:
    (outcome,) = extract_documents(content, "a.html", URL)
    assert isinstance(outcome, RefusedDocument)
    return outcome


@pytest.mark.parametrize(
    ("inner", "addresses"),
    [
        ('<a href="../f/nb.pdf">附件</a>', ["http://www.example.gov.cn/zwgk/f/nb.pdf"]),
        ('<iframe src="/f/nb.PDF#page=1"></iframe>', ["http://www.example.gov.cn/f/nb.PDF"]),
        ('<embed src="nb.pdf">', ["http://www.example.gov.cn/zwgk/nb/nb.pdf"]),
        ('<object data="nb.docx"></object>', ["http://www.example.gov.cn/zwgk/nb/nb.docx"]),
        ('<div data-src="/x/nb.pdf"></div>', ["http://www.example.gov.cn/x/nb.pdf"]),
        (
            '<iframe src="/js/viewer.html?file=/x/nb.pdf"></iframe>',
            ["http://www.example.gov.cn/x/nb.pdf"],
        ),
        ('<a href="nb.zip?v=2">下载</a>', ["http://www.example.gov.cn/zwgk/nb/nb.zip?v=2"]),
        ('<a href="file:///etc/x.pdf">附件</a>', []),
        ('<a href="http://[broken/x.pdf">甲</a><a href="b.doc">乙</a>', ["http://www.example.gov.cn/zwgk/nb/b.doc"]),
    ],
)  # fmt: skip
def test_a_page_that_only_leads_to_the_report(inner: str, addresses: list[str]) -> None:
    found = refusal(page(inner)).refusal
    assert found.reason is QuarantineReason.REPORT_IN_ATTACHMENT
    assert list(found.attachments) == addresses


def test_a_page_with_the_report_and_a_download_is_the_report() -> None:
    content = REPORT.replace(b"</body>", b'<a href="nb.pdf">PDF</a></body>')
    (outcome,) = extract_documents(content, "a.html", URL)
    assert isinstance(outcome, Extraction)


def test_a_page_of_something_else_with_a_file_is_no_report() -> None:
    found = refusal(page('<a href="a.pdf">附件</a>', "石桥乡2022年财政预算公开"))
    assert found.refusal.reason is QuarantineReason.NOT_A_REPORT


@pytest.mark.parametrize(
    "content",
    [
        page("<table>" + ("<tr>" + "<td>0</td>" * 300 + "</tr>") * 300 + "</table>"),
        page("<table>" + "<tr><td>规章</td><td>0</td></tr>" * 20_000 + "</table>"),
        b"a\n" * 300_000,
        "甲镇2022年信息公开。".encode() * 900_000,
    ],
    ids=["wide", "long", "lines", "text"],
)
def test_what_unfolds_to_too_much_is_refused(content: bytes) -> None:
    assert refusal(content).refusal.reason is QuarantineReason.TOO_LARGE
