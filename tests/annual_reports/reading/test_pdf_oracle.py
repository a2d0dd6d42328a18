"""pdfplumber as an independent witness: the same cells with the same texts."""

from __future__ import annotations

import io
import random
from collections import Counter
from pathlib import Path

import pdfplumber
import pytest

from annual_reports.model import Grid
from annual_reports.reading.document import read_document
from annual_reports.tables.printed_values import normal_form
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering.pdf import render_pdf

REAL = Path(__file__).resolve().parents[4] / "shared" / "reports" / "huaian_2024.pdf"


def our_cells(content: bytes) -> list[tuple[int, int, str]]:
    """(page, top in tens of points, text) of every cell with text."""
    return sorted(
        (block.page or 0, round((cell.box or (0, 0, 0, 0))[1] / 10), normal_form(cell.text))
        for block in read_document(content, "report.pdf").blocks
        if isinstance(block, Grid)
        for cell in block.cells
        if cell.text
    )


def their_cells(content: bytes) -> list[tuple[int, int, str]]:
    found = []
    with pdfplumber.open(io.BytesIO(content)) as document:
        for page in document.pages:
            for table in page.find_tables():
                for row, texts in zip(table.rows, table.extract(), strict=True):
                    found += [
                        (page.page_number, round(box[1] / 10), normal_form(text))
                        for box, text in zip(row.cells, texts, strict=True)
                        if box is not None and text
                    ]
    return sorted(found)


@pytest.mark.parametrize("style", ["ruled", "thin_boxes", "short_pages"])
def test_drawn_tables_have_the_cells_that_pdfplumber_sees(style: str) -> None:
    source = random.Random(style)
    content = render_pdf(drawn_tables(random_truth(source)), ((), (), ()), style, source)
    # Digits only: of a font that is neither embedded nor installed pdfium drops lone characters.
    ours, theirs = (
        sorted((page, text) for page, _, text in cells(content) if text.isdigit())
        for cells in (our_cells, their_cells)
    )
    assert ours == theirs and len(ours) >= 180


def test_the_real_report_has_the_cells_that_pdfplumber_sees() -> None:
    """Theirs has some cells more: it takes paragraphs between decorative lines for tables."""
    if not REAL.exists():
        pytest.skip("the shared real report is not beside this checkout")
    content = REAL.read_bytes()
    ours, theirs = (
        Counter((page, text) for page, _, text in cells(content))
        for cells in (our_cells, their_cells)
    )
    assert ours - theirs == Counter() and ours.total() >= 250
