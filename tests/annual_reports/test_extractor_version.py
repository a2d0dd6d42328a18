"""A lake reads a document again only when EXTRACTOR_VERSION changes, so it must change with the output."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from annual_reports.extract import EXTRACTOR_VERSION, extract_document
from annual_reports.model import QuarantinedDocument, extraction_to_object

ROOT = Path(__file__).resolve().parents[2]
RECORD = Path(__file__).with_name("extractor_version.json")
DOCUMENTS = sorted(
    path
    for folder in (ROOT / "tests" / "golden", ROOT / "sample_site" / "pages")
    for path in folder.rglob("*")
    if path.suffix in {".html", ".txt", ".md"} and "expected" not in path.parts
)


def fingerprint() -> str:
    """One hash over what the reader says of every golden document and sample page."""
    digest = hashlib.sha256()
    for path in DOCUMENTS:
        try:
            said = extraction_to_object(extract_document(path.read_bytes(), path.name))
        except QuarantinedDocument as refusal:
            said = {"reason": refusal.reason.value, "message": refusal.message}
        digest.update(json.dumps(said, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def test_the_version_of_the_reader_changes_with_what_it_says() -> None:
    now = {"version": EXTRACTOR_VERSION, "sha256": fingerprint()}
    if not RECORD.exists():
        RECORD.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        raise AssertionError(f"{RECORD.name} was missing and has been written: commit it")
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert now == recorded, (
        "the reader says something else than before: raise EXTRACTOR_VERSION, so that lakes read "
        f"their documents again, then delete {RECORD.name} and run this test once to record it"
    )
