"""Rows of a grid with spans resolved: which cells cover a row, and what their texts say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from annual_reports.model import Grid, GridCell
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import (
    Kind,
    Printed,
    looks_like_value,
    normal_form,
    read_count,
)

_SEVERAL = re.compile(r"\d\s+[\d/-]")


class GridRows:
    """A grid of a document (`block` is its index there) seen row by row."""

    def __init__(self, grid: Grid, block: int) -> None:
        self.grid = grid
        self.block = block

    @cached_property
    def covering(self) -> list[list[GridCell]]:
        """For each row every cell that covers it, in column order."""
        rows: list[list[GridCell]] = [[] for _ in range(self.grid.row_count)]
        for cell in self.grid.cells:
            for row in range(cell.row, min(cell.row + cell.row_span, self.grid.row_count)):
                rows[row].append(cell)
        for cells in rows:
            cells.sort(key=lambda cell: cell.column)
        return rows

    def starting(self, row: int) -> list[GridCell]:
        """Cells whose origin is in this row."""
        return [cell for cell in self.covering[row] if cell.row == row]

    def words(self, row: int) -> list[tuple[GridCell, str]]:
        """Cells starting in this row that hold words, with their normal form."""
        found = ((cell, normal_form(cell.text)) for cell in self.starting(row))
        return [(cell, text) for cell, text in found if text and not looks_like_value(text)]

    def row_end(self, row: int) -> int:
        return max((cell.column + cell.column_span for cell in self.covering[row]), default=0)

    def mark(self, cell: GridCell) -> Mark:
        """The value of a cell, as a count."""
        return Mark(
            read_cell(cell.text),
            normal_form(cell.text),
            cell.text,
            page=self.grid.page,
            cell=cell,
            table_index=self.grid.table_index,
        )


def read_cell(text: str) -> Printed:
    """A cell text as a count; two numbers apart in one cell are never one number."""
    if _SEVERAL.search(text.strip()):
        return Printed(Kind.SEVERAL, None)
    return read_count(normal_form(text))


def spread(mark: Mark, count: int) -> list[Mark]:
    """One cell over several columns: words are a note on the first, a blank is blank in all, a number is in none."""
    if mark.kind is Kind.BLANK:
        return [mark] * count
    if mark.kind is Kind.WORDS and not any(character.isdigit() for character in mark.text):
        return [mark, *[mark._replace(printed=Printed(Kind.BLANK, None))] * (count - 1)]
    return [mark._replace(printed=Printed(Kind.MERGED, None))] * count


def overlaps(cell: GridCell, start: int, end: int) -> bool:
    return cell.column < end and cell.column + cell.column_span > start


def most_common(values: Sequence[int]) -> int:
    return max(set(values), key=lambda value: (values.count(value), value), default=0)
