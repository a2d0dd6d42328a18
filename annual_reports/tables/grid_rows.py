"""Rows of a grid with spans resolved: which cells cover a row, and what their texts say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from annual_reports.model import Grid, GridCell
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import (
    Kind,
    Printed,
    looks_like_value,
    normal_form,
    read_count,
)

_COLUMN = attrgetter("column")
_SHORT = 64


class GridRows:
    """A grid of a document (`block` is its index there) seen row by row."""

    def __init__(self, grid: Grid, block: int) -> None:
        self.grid = grid
        self.block = block
        self._marks: dict[int, Mark] = {}

    @cached_property
    def covering(self) -> list[list[GridCell]]:
        """For each row every cell that covers it, in column order."""
        rows: list[list[GridCell]] = [[] for _ in range(self.grid.row_count)]
        count = self.grid.row_count
        for cell in self.grid.cells:
            if cell.row_span == 1 and cell.row < count:
                rows[cell.row].append(cell)
                continue
            for row in range(cell.row, min(cell.row + cell.row_span, count)):
                rows[row].append(cell)
        for cells in rows:
            cells.sort(key=_COLUMN)
        return rows

    @cached_property
    def starting(self) -> list[list[GridCell]]:
        """For each row the cells whose origin is in it."""
        return [
            [cell for cell in cells if cell.row == row] for row, cells in enumerate(self.covering)
        ]

    @cached_property
    def words(self) -> list[list[tuple[GridCell, str]]]:
        """For each row the cells starting in it that hold words, with their normal form."""
        return [
            [(cell, read.text) for cell in cells if (read := read_text(cell.text)).is_words]
            for cells in self.starting
        ]

    @cached_property
    def row_ends(self) -> list[int]:
        """For each row the grid column behind its last cell."""
        return [
            max([cell.column + cell.column_span for cell in cells], default=0)
            for cells in self.covering
        ]

    def mark(self, cell: GridCell) -> Mark:
        """The value of a cell of this grid, as a count; the same mark whenever it is asked for."""
        mark = self._marks.get(id(cell))
        if mark is None:
            printed, grid = cell.text, self.grid
            text, value, _ = read_text(printed)
            mark = Mark(value, text, printed, None, grid.page, cell, grid.table_index)
            self._marks[id(cell)] = mark
        return mark


class CellText(NamedTuple):
    """What a cell text says: its normal form, itself as a count, and whether it is words."""

    text: str
    value: Printed
    is_words: bool


def read_text(text: str) -> CellText:
    """A cell text as read; short texts, which repeat within and across documents, are kept."""
    return _read_short(text) if len(text) <= _SHORT else _read_short.__wrapped__(text)


@lru_cache(maxsize=16384)
def _read_short(text: str) -> CellText:
    normal = normal_form(text)
    return CellText(normal, read_cell(text), bool(normal) and not looks_like_value(normal))


def read_cell(text: str) -> Printed:
    """A cell text as a count; two values apart in one cell are never one number."""
    parts = text.split()
    if len(parts) > 1 and _several_values([normal_form(part) for part in parts]):
        return Printed(Kind.SEVERAL, None)
    return read_count(normal_form(text))


def _several_values(parts: Sequence[str]) -> bool:
    """Whether two neighbouring parts end and begin as values: `3 5`, `/ 0`, `12 3件`."""
    return any(
        (one[-1:].isdigit() or looks_like_value(one))
        and (two[:1].isdigit() or looks_like_value(two))
        for one, two in pairwise(parts)
    )


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
