"""`gongkai explain DOCUMENT identity`: why a report stands under its publisher, place and year."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl
from rich.markup import escape

from annual_reports.extract import extract_document
from annual_reports.identity.explanation import (
    evidence_lines,
    identity_facts,
    what_is_missing,
    year_lines,
)
from annual_reports.model import Identity, IdentityEvidence, QuarantinedDocument
from gongkai.errors import CommandError
from gongkai.screen import screen
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths, open_lake
from tasks.lake_summary import scan_published
from tasks.parquet_files import scan_frame

_HOW_TO_SETTLE = (
    "人工决定写在 corrections/ 文件夹（见其 README），下一次运行即采用 "
    "settle it in corrections/ (see its README); the next run uses it"
)


def explain_identity(place: str | None, document: str) -> int:
    """Print what was found, every piece of evidence, and what is missing.

    `document`: a report number, a document number, a SHA-256 (or the beginning of either), an
    address, or a file.
    """
    console = screen()
    found = _identity_of_file(document) or _identity_in_lake(open_lake(place), document)
    if isinstance(found, str):
        console.print(found, soft_wrap=True, markup=False)
        return 0
    for label, value in identity_facts(found):
        console.print(f"[bold]{label}[/]: {escape(value)}", soft_wrap=True)
    for heading, lines in (
        ("年份的依据 evidence for the year", year_lines(found)),
        ("地方的依据 evidence for the place", evidence_lines(found)),
        ("还缺什么 what is missing", what_is_missing(found)),
    ):
        console.print(f"[bold]{heading}[/]:")
        for line in list(lines) or ["无 none"]:
            console.print(f"  {escape(line)}", soft_wrap=True)
    if any(what_is_missing(found)):
        console.print(_HOW_TO_SETTLE, soft_wrap=True, markup=False)
    return 0


def _identity_of_file(document: str) -> Identity | str | None:
    path = Path(document)
    if "://" in document or not path.is_file():
        return None
    try:
        return extract_document(path.read_bytes(), path.name).identity
    except QuarantinedDocument as refusal:
        return f"{refusal.message}\n{refusal.remedy}"


def _identity_in_lake(lake: LakePaths, document: str) -> Identity | str:
    published = scan_published(lake, "reports").filter(pl.col("report_id") == document)
    reports = published.select("document_id").collect()
    key = reports["document_id"][0] if reports.height else document
    row = _extracted_row(lake, key)
    if row is not None:
        return _identity(row)
    refused = read_quarantined(lake).filter(_is_meant(key))
    if refused.height:
        one = refused.row(0, named=True)
        return f"{one['name']}: {one['message']}\n{one['remedy']}"
    raise CommandError(
        f"没有这份文档 no document {document} in {lake.root}; give a report number, a document number, "
        f"a SHA-256, an address or a file"
    )


def _extracted_row(lake: LakePaths, key: str) -> dict[str, Any] | None:
    for path in sorted(lake.extractions.glob("province=*/year=*/*.parquet")):
        rows = scan_frame(path, hive_partitioning=False).filter(_is_meant(key)).collect()
        if rows.height:
            return rows.row(0, named=True)
    return None


def _is_meant(key: str) -> pl.Expr:
    is_number = len(key) >= 6 and all(character in "0123456789abcdef" for character in key)
    by_number = (
        pl.col("document_id").str.starts_with(key) | pl.col("sha256").str.starts_with(key)
        if is_number
        else pl.lit(False)
    )
    return by_number | (pl.col("url") == key).fill_null(False) | (pl.col("name") == key)


def _identity(row: dict[str, Any]) -> Identity:
    known = {field.name: row[field.name] for field in fields(Identity) if field.name in row}
    return Identity(
        **{
            **known,
            "province": row["partition_province"],
            "year": row["report_year"],
            "year_candidates": tuple(
                (one["year"], one["source"]) for one in row["year_candidates"]
            ),
            "evidence": tuple(IdentityEvidence(**one) for one in row["identity_evidence"]),
        }
    )
