"""The documents of `make bench` are reports that can be read whole; else it would measure refusals."""

from __future__ import annotations

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import CellStatus
from benchmarks.corpus import HTML_STYLES, MIXED_STYLES, OFFICE_STYLES, TEXT_STYLES, made_reports


@pytest.mark.parametrize("style", HTML_STYLES + TEXT_STYLES)
def test_made_reports_are_read_whole_and_hold_their_sums(style: str) -> None:
    for report in made_reports(6, (style,)):
        extraction = extract_document(report.content, report.name)
        assert extraction.status == "ok"
        assert len(extraction.cells) == 200
        assert {cell.status for cell in extraction.cells} == {CellStatus.PRINTED}


def test_the_same_seed_makes_the_same_reports() -> None:
    assert list(made_reports(9, TEXT_STYLES)) == list(made_reports(9, TEXT_STYLES))


@pytest.mark.parametrize("style", OFFICE_STYLES)
def test_made_office_files_are_read_whole(style: str) -> None:
    for report in made_reports(3, (style,)):
        extraction = extract_document(report.content, report.name)
        assert extraction.identity.year in range(2021, 2026)
        statuses = {cell.status for cell in extraction.cells}
        assert CellStatus.PRINTED in statuses
        assert CellStatus.UNREADABLE not in statuses


def test_the_parts_of_a_corpus_are_those_of_the_whole_in_number_and_style() -> None:
    whole = list(made_reports(44, MIXED_STYLES))
    parts = [one for first in (0, 22) for one in made_reports(22, MIXED_STYLES, first=first)]
    assert [(one.name, one.style) for one in parts] == [(one.name, one.style) for one in whole]
    assert len({one.content for one in parts}) == 44
