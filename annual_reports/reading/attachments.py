"""The files a page links to or embeds, as addresses that can be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit

from annual_reports.reading.content import PageLink

_SUFFIX = r"\.(?:pdf|docx?|wps|xlsx?|et|od[ts]|ofd|rtf|zip|rar|7z)"
_FILE = re.compile(rf"{_SUFFIX}$", re.IGNORECASE)
_ANY_SUFFIX = re.compile(_SUFFIX, re.IGNORECASE)
_WEB_SCHEMES = frozenset({"http", "https"})


def file_links(links: Iterable[PageLink]) -> tuple[PageLink, ...]:
    """Links whose path ends like a file's, or whose query names one to a viewer, each once."""
    found: dict[str, PageLink] = {}
    for link in links:
        if may_lead_to_file(link.href) and (href := _file_address(link.href)) is not None:
            found.setdefault(href, PageLink(href, link.text))
    return tuple(found.values())


def may_lead_to_file(href: str) -> bool:
    """Whether the suffix of a file stands anywhere in an address, or may stand there in disguise: as `%2E`,
    or with a line end in it, which addresses do without. One address, or many between spaces."""
    return "%" in href or not href.isprintable() or _ANY_SUFFIX.search(href) is not None


def attachment_urls(links: Iterable[PageLink], page_url: str | None) -> tuple[str, ...]:
    """The absolute http(s) addresses of files; nothing where the page's own address is unknown."""
    resolved = (_resolved(page_url or "", link.href) for link in links)
    return tuple(dict.fromkeys(url for url in resolved if url is not None))


def _file_address(href: str) -> str | None:
    """The file a link leads to: itself, or the value of viewer.html?file=…"""
    try:
        parts = urlsplit(href.strip())
        values = [value for _, value in parse_qsl(parts.query)]
    except ValueError:
        return None
    if _FILE.search(parts.path):
        return href.strip()
    return next((value for value in values if _FILE.search(value.split("?")[0])), None)


def _resolved(page_url: str, href: str) -> str | None:
    try:
        url = urldefrag(urljoin(page_url, href)).url
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in _WEB_SCHEMES and parts.hostname else None
