"""What must hold of every outcome, whatever the bytes were."""

from __future__ import annotations

import re
import unicodedata

from annual_reports.extract import extract_documents
from annual_reports.lake import document_id, extraction_frame
from annual_reports.model import Cell, CellStatus, Extraction, RefusedDocument

_NOT_DIGITS = re.compile(r"\D+")
_WITH_NUMBER = {CellStatus.PRINTED, CellStatus.INFERRED}


def read_and_check(content: bytes, name: str = "document") -> None:
    """Read the bytes; raises AssertionError where an outcome says what nothing supports."""
    outcomes = extract_documents(content, name, "http://www.example.gov.cn/a.html")
    assert outcomes
    assert len({document_id(one.document) for one in outcomes}) == len(outcomes)
    assert {one.document.part_count for one in outcomes} == {len(outcomes)}
    for outcome in outcomes:
        if isinstance(outcome, RefusedDocument):
            assert outcome.refusal.message and outcome.refusal.remedy
        else:
            _check_extraction(outcome)
    extraction_frame([one for one in outcomes if isinstance(one, Extraction)])


def _check_extraction(extraction: Extraction) -> None:
    keys = [(cell.table, cell.row_key, cell.column_key) for cell in extraction.cells]
    assert len(keys) == len(set(keys))
    for cell in extraction.cells:
        assert (cell.value is not None) == (cell.status in _WITH_NUMBER), cell
        if cell.status is CellStatus.PRINTED:
            _check_printed(cell)
        if cell.status is CellStatus.INFERRED:
            assert cell.evidence.rules, cell
    if any(cell.status is CellStatus.UNREADABLE for cell in extraction.cells):
        assert extraction.status == "needs_review"
        assert any(finding.finding_class == "extraction" for finding in extraction.findings)


def _check_printed(cell: Cell) -> None:
    """A printed number stands in the text it was read from, and that text has a place."""
    assert cell.raw and cell.evidence.table_index is not None, cell
    if isinstance(cell.value, int) and cell.column_key != "amount_10k_yuan":
        digits = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", cell.raw))
        assert digits and int(digits) == abs(cell.value), cell
