"""HTML table cells to grid positions, by the table-forming algorithm of the HTML standard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from turbohtml import Element, PlainText, Text

from annual_reports.model import GridCell
from annual_reports.reading.blanks import tidy_cell_text, tidy_line

PLAIN_TEXT = PlainText(layout="strict", bullet="", table_cell_separator="\t")
MAX_COLUMNS = 2000
"""Spans that would reach further are cut; the widest real table has some thirty columns."""

# The general layout costs more than all the rest of a cell. It changes nothing where the text stands
# in such inline elements, and in blocks only if each holds all of it.
_INLINE = frozenset({"span", "font", "b", "strong", "i", "em", "u", "a", "o:p"})
_BLOCKS = frozenset({"p", "div", "center"})
_PLAIN_WRAPPERS = frozenset({"p", "div", "span", "font", "b", "strong", "center"})
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_LEADING_DIGITS = re.compile(r"\s*\+?(\d+)")


def table_cells(table: Element) -> tuple[GridCell, ...]:
    """The cells of one table at their origins, in reading order; nested rows are not entered."""
    cells: list[GridCell] = []
    first_row = 0
    for rows in _row_groups(table):
        cells += _group_cells(rows, first_row)
        first_row += len(rows)
    return tuple(cells)


def cell_text(cell: Element) -> str:
    """The layout text of a cell: its blocks and line breaks are lines, its runs are joined."""
    text = cell.text.strip()
    # Printable text has no blanks but the plain space, and no invisible characters.
    if text.isprintable() and _is_one_run(cell, text):
        return " ".join(text.split())
    return _laid_out_text(cell)


def _is_one_run(cell: Element, text: str) -> bool:
    """Whether nothing in the cell breaks its text into lines; anything unknown is taken to."""
    for element in cell.iter_elements():
        tag = element.tag
        if tag not in _INLINE and not (tag in _BLOCKS and element.text.strip() == text):
            return False
    return True


def _laid_out_text(cell: Element) -> str:
    node = cell
    while True:
        elements = [child for child in node.children if isinstance(child, Element)]
        if not elements:
            return tidy_line(" ".join(node.text.split()))
        if len(elements) > 1 or elements[0].tag not in _PLAIN_WRAPPERS or _has_own_text(node):
            return tidy_cell_text(cell.to_text(PLAIN_TEXT))
        node = elements[0]


def _has_own_text(node: Element) -> bool:
    return any(isinstance(child, Text) and child.data.strip() for child in node.children)


def _row_groups(table: Element) -> Iterator[list[Element]]:
    """Rows by group; the footer groups come last wherever they stand in the source."""
    footers: list[list[Element]] = []
    for child in _elements(table):
        if child.tag == "tr":
            yield [child]
        elif child.tag in _ROW_GROUPS:
            rows = [row for row in _elements(child) if row.tag == "tr"]
            if child.tag == "tfoot":
                footers.append(rows)
            else:
                yield rows
    yield from footers


def _group_cells(rows: list[Element], first_row: int) -> Iterator[GridCell]:
    """`free_from[c]` is the first row of the group in which column c is not covered from above."""
    free_from: list[int] = []
    for row_number, row in enumerate(rows):
        column = 0
        for cell in _elements(row):
            if cell.tag not in ("td", "th"):
                continue
            while column < len(free_from) and free_from[column] > row_number:
                column += 1
            row_span = column_span = 1
            if (printed := cell.attr("colspan")) is not None:
                column_span = _column_span(printed, column)
            if (printed := cell.attr("rowspan")) is not None:
                row_span = _row_span(printed, len(rows) - row_number)
            if row_span > 1:
                _cover(free_from, column, column_span, row_number + row_span)
            yield GridCell(cell_text(cell), first_row + row_number, column, row_span, column_span)
            column += column_span


def _cover(free_from: list[int], column: int, span: int, end_row: int) -> None:
    free_from.extend([0] * (column + span - len(free_from)))
    for covered in range(column, column + span):
        free_from[covered] = max(free_from[covered], end_row)


def _column_span(printed: str, column: int) -> int:
    return max(1, min(_leading_integer(printed, 1) or 1, MAX_COLUMNS - column))


def _row_span(printed: str, rows_left: int) -> int:
    """Zero means: to the end of the row group. A span never leaves its group."""
    span = _leading_integer(printed, 1)
    return rows_left if span == 0 else min(span, rows_left)


def _leading_integer(value: str, default: int) -> int:
    """HTML's "parse non-negative integers": `3px` is 3, anything without digits the default."""
    found = _LEADING_DIGITS.match(value)
    return int(found[1][:9]) if found else default


def _elements(parent: Element) -> Iterable[Element]:
    return (child for child in parent.children if isinstance(child, Element))
