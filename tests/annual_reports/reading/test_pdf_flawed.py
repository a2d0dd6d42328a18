"""PDF reports with rules missing here and there, and with numbers whose text layer is not what is drawn."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import Cell
from tests.damage.physical import drawn_tables
from tests.damage.styles import BETWEEN, CLOSING, OPENING, REVIEW
from tests.damage.truths import Key, Truth, random_truth
from tests.rendering.pdf import FLAWED, NUMBERS, render_pdf

TITLE = "淳安县威坪镇2023年政府信息公开工作年度报告"
PROSE = ((TITLE, *OPENING[1:]), (BETWEEN,), (REVIEW,), CLOSING)
SEEDS = range(4)


def report(style: str, seed: int) -> tuple[Truth, dict[Key, Cell]]:
    """A report with hundredths in every amount, and its cells as read from the PDF."""
    source = random.Random(f"{style}/{seed}")
    truth = random_truth(source)
    amounts = {key: Decimal("45.17") for key, v in truth.values.items() if isinstance(v, Decimal)}
    written = {key: text for key, text in truth.written.items() if key not in amounts}
    truth = replace(truth, values={**truth.values, **amounts}, written=written)
    content = render_pdf(drawn_tables(truth), PROSE, style, source)
    return truth, {cell[:3]: cell for cell in extract_document(content, "report.pdf").cells}


def wrong(truth: Truth, cells: dict[Key, Cell]) -> list[Cell]:
    return [
        cell
        for key, cell in cells.items()
        if cell.value is not None and cell.value != truth.values.get(key)
    ]


@pytest.mark.parametrize(
    ("style", "least_read"),
    [("few_rules_lost", 0.7), ("rules_lost", 0.1), ("half_the_rules_lost", 0.0)],
)
def test_no_number_is_wrong_where_rules_are_missing(style: str, least_read: float) -> None:
    for seed in SEEDS:
        truth, cells = report(style, seed)
        assert wrong(truth, cells) == []
        read = sum(cell.value is not None for cell in cells.values())
        assert read >= least_read * len(truth.values)


@pytest.mark.parametrize("numbers", ["last_first", "said_otherwise"])
def test_what_is_drawn_is_read_whatever_the_text_layer_says(numbers: str) -> None:
    for seed in SEEDS:
        truth, cells = report(numbers, seed)
        assert {key: cell.value for key, cell in cells.items()} == truth.values


def is_contradicted(numbers: str, text: str) -> bool:
    """Whether the drawing of a number and its text layer are two numbers. Points get lost between two digits."""
    digits = sum(map(str.isdigit, text))
    if digits < 2:
        return False
    if numbers in ("point_last", "point_moved"):
        return "." in text
    if numbers == "point_lost":
        return digits > 2 or text[:2].isdigit()
    return numbers != "swapped" or (text[:2].isdigit() and text[0] != text[1])


@pytest.mark.parametrize("numbers", ["point_last", "point_moved", "swapped", "point_lost"])
def test_a_number_whose_glyphs_and_text_layer_differ_is_never_read_otherwise(numbers: str) -> None:
    for seed in SEEDS:
        truth, cells = report(numbers, seed)
        contradicted = {key for key in truth.values if is_contradicted(numbers, truth.text(key))}
        assert contradicted
        assert wrong(truth, cells) == []
        if numbers != "point_last":  # each glyph in its place is what a reader sees
            assert [cells[key] for key in contradicted if cells[key].value is not None] == []


def test_every_way_to_hold_numbers_is_tried() -> None:
    assert set(NUMBERS) < set(FLAWED)
