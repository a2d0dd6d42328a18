"""Whether a page is an annual report at all, or names another kind of document."""

from __future__ import annotations

import re

from annual_reports.identity.host_names import is_government_host
from annual_reports.identity.page_text import FoldedText, PageText, page_text
from annual_reports.identity.publishers import is_masked
from annual_reports.identity.titles import read_title, subject_start
from annual_reports.model import DocumentText
from schemas.organs import document_kinds, injected_words

_LISTED_TITLE = re.compile(
    r"(?:^|\n)[^\n。，]{0,60}20\d\d年[^\n。，]{0,40}(?:年度报告|年报)[^\n。，]{0,24}(?=\n|$)"
)
_CHAPTER = re.compile(r"总体情况|主动公开政府信息|概述|基本情况|第二十条|依申请公开")
_FEWEST_LISTED = 3


def refusal_of_kind(text: DocumentText) -> str | None:
    """Why the page is no annual report (Chinese / English), None where nothing says so."""
    return refusal_of_page(page_text(text))


def refusal_of_page(page: PageText) -> str | None:
    """The same for a page that is prepared already. The first title that says anything decides."""
    for title in page.titles:
        if reason := _refused_title(title):
            return reason
        report = read_title(title)
        if report is not None and (report.publisher.folded or report.years):
            if is_masked(report.publisher.folded):
                return "标题中的单位是空白模板 / a template whose publisher is masked"
            return _injected(page, title)
    return _refused_text(page)


def _refused_title(title: FoldedText) -> str | None:
    start = subject_start(title.folded)
    place = "whole" if start is None else "tail"
    words = title.folded if start is None else title.folded[start:]
    for piece in re.split(r"[_|]|(?<!\d)-+(?!\d)", words)[:1]:
        for kind in document_kinds():
            if kind.place == place and kind.pattern.search(piece):
                return kind.reason
    return None


def _injected(page: PageText, title: FoldedText) -> str | None:
    """Copies on foreign hosts with gambling words in the title or the opening."""
    if is_government_host(page.url) is not False:
        return None
    if injected_words().search(title.folded) or injected_words().search(page.opening.folded):
        return "非政府网站的转载页面，正文被插入广告词 / a copy with injected advertising words"
    return None


def _refused_text(page: PageText) -> str | None:
    opening = page.opening.folded
    for kind in document_kinds():
        if kind.place == "text" and kind.pattern.search(opening):
            return kind.reason
    listed = len(_LISTED_TITLE.findall(page.body.folded))
    if listed >= _FEWEST_LISTED and not _CHAPTER.search(page.body.folded):
        return "年报列表页，不是一份年度报告 / a list of reports"
    return None
