"""HTML table cells to grid positions, by the table-forming algorithm of the HTML standard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat

from turbohtml import Document, Element, PlainText, Text

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
_CELLS = frozenset({"td", "th"})
_MAY_HOLD_CELLS = ("table", "svg", "math", "template")
_OUTSIDE_CELLS = ("tr", "tbody", "thead", "tfoot", "caption", "colgroup", "col")
_AROUND_TEXT = (*_OUTSIDE_CELLS, *sorted(_INLINE))
_TAGS_ASKED = ("th", "p", *_MAY_HOLD_CELLS[1:], *_AROUND_TEXT)
_MOST_KEPT = 3000
_LEADING_DIGITS = re.compile(r"\s*\+?(\d+)")


def tags_of(tree: Document | Element) -> frozenset[str]:
    """Which of the tags that `table_cells` asks about occur in a tree."""
    return frozenset([tag for tag in _TAGS_ASKED if tree.find(tag) is not None])


def table_cells(table: Element, tags: frozenset[str] | None = None) -> tuple[GridCell, ...]:
    """The cells of one table at their origins, in reading order; nested rows are not entered.

    `tags`: the `tags_of` the document, which it tells faster than a table does, for a table that
    holds no table.
    """
    if tags is None:
        tags = tags_of(table).union(["table"] if table.find("table") is not None else [])
    cells_of = _cells_reader(table, tags)
    spanned = {cell.parent for cell in table.select("[colspan],[rowspan]")}
    groups = [[(row, cells_of(row)) for row in rows] for rows in _row_groups(table)]
    cells = [cell for rows in groups for _, row in rows for cell in row]
    shape = tuple(
        [
            tuple([_row_spans(row) if tr in spanned else len(row) for tr, row in rows])
            for rows in groups
        ]
    )
    places = _places(shape) if len(cells) < _MOST_KEPT else _places.__wrapped__(shape)
    columns = _cell_texts(table, cells, tags), *places, repeat(None)
    return tuple(map(tuple.__new__, repeat(GridCell), zip(*columns, strict=False)))


def _cells_reader(table: Element, tags: frozenset[str]) -> Callable[[Element], list[Element]]:
    """How to take the cells of a row: below one without tables and drawings every cell is a child."""
    if not tags.isdisjoint(_MAY_HOLD_CELLS):
        return _child_cells
    return _cells_and_heads_below if "th" in tags else _cells_below


def _cells_below(row: Element) -> list[Element]:
    return row.find_all("td")


def _cells_and_heads_below(row: Element) -> list[Element]:
    return row.select("td,th")


def _child_cells(row: Element) -> list[Element]:
    return [cell for cell in _elements(row) if cell.tag in _CELLS]


def _cell_texts(table: Element, cells: Sequence[Element], tags: frozenset[str]) -> list[str]:
    """As `cell_text` of each cell, asked of the whole table at once where it is made regularly."""
    stripped = [cell.text.strip() for cell in cells]
    if not _is_regular(table, cells, stripped, tags):
        return [cell_text(cell) for cell in cells]
    return [
        (" ".join(text.split()) if " " in text else text)
        if text.isprintable()
        else _laid_out_text(cell)
        for cell, text in zip(cells, stripped, strict=True)
    ]


def _is_regular(
    table: Element, cells: Sequence[Element], stripped: Sequence[str], tags: frozenset[str]
) -> bool:
    """Whether every cell is one run: only inline elements in it, or in one paragraph that holds all of it."""
    paragraphs = table.find_all("p") if "p" in tags else []
    known = [len(table.find_all(tag)) for tag in _AROUND_TEXT if tag in tags]
    if table.xpath_one("count(.//*)") != len(cells) + len(paragraphs) + sum(known):
        return False
    if not paragraphs:
        return True
    return [paragraph.parent for paragraph in paragraphs] == cells and [
        paragraph.text.strip() for paragraph in paragraphs
    ] == stripped


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


_Spans = tuple[str | None, str | None]  # colspan and rowspan as printed
_RowSpans = int | tuple[_Spans, ...]  # how many cells where none has a span
_Places = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


def _row_spans(row: Sequence[Element]) -> tuple[_Spans, ...]:
    return tuple([(cell.attr("colspan"), cell.attr("rowspan")) for cell in row])


@lru_cache(maxsize=256)
def _places(groups: tuple[tuple[_RowSpans, ...], ...]) -> _Places:
    """Row, column, row span and column span of every cell of a table, by the spans in its row groups.

    Tables of the national form repeat from document to document, so the answer is kept.
    """
    places: list[tuple[int, int, int, int]] = []
    first_row = 0
    for rows in groups:
        places += _group_places(rows, first_row)
        first_row += len(rows)
    rows_, columns, row_spans, column_spans = zip(*places, strict=True) if places else ((),) * 4
    return rows_, columns, row_spans, column_spans


def _group_places(rows: Sequence[_RowSpans], first_row: int) -> Iterator[tuple[int, int, int, int]]:
    """`free_from[c]` is the first row of the group in which column c is not covered from above."""
    free_from: list[int] = []
    for row_number, row in enumerate(rows):
        column = 0
        for colspan, rowspan in ((None, None),) * row if isinstance(row, int) else row:
            while column < len(free_from) and free_from[column] > row_number:
                column += 1
            row_span = column_span = 1
            if colspan is not None:
                column_span = _column_span(colspan, column)
            if rowspan is not None:
                row_span = _row_span(rowspan, len(rows) - row_number)
            if row_span > 1:
                _cover(free_from, column, column_span, row_number + row_span)
            yield first_row + row_number, column, row_span, column_span
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
