"""Bytes of one document to what the decoder, the identifier and the narrative reader need."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from annual_reports.model import Block, DocumentInfo, Finding
from annual_reports.reading.charset import DecodedText, decode_text
from annual_reports.reading.findings import document_finding
from annual_reports.reading.media import (
    refuse_blank_text,
    refuse_text_format,
    refuse_unreadable_bytes,
)
from annual_reports.reading.page import Page, PageLink, read_page
from annual_reports.reading.plain_text import read_plain_text
from annual_reports.reading.titles import names_annual_report, title_lines

_PAGE_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<[a-zA-Z!/]", re.DOTALL)
_PAGE_TAG = re.compile(r"<(?:!doctype|html|head|body|meta|div|td|p|span|li)\b", re.IGNORECASE)
_FEWEST_PAGE_TAGS = 6
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|ofd|rtf|zip|rar)(?:$|[?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document read, not yet interpreted.

    `titles` are candidates, most trusted first. `attachments` are links to files that may hold the
    report itself. `findings` are doubts of the reader (class extraction).
    """

    info: DocumentInfo
    blocks: tuple[Block, ...]
    titles: tuple[str, ...]
    site_metadata: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[PageLink, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_document(content: bytes, name: str, url: str | None = None) -> ReadDocument:
    """Read a page or a text; raises QuarantinedDocument with the reason for anything else."""
    refuse_unreadable_bytes(content)
    decoded = decode_text(content)
    refuse_blank_text(decoded.text, len(content))
    refuse_text_format(decoded.text)
    page = read_page(decoded.text) if is_page(decoded.text) else None
    blocks = tuple((page.blocks if page else read_plain_text(decoded.text)).blocks)
    return ReadDocument(
        info=DocumentInfo(
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="text/html" if page else "text/plain",
            charset=decoded.charset,
            url=url,
        ),
        blocks=blocks,
        titles=_title_candidates(page, title_lines(blocks)),
        site_metadata=page.metadata if page else {},
        attachments=_attachments(page),
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


def _attachments(page: Page | None) -> tuple[PageLink, ...]:
    links = page.links if page else ()
    return tuple(link for link in links if _ATTACHMENT.search(link.href))


def _reading_doubts(decoded: DecodedText, page: Page | None) -> tuple[Finding, ...]:
    doubts = []
    if decoded.replaced:
        doubts.append(document_finding("D01", count=decoded.replaced))
    if page and page.hidden_text_read:
        doubts.append(document_finding("D02"))
    return tuple(doubts)
