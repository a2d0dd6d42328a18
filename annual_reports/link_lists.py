"""Lists of links that are no pages: JSON endpoints and XML data of site builders, and sitemaps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from annual_reports.reading.page import ListedLink, ListPage, read_list_page
from schemas.narrative import list_page_pattern

_CALLBACK = re.compile(r"^\s*[\w.$]+\s*\(\s*([\[{].*[\]}])\s*\)\s*;?\s*$", re.DOTALL)
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_SITEMAP = re.compile(r"<(urlset|sitemapindex)\b", re.IGNORECASE)
_PLACE = re.compile(r"<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_HEAD = 4096
_MOST_ITEMS = 20_000
_MOST_PAGES = 200
_DEEPEST = 12


def read_link_list(text: str, page_url: str) -> tuple[ListPage, tuple[str, ...]] | None:
    """The links of a list that is no page, and the further pages it tells of; None for a page."""
    start = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    if start[:1] in {"{", "["} or _CALLBACK.match(text[:_HEAD] + text[-64:]):
        return _read_json(text, page_url)
    if found := _SITEMAP.search(start):
        return _read_sitemap(text, is_index=found[1].lower() == "sitemapindex")
    if records := _RECORD.findall(text):
        return read_list_page("\n".join(records[:_MOST_ITEMS])), ()
    return None


def _read_json(text: str, page_url: str) -> tuple[ListPage, tuple[str, ...]] | None:
    called = _CALLBACK.match(text)
    try:
        content = json.loads(called[1] if called else text)
    except (ValueError, RecursionError):
        return None
    links, counts = [], dict[str, int]()
    for item in _objects(content, 0):
        counts |= {
            kind: number
            for key, value in item.items()
            for kind in ("json_pages", "json_total", "json_size")
            if list_page_pattern(kind).fullmatch(key) and (number := _whole(value)) is not None
        }
        if link := _link_of(item):
            links.append(link)
        if len(links) >= _MOST_ITEMS:
            break
    page = ListPage(links=tuple(links), headings=(), base_href=None)
    return page, _further_pages(page_url, counts)


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value, outer ones first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner, depth + 1)


def _link_of(item: dict[str, Any]) -> ListedLink | None:
    title = _first_text(item, "json_title")
    address = _first_text(item, "json_address")
    if not title or not address:
        return None
    shown = _TAG.sub("", title).strip()
    return ListedLink(href=address.strip(), text=shown, title=shown)


def _first_text(item: dict[str, Any], kind: str) -> str | None:
    pattern = list_page_pattern(kind)
    for key, value in item.items():
        if isinstance(value, str) and value and pattern.fullmatch(key):
            return value
    return None


def _whole(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 7 else None


def _further_pages(page_url: str, counts: dict[str, int]) -> tuple[str, ...]:
    """The addresses of the other pages of a JSON list whose address names its page."""
    size = counts.get("json_size", 0)
    pages = counts.get("json_pages") or (
        -(-counts["json_total"] // size) if size > 0 and "json_total" in counts else 1
    )
    parts = urlsplit(page_url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    named = [name for name, _ in asked if list_page_pattern("page_parameter").fullmatch(name)]
    if len(named) != 1:
        return ()
    first = next(value for name, value in asked if name == named[0])
    if not first.isdigit() or int(first) > 1:
        return ()
    return tuple(
        urlunsplit(
            parts._replace(
                query=urlencode([(n, str(page) if n == named[0] else v) for n, v in asked])
            )
        )
        for page in range(int(first) + 1, int(first) + min(pages, _MOST_PAGES))
    )


def _read_sitemap(text: str, *, is_index: bool) -> tuple[ListPage, tuple[str, ...]]:
    """Addresses without words: those in a column of annual reports count as links to them."""
    places = [place.replace("&amp;", "&") for place in _PLACE.findall(text)[:_MOST_ITEMS]]
    if is_index:
        return ListPage(links=(), headings=(), base_href=None), tuple(places[:_MOST_PAGES])
    column = list_page_pattern("report_path")
    return ListPage(
        links=tuple(
            ListedLink(href=place, text="", title="")
            for place in places
            if column.search(urlsplit(place).path)
        ),
        headings=(),
        base_href=None,
    ), ()
