"""What an HTML table is used for: a grid of values, a frame round prose, or both in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from annual_reports.model import GridCell
from annual_reports.narrative.headings import recognise_heading

_NUMBER = re.compile(r"[-+]?\d[\d,.]*")
_FEWEST_NUMBERS = 5  # the smallest statutory table prints ten numbers
_LONG_CELL = 200
_FULL_STOP = "。"
_SHORT = 60

Piece = tuple[GridCell, ...] | tuple[str, ...]


def table_pieces(cells: tuple[GridCell, ...]) -> Iterator[Piece]:
    """A table as grids (tuples of cells) and running text (tuples of lines), in reading order.

    Rows that hold one chapter heading or one paragraph are text: some sites paste the whole report
    into one table. What remains is a grid unless it only frames prose.
    """
    text_rows = _running_text_rows(cells)
    if not text_rows and not _frames_prose(cells):
        yield _moved_to_origin(cells)
        return
    for is_text, group in groupby(cells, key=lambda cell: cell.row in text_rows):
        piece = tuple(group)
        if is_text or _frames_prose(piece):
            yield tuple(line for cell in piece for line in cell.text.split("\n") if line)
        else:
            yield _moved_to_origin(piece)


def _running_text_rows(cells: tuple[GridCell, ...]) -> frozenset[int]:
    """Rows with one printed cell that is a heading or a paragraph, covered by no span from above."""
    candidates = {cell[1] for cell in cells if cell[0] and _may_be_running_text(cell[0])}
    if not candidates:
        return frozenset()
    covered = {
        row
        for cell in cells
        if cell.row_span > 1
        for row in range(cell.row, cell.row + cell.row_span)
    }
    found = set()
    for row in candidates - covered:
        printed = [cell[0] for cell in cells if cell[1] == row and cell[0]]
        if len(printed) == 1 and _is_running_text(printed[0]):
            found.add(row)
    return frozenset(found)


def _may_be_running_text(text: str) -> bool:
    return _is_short_heading(text) if len(text) <= _SHORT else _is_running_text(text)


@lru_cache(maxsize=8192)  # the cells of a statutory table are the same in every document
def _is_short_heading(text: str) -> bool:
    return _is_running_text(text)


def _is_running_text(text: str) -> bool:
    is_paragraph = len(text) > _SHORT and _FULL_STOP in text
    heading = None if is_paragraph else recognise_heading(text)
    return is_paragraph or (heading is not None and heading.number is not None)


def _frames_prose(cells: tuple[GridCell, ...]) -> bool:
    """A single cell, or long paragraphs with next to no numbers beside them."""
    if len(cells) == 1:
        return True
    long_texts = [cell[0] for cell in cells if len(cell[0]) > _LONG_CELL]
    if not any(_FULL_STOP in text for text in long_texts):
        return False
    return sum(_NUMBER.fullmatch(cell.text) is not None for cell in cells) < _FEWEST_NUMBERS


def _moved_to_origin(cells: tuple[GridCell, ...]) -> tuple[GridCell, ...]:
    first_row = cells[0].row
    return tuple(cell._replace(row=cell.row - first_row) for cell in cells) if first_row else cells
