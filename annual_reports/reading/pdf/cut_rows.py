"""A table row that a page break cuts inside its label: the halves are one row again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from annual_reports.model import GridCell
from annual_reports.reading.pdf.pages import PrintedTable
from annual_reports.tables.label_chain import form_labels, sought_labels
from annual_reports.tables.printed_values import normal_form

_SAME_COLUMNS = 3.0
_NUMBERING = re.compile(r"^\(?[一二三四五六七八九十\d]{1,2}[).、]*")


def joined_at_break(
    above: PrintedTable, below: PrintedTable
) -> tuple[PrintedTable, PrintedTable] | None:
    """The two parts of a table with a cut row made whole; None where no row is cut.

    A row is cut if the last label above and the first below name a row of the form only together, or
    are its whole label together, and only one of the halves holds values. The whole row stands where
    its values do.
    """
    if not _same_columns(above, below):
        return None
    last = max(cell.row for cell in above.cells)
    upper = [cell for cell in above.cells if cell.row + cell.row_span - 1 == last]
    lower = [cell for cell in below.cells if cell.row == 0]
    head, tail = _label_of(upper), _label_of(lower)
    if head is None or tail is None or not _named_only_together(head.text, tail.text):
        return None
    upper_filled, lower_filled = _has_values(upper, head), _has_values(lower, tail)
    if upper_filled and lower_filled:
        return None
    whole = f"{head.text}\n{tail.text}"
    if lower_filled:
        return _saying(above, head, ""), _saying(below, tail, whole)
    return _saying(above, head, whole), _saying(below, tail, "")


def _same_columns(above: PrintedTable, below: PrintedTable) -> bool:
    return len(above.xs) == len(below.xs) and all(
        abs(one - other) <= _SAME_COLUMNS for one, other in zip(above.xs, below.xs, strict=True)
    )


def _label_of(row: Sequence[GridCell]) -> GridCell | None:
    """The rightmost cell of a row with words in it."""
    words = [
        cell
        for cell in row
        if any(not (char.isdigit() or char in "/-.,") for char in normal_form(cell.text))
    ]
    return max(words, key=lambda cell: cell.column, default=None)


def _has_values(row: Sequence[GridCell], label: GridCell) -> bool:
    return any(cell.text for cell in row if cell.column > label.column)


def _named_only_together(head: str, tail: str) -> bool:
    one, two = normal_form(head), normal_form(tail)
    return _NUMBERING.sub("", one + two, count=1) in _whole_labels() or any(
        spelling in one + two and spelling not in one and spelling not in two
        for _, spellings in sought_labels()
        for spelling in spellings
    )


@cache
def _whole_labels() -> frozenset[str]:
    return frozenset(normal_form(label.text) for label in form_labels("t2021") if not label.generic)


def _saying(table: PrintedTable, cell: GridCell, text: str) -> PrintedTable:
    cells = tuple(one._replace(text=text) if one is cell else one for one in table.cells)
    return PrintedTable(cells, table.box, table.xs)
