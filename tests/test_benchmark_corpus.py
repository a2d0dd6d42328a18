"""The documents of `make bench` are reports that can be read whole; else it would measure refusals."""

from __future__ import annotations

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import CellStatus
from benchmarks.corpus import HTML_STYLES, TEXT_STYLES, made_reports


@pytest.mark.parametrize("style", HTML_STYLES + TEXT_STYLES)
def test_made_reports_are_read_whole_and_hold_their_sums(style: str) -> None:
    for report in made_reports(6, (style,)):
        extraction = extract_document(report.content, report.name)
        assert extraction.status == "ok"
        assert len(extraction.cells) == 200
        assert {cell.status for cell in extraction.cells} == {CellStatus.PRINTED}


def test_the_same_seed_makes_the_same_reports() -> None:
    assert list(made_reports(9, TEXT_STYLES)) == list(made_reports(9, TEXT_STYLES))
