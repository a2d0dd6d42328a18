"""MHTML (a page saved with its pictures, as Word and browsers do) and e-mails that are a page."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import Message

from annual_reports.reading.content import Content
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.page_or_text import read_page_or_text
from schemas.office import MAX_NESTING

MEDIA_TYPE = "multipart/related"
_KIND = "MHTML"
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


def read_web_archive(content: bytes) -> Content:
    """The page that the archive starts with; raises QuarantinedDocument."""
    if content.lower().count(b"multipart/") > MAX_NESTING:
        raise office_refusal("too_deep", limit=MAX_NESTING)
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    page = _page(message)
    if page is None:
        raise office_refusal("no_document", kind=_KIND)
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise office_refusal("damaged", kind=_KIND)
    return replace(read_page_or_text(payload), media_type=MEDIA_TYPE)


def _page(message: Message) -> Message | None:
    """The first page among the parts; pictures and frames come behind it."""
    return next((part for part in message.walk() if part.get_content_type() in _PAGE_TYPES), None)
