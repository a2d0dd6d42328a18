"""From the values found beside each label of table three to the cells of the form.

A row that prints exactly seven values, or whose columns are known, is taken as printed whatever
its sums say. Every other row is read only as far as all readings that satisfy the sums agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from annual_reports.model import CellStatus, Number
from annual_reports.tables.blank_claims import misplaced_blanks
from annual_reports.tables.column_search import surviving_readings
from annual_reports.tables.explicit_fields import adjacent, settle_fields
from annual_reports.tables.lost_values import rows_with_a_loss
from annual_reports.tables.marks import (
    MISSING,
    Mark,
    Slot,
    has_equal_neighbours,
    inferred,
    slot_of,
    unreadable,
)
from annual_reports.tables.page_numbers import rows_without_page_numbers
from annual_reports.tables.printed_values import Kind
from annual_reports.tables.row_candidates import (
    Entry,
    Reading,
    any_digit,
    as_printed,
    digits_match_columns,
    is_cuttable,
    readings,
    single_digits,
    values_of,
)
from annual_reports.tables.sums import (
    COLUMNS,
    balance_holds,
    everything_holds,
    flow_rows,
    leaves_hold,
    row_holds,
    total_stands_before_empty_column,
)

ALL_SUMS = ("R01", "R02", "R03")
_HALF_ROW = 4


class RowMarks(NamedTuple):
    """What stands beside one label.

    `tied`: the seven marks are known to stand in the seven columns. `fields`: every field of the
    row after its label, explicitly empty ones as blank marks, where the source shows them.
    `cut_off`: the document may stop inside the row. `by_order`: the label itself is not there.
    `strayed`: between label and values stands more text than the label has. `depth`: how many
    fields or columns stand before the values' side of the row, its label included.
    `contradicted`: the label stands a second time, before other values. `beside`: label and values fill
    a line of their own. `holds_stroke`: a placeholder has grown together with the label or the digits.
    `overlong`: its seven values and the empty fields beside them are more fields than any row like it has.
    """

    marks: tuple[Mark, ...]
    tied: bool = False
    fields: tuple[Mark, ...] | None = None
    cut_off: bool = False
    by_order: bool = False
    strayed: bool = False
    depth: int = 0
    contradicted: bool = False
    beside: bool = False
    holds_stroke: bool = False
    overlong: bool = False


@dataclass
class _State:
    """Readings decided so far, by row; `proved` names the rules behind readings not simply printed."""

    template: str
    rows: list[RowMarks | None]
    decided: dict[int, Reading] = field(default_factory=dict)
    proved: dict[int, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)

    def matrix(self) -> list[list[Number | None] | None]:
        return [
            values_of(self.decided[row]) if row in self.decided else None
            for row in range(len(self.rows))
        ]


def solve_requests(
    template: str, rows: Sequence[RowMarks | None], before: Sequence[Mark], in_order: bool = True
) -> list[list[Slot]]:
    """Seven slots for each row of the form; `before` are values printed above the first label.

    `in_order`: the labels stand in the order of the form, so that a lost one can be told by order. Where they
    do not, rows that share no line tell only by the sums of the whole table which values are whose.
    """
    rows = _marked_overlong(rows)
    printed = all_printed(rows) if in_order else None
    if printed is not None:
        return printed
    state = _State(template, list(rows))
    _decide_complete_rows(state)
    if len(state.decided) < len(rows):
        _decide_unlabelled(state)
        if in_order:
            _restore_order(state, before)
            _doubt_empty_last_row(state)
        _decide_fields(state)
        _settle_pending(state)
        if in_order and not state.refused:
            _take_out_pages(state)
    if not in_order and not everything_holds(state.matrix(), state.template):
        for index in [i for i in state.decided if not _is_beside(state.rows[i])]:
            state.decided.pop(index)
            state.refused[index] = "lost_label"
    if total_stands_before_empty_column([row for row in state.matrix() if row is not None]):
        state.refused.update(dict.fromkeys(state.decided, "column_order"))
        state.decided.clear()
    for index in rows_with_a_loss(state.template, state.matrix(), _glued_digits(state)):
        state.decided.pop(index)
        state.refused[index] = "glued"
    emptied = [row for row, reading in state.decided.items() if _holds_empty(reading)]
    for index in misplaced_blanks(state.template, state.matrix(), set(state.proved), emptied):
        state.decided.pop(index)
        state.refused[index] = "shifted_row"
    return [_row_slots(state, row) for row in range(len(rows))]


def contradicted_by(row: RowMarks, others: Iterable[Sequence[Mark]]) -> RowMarks:
    """The row, marked where values printed beside the same label elsewhere are not the same."""
    said = _said(row.marks)
    return row._replace(contradicted=True) if any(_said(o) != said for o in others) else row


def _said(marks: Sequence[Mark]) -> list[Number | str]:
    return [mark.text if mark.printed.value is None else mark.printed.value for mark in marks]


def all_printed(rows: Sequence[RowMarks | None]) -> list[list[Slot]] | None:
    """The slots of a table whose every row prints seven plain numbers beside its label; else None.

    Such rows are decided by themselves and no cell of them is blank, so nothing is left to solve.
    """
    slots: list[list[Slot]] = []
    for row in rows:
        if row is None or row.by_order or row.cut_off or _doubt(row):
            return None
        for mark in row.marks:
            if mark.printed.kind is not Kind.NUMBER:
                return None
        if not row.tied and not _prints_seven(row):
            return None
        slots.append([Slot(CellStatus.PRINTED, mark.printed.value, mark) for mark in row.marks])
    return slots


def _is_beside(row: RowMarks | None) -> bool:
    return row is not None and (row.beside or row.tied)


def _glued_digits(state: _State) -> dict[int, str]:
    """The digits of rows that were cut by their own sum alone."""
    return {
        index: "".join(mark.text for mark in row.marks)
        for index, row in enumerate(state.rows)
        if row is not None and state.proved.get(index) == ("R03",)
    }


def _decide_complete_rows(state: _State) -> None:
    whole: bool | None = None
    for index, row in enumerate(state.rows):
        if row is None or row.by_order:
            continue
        if doubt := _doubt(row):
            state.refused[index] = doubt
            continue
        marks = row.marks
        if row.tied or _prints_seven(row):
            _decide_seven(state, index, row)
        elif is_cuttable(marks) and digits_match_columns(marks):
            whole = _glued_without_blanks(state.rows) if whole is None else whole
            if not whole and any_digit(marks):
                continue
            reading = single_digits(marks)
            if row_holds(values_of(reading)):
                state.decided[index] = reading
                state.proved[index] = ("R03",)


def _holds_empty(reading: Reading) -> bool:
    """Whether a cell of the row is empty, not even a stroke in it."""
    return any(entry.mark is not None and not entry.mark.text for entry in reading)


def _marked_overlong(rows: Sequence[RowMarks | None]) -> Sequence[RowMarks | None]:
    """The rows, marked where one prints seven values in more fields than its siblings have.

    It has an empty cell too many, or a value too many and an empty one of the seven. A sum above zero tells which,
    unless this publisher leaves totals empty.
    """
    wide = {
        index: row.fields
        for index, row in enumerate(rows)
        if row is not None and not row.tied and row.fields is not None
        if len(row.fields) > COLUMNS == len(row.marks)
    }
    if not wide:
        return rows
    shapes = Counter(_shape(rows[index], fields) for index, fields in wide.items())
    totals_empty = any(
        row is not None and row.fields and len(row.fields) == COLUMNS and not row.fields[-1].text
        for row in rows
    )
    return [
        row._replace(overlong=True)
        if row is not None
        and index in wide
        and shapes[_shape(row, wide[index])] == 1
        and (totals_empty or not _sum_tells(row))
        else row
        for index, row in enumerate(rows)
    ]


def _shape(row: RowMarks | None, fields: Sequence[Mark]) -> tuple[int, int, int]:
    """How deep a row's label stands, how many fields it has and how many empty ones come first."""
    lead = next((index for index, mark in enumerate(fields) if mark.text), len(fields))
    return (row.depth if row is not None else 0, len(fields), lead)


def _sum_tells(row: RowMarks) -> bool:
    """Whether the seven values add up to a total above zero."""
    values = [mark.printed.value for mark in row.marks]
    return bool(values[-1]) and row_holds(values)


def _doubt(row: RowMarks) -> str:
    """Why the values beside a label are not taken for its seven, whatever the sums say."""
    if row.strayed:
        return "misplaced"
    if row.contradicted:
        return "rows_differ"
    if row.overlong:
        return "long_row"
    if row.holds_stroke:
        return "glued"
    return "merged" if not row.tied and _may_be_copied(row.marks) else ""


def _may_be_copied(marks: Sequence[Mark]) -> bool:
    """Whether two equal neighbours of a row that does not add up may be one cell, printed for each column it spans."""
    return has_equal_neighbours(marks) and not row_holds([mark.printed.value for mark in marks])


def _prints_seven(row: RowMarks) -> bool:
    """Seven separate values, with no empty field between them.

    Runs of digits in a text without separators are seven values only if their sum says so.
    """
    if len(row.marks) != COLUMNS or any(mark.kind is Kind.GLUED for mark in row.marks):
        return False
    attached = any(mark.attached for mark in row.marks)
    if attached and not row_holds([mark.printed.value for mark in row.marks]):
        return False
    return row.fields is None or adjacent(row.fields)


def _glued_without_blanks(rows: Sequence[RowMarks | None]) -> bool:
    """Whether no row has fewer digits than columns: then glued digits can hide no blank."""
    return all(
        sum(len(mark.text) for mark in row.marks) >= COLUMNS for row in rows if row is not None
    )


def _decide_unlabelled(state: _State) -> None:
    """Rows known only by their order are read if every sum of the whole table then holds."""
    unlabelled = {
        index: as_printed(row.marks)
        for index, row in enumerate(state.rows)
        if row is not None and row.by_order and len(row.marks) == COLUMNS
    }
    trial = _State(state.template, state.rows, {**state.decided, **unlabelled})
    if unlabelled and everything_holds(trial.matrix(), state.template):
        state.decided.update(unlabelled)
        state.proved.update(dict.fromkeys(unlabelled, ALL_SUMS))
    else:
        by_order = [i for i, row in enumerate(state.rows) if row is not None and row.by_order]
        state.refused.update(dict.fromkeys(by_order, "lost_label"))


def _decide_seven(state: _State, index: int, row: RowMarks) -> None:
    reading = as_printed(row.marks)
    if row.cut_off and (reading[-1].value or 0) != 0 and not row_holds(values_of(reading)):
        state.refused[index] = "cut_off"
        return
    state.decided[index] = reading


def _restore_order(state: _State, before: Sequence[Mark]) -> None:
    """Rows with 14 or 0 values beside each other: the k-th seven values belong to the k-th row.

    Accepted only if then every sum of the whole table holds; otherwise no row on the way from the
    surplus to the row that lacks it can be trusted, even where it has seven values.
    """
    runs = _runs_of_seven(state.rows, before)
    trial = dict(state.decided)
    for first, marks in runs:
        for k in range(len(marks) // COLUMNS):
            trial[first + k] = as_printed(marks[COLUMNS * k : COLUMNS * (k + 1)])
    if runs and len(trial) == len(state.rows):
        matrix = [values_of(trial[row]) for row in range(len(state.rows))]
        if everything_holds(matrix, state.template):
            for first, marks in runs:
                for row in range(first, first + len(marks) // COLUMNS):
                    state.decided[row] = trial[row]
                    state.proved[row] = ALL_SUMS
                    state.refused.pop(row, None)
            return
    for row in _lagging_rows(state.rows, before):
        state.decided.pop(row, None)
        state.refused[row] = "lost_label"


def _doubt_empty_last_row(state: _State) -> None:
    """Only the last label has no values: each row's values may stand above its label.

    Then the first row's were lost, and unless the leaves add up as they stand no row is trusted.
    """
    last = state.rows[-1]
    if last is None or last.marks or leaves_hold(state.matrix(), state.template):
        return
    for row in list(state.decided):
        marks = state.rows[row]
        if marks is not None and not marks.tied:
            state.decided.pop(row)
            state.refused[row] = "lost_label"


def _lagging_rows(rows: Sequence[RowMarks | None], before: Sequence[Mark]) -> set[int]:
    """Rows whose values may be those of a neighbour, since more than half a row too many came before.

    Values above the first label while the last label has none of its own put the whole table in doubt.
    """
    known = [index for index, row in enumerate(rows) if row is not None]
    last = rows[-1]
    if len(before) >= _HALF_ROW or (before and (last is None or len(last.marks) != COLUMNS)):
        return set(known)
    lagging: set[int] = set()
    surplus = 0
    for index, row in enumerate(rows):
        count = len(row.marks) if row is not None else 0
        surplus += count - COLUMNS
        if (surplus >= _HALF_ROW and row is not None and not row.tied) or (
            surplus >= 0 and lagging and index - 1 in lagging and row is not None
        ):
            lagging.add(index)
        surplus = max(surplus, 0)
    return lagging


def _runs_of_seven(
    rows: Sequence[RowMarks | None], before: Sequence[Mark]
) -> list[tuple[int, list[Mark]]]:
    """(first row, marks) of stretches whose values are seven for each row only taken together."""
    found: list[tuple[int, list[Mark]]] = []
    pool: list[Mark] = list(before)
    first = 0
    for index, row in enumerate(rows):
        marks = row.marks if row else ()
        if row is not None and (row.tied or row.contradicted or row.holds_stroke):
            return []
        if not pool and first == index and len(marks) <= COLUMNS:
            first = index + 1
            continue
        pool += marks
        if any(mark.kind is not Kind.NUMBER for mark in pool):
            return []
        if len(pool) == COLUMNS * (index - first + 1):
            found.append((first, pool))
            pool, first = [], index + 1
    return found


def _decide_fields(state: _State) -> None:
    """Rows whose explicitly empty fields can be told from fillers."""
    waiting = {
        index: (row.depth, row.fields)
        for index, row in enumerate(state.rows)
        if row is not None
        and row.fields is not None
        and index not in state.decided
        and index not in state.refused
    }
    if not waiting:
        return
    complete = [
        (row.depth, row.fields, row.marks)
        for index, row in enumerate(state.rows)
        if row is not None and row.fields is not None and index in state.decided
    ]
    learned, guessed = settle_fields(complete, waiting)
    state.decided.update(learned)
    trial = _State(state.template, state.rows, {**state.decided, **guessed})
    matrix = trial.matrix()
    if guessed and balance_holds(matrix, state.template) and leaves_hold(matrix, state.template):
        state.decided.update(guessed)
        state.proved.update(dict.fromkeys(guessed, ALL_SUMS))


def _settle_pending(state: _State) -> None:
    """Readings of short, long and glued rows that the columns leave over."""
    pending: dict[int, list[Reading]] = {}
    glued: set[int] = set()
    usually_whole = _usually_whole(state.rows)
    cut_rows = any(row is not None and is_cuttable(row.marks) for row in state.rows)
    for index, row in enumerate(state.rows):
        if row is None or index in state.decided or index in state.refused or not row.marks:
            continue
        if row.cut_off and len(row.marks) < COLUMNS:
            continue
        if cut_rows and len(row.marks) <= COLUMNS:
            glued.add(index)
        if len(row.marks) < COLUMNS and index not in glued and not usually_whole:
            continue
        if row.fields is not None and not adjacent(row.fields):
            continue  # an empty cell among the values is one of the seven
        found = readings(row.marks, index in glued)
        if found:
            pending[index] = found
    survivors = surviving_readings(state.template, state.decided, pending, glued)
    for index, left in survivors.items():
        state.decided[index] = _agreement(left)
    for index in survivors:
        state.proved[index] = ("R03", *_column_rules(state, index))


def _take_out_pages(state: _State) -> None:
    marks = [() if row is None else row.marks for row in state.rows]
    found = rows_without_page_numbers(state.template, marks, state.decided)
    state.decided.update(found)
    state.proved.update(dict.fromkeys(found, ALL_SUMS))


def _usually_whole(rows: Sequence[RowMarks | None]) -> bool:
    """Whether most rows have seven values; where most lack one, a column is lost and not a value."""
    known = [row for row in rows if row is not None and row.marks]
    return 2 * sum(len(row.marks) == COLUMNS for row in known) > len(known)


def _column_rules(state: _State, row: int) -> tuple[str, ...]:
    """The relations over columns that speak for a row; the publisher's leaves may contradict their total."""
    flows = flow_rows(state.template)
    if row not in flows:
        return ("R02",)
    both = row == flows[2] and leaves_hold(state.matrix(), state.template)
    return ("R01", "R02") if both else ("R01",)


def _agreement(left: Sequence[Reading]) -> Reading:
    """One reading; a cell on which the readings differ, or that may be the hole, is left open."""
    entries = []
    for column in range(COLUMNS):
        choices = [reading[column] for reading in left]
        agreed = all(
            choice.value == choices[0].value and choice.mark is not None for choice in choices
        )
        entries.append(choices[0] if agreed else Entry(None, None))
    return tuple(entries)


def _row_slots(state: _State, index: int) -> list[Slot]:
    row = state.rows[index]
    reading = state.decided.get(index)
    if reading is None:
        return _undecided_slots(row, state.refused.get(index))
    rules = state.proved.get(index)
    slots = []
    for entry in reading:
        if entry.mark is None:
            slots.append(unreadable("short_row"))
        elif rules is None or entry.value is None:
            slots.append(slot_of(entry.mark))
        else:
            slots.append(inferred(entry.value, entry.mark, rules))
    return _with_letter_zeros(slots, reading)


def _undecided_slots(row: RowMarks | None, reason: str | None) -> list[Slot]:
    if row is None:
        return [unreadable(reason) if reason else MISSING] * COLUMNS
    if not row.marks and reason is None:
        return [MISSING if row.cut_off else Slot(CellStatus.BLANK)] * COLUMNS
    if reason is None:
        reason = (
            "glued"
            if is_cuttable(row.marks)
            else "short_row"
            if len(row.marks) < COLUMNS
            else "long_row"
        )
    values = tuple(dict.fromkeys(m.printed.value for m in row.marks if m.printed.value is not None))
    options = values if len(values) <= COLUMNS else ()
    return [unreadable(reason, row.marks[0] if row.marks else None, options)] * COLUMNS


def _with_letter_zeros(slots: list[Slot], reading: Reading) -> list[Slot]:
    """A letter O is 0 only where the row sum forces that number and everything else is printed."""
    letters = [c for c, slot in enumerate(slots) if slot.reason == "letter_zero"]
    if len(letters) != 1 or any(
        slot.value is None for c, slot in enumerate(slots) if c != letters[0]
    ):
        return slots
    column = letters[0]
    if row_holds(values_of(reading)):
        slots[column] = inferred(reading[column].value or 0, slots[column].mark, ("R03",))
    return slots
