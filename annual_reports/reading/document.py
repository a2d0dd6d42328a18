"""Bytes of one document to what the decoder, the identifier and the narrative reader need."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from annual_reports.model import Block, DocumentInfo, Finding
from annual_reports.reading.content import Content, PageLink
from annual_reports.reading.media import (
    recognise_binary,
    recognise_text_format,
    refuse_medium,
    refuse_unreadable_size,
)
from annual_reports.reading.office.readers import OFFICE_READERS
from annual_reports.reading.page_or_text import read_page_or_text
from annual_reports.reading.pdf import read_pdf

Reader = Callable[[bytes], Content]

READERS: Mapping[str, Reader] = {**OFFICE_READERS, "application/pdf": read_pdf}
"""The readers of binary media by media type (`media_signatures.csv`, `container_media.csv`)."""

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
    """Read a document by its bytes; raises QuarantinedDocument with the reason where that is not possible."""
    refuse_unreadable_size(content)
    read = _reader_of(content)(content)
    return ReadDocument(
        info=DocumentInfo(
            name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            media_type=read.media_type,
            charset=read.charset,
            url=url,
        ),
        blocks=read.blocks,
        titles=read.titles,
        site_metadata=read.site_metadata,
        attachments=tuple(link for link in read.links if _ATTACHMENT.search(link.href)),
        findings=read.findings,
    )


def _reader_of(content: bytes) -> Reader:
    kind = recognise_binary(content) or recognise_text_format(content)
    if kind is None:
        return read_page_or_text
    if kind.media_type not in READERS:
        refuse_medium(kind)
    return READERS[kind.media_type]
