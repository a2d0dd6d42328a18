"""Two readers that share nothing see the same cells: turbohtml with our spans, lexbor read straightforwardly."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from annual_reports.model import Grid
from annual_reports.reading.charset import decode_text
from annual_reports.reading.document import read_document
from tests.annual_reports.reading.lexbor_grids import Slot, lexbor_grids
from tests.damage.documents import MILD
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.damage.writing import MANNERS
from tests.rendering import REPORT_PROSE
from tests.rendering.html import render_html

GOLDEN = sorted((Path(__file__).resolve().parents[2] / "golden").glob("*.html"))
SEEDS = range(40)
_LEAST_CELLS = 12


def our_grids(content: bytes) -> list[list[Slot]]:
    blocks = read_document(content, "page.html").blocks
    return [
        [(c.row, c.column, c.row_span, c.column_span, "".join(c.text.split())) for c in block.cells]
        for block in blocks
        if isinstance(block, Grid) and len(block.cells) >= _LEAST_CELLS
    ]


def their_grids(content: bytes) -> list[list[Slot]]:
    return lexbor_grids(decode_text(content).text)


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_pages(seed: int) -> None:
    source = random.Random(f"two readers {seed}")
    truth = MANNERS[source.choice(tuple(MANNERS))](source, random_truth(source))
    content = render_html(drawn_tables(truth), REPORT_PROSE, source)
    ours, theirs = our_grids(content), their_grids(content)
    assert len(ours) == 3
    assert ours == [grid for grid in theirs if len(grid) >= _LEAST_CELLS]


@pytest.mark.parametrize("damage", MILD)
def test_generated_pages_with_damages(damage: str) -> None:
    source = random.Random(f"two readers {damage}")
    _, tables = MILD[damage](source, random_truth(source))
    content = render_html([[tuple(row) for row in table] for table in tables], REPORT_PROSE, source)  # type: ignore[misc]
    ours, theirs = our_grids(content), their_grids(content)
    assert ours == [grid for grid in theirs if len(grid) >= _LEAST_CELLS]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_pages(path: Path) -> None:
    """Every grid we read is among the tables lexbor shows, in the same order."""
    ours, theirs = our_grids(path.read_bytes()), iter(their_grids(path.read_bytes()))
    assert ours
    assert all(any(grid == other for other in theirs) for grid in ours)
