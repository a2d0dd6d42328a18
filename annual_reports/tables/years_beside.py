"""Comparison prints: one block of columns for each year, headed by the year. The report's own block is its table.

Nothing but the printed years decides: where they do not head equal blocks side by side the grid stays whole, and
is refused as two tables that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from annual_reports.model import Block, Grid, GridCell
from annual_reports.tables.printed_values import normal_form

_YEAR = re.compile(r"(20\d\d)年度?")


def year_named(titles: Iterable[str]) -> int | None:
    """The one year that titles name; None where they name several or none."""
    years = {int(year) for title in titles for year in _YEAR.findall(normal_form(title))}
    return years.pop() if len(years) == 1 else None


def blocks_of_year(blocks: Sequence[Block], year: int) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """The blocks without the columns of other years, and those years."""
    kept: list[Block] = []
    others: set[int] = set()
    for block in blocks:
        beside = _years_beside(block) if isinstance(block, Grid) else {}
        if isinstance(block, Grid) and year in beside:
            others |= beside.keys() - {year}
            kept.append(_of_year(block, beside, year))
        else:
            kept.append(block)
    return tuple(kept), tuple(sorted(others))


def _years_beside(grid: Grid) -> dict[int, GridCell]:
    """The cells that head blocks of equal width, one for each year, up to the end of the grid."""
    for row in range(grid.row_count):
        cells = [cell for cell in grid.cells if cell.row == row]
        heads = [
            (int(found[1]), cell)
            for cell in cells
            if (found := _YEAR.fullmatch(normal_form(cell.text)))
        ]
        if len(heads) > 1:
            return dict(heads) if _side_by_side(grid, [cell for _, cell in heads], heads) else {}
    return {}


def _side_by_side(grid: Grid, cells: list[GridCell], heads: list[tuple[int, GridCell]]) -> bool:
    """Whether each block begins where the one before it ends, and no cell with a number reaches from one into another."""
    width = cells[0].column_span
    starts = [cell.column for cell in cells]
    first = starts[0]
    return (
        len({year for year, _ in heads}) == len(heads)
        and width > 1
        and all(cell.column_span == width for cell in cells)
        and starts == list(range(first, first + width * len(cells), width))
        and first + width * len(cells) == grid.column_count
        and not any(_crosses(cell, starts, width) for cell in grid.cells if cell.row > cells[0].row)
    )


def _crosses(cell: GridCell, starts: Sequence[int], width: int) -> bool:
    """Whether a cell with a digit stands in two blocks, or in one and before the first."""
    end = cell.column + cell.column_span
    inside = any(start <= cell.column and end <= start + width for start in starts)
    return not (inside or end <= starts[0]) and any(map(str.isdigit, cell.text))


def _of_year(grid: Grid, beside: dict[int, GridCell], year: int) -> Grid:
    others = [head for other, head in beside.items() if other != year]
    cells = tuple(
        cell
        for cell in grid.cells
        if not any(
            head.column <= cell.column
            and cell.column + cell.column_span <= head.column + head.column_span
            for head in others
        )
    )
    return replace(grid, cells=cells)
