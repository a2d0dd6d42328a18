"""Whether a page is an annual report at all, or names another kind of document."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from annual_reports.identity.host_names import is_government_host
from annual_reports.identity.page_text import FoldedText, PageText, page_text
from annual_reports.identity.publishers import is_masked
from annual_reports.identity.titles import read_title, subject_start
from annual_reports.model import DocumentText
from schemas.organs import document_kinds, injected_words

_LISTED_TITLE = re.compile(
    r"(?:^|\n)(?!现|特|本|根据|结合|按照|由|为)[^\n。,;]{0,50}"
    r"(?:20\d\d年[^\n。,;]{0,30}信息公开[^\n。,;]{0,30}|信息公开(?:年报|年度报告)\d{4}-\d\d-\d\d)(?=\n|$)"
)
_FILE_NAME = re.compile(r"\.(?:docx?|wps|pdf|ppt|xlsx?)$", re.IGNORECASE)
_CHAPTER = re.compile(r"总体情况|主动公开政府信息|概述|基本情况|第二十条|依申请公开")


class Refusal(NamedTuple):
    """What a page is instead of a report: a kind of the vocabulary, and why (Chinese / English)."""

    kind: str
    reason: str


def refusal_of_kind(text: DocumentText) -> Refusal | None:
    """What the page is if it is no annual report, None where nothing says so."""
    return refusal_of_page(page_text(text))


def refusal_of_page(page: PageText) -> Refusal | None:
    """The same for a page that is prepared already.

    The first title that names another document or a report of a year decides. A title without
    a year (政府信息公开年报) may be the name of a column, so the text has its say.
    """
    reports = []
    for title in page.titles:
        if reason := _refused_title(title):
            return reason
        report = read_title(title)
        if report is not None:
            reports.append(report)
            if report.years:
                break
    is_dated = bool(reports and reports[0].years)
    if not is_dated and (reason := _refused_text(page, fewest_listed=1 if reports else 3)):
        return reason
    if any(is_masked(report.publisher.folded) for report in reports):
        return Refusal(
            "masked_template", "标题中的单位是空白模板 / a template whose publisher is masked"
        )
    return _copied(page)


@lru_cache(maxsize=1024)  # the title of a page stands in several places of it
def _refused_title(title: FoldedText) -> Refusal | None:
    start = subject_start(title.folded)
    place = "whole" if start is None else "tail"
    words = title.folded if start is None else title.folded[start:]
    for piece in re.split(r"[_|]|(?<!\d)-+(?!\d)", words)[:1]:
        for kind in document_kinds():
            if kind.place == place and kind.pattern.search(piece):
                return Refusal(kind.kind, kind.reason)
    return None


def _copied(page: PageText) -> Refusal | None:
    """Copies on foreign hosts: samples of document sites, and gambling words in title or opening."""
    if is_government_host(page.url) is not False:
        return None
    if any(_FILE_NAME.search(title.folded) for title in page.titles):
        return Refusal(
            "document_shop", "文库网站上的范文，单位已隐去 / a sample on a document sharing site"
        )
    texts = [*(title.folded for title in page.titles), page.opening.folded]
    if any(injected_words().search(text) for text in texts):
        return Refusal(
            "injected_copy",
            "非政府网站的转载页面，正文被插入广告词 / a copy with injected advertising words",
        )
    return None


def _refused_text(page: PageText, fewest_listed: int) -> Refusal | None:
    opening = page.opening.folded
    for kind in document_kinds():
        if kind.place == "text" and kind.pattern.search(opening):
            return Refusal(kind.kind, kind.reason)
    listed = len(_LISTED_TITLE.findall(page.body.folded))
    if listed >= fewest_listed and not _CHAPTER.search(page.body.folded):
        return Refusal("list_of_reports", "年报列表页，不是一份年度报告 / a list of reports")
    return None
