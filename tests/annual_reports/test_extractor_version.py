"""A lake reads a document again only when EXTRACTOR_VERSION changes, so it must change with the output."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from annual_reports.extract import EXTRACTOR_VERSION, extract_documents
from annual_reports.model import Outcome, RefusedDocument, extraction_to_object
from annual_reports.reading.ocr import reader as ocr_reader

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("extractor_version.json")
READ_ALIKE_EVERYWHERE = {".html", ".txt", ".md", ".docx", ".doc", ".rtf", ".xlsx", ".zip", ".gz"}
"""Not PDF: what pdfium makes of a font that is not embedded depends on the fonts of the machine."""
DOCUMENTS = sorted(
    path
    for folder in (ROOT / "tests" / "golden", ROOT / "sample_site" / "pages")
    for path in folder.rglob("*")
    if path.suffix in READ_ALIKE_EVERYWHERE and "expected" not in path.parts
)


def fingerprint() -> str:
    """One hash over what the reader says of every golden document and sample page."""
    digest = hashlib.sha256()
    for path in DOCUMENTS:
        for outcome in extract_documents(path.read_bytes(), path.name):
            said = _said(outcome)
            digest.update(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def _said(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, RefusedDocument):
        return {"reason": outcome.refusal.reason.value, "message": outcome.refusal.message}
    return extraction_to_object(outcome)


def test_the_version_of_the_reader_changes_with_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr_reader, "ocr_is_installed", lambda: False)
    now = {"version": EXTRACTOR_VERSION, "sha256": fingerprint()}
    if not RECORD.exists():
        RECORD.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        raise AssertionError(f"{RECORD.name} was missing and has been written: commit it")
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert now == recorded, (
        "the reader says something else than before: raise EXTRACTOR_VERSION, so that lakes read "
        f"their documents again, then delete {RECORD.name} and run this test once to record it"
    )
