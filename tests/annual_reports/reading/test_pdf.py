"""PDF reports drawn in many styles: every printed cell right, with its page and box."""

from __future__ import annotations

import random

import pytest

from annual_reports.extract import extract_document, extract_documents
from annual_reports.model import CellStatus, Extraction, QuarantinedDocument, QuarantineReason
from tests.damage.physical import drawn_tables
from tests.damage.styles import BETWEEN, CLOSING, OPENING, REVIEW
from tests.damage.truths import Truth, random_truth
from tests.rendering.pdf import STYLES, render_pdf

TITLE = "淳安县威坪镇2023年政府信息公开工作年度报告"
PROSE = ((TITLE, *OPENING[1:]), (BETWEEN,), (REVIEW,), CLOSING)
RULED = tuple(style for style in STYLES if style != "unruled")


def drawn(style: str, seed: int) -> tuple[Truth, bytes]:
    source = random.Random(f"{style}/{seed}")
    truth = random_truth(source)
    return truth, render_pdf(drawn_tables(truth), PROSE, style, source)


def wrong_cells(truth: Truth, extraction: Extraction) -> list[object]:
    return [
        (cell, truth.values.get(cell[:3]))
        for cell in extraction.cells
        if cell.value is not None and cell.value != truth.values.get(cell[:3])
    ]


@pytest.mark.parametrize("style", RULED)
def test_every_cell_of_a_ruled_pdf(style: str) -> None:
    for seed in range(3):
        truth, content = drawn(style, seed)
        extraction = extract_document(content, "report.pdf")
        assert wrong_cells(truth, extraction) == []
        read = {cell[:3]: cell.value for cell in extraction.cells}
        assert read == truth.values
        assert [s.number for s in extraction.sections if s.number] == [1, 2, 3, 4, 5, 6]
        assert extraction.title == TITLE
        assert extraction.identity.year == 2023


@pytest.mark.parametrize("style", RULED)
def test_a_cell_names_its_page_and_box(style: str) -> None:
    _, content = drawn(style, 7)
    for cell in extract_document(content, "report.pdf").cells:
        assert cell.status is CellStatus.PRINTED, cell
        assert cell.evidence.page is not None and cell.evidence.page >= 1
        assert cell.evidence.box is not None
        left, top, right, bottom = cell.evidence.box
        assert 0 <= left < right and 0 <= top < bottom


@pytest.mark.parametrize("style", [style for style in RULED if not STYLES[style].open_sides])
def test_where_a_row_ends_is_seen_by_its_rules(style: str) -> None:
    """An empty last cell is drawn; where a row of table two lost one of its cells nothing is."""
    source = random.Random(style)
    truth = random_truth(source)
    (*rows, last), three, four = drawn_tables(truth)
    at = next(n for n, row in enumerate(rows) if sum(cell.key is not None for cell in row) == 3)
    row = rows[at]
    key = row[-1].key
    assert key is not None
    for changed, expect in (
        (row[:-1], [None, None, None]),
        (
            (*row[:-1], row[-1].saying("")),
            [truth.values[c.key] for c in row[1:-1] if c.key] + [None],
        ),
    ):
        two = (*rows[:at], changed, *rows[at + 1 :], last)
        content = render_pdf((two, three, four), PROSE, style, source)
        cells = extract_document(content, "report.pdf").cells
        assert [cell.value for cell in cells if cell[:2] == key[:2]] == expect
        assert all(cell.value == truth.values[cell[:3]] for cell in cells if cell[:2] != key[:2])


def test_two_reports_in_one_pdf_are_told_apart() -> None:
    source = random.Random(4)
    truths = [random_truth(source) for _ in range(2)]
    names = ("淳安县威坪镇", "淳安县梓桐镇")
    tables = [table for truth in truths for table in drawn_tables(truth)]
    first, second = (
        ((f"{name}2023年政府信息公开工作年度报告", *OPENING[1:]), (BETWEEN,), (REVIEW,), CLOSING)
        for name in names
    )
    prose = (*first[:3], (*first[3], *second[0]), *second[1:])
    content = render_pdf(tables, prose, "ruled", source)
    found = [
        one for one in extract_documents(content, "reports.pdf") if isinstance(one, Extraction)
    ]
    assert [one.title for one in found] == [group[0][0] for group in (first, second)]
    for truth, extraction in zip(truths, found, strict=True):
        assert {cell[:3]: cell.value for cell in extraction.cells} == truth.values


def test_nothing_in_an_unruled_pdf_is_wrong() -> None:
    for seed in range(6):
        truth, content = drawn("unruled", seed)
        assert wrong_cells(truth, extract_document(content, "report.pdf")) == []


def test_paragraphs_are_joined_over_lines_and_page_numbers_are_no_prose() -> None:
    _, content = drawn("short_pages", 1)
    texts = [s.text for s in extract_document(content, "report.pdf").sections]
    assert any(OPENING[2].replace(" ", "") in text for text in texts)
    assert not any("- 1 -" in text or "公开版" in text for text in texts)


def test_a_damaged_pdf_is_set_aside() -> None:
    _, content = drawn("ruled", 1)
    with pytest.raises(QuarantinedDocument) as refusal:
        extract_document(content[:300], "report.pdf")
    assert refusal.value.reason is QuarantineReason.CUT_OFF


def test_nothing_read_from_the_rest_of_a_cut_pdf_is_wrong() -> None:
    truth, content = drawn("ruled", 1)
    for cut in range(len(content) // 4, len(content), len(content) // 12):
        try:
            assert wrong_cells(truth, extract_document(content[:cut], "report.pdf")) == []
        except QuarantinedDocument as refusal:
            assert refusal.remedy


def test_random_bytes_after_the_magic_number_are_set_aside() -> None:
    source = random.Random(5)
    for _ in range(40):
        content = b"%PDF-1.7\n" + source.randbytes(source.randint(1, 4000))
        with pytest.raises(QuarantinedDocument):
            extract_document(content, "report.pdf")


def test_changed_bytes_give_no_crash() -> None:
    _, content = drawn("ruled", 2)
    source = random.Random(9)
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(source.randint(1, 30)):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            extract_document(bytes(damaged), "report.pdf")
        except QuarantinedDocument as refusal:
            assert refusal.remedy
