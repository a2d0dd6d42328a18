"""Any table of rectangles, written as HTML, is read back cell by cell at its place."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from annual_reports.model import Grid, GridCell
from annual_reports.reading.page import read_page

WRAPPERS = (
    "{}",
    "<p>{}</p>",
    "<p><span>{}</span></p>",
    "\n  <div>{}</div>\n",
    "<p>&nbsp;{}</p>",
    "{}<!-- 1 -->",
)


def random_tiling(chance: random.Random, rows: int, columns: int) -> tuple[GridCell, ...]:
    """Rectangles that cover rows x columns without overlap, in reading order, texts their ordinals."""
    covered: set[tuple[int, int]] = set()
    cells = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in covered:
                continue
            width = chance.randint(1, 3)
            while width > 1 and any(
                (row, column + k) in covered or column + k >= columns for k in range(width)
            ):
                width -= 1
            height = min(chance.choice((1, 1, 2, 3)), rows - row)
            place = {(row + i, column + k) for i in range(height) for k in range(width)}
            covered |= place
            cells.append(GridCell(f"n{len(cells)}", row, column, height, width))
    return tuple(cells)


def markup_of(cells: tuple[GridCell, ...], rows: int, chance: random.Random) -> str:
    lines = []
    for row in range(rows):
        line = "".join(
            f'<td rowspan="{c.row_span}" colspan={c.column_span}>{chance.choice(WRAPPERS).format(c.text)}'
            + chance.choice(("</td>", ""))
            for c in cells
            if c.row == row
        )
        lines.append(f"<tr>{line}{chance.choice(('</tr>', ''))}")
    return f"<p>前</p><table>{''.join(lines)}</table><p>后</p>"


@given(st.integers(2, 7), st.integers(2, 8), st.randoms(use_true_random=False))
def test_every_cell_comes_back_at_its_place(rows: int, columns: int, chance: random.Random) -> None:
    cells = random_tiling(chance, rows, columns)
    blocks = read_page(markup_of(cells, rows, chance)).blocks.blocks
    grids = [block for block in blocks if isinstance(block, Grid)]
    if len(cells) == 1:
        assert grids == []
        return
    (grid,) = grids
    assert grid.cells == cells
    assert (grid.row_count, grid.column_count) == (rows, columns)
    assert [block.text for block in blocks if not isinstance(block, Grid)] == ["前", "后"]
