"""What stands in value cells, before and after it is tied to the cells of a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from annual_reports.model import CellEvidence, CellStatus, GridCell, Number
from annual_reports.tables.printed_values import Kind, Printed, read_count


class Mark(NamedTuple):
    """One value text and where it stands. `text` is its normal form, `raw` as printed.

    `attached`: it was cut out of a text that goes on without a separator. `line` is the line of
    flattened text and `place` the character in its letters; `cell` and `table_index` the place in a grid.
    """

    printed: Printed
    text: str
    raw: str
    line: int | None = None
    page: int | None = None
    cell: GridCell | None = None
    table_index: int | None = None
    attached: bool = False
    place: int = 0

    @property
    def kind(self) -> Kind:
        return self.printed.kind


def has_equal_neighbours(marks: Sequence[Mark]) -> bool:
    """Whether two numbers of several digits side by side are equal: a cell over both may be printed for each."""
    return any(one.text == two.text and len(one.text) > 1 for one, two in pairwise(marks))


def sharing_a_line(marks: Sequence[Mark], count: int) -> tuple[Mark, ...] | None:
    """So many marks that share a line, where each of the others stands on a line of its own as page numbers do."""
    lines = Counter(mark.line for mark in marks)
    if sorted(lines.values())[-2:] != [1, count]:
        return None
    return tuple(mark for mark in marks if lines[mark.line] == count)


class Slot(NamedTuple):
    """One cell of a form as decided. `reason` names why it is unreadable (reader_findings.csv)."""

    status: CellStatus
    value: Number | None = None
    mark: Mark | None = None
    rules: tuple[str, ...] = ()
    options: tuple[Number, ...] = ()
    reason: str = ""


MISSING = Slot(CellStatus.MISSING)
_STATUS_OF_KIND = {
    Kind.NUMBER: CellStatus.PRINTED,
    Kind.BLANK: CellStatus.BLANK,
    Kind.WORDS: CellStatus.NOTE,
}
_REASON_OF_KIND = {
    Kind.GLUED: "glued",
    Kind.SEVERAL: "several_numbers",
    Kind.MERGED: "merged",
    Kind.ODD: "odd_value",
    Kind.LETTER_ZERO: "letter_zero",
}


def slot_of(mark: Mark) -> Slot:
    """A mark tied to its cell with certainty: printed, blank, note, or unreadable by itself."""
    if mark.printed.kind is Kind.NUMBER:
        return Slot(CellStatus.PRINTED, mark.printed.value, mark)
    status = _STATUS_OF_KIND.get(mark.printed.kind)
    if status is None:
        return unreadable(_REASON_OF_KIND[mark.printed.kind], mark, _merged_number(mark))
    return Slot(status, mark.printed.value, mark)


def _merged_number(mark: Mark) -> tuple[Number, ...]:
    """The one number of a cell over several columns or rows: an option for each of them, known for none."""
    value = read_count(mark.text).value if mark.printed.kind is Kind.MERGED else None
    return () if value is None else (value,)


def unreadable(reason: str, mark: Mark | None = None, options: tuple[Number, ...] = ()) -> Slot:
    return Slot(CellStatus.UNREADABLE, None, mark, (), options, reason)


def inferred(value: Number, mark: Mark | None, rules: tuple[str, ...]) -> Slot:
    return Slot(CellStatus.INFERRED, value, mark, rules)


def evidence_of(slot: Slot, table_index: int, row: int, column: int) -> CellEvidence:
    """Where the slot was read; for flattened text the place in the form stands for the grid place."""
    mark = slot.mark
    if mark is None or mark.cell is None:
        page, line = (None, None) if mark is None else (mark.page, mark.line)
        return CellEvidence(table_index, row, column, page, line, 1, 1, slot.rules, slot.options)
    _, grid_row, grid_column, row_span, column_span, box = mark.cell
    return CellEvidence(
        mark.table_index,
        grid_row,
        grid_column,
        mark.page,
        None,
        row_span,
        column_span,
        slot.rules,
        slot.options,
        box,
    )
