"""Reading a batch of documents from the raw store: rows of `extracted/`, or reasons why not."""

from __future__ import annotations

import faulthandler
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial

import polars as pl

from annual_reports.extract import EXTRACTOR_VERSION, extract_documents
from annual_reports.lake import document_id, extraction_frame
from annual_reports.model import (
    DocumentInfo,
    Extraction,
    QuarantinedDocument,
    QuarantineReason,
    RefusedDocument,
)
from schemas.polars_schemas import polars_schema
from tasks.disk_faults import remedy_of
from tasks.documents import DocumentToRead, without_ocr
from tasks.raw_store import RawObjectLostError, RawStore

QUARANTINED_SCHEMA = polars_schema("quarantined_documents")

LONGEST_SECONDS_PER_DOCUMENT = 300.0
_FETCHED_AHEAD = 8
"""Documents on their way from a store over the network while one is read."""


class LakeFailedError(OSError):
    """Raised when the lake cannot be read or written: the fault of no document, and it may pass."""


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A document, or a part of one, set aside whole: one row of `quarantined/documents`."""

    document_id: str
    source_document_id: str
    part: str
    part_count: int
    name: str
    url: str | None
    sha256: str
    bytes: int
    reason: str
    document_kind: str | None
    message: str
    remedy: str
    attachments: str | None
    extractor_version: str


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What became of a batch: rows, documents set aside, and documents whose bytes are lost.

    `rows`: EXTRACTION_SCHEMA, one row per report read. `quarantined`: QUARANTINED_SCHEMA. What the lake
    holds of a lost document stays as it is.
    """

    rows: pl.DataFrame
    quarantined: pl.DataFrame
    lost: tuple[str, ...] = ()


def read_batch(store: RawStore, documents: Sequence[DocumentToRead]) -> ReadBatch:
    """Read every document of a batch. What stops one document must not stop the others.

    Raises LakeFailedError where the store cannot be read at all.
    """
    read: list[tuple[Extraction, str]] = []
    quarantined: list[QuarantinedRow] = []
    lost: list[str] = []
    try:
        for document, bytes_of_it in _fetched(store, documents):
            faulthandler.dump_traceback_later(LONGEST_SECONDS_PER_DOCUMENT, exit=True)
            try:
                content = bytes_of_it()
            except RawObjectLostError as error:
                lost.append(str(error))
                continue
            except OSError as error:
                raise LakeFailedError(
                    remedy_of(error) or f"{type(error).__name__}: {error}"
                ) from error
            for outcome in extract_documents(content, document.name, document.url, document.hints):
                if isinstance(outcome, RefusedDocument):
                    quarantined.append(quarantined_row(document, outcome))
                elif outcome.identity.year is None:
                    aside = _refused_without_year(outcome, len(content))
                    quarantined.append(quarantined_row(document, aside))
                else:
                    read.append((outcome, document.version(EXTRACTOR_VERSION)))
    finally:
        faulthandler.cancel_dump_traceback_later()
    return ReadBatch(_rows(read), quarantined_frame(quarantined), tuple(lost))


def _fetched(
    store: RawStore, documents: Sequence[DocumentToRead]
) -> Iterator[tuple[DocumentToRead, Callable[[], bytes]]]:
    """Each document, and what gives its bytes or raises as the store does."""
    if not store.is_remote:
        yield from ((document, partial(store.read, document.sha256)) for document in documents)
        return
    under_way: deque[tuple[DocumentToRead, Future[bytes]]] = deque()
    with ThreadPoolExecutor(_FETCHED_AHEAD) as fetchers:
        for document in documents:
            under_way.append((document, fetchers.submit(store.read, document.sha256)))
            if len(under_way) > _FETCHED_AHEAD:
                first, fetched = under_way.popleft()
                yield first, fetched.result
        for last, fetched in under_way:
            yield last, fetched.result


def _rows(read: Sequence[tuple[Extraction, str]]) -> pl.DataFrame:
    versions = pl.Series("extractor_version", [version for _, version in read], pl.String)
    return extraction_frame([one for one, _ in read]).with_columns(versions)


def quarantined_frame(rows: Sequence[QuarantinedRow]) -> pl.DataFrame:
    """Documents set aside, as they stand in `quarantined/documents`."""
    return pl.DataFrame([asdict(row) for row in rows], schema=QUARANTINED_SCHEMA)


def _refused_without_year(extraction: Extraction, size: int) -> RefusedDocument:
    refusal = QuarantinedDocument(
        QuarantineReason.YEAR_UNRESOLVED,
        "看不出是哪一年的年度报告 the year reported on cannot be told",
        "请核对原文标题；可在来源文件中写明年份 check the title, or name the year in the source",
    )
    return RefusedDocument(extraction.document, size, refusal)


def quarantined_row(document: DocumentToRead, refused: RefusedDocument) -> QuarantinedRow:
    """The row that keeps a refused document, or a refused part of one, in sight."""
    info, refusal = refused.document, refused.refusal
    waits = refusal.reason is QuarantineReason.NEEDS_OCR
    version = without_ocr(EXTRACTOR_VERSION) if waits else EXTRACTOR_VERSION
    return QuarantinedRow(
        document_id=document_id(info),
        source_document_id=document.document_id,
        part=info.part,
        part_count=info.part_count,
        name=document.name,
        url=document.url,
        sha256=document.sha256,
        bytes=refused.size,
        reason=refusal.reason.value,
        document_kind=refusal.document_kind,
        message=refusal.message,
        remedy=refusal.remedy,
        attachments="\n".join(refusal.attachments) or None,
        extractor_version=document.version(version),
    )


def refused_whole(
    document: DocumentToRead, size: int, refusal: QuarantinedDocument
) -> QuarantinedRow:
    """The row of a document that was refused before anything in it was read."""
    info = DocumentInfo(document.name, document.sha256, "", None, document.url)
    return quarantined_row(document, RefusedDocument(info, size, refusal))
