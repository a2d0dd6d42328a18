"""Undamaged reports in every medium: each printed cell comes out as printed, none silently wrong."""

from __future__ import annotations

import random

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import Grid
from annual_reports.reading.document import read_document
from tests.damage.physical import drawn_tables
from tests.damage.styles import BETWEEN, REVIEW
from tests.damage.truths import random_truth, with_blanks
from tests.rendering import REPORT_PROSE, TITLE
from tests.rendering.media import MEDIA
from tests.rendering.random_tables import as_read, random_table

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
