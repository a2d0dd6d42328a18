"""Indicator tables that belong to no national form, kept cell by cell with the labels they print."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from decimal import Decimal

from annual_reports.model import CellStatus, LocalStatistic, Number
from annual_reports.tables.indicator_rows import (
    IndicatorRow,
    IndicatorTable,
    is_unit,
    label_text,
    this_year_column,
)
from annual_reports.tables.label_path import label_paths
from annual_reports.tables.marks import Mark, Slot, evidence_of, slot_of, unreadable
from annual_reports.tables.printed_values import Kind, plain_number
from schemas.indicators import indicator_pattern, local_labels

_FEWEST_VALUES = 3
_NARRATIVE = "narrative_statistics"
_QUANTITY = re.compile(r"(?P<number>[\d,.]+)(?P<unit>\D+)")


def is_indicator_list(table: IndicatorTable) -> bool:
    """Whether a table lists indicators: numbers behind labels, and labels that name counts."""
    valued = [row for row in table.rows if row.parts and _has_number(row)]
    if len(valued) < _FEWEST_VALUES:
        return False
    named = [row for row in valued if _names_an_indicator(row)]
    fewest = len(valued) / 3 if table.has_header else len(valued) * 0.8
    return len(named) >= max(2, fewest)


def local_statistics(
    table: IndicatorTable,
    ordinal: int,
    taken_rows: Container[int] = frozenset(),
    taken_column: int | None = None,
) -> Iterator[LocalStatistic]:
    """The cells of a table in reading order; those the form of 2014 took are left out.

    `ordinal` is the place of a flattened table among the tables of the document.
    """
    year_column = this_year_column(table.columns)
    paths = label_paths(table.rows)
    for place, (row, path) in enumerate(zip(table.rows, paths, strict=True)):
        is_taken = place in taken_rows
        for column, slot in _slots(row, table, is_taken):
            if is_taken and column in (None, taken_column):
                continue
            is_year = column is not None and column == year_column
            yield LocalStatistic(
                label=path,
                printed_label=row.printed,
                column=table.columns[column] if column is not None else "",
                value=slot.value,
                unit=_printed_unit(slot.mark) or row.unit,
                status=slot.status,
                raw=_raw(row, slot),
                canonical=_canonical(row, slot.mark) if is_year else None,
                evidence=evidence_of(slot, ordinal, place, column or 0),
            )


def _slots(
    row: IndicatorRow, table: IndicatorTable, is_taken: bool
) -> Iterator[tuple[int | None, Slot]]:
    """(column, value) of each cell; values that belong to no column for certain have none."""
    if row.reason:
        if all(mark.kind is Kind.BLANK for mark in row.loose):
            return
        yield None, unreadable(row.reason, row.loose[0] if row.loose else None)
        return
    for column, mark in enumerate(row.marks):
        if mark is None or (mark.kind is Kind.BLANK and not mark.raw.strip()):
            if _has_number(row):
                yield column, Slot(CellStatus.BLANK, None, mark)
        elif mark.kind is not Kind.BLANK or _has_number(row) or row.unit:
            is_tied = bool(row.parts) and (not table.is_flat or is_taken or row.is_cut_surely)
            slot = _value_slot(mark) if is_tied else unreadable("lost_label", mark)
            has_column = table.has_header or not table.is_flat
            yield column, slot if has_column else unreadable("no_header", mark)


def _value_slot(mark: Mark) -> Slot:
    if mark.kind in (Kind.WORDS, Kind.ODD) and (number := _quantity(mark.text)) is not None:
        return Slot(CellStatus.PRINTED, number, mark)
    return slot_of(mark)


def _quantity(text: str) -> Number | None:
    """A number with its unit in one cell: 251000元 is 251000."""
    found = _QUANTITY.fullmatch(text)
    return plain_number(found["number"]) if found and is_unit(found["unit"]) else None


def _raw(row: IndicatorRow, slot: Slot) -> str | None:
    """What stands in the cell; all values of a row whose values belong to no column for certain."""
    if row.loose and slot.status is CellStatus.UNREADABLE:
        return " ".join(mark.raw for mark in row.loose)
    return slot.mark.raw if slot.mark is not None else None


def _printed_unit(mark: Mark | None) -> str | None:
    found = _QUANTITY.fullmatch(mark.text) if mark is not None else None
    return found["unit"] if found and is_unit(found["unit"]) else None


def _canonical(row: IndicatorRow, mark: Mark | None) -> str | None:
    """The key of `fields.csv` whose wording and unit are those of the row."""
    unit = _printed_unit(mark) or row.unit
    bare = label_text(row.label).bare
    keys = [
        label.key
        for label in local_labels()
        if label.pattern.fullmatch(bare) and (unit is None or unit in label.units)
    ]
    return f"{_NARRATIVE}.{keys[0]}.value" if len(keys) == 1 and row.own_label else None


def _has_number(row: IndicatorRow) -> bool:
    marks: Sequence[Mark | None] = row.loose or row.marks
    return any(mark is not None and isinstance(mark.printed.value, int | Decimal) for mark in marks)


def _names_an_indicator(row: IndicatorRow) -> bool:
    bare = label_text(row.label).bare
    return row.unit is not None or indicator_pattern("indicator").search(bare) is not None
