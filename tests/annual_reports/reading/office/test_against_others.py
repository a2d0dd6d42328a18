"""Independent programs write or read the same files: python-docx, openpyxl, calamine."""

from __future__ import annotations

import io
import random

import docx
import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from annual_reports.model import Grid, GridCell
from annual_reports.reading.document import read_document
from tests.damage.physical import Table
from tests.rendering import Prose
from tests.rendering.placing import slots_of, table_width
from tests.rendering.random_tables import as_read, random_table
from tests.rendering.xlsx import render_xlsx

SEEDS = range(8)
NO_PROSE: Prose = ((), (), (), ())


def written_by_python_docx(table: Table) -> bytes:
    document = docx.Document()
    drawn = document.add_table(len(table), table_width(table))
    for r, row in enumerate(slots_of(table)):
        for slot in row:
            if slot.continues:
                continue
            cell = drawn.cell(r, slot.column)
            end = drawn.cell(r + slot.rows - 1, slot.column + slot.cell.columns - 1)
            (cell.merge(end) if end is not cell else cell).text = slot.cell.text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_of_python_docx(seed: int) -> None:
    table = random_table(random.Random(f"python-docx {seed}"))
    content = written_by_python_docx(table)
    (grid,) = (b for b in read_document(content, "a").blocks if isinstance(b, Grid))
    assert grid.cells == as_read(table, 0)
    theirs = docx.Document(io.BytesIO(content)).tables[0]
    rows = [[cell.text for cell in row.cells] for row in theirs.rows]
    assert spread(grid) == rows


def spread(grid: Grid) -> list[list[str]]:
    """The text of each cell in every slot it covers."""
    rows = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        for r in range(cell.row, cell.row + cell.row_span):
            for c in range(cell.column, cell.column + cell.column_span):
                rows[r][c] = cell.text
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_sheets_as_calamine_and_openpyxl_read_them(seed: int) -> None:
    rng = random.Random(f"sheets {seed}")
    content = render_xlsx([random_table(rng)], ((), ()), rng)
    (grid,) = (b for b in read_document(content, "a").blocks if isinstance(b, Grid))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    top = min(cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None)
    merged = {
        (area.min_row - top, area.min_col - 1, area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
    }  # fmt: skip
    assert merged == {cell[1:5] for cell in grid.cells if cell.row_span * cell.column_span > 1}
    for cell in grid.cells:
        assert_same_value(cell, sheet.cell(cell.row + top, cell.column + 1).value)
        assert_same_value(cell, rows[cell.row][cell.column])


def assert_same_value(cell: GridCell, value: object) -> None:
    if isinstance(value, float | int):
        assert float(cell.text) == value
    else:
        assert cell.text == (value or "")
