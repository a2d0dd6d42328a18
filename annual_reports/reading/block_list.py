"""Collecting lines and grids of one document in reading order, numbered as they come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from annual_reports.model import Block, Grid, GridCell, GridColumns, TextLine
from annual_reports.narrative.headings import glued_heading_pattern

_GLUED_LINE_CHARACTERS = 120


class BlockList:
    """Blocks in reading order. Lines count from 0 over the text, grids from 0 over the tables."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._lines = 0
        self._tables = 0

    def add_line(self, text: str) -> None:
        """Append one physical line; glued text is cut before each chapter, keeping its number."""
        parts = (text,) if len(text) < _GLUED_LINE_CHARACTERS else cut_before_chapters(text)
        for part in parts:
            self.blocks.append(TextLine(part, self._lines))
        self._lines += 1

    def add_lines(self, texts: Sequence[str]) -> None:
        """Append physical lines, as `add_line` does each."""
        if max(map(len, texts), default=0) >= _GLUED_LINE_CHARACTERS:
            for text in texts:
                self.add_line(text)
            return
        end = self._lines + len(texts)
        columns = texts, range(self._lines, end), repeat(None)
        self.blocks += map(tuple.__new__, repeat(TextLine), zip(*columns, strict=False))
        self._lines = end

    def add_grid(self, cells: tuple[GridCell, ...]) -> None:
        """Append a table; its size (rows, columns) is what its cells cover."""
        self.blocks.append(Grid(self._tables, *grid_size(cells), cells))
        self._tables += 1

    def add_columns(self, columns: GridColumns, size: tuple[int, int]) -> None:
        """Append a table of known size by its columns; its cells are made when they are asked for."""
        self.blocks.append(Grid.of_columns(self._tables, *size, columns))
        self._tables += 1


def grid_size(cells: Sequence[GridCell]) -> tuple[int, int]:
    """The rows and columns that cells cover."""
    return max([cell[1] + cell[3] for cell in cells]), max([cell[2] + cell[4] for cell in cells])


def cut_before_chapters(line: str) -> list[str]:
    """A long line cut where numbered chapters of the form begin; whole where none does.

    Site archives and `textContent` glue a whole report into one line; the tables are then found
    inside the line, and without the cut the narrative round them would be lost with them.
    """
    return [part for part in glued_heading_pattern().split(line) if part] or [line]
