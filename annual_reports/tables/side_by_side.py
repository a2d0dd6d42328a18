"""Two tables printed side by side in one grid (this year and last): cut where the row labels come again.

Nothing here says which half is meant; they are read as two tables of one document, and what they
contradict each other in is refused (`copies`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby

from annual_reports.model import Grid

_FEWEST_ROWS = 3
_FEWEST_COLUMNS_BETWEEN = 7
_FEWEST_LABEL_CHARACTERS = 5


def halves(grid: Grid) -> tuple[Grid, ...]:
    """The grids that stand side by side in a grid, cells at their places; the grid itself if it is one."""
    cuts = Counter(
        column
        for _, cells in groupby(grid.cells, key=lambda cell: cell.row)
        if (column := _column_of_repeated_label([(c.text, c.column) for c in cells])) is not None
    )
    if not cuts or max(cuts.values()) < _FEWEST_ROWS:
        return (grid,)
    cut = min(column for column, rows in cuts.items() if rows >= _FEWEST_ROWS)
    left = tuple(cell for cell in grid.cells if cell.column < cut)
    right = tuple(cell for cell in grid.cells if cell.column >= cut)
    return (replace(grid, cells=left), *halves(replace(grid, cells=right)))


def _column_of_repeated_label(cells: list[tuple[str, int]]) -> int | None:
    """Where the first label of a row stands again behind a row of values."""
    first: dict[str, int] = {}
    for text, column in cells:
        if len(text) < _FEWEST_LABEL_CHARACTERS or text.isascii():
            continue
        if column - first.setdefault(text, column) >= _FEWEST_COLUMNS_BETWEEN:
            return column
    return None
