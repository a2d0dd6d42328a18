"""Reading a batch of documents from the raw store: rows of `extracted/`, or reasons why not."""

from __future__ import annotations

import faulthandler
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from annual_reports.extract import EXTRACTOR_VERSION, extract_document
from annual_reports.lake import extraction_frame
from annual_reports.model import Extraction, QuarantinedDocument, QuarantineReason
from tasks.documents import DocumentToRead
from tasks.raw_store import RawObjectLostError, RawStore

LONGEST_SECONDS_PER_DOCUMENT = 300.0


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A document set aside whole: one row of `quarantined/documents`."""

    document_id: str
    name: str
    url: str | None
    sha256: str
    bytes: int
    reason: str
    document_kind: str | None
    message: str
    remedy: str
    extractor_version: str


@dataclass(frozen=True, slots=True)
class ReadPart:
    """Rows that belong into one file of `extracted/`: an Arrow IPC frame of whole documents."""

    shard: str
    province: str
    year: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """What became of a batch: rows, documents set aside, and documents whose bytes are lost."""

    document_ids: tuple[str, ...]
    parts: tuple[ReadPart, ...] = ()
    quarantined: tuple[QuarantinedRow, ...] = ()
    lost: tuple[str, ...] = ()


def read_batch(store: RawStore, documents: Sequence[DocumentToRead]) -> ReadBatch:
    """Read every document of a batch. What stops one document must not stop the others."""
    read: dict[tuple[str, str, int], list[tuple[Extraction, str]]] = defaultdict(list)
    quarantined: list[QuarantinedRow] = []
    lost: list[str] = []
    for document in documents:
        faulthandler.dump_traceback_later(LONGEST_SECONDS_PER_DOCUMENT, exit=True)
        try:
            content = store.read(document.sha256)
        except RawObjectLostError as error:
            lost.append(str(error))
            continue
        try:
            extraction = extract_document(content, document.name, document.url, document.hints)
            place = (document.shard, extraction.identity.province, _year_of(extraction))
            read[place].append((extraction, document.version(EXTRACTOR_VERSION)))
        except QuarantinedDocument as refusal:
            quarantined.append(quarantined_row(document, len(content), refusal))
    faulthandler.cancel_dump_traceback_later()
    return ReadBatch(
        tuple(document.document_id for document in documents),
        tuple(_part(place, extractions) for place, extractions in sorted(read.items())),
        tuple(quarantined),
        tuple(lost),
    )


def _year_of(extraction: Extraction) -> int:
    if extraction.identity.year is None:
        raise QuarantinedDocument(
            QuarantineReason.YEAR_UNRESOLVED,
            "看不出是哪一年的年度报告 the year reported on cannot be told",
            "请核对原文标题；可在来源文件中写明年份 check the title, or name the year in the source",
        )
    return extraction.identity.year


def _part(place: tuple[str, str, int], read: Sequence[tuple[Extraction, str]]) -> ReadPart:
    buffer = io.BytesIO()
    versions = pl.Series("extractor_version", [version for _, version in read], pl.String)
    extraction_frame([one for one, _ in read]).with_columns(versions).write_ipc(buffer)
    return ReadPart(*place, buffer.getvalue())


def quarantined_row(
    document: DocumentToRead, size: int, refusal: QuarantinedDocument
) -> QuarantinedRow:
    """The row that keeps a refused document in sight."""
    return QuarantinedRow(
        document_id=document.document_id,
        name=document.name,
        url=document.url,
        sha256=document.sha256,
        bytes=size,
        reason=refusal.reason.value,
        document_kind=refusal.document_kind,
        message=refusal.message,
        remedy=refusal.remedy,
        extractor_version=document.version(EXTRACTOR_VERSION),
    )
