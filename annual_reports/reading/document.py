"""Bytes of one document to what the decoder, the identifier and the narrative reader need."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from annual_reports.model import (
    Block,
    DocumentInfo,
    Finding,
    QuarantinedDocument,
    RefusedDocument,
)
from annual_reports.reading.archives import (
    ARCHIVES,
    GZIP,
    MAX_DEPTH,
    Allowance,
    empty_archive,
    gzip_content,
    too_deep,
    zip_members,
)
from annual_reports.reading.attachments import file_links
from annual_reports.reading.content import Content, PageLink
from annual_reports.reading.limits import refuse_oversized
from annual_reports.reading.media import (
    recognise_binary,
    recognise_text_format,
    refuse_medium,
    refuse_unreadable_size,
)
from annual_reports.reading.ocr.reader import read_picture
from annual_reports.reading.office.readers import OFFICE_READERS
from annual_reports.reading.page_or_text import read_page_or_text
from annual_reports.reading.pdf import read_pdf
from annual_reports.reading.radicals import content_with_ideographs
from schemas.media import MediaKind

Reader = Callable[[bytes], Content]


def _in_ideographs(read: Reader) -> Reader:
    """A reader of files into which text was pasted from printed pages."""
    return lambda content: content_with_ideographs(read(content))


_PICTURES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp")

READERS: Mapping[str, Reader] = {
    **{media_type: _in_ideographs(read) for media_type, read in OFFICE_READERS.items()},
    "application/pdf": read_pdf,
    **{media_type: partial(read_picture, media_type=media_type) for media_type in _PICTURES},
}
"""The readers of binary media by media type (`media_signatures.csv`, `container_media.csv`)."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document read, not yet interpreted.

    `size` is in bytes, `titles` are candidates, most trusted first. `attachments` are links to files that may hold the
    report itself. `findings` are doubts of the reader (class extraction). `context` are lines of the
    page round all reports in it, for a part that is one of several.
    `recognised_pages` (from 1) were read by OCR: their numbers need confirmation.
    """

    info: DocumentInfo
    size: int
    blocks: tuple[Block, ...]
    titles: tuple[str, ...]
    site_metadata: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[PageLink, ...] = ()
    findings: tuple[Finding, ...] = ()
    context: tuple[str, ...] = ()
    recognised_pages: frozenset[int] = frozenset()


def read_documents(
    content: bytes, name: str, url: str | None = None
) -> Iterator[ReadDocument | RefusedDocument]:
    """Read a document by its bytes: one document, or one for each member of an archive.

    What cannot be read comes as a RefusedDocument; nothing is raised and nothing left out.
    """
    info = DocumentInfo(name, hashlib.sha256(content).hexdigest(), "", None, url)
    yield from _read(content, info, 0, Allowance())


def read_document(content: bytes, name: str, url: str | None = None) -> ReadDocument:
    """The one document in bytes known to be no archive: raises its QuarantinedDocument if refused."""
    (read,) = read_documents(content, name, url)
    if isinstance(read, RefusedDocument):
        raise read.refusal
    return read


def _read(
    content: bytes, info: DocumentInfo, depth: int, allowance: Allowance
) -> Iterator[ReadDocument | RefusedDocument]:
    try:
        refuse_unreadable_size(content)
        kind = recognise_binary(content) or recognise_text_format(content)
        if kind is not None and kind.media_type in ARCHIVES:
            yield from _read_archive(content, kind.media_type, info, depth, allowance)
        else:
            yield _read_one(content, kind, info)
    except QuarantinedDocument as refusal:
        yield RefusedDocument(info, len(content), refusal)


def _read_archive(
    content: bytes, media_type: str, info: DocumentInfo, depth: int, allowance: Allowance
) -> Iterator[ReadDocument | RefusedDocument]:
    if depth >= MAX_DEPTH:
        raise too_deep()
    if media_type == GZIP:
        yield from _read(gzip_content(content, allowance), info, depth + 1, allowance)
        return
    members = 0
    for member in zip_members(content, allowance):
        members += 1
        part = replace(info, part=f"{info.part}/{member.name}".lstrip("/"))
        if member.refusal is not None:
            yield RefusedDocument(part, len(member.content), member.refusal)
        else:
            yield from _read(member.content, part, depth + 1, allowance)
    if not members:
        raise empty_archive()


def _read_one(content: bytes, kind: MediaKind | None, info: DocumentInfo) -> ReadDocument:
    read = _reader_of(kind)(content)
    refuse_oversized(read.blocks)
    return ReadDocument(
        info=replace(info, media_type=read.media_type, charset=read.charset),
        size=len(content),
        blocks=read.blocks,
        titles=read.titles,
        site_metadata=read.site_metadata,
        attachments=file_links(read.links),
        findings=read.findings,
        recognised_pages=read.recognised_pages,
    )


def _reader_of(kind: MediaKind | None) -> Reader:
    if kind is None:
        return read_page_or_text
    if kind.media_type not in READERS:
        refuse_medium(kind)
    return READERS[kind.media_type]
