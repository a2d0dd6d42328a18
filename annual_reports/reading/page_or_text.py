"""Bytes without a magic number: a page where they hold markup, else running or flattened text."""

from __future__ import annotations

import re

import turbohtml

from annual_reports.model import Finding
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.charset import DecodedText, decode_sound_utf8, decode_text
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.media import refuse_blank_text
from annual_reports.reading.page import Page, read_page, read_parsed_page
from annual_reports.reading.plain_text import read_plain_text
from annual_reports.reading.shortened_page import parse_short, shortened
from annual_reports.reading.titles import names_annual_report, title_lines

_PAGE_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<[a-zA-Z!/]", re.DOTALL)
_PAGE_TAG = re.compile(r"<(?:!doctype|html|head|body|meta|div|td|p|span|li)\b", re.IGNORECASE)
_FEWEST_PAGE_TAGS = 6


def read_page_or_text(content: bytes) -> Content:
    """Decode and read; raises QuarantinedDocument where the text is blank or not of this kind."""
    if (page := _page_at_sight(content)) is not None:
        return _content_of(page, page.blocks, DecodedText("", "utf-8", 0))
    decoded = decode_text(content)
    refuse_blank_text(decoded.text, len(content))
    page = read_page(decoded.text) if is_page(decoded.text) else None
    return _content_of(page, page.blocks if page else read_plain_text(decoded.text), decoded)


def _page_at_sight(content: bytes) -> Page | None:
    """A page in sound UTF-8, of which only what needs parsing is decoded; None where the whole is to be looked at."""
    if not content.lstrip().startswith(b"<") or (short := shortened(content)) is None:
        return None
    markup = decode_sound_utf8(short.markup, short.foreign, len(content))
    if markup is None or _PAGE_START.match(markup) is None:
        return None
    document, known = parse_short(short, markup) or (turbohtml.parse(content.decode()), {})
    return read_parsed_page(document, known)


def _content_of(page: Page | None, read: BlockList, decoded: DecodedText) -> Content:
    blocks = tuple(read.blocks)
    return Content(
        media_type="text/html" if page else "text/plain",
        blocks=blocks,
        titles=_title_candidates(page, title_lines(blocks)),
        charset=decoded.charset,
        site_metadata=page.metadata if page else {},
        links=page.links if page else (),
        findings=_reading_doubts(decoded, page),
    )


def is_page(text: str) -> bool:
    """Whether a text is HTML: it starts with markup or is full of it. Suffixes are not asked."""
    if _PAGE_START.match(text):
        return True
    tags = _PAGE_TAG.findall(text[:200_000])
    return len(tags) >= _FEWEST_PAGE_TAGS and not text.lstrip().startswith("#")


def _title_candidates(page: Page | None, heading_lines: tuple[str, ...]) -> tuple[str, ...]:
    if page is None:
        return heading_lines
    headings = sorted(page.headings, key=lambda heading: not names_annual_report(heading))
    candidates = (page.article_title, *headings, *heading_lines, page.window_title)
    return tuple(dict.fromkeys(title for title in candidates if title))


def _reading_doubts(decoded: DecodedText, page: Page | None) -> tuple[Finding, ...]:
    doubts = []
    if decoded.replaced:
        doubts.append(document_finding("D01", count=decoded.replaced))
    if page and page.hidden_text_read:
        doubts.append(document_finding("D02"))
    return tuple(doubts)
