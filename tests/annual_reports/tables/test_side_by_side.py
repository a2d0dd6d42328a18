"""Comparison prints: last year's table beside this year's is never read as part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.model import Cell, CellStatus, Grid, GridCell
from annual_reports.reading.document import read_document
from annual_reports.tables.decode import decode_tables
from annual_reports.tables.side_by_side import halves

PAGE = Path(__file__).parents[3] / "sample_site/pages/guangling/xzxxgk/nb/huquan2024.html"


def blocks() -> tuple[object, ...]:
    return read_document(PAGE.read_bytes(), PAGE.name).blocks


def beside_itself(grid: Grid, added: int) -> Grid:
    """The table and, to its right, the same one with other numbers."""
    right = tuple(
        cell._replace(column=cell.column + grid.column_count, text=_changed(cell, added))
        for cell in grid.cells
    )
    cells = sorted((*grid.cells, *right), key=lambda cell: (cell.row, cell.column))
    return Grid(grid.table_index, grid.row_count, 2 * grid.column_count, tuple(cells))


def _changed(cell: GridCell, added: int) -> str:
    return str(int(cell.text) + added) if cell.text.isdecimal() else cell.text


def requests_of(added: int) -> list[Cell]:
    doubled = [beside_itself(b, added) if isinstance(b, Grid) else b for b in blocks()]
    return [cell for cell in decode_tables(doubled).cells if cell.table == "requests"]  # type: ignore[arg-type]


@pytest.mark.parametrize("added", [1, 3])
def test_two_years_side_by_side_are_refused(added: int) -> None:
    assert {cell.status for cell in requests_of(added)} == {CellStatus.UNREADABLE}


def test_the_same_table_printed_twice_is_read() -> None:
    alone = [cell for cell in decode_tables(blocks()).cells if cell.table == "requests"]  # type: ignore[arg-type]
    assert [c.value for c in requests_of(0)] == [c.value for c in alone]


def test_a_table_alone_is_left_whole() -> None:
    assert all(halves(grid) == (grid,) for grid in blocks() if isinstance(grid, Grid))
