"""Index pages: which links lead to reports, which to more of the list, and why the rest do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from annual_reports.identity.document_kind import refusal_of_kind
from annual_reports.identity.page_text import folded_text
from annual_reports.identity.titles import read_title
from annual_reports.link_lists import read_link_list
from annual_reports.model import DocumentText
from annual_reports.reading.charset import decode_text
from annual_reports.reading.media import refuse_unreadable_bytes
from annual_reports.reading.page import ListedLink, read_list_page
from annual_reports.reading.titles import names_publisher_or_year
from schemas.narrative import list_page_pattern

_WEB_SCHEMES = frozenset({"http", "https"})
_LIST_ADDRESS = re.compile(r"/(?:(?:index|list|default)[^/]*)?$")
_YEAR = re.compile(r"(?<!\d)(20\d\d)\s*年?度?")
# The paging call of a widespread publishing system: pages, current page, file name, suffix.
_SCRIPTED_PAGING = re.compile(
    r"""createPageHTML\(\s*['"]?(\d{1,4})['"]?\s*,\s*['"]?\d+['"]?\s*,\s*['"]([\w.-]+)['"]\s*,\s*['"](\w+)['"]"""
)
_MAX_SCRIPTED_PAGES = 200


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A link whose title names an annual report. `year` is the year reported on, if the title says it."""

    url: str
    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class IgnoredLink:
    """A link left alone, and why (Chinese / English)."""

    url: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexPage:
    """What one page of a list offers, in page order, each address once."""

    report_links: tuple[ReportLink, ...]
    next_pages: tuple[str, ...]
    ignored_links: tuple[IgnoredLink, ...]


def find_report_links(content: bytes, page_url: str) -> IndexPage:
    """Read an index page, a JSON or XML list, or a sitemap. Raises QuarantinedDocument when the bytes are no readable page.

    Addresses are resolved against `<base href>` or `page_url`, without fragments.
    """
    refuse_unreadable_bytes(content)
    html = decode_text(content).text
    listed = read_link_list(html, page_url)
    page, further = listed or (read_list_page(html), ())
    here = urldefrag(page_url).url
    base = urljoin(page_url, page.base_href or "")
    in_column = any(list_page_pattern("column").search(text) for text in page.headings)
    reports: dict[str, ReportLink] = {}
    paging: dict[str, None] = {}
    ignored: dict[str, IgnoredLink] = {}
    paging.update(dict.fromkeys(url for href in further if (url := _web_address(base, href))))
    for link in page.links:
        url = _web_address(base, link.href)
        title = _full_title(link)
        if url is None:
            ignored.setdefault(
                link.href, IgnoredLink(link.href, title, "不是网页地址 / no web address")
            )
        elif listed and not title:  # a sitemap, which keeps to its columns of reports
            reports.setdefault(url, ReportLink(url, "", None))
        elif report := _report_link(url, title, in_column=in_column):
            reports[url] = _better(reports.get(url), report)
        elif _is_paging(link.text) and url != here:
            paging.setdefault(url)
        else:
            ignored.setdefault(url, IgnoredLink(url, title, _reason(link, title)))
    paging.update(dict.fromkeys(url for url in _scripted_pages(html, base) if url != here))
    return IndexPage(
        report_links=tuple(reports.values()),
        next_pages=tuple(url for url in paging if url not in reports),
        ignored_links=tuple(one for url, one in ignored.items() if url not in reports),
    )


def _report_link(url: str, title: str, *, in_column: bool) -> ReportLink | None:
    folded = folded_text(title)
    report = read_title(folded)
    if report is not None:
        year = report.years[0] if report.years else _year(title)
        is_column = year is None and (
            _LIST_ADDRESS.search(url) or not names_publisher_or_year(title)
        )
        return None if is_column or _refusal(title) else ReportLink(url, title, year)
    if in_column and list_page_pattern("short").search(title) and not _refusal(title):
        return ReportLink(url, title, _year(title))
    return None


def _year(title: str) -> int | None:
    found = _YEAR.search(title)
    return int(found[1]) if found else None


def _refusal(title: str) -> str | None:
    refusal = refusal_of_kind(DocumentText(titles=(title,), lines=()))
    return refusal.reason if refusal else None


def _reason(link: ListedLink, title: str) -> str:
    if not title:
        return "链接没有文字 / a link without text"
    if list_page_pattern("back").search(link.text) or _is_paging(link.text):
        return "翻页到本页或前页 / paging to this page or back"
    if read_title(folded_text(title)) is not None and _year(title) is None:
        return _refusal(title) or "栏目名称，不是一份报告 / the name of a column"
    return _refusal(title) or "标题不是年度报告 / the title names no annual report"


def _full_title(link: ListedLink) -> str:
    """The longer of text and title attribute when the text is cut short or empty, else the text."""
    shortened = list_page_pattern("truncated").search(link.text) is not None
    if link.title and (shortened or not link.text or link.title.startswith(link.text)):
        return link.title
    return link.text


def _better(known: ReportLink | None, report: ReportLink) -> ReportLink:
    """Of several links to one address, the one whose title says more."""
    if known is None or (known.year is None and report.year is not None):
        return report
    if (known.year is None) == (report.year is None) and len(report.title) > len(known.title):
        return report
    return known


def _is_paging(text: str) -> bool:
    return any(list_page_pattern(kind).search(text) for kind in ("next", "page", "last"))


def _web_address(base: str, href: str) -> str | None:
    """The absolute http(s) address without fragment; None for anything else."""
    bare = href.strip()
    if not bare or bare.startswith("#"):
        return None
    try:
        url = urldefrag(urljoin(base, bare)).url
        parts = urlsplit(url)
        is_web = parts.scheme in _WEB_SCHEMES and bool(parts.hostname)
    except ValueError:
        return None
    return url if is_web else None


def _scripted_pages(html: str, base: str) -> list[str]:
    """Addresses that a paging script would write: index_1.html to index_<n-1>.html."""
    found = _SCRIPTED_PAGING.search(html)
    if found is None:
        return []
    pages = min(int(found[1]), _MAX_SCRIPTED_PAGES)
    return [urljoin(base, f"{found[2]}_{number}.{found[3]}") for number in range(1, pages)]
