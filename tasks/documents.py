"""Which documents the lake holds bytes of: derived from the observations, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import polars as pl

from annual_reports.identity.hints import NO_HINTS, IdentityHints
from annual_reports.lake import document_id
from annual_reports.model import DocumentInfo
from annual_reports.reading.ocr.installed import ocr_is_installed
from tasks.observations import HAVING_BYTES, REPORTING, Purpose


def without_ocr(extractor_version: str) -> str:
    """The version recorded for a document that waits for OCR, so that it is read once OCR is there."""
    return f"{extractor_version}-without-ocr"


@dataclass(frozen=True, slots=True, order=True)
class DocumentToRead:
    """One document: bytes by SHA-256 under the address or name they came by.

    `hints`: what sources and people say about it beside its own text. `size` in bytes, 0 where unknown.
    """

    sha256: str
    name: str
    url: str | None
    hints: IdentityHints = field(default=NO_HINTS, compare=False)
    size: int = field(default=0, compare=False)

    @property
    def document_id(self) -> str:
        """The same bytes at two addresses are two documents."""
        return document_id(DocumentInfo(self.name, self.sha256, "", None, self.url))

    def version(self, extractor_version: str) -> str:
        """What its row is recorded under: the reader's version, and the digest of its hints if any."""
        digest = self.hints.digest
        return f"{extractor_version}+{digest}" if digest else extractor_version

    def versions_done(self, extractor_version: str) -> frozenset[str]:
        """Under which versions a row of it is up to date: one made without OCR only until OCR is installed."""
        done = {self.version(extractor_version)}
        if not ocr_is_installed():
            done.add(self.version(without_ocr(extractor_version)))
        return frozenset(done)

    @property
    def shard(self) -> str:
        """Which of the 16 files of a partition its row lives in."""
        return self.sha256[0]


def name_of_url(url: str) -> str:
    """What to call a fetched document: the last part of its path, or the host."""
    parts = urlsplit(url)
    return unquote(PurePosixPath(parts.path).name) or (parts.hostname or url)


def documents_of(observations: pl.DataFrame) -> list[DocumentToRead]:
    """Every report or file whose bytes were received, each once, in order of content hash."""
    received = observations.filter(
        pl.col("purpose").is_in([*REPORTING, Purpose.FILE]),
        pl.col("outcome").is_in(HAVING_BYTES),
        pl.col("sha256").is_not_null(),
    )
    addresses = received.group_by(
        "sha256", pl.coalesce("final_url", "url").alias("url"), "name"
    ).agg(pl.col("bytes").max().fill_null(0))
    return sorted(
        {
            DocumentToRead(sha256, name or name_of_url(url), url, size=size)
            for sha256, url, name, size in addresses.iter_rows()
        },
        key=lambda document: (document.sha256, document.url or "", document.name),
    )
