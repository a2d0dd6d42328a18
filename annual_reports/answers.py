"""Whether the bytes that came with status 200 are the page asked for, or one that only says so.

A page that could be a report is never turned away here: what is no report is told by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from annual_reports.model import QuarantinedDocument
from annual_reports.reading.charset import decode_text
from annual_reports.reading.media import recognise_binary
from annual_reports.reading.titles import names_annual_report
from schemas.fetch_causes import answer_signs

_BLANK_BYTES = b" \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe\x00"
_LONGEST_NOTICE = 800
"""Visible characters of the longest page that is nothing but a notice; reports are far longer."""

_LONGEST_SOURCE = 400_000
_UNSEEN = re.compile(
    r"<(script|style|noscript|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?-->", re.I | re.S
)
_NOSCRIPT = re.compile(r"<noscript\b[^>]*>(.*?)</noscript", re.I | re.S)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"(?:\s|&nbsp;|\u3000)+")
_SITE_NAME = re.compile(r"\s*[_|｜—]+\s*|\s+-\s+")
_HOME = re.compile(r"/?(?:(?:index|default|home|main)\.[a-z]{2,5})?", re.I)


def judge_answer(content: bytes, asked_url: str, final_url: str) -> str | None:
    """The cause (`fetch_causes.csv`) for which these bytes are not the page asked for, else None."""
    if not content.strip(_BLANK_BYTES):
        return "empty_body"
    if recognise_binary(content) is not None:
        return None
    html = _text_of(content)
    title = _plain(found[1]) if (found := _TITLE.search(html)) else ""
    if html and not names_annual_report(title) and (cause := _told_by_page(html, title)):
        return cause
    if is_sent_home(asked_url, final_url) and not names_annual_report(title):
        return "sent_home"
    return None


def is_sent_home(asked_url: str, final_url: str) -> bool:
    """Whether an address inside a site was answered by the front page of a site."""
    asked, final = urlsplit(asked_url), urlsplit(final_url)
    if final.query or not _HOME.fullmatch(final.path):
        return False
    return _HOME.fullmatch(asked.path) is None or bool(asked.query)


def _text_of(content: bytes) -> str:
    """The source of a page; empty where it is too long for a notice or cannot be decoded."""
    if len(content) > _LONGEST_SOURCE:
        return ""
    try:
        return decode_text(content).text
    except QuarantinedDocument:
        return ""


def _told_by_page(html: str, title: str) -> str | None:
    """What the title says it is, however much of the site stands round it; else what a short page says."""
    if cause := _first_sign({"title": _SITE_NAME.split(title)[0].strip()}):
        return cause
    shown = _plain(_UNSEEN.sub(" ", html))
    if len(shown) > _LONGEST_NOTICE or names_annual_report(shown):
        return None
    noscript = " ".join(_plain(text) for text in _NOSCRIPT.findall(html))
    return _first_sign({"text": f"{shown} {noscript}", "markup": html})


def _first_sign(places: Mapping[str, str]) -> str | None:
    for sign in answer_signs():
        if sign.place in places and sign.pattern.search(places[sign.place]):
            return sign.cause
    return None


def _plain(markup: str) -> str:
    return _SPACES.sub(" ", _TAG.sub(" ", markup)).strip()
