"""Glyphs to the cells of a ruled table; a number that crosses a rule belongs to no cell."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from annual_reports.model import Box, GridCell
from annual_reports.reading.blanks import tidy_cell_text
from annual_reports.reading.pdf.glyph_lines import is_number_part, line_text, lines_of
from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph
from annual_reports.reading.pdf.ruled_tables import RuledCell, RuledTable

_NEAR_A_RULE = (
    0.12  # of a glyph's height: a number this near to the line between two rows is in neither
)
_ADJACENT = 0.3


def split_by_table(
    glyphs: Iterable[Glyph], tables: Sequence[RuledTable]
) -> tuple[list[list[Glyph]], list[Glyph]]:
    """The glyphs of each table, and those outside all."""
    inside: list[list[Glyph]] = [[] for _ in tables]
    outside = []
    boxes = [(table.box, taken) for table, taken in zip(tables, inside, strict=True)]
    for glyph in glyphs:
        _, start, upper, end, lower, _ = glyph
        x, y = (start + end) / 2, (upper + lower) / 2
        for (left, top, right, bottom), taken in boxes:
            if left <= x < right and top <= y < bottom:
                taken.append(glyph)
                break
        else:
            outside.append(glyph)
    return inside, outside


def grid_cells(table: RuledTable, glyphs: Sequence[Glyph]) -> tuple[GridCell, ...]:
    """The cells of a table with their texts and boxes, in reading order.

    What is neither written nor drawn, behind the end of a row that is shorter than others, is no cell.
    """
    held, astray = _held_by_cells(table, glyphs)
    cells = []
    for index, (cell, inside) in enumerate(zip(table.cells, held, strict=True)):
        if table.open_rows and not inside and table.is_open(cell):
            continue
        text = inside[0].text if len(inside) == 1 else "\n".join(map(line_text, lines_of(inside)))
        if index in astray:
            text = f"{text}{UNKNOWN}"
        cells.append(GridCell(tidy_cell_text(text), *cell, printed_box(table, cell)))
    return tuple(cells)


def _held_by_cells(
    table: RuledTable, glyphs: Sequence[Glyph]
) -> tuple[list[list[Glyph]], set[int]]:
    """The glyphs of each cell, and the cells of which a number may be part of another's."""
    held: list[list[Glyph]] = [[] for _ in table.cells]
    astray: set[int] = set()
    numbers: list[Glyph] = []
    xs, ys, last_row, last_column = table.xs, table.ys, len(table.ys) - 1, len(table.xs) - 1
    for glyph in glyphs:
        _, start, upper, end, lower, _ = glyph
        x, y = (start + end) / 2, (upper + lower) / 2
        row, column = bisect_right(ys, y), bisect_right(xs, x)
        if not (0 < row <= last_row and 0 < column <= last_column):
            continue
        held[table.cell_at[row - 1][column - 1]].append(glyph)
        if is_number_part(glyph):
            numbers.append(glyph)
            shift = _NEAR_A_RULE * (lower - upper)
            if not (ys[row - 1] <= y - shift and y + shift < ys[row]):
                astray |= _over_a_rule(table, x, y - shift, y + shift)
    return held, astray | _crossed(table, numbers)


def printed_box(table: RuledTable, cell: RuledCell) -> Box:
    """The box of a cell as its evidence gives it."""
    left, top, right, bottom = table.box_of(cell)
    return (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))


def _over_a_rule(table: RuledTable, x: float, upper: float, lower: float) -> set[int]:
    """The cells above and below what stands on the rule between them."""
    above, below = table.index_at(x, upper), table.index_at(x, lower)
    return set() if above == below else {cell for cell in (above, below) if cell is not None}


def _crossed(table: RuledTable, numbers: Sequence[Glyph]) -> set[int]:
    """Cells that share a number: adjacent digits of one line on both sides of a rule."""
    found: set[int] = set()
    for line in lines_of(numbers):
        for one, two in itertools.pairwise(line.glyphs):
            if two.left - one.right > _ADJACENT * (one.bottom - one.top):
                continue
            y = (line.top + line.bottom) / 2
            first = table.index_at((one.left + one.right) / 2, y)
            second = table.index_at((two.left + two.right) / 2, y)
            if first is not None and second is not None and first != second:
                found |= {first, second}
    return found
