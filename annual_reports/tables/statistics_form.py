"""The form of 2014 out of an indicator table: one slot for each of its 58 indicators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from annual_reports.model import CellStatus
from annual_reports.tables.indicator_rows import IndicatorRow, IndicatorTable, this_year_column
from annual_reports.tables.marks import MISSING, Mark, Slot, slot_of, unreadable
from annual_reports.tables.printed_values import Kind, read_amount
from annual_reports.tables.statistics_keys import (
    KeyedRow,
    is_statistics_form,
    keyed_rows,
    names_a_heading,
)
from annual_reports.tables.table_reading import Note, TableReading
from schemas.fields import Field
from schemas.indicators import (
    STATISTICS,
    STATISTICS_FORM,
    indicator_pattern,
    statistics_fields,
    statistics_keys,
)

_MONEY_UNIT = "万元"


class StatisticsReading(NamedTuple):
    """The reading, the rows it took and the column it took them from (None: no column is certain)."""

    reading: TableReading
    taken: frozenset[int]
    column: int | None


def read_statistics(table: IndicatorTable) -> StatisticsReading | None:
    """The form of 2014, None where the labels are not those of the form."""
    if not is_statistics_form(table.rows):
        return None
    rows = [_refused(row) for row in table.rows] if _is_out_of_step(table) else table.rows
    keyed = keyed_rows(rows)
    column = this_year_column(table.columns) if table.has_header else None
    slots = _slots(keyed, column, "column_order" if table.has_header else "no_header")
    repaired = tuple(statistics_keys()[one.order] for one in keyed if one.repaired)
    notes = [Note("E02", "label_repaired", repaired, len(repaired))] if repaired else []
    notes += _unit_notes(keyed, column)
    reading = TableReading(
        table=STATISTICS,
        template=STATISTICS_FORM,
        slots=tuple((slot,) for slot in slots),
        size={},
        blocks=table.block,
        place=table.place,
        notes=tuple(notes),
    )
    taken = {id(one.row) for one in keyed}
    return StatisticsReading(
        reading,
        frozenset(place for place, row in enumerate(rows) if id(row) in taken),
        column,
    )


def _is_out_of_step(table: IndicatorTable) -> bool:
    """Text in which a heading has a number: values stand before their labels, or one is lost."""
    return table.is_flat and any(
        names_a_heading(row) and any(mark.kind is Kind.NUMBER for mark in _standing(row))
        for row in table.rows
    )


def _standing(row: IndicatorRow) -> tuple[Mark, ...]:
    return row.loose or tuple(mark for mark in row.marks if mark is not None)


def _refused(row: IndicatorRow) -> IndicatorRow:
    if not _standing(row):
        return row
    nothing: tuple[Mark | None, ...] = (None,) * len(row.marks)
    return replace(row, marks=nothing, reason="misplaced", loose=_standing(row))


def _slots(keyed: Sequence[KeyedRow], column: int | None, no_column: str) -> list[Slot]:
    by_order: dict[int, list[Slot]] = defaultdict(list)
    for one in keyed:
        field = statistics_fields()[one.order]
        by_order[one.order].append(_slot(one, field, column, no_column))
    return [_single(by_order[order]) for order in range(len(statistics_keys()))]


def _slot(keyed: KeyedRow, field: Field, column: int | None, no_column: str) -> Slot:
    row = keyed.row
    shown = row.loose[0] if row.loose else next((m for m in row.marks if m is not None), None)
    if row.reason or keyed.doubt:
        return unreadable(row.reason or keyed.doubt, shown)
    if column is None:
        has_number = any(m is not None and m.kind is not Kind.BLANK for m in row.marks)
        return unreadable(no_column, shown) if has_number else Slot(CellStatus.BLANK, None, shown)
    mark = row.marks[column]
    if mark is None:
        return Slot(CellStatus.BLANK)
    slot = _value_slot(mark, field)
    if slot.value is not None and not _unit_fits(row, mark, field):
        return unreadable("unit_differs", mark)
    return slot


def _value_slot(mark: Mark, field: Field) -> Slot:
    if field.dtype == "decimal" and mark.kind not in (Kind.SEVERAL, Kind.MERGED, Kind.BLANK):
        mark = mark._replace(printed=read_amount(mark.text))
        slot = slot_of(mark)
        return unreadable("odd_value", mark) if slot.value is not None and slot.value < 0 else slot
    slot = slot_of(mark)
    is_count = slot.value is None or (isinstance(slot.value, int) and slot.value >= 0)
    return slot if is_count else unreadable("odd_value", mark)


def _unit_fits(row: IndicatorRow, mark: Mark, field: Field) -> bool:
    if row.unit is None:
        return True
    if field.dtype == "decimal":
        return row.unit == _MONEY_UNIT
    return indicator_pattern("count_unit").fullmatch(row.unit) is not None


def _single(slots: Sequence[Slot]) -> Slot:
    """Rows of one indicator: repeated alike they are one, else none of them is believed."""
    if not slots:
        return MISSING
    if len({(slot.status, slot.value) for slot in slots}) == 1:
        return slots[0]
    options = tuple(dict.fromkeys(slot.value for slot in slots if slot.value is not None))
    return unreadable("copies_differ", slots[0].mark, options)


def _unit_notes(keyed: Sequence[KeyedRow], column: int | None) -> list[Note]:
    """Amounts for which neither the row nor the value names a unit."""
    bare = [
        statistics_keys()[one.order]
        for one in keyed
        if column is not None
        and not one.doubt
        and statistics_fields()[one.order].dtype == "decimal"
        and one.row.unit is None
        and (mark := one.row.marks[column]) is not None
        and (amount := read_amount(mark.text)).kind is Kind.NUMBER
        and not amount.unit_stated
        and amount.value != 0
    ]
    return [Note("U01", "unit_not_stated", tuple(bare), len(bare))] if bare else []
