"""Golden documents, found by listing: `golden/<name>.<ext>` beside `golden/expected/<name>.json`.

An expected file is a transcription by hand: `cells` are what the document says, `status` names the
statuses a cell may have where it is not simply printed (alternatives joined by `|`). A missing
expected file is written from the extraction, and the test fails until somebody has compared it.
Documents below `golden/refused/<reason>/` must be refused for that reason.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import (
    CellStatus,
    Extraction,
    QuarantinedDocument,
    QuarantineReason,
    json_number,
)
from annual_reports.reading.ocr import reader as ocr_reader

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = sorted(path for path in GOLDEN.iterdir() if path.is_file())
NAMES = [path.name for path in DOCUMENTS]
REFUSED = sorted(path.relative_to(GOLDEN / "refused") for path in GOLDEN.glob("refused/*/*"))
VALUED = {CellStatus.PRINTED, CellStatus.INFERRED, CellStatus.CORRECTED}
IDENTITY_KEYS = ("publisher", "year", "province", "county_code", "level")


@cache
def extraction_of(name: str) -> Extraction:
    return extract_document((GOLDEN / name).read_bytes(), name)


def expected_of(name: str) -> dict[str, Any]:
    path = GOLDEN / "expected" / f"{Path(name).stem}.json"
    if not path.exists():
        draft = draft_of(extraction_of(name))
        path.write_text(json.dumps(draft, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"wrote {path.name} from the extraction: compare it with the document by hand")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def draft_of(extraction: Extraction) -> dict[str, Any]:
    """What the extraction says, in the form of an expected file, to be compared by hand."""
    cells = {key: (cell.value, cell.status) for key, cell in cells_by_key(extraction).items()}
    return {
        "document": extraction.document.name,
        **{key: getattr(extraction.identity, key) for key in IDENTITY_KEYS},
        "templates": dict(extraction.templates),
        "status_of_report": extraction.status,
        "findings": [
            {"rule_id": rule_id, "scope": scope} for rule_id, scope in sorted(failures(extraction))
        ],
        "notes": "NOT COMPARED WITH THE DOCUMENT YET",
        "status": {k: s.value for k, (_, s) in cells.items() if s is not CellStatus.PRINTED},
        "cells": {key: json_number(value) for key, (value, _) in cells.items()},
        "local_statistics": local_statistics_of(extraction),
    }


def local_statistics_of(extraction: Extraction) -> list[list[Any]]:
    return [
        [
            one.label,
            one.column,
            json_number(one.value) if one.value is not None else one.status.value,
            one.unit,
            one.canonical,
        ]
        for one in extraction.local_statistics
    ]


def cells_by_key(extraction: Extraction) -> dict[str, Any]:
    return {f"{c.table}.{c.row_key}.{c.column_key}": c for c in extraction.cells}


def failures(extraction: Extraction) -> set[tuple[str, str]]:
    return {(finding.rule_id, finding.scope) for finding in extraction.findings}


@pytest.mark.parametrize("name", NAMES)
def test_cells_are_exactly_those_of_the_document(name: str) -> None:
    expected = expected_of(name)
    found = cells_by_key(extraction_of(name))
    wrong = {}
    for key, value in expected["cells"].items():
        allowed = expected["status"].get(key, "printed").split("|")
        cell = found.get(key)
        if cell is None:
            wrong[key] = "no such cell in the extraction"
        elif cell.status.value not in allowed:
            wrong[key] = f"{cell.status.value} {cell.value}, expected {'|'.join(allowed)} {value}"
        elif cell.status in VALUED and json_number(cell.value) != value:
            wrong[key] = f"{cell.status.value} {cell.value}, expected {value}"
    assert wrong == {}
    assert set(found) == set(expected["cells"])


@pytest.mark.parametrize("name", NAMES)
def test_identity_and_forms(name: str) -> None:
    expected, extraction = expected_of(name), extraction_of(name)
    identity = {key: getattr(extraction.identity, key) for key in IDENTITY_KEYS}
    assert identity == {key: expected[key] for key in IDENTITY_KEYS}
    assert dict(extraction.templates) == expected["templates"]


@pytest.mark.parametrize("name", NAMES)
def test_required_findings_and_status_of_the_report(name: str) -> None:
    expected, extraction = expected_of(name), extraction_of(name)
    required = {(finding["rule_id"], finding["scope"]) for finding in expected["findings"]}
    assert required <= failures(extraction)
    assert extraction.status in expected["status_of_report"].split("|")


@pytest.mark.parametrize("name", NAMES)
def test_claims_of_the_prose(name: str) -> None:
    expected, extraction = expected_of(name), extraction_of(name)
    claims = {
        claim.metric: [json_number(claim.value), claim.verdict] for claim in extraction.claims
    }
    for metric, claim in expected.get("claims", {}).items():
        assert claims.get(metric) == claim


@pytest.mark.parametrize("name", NAMES)
def test_local_statistics_are_exactly_those_of_the_document(name: str) -> None:
    """[label, column, value or status, unit, canonical key] of every cell, in reading order."""
    assert local_statistics_of(extraction_of(name)) == expected_of(name).get("local_statistics", [])


@pytest.mark.parametrize("name", NAMES)
def test_printed_cells_say_where_they_stand(name: str) -> None:
    for key, cell in cells_by_key(extraction_of(name)).items():
        if cell.status is CellStatus.PRINTED:
            place = cell.evidence
            assert place.table_index is not None, key
            assert place.line is not None or place.row is not None, key
            assert cell.raw, key


def test_every_expected_file_has_its_document() -> None:
    stems = {path.stem for path in DOCUMENTS}
    assert {path.stem for path in (GOLDEN / "expected").glob("*.json")} == stems
    assert len(stems) == len(DOCUMENTS)


def test_no_expected_file_waits_for_comparison() -> None:
    for path in (GOLDEN / "expected").glob("*.json"):
        notes = json.loads(path.read_text(encoding="utf-8"))["notes"]
        assert "NOT COMPARED" not in notes, path.name


@pytest.mark.parametrize("path", REFUSED, ids=str)
def test_documents_below_refused_are_refused_for_their_folder(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path.parent.name == "needs_ocr":
        monkeypatch.setattr(ocr_reader, "ocr_is_installed", lambda: False)
    with pytest.raises(QuarantinedDocument) as refusal:
        extract_document((GOLDEN / "refused" / path).read_bytes(), path.name)
    assert refusal.value.reason.value == path.parent.name
    assert refusal.value.message
    assert refusal.value.remedy


def test_refusals_are_kept_under_reasons_that_exist() -> None:
    folders = {path.name for path in (GOLDEN / "refused").iterdir()}
    assert folders <= {reason.value for reason in QuarantineReason}
