"""Undamaged reports in every medium: each printed cell comes out as printed, none silently wrong."""

from __future__ import annotations

import random

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import Grid, GridCell
from annual_reports.reading.document import read_document
from tests.damage.physical import Drawn, Table, drawn_tables
from tests.damage.styles import BETWEEN, REVIEW, grid_of
from tests.damage.truths import random_truth, with_blanks
from tests.rendering import REPORT_PROSE, TITLE
from tests.rendering.media import MEDIA

SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("medium", MEDIA)
def test_every_printed_cell_is_right(medium: str, seed: int) -> None:
    rng = random.Random(f"undamaged {medium} {seed}")
    truth = random_truth(rng)
    if seed % 3 == 2:
        truth = with_blanks(rng, truth)
    extraction = extract_document(MEDIA[medium](drawn_tables(truth), REPORT_PROSE, rng), "报告")
    found = {(cell.table, cell.row_key, cell.column_key): cell.value for cell in extraction.cells}
    assert found == truth.values
    assert extraction.title == TITLE
    assert extraction.identity.year == 2023
    assert extraction.structure["sections_found"] == 6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("medium", MEDIA)
def test_random_tables_come_back_as_drawn(medium: str, seed: int) -> None:
    rng = random.Random(f"grids {medium} {seed}")
    tables = [random_table(rng) for _ in range(3)]
    prose = (("一、总体情况",), (BETWEEN,), (REVIEW,), ("六、其他需要报告的事项",))
    blocks = read_document(MEDIA[medium](tables, prose, rng), "表格").blocks
    grids = [block.cells for block in blocks if isinstance(block, Grid)]
    assert grids == [as_read(table, number) for number, table in enumerate(tables)]


def as_read(table: Table, number: int) -> tuple[GridCell, ...]:
    return grid_of(table, number).cells


def random_table(rng: random.Random) -> Table:
    """Up to eight rows and columns; every row and column edge is drawn by some cell of one slot."""
    rows, columns = rng.randint(2, 8), rng.randint(2, 8)
    taken: set[tuple[int, int]] = set()
    drawn: list[tuple[Drawn, ...]] = []
    number = 0
    for r in range(rows):
        cells = []
        for c in range(columns):
            if (r, c) in taken:
                continue
            height, width = _room(rng, taken, r, c, rows, columns)
            taken |= {(r + dr, c + dc) for dr in range(height) for dc in range(width)}
            number += 1
            text = (
                f"格{number}"
                if 0 in (r, c)
                else rng.choice(("", "0", "12", "减4", "3.25", f"格\n{number}"))
            )
            cells.append(Drawn(text, columns=width, rows=height))
        drawn.append(tuple(cells))
    return tuple(drawn)


def _room(  # noqa: PLR0917
    rng: random.Random, taken: set[tuple[int, int]], r: int, c: int, rows: int, columns: int
) -> tuple[int, int]:
    """A span that overlaps nothing; the first row and column have none, so every edge is drawn."""
    if 0 in (r, c):
        return 1, 1
    height, width = rng.choice(((1, 1), (1, 1), (1, 2), (2, 1), (2, 3)))
    width = min(width, columns - c)
    while any((r, c + dc) in taken for dc in range(width)):
        width -= 1
    return min(height, rows - r), width
