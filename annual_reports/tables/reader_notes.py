"""Findings of the reader about one table, Chinese first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from annual_reports.model import CellStatus, Finding, FindingClass
from annual_reports.tables.marks import Slot
from annual_reports.tables.printed_values import Kind
from annual_reports.tables.table_reading import Note, TableReading
from schemas.fields import table_form
from schemas.labels import reader_findings

_TABLE_NAMES = {
    "active_disclosure": "表二",
    "requests": "表三",
    "review_litigation": "表四",
    "statistics": "统计表",
}
_MOST_NAMED_ROWS = 6


def findings_of(reading: TableReading) -> tuple[Finding, ...]:
    """One finding for each doubt, in a fixed order."""
    notes = [*_slot_notes(reading), *reading.notes]
    if reading.undecided_form:
        notes.append(Note("E04", "form_undecided"))
    if reading.stops:
        notes.append(Note("E08", "stops_inside"))
    return tuple(_finding(reading, note) for note in notes)


def _slot_notes(reading: TableReading) -> Iterable[Note]:
    rows: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    keys = table_form(reading.template, reading.table).row_keys
    for key, slots in zip(keys, reading.slots, strict=True):
        for slot in slots:
            if slot.status is CellStatus.PRINTED and not (slot.mark and slot.mark.printed.remark):
                continue
            for what in _doubts(slot, reading.table == "statistics"):
                rows[what][key] += 1
    for (rule_id, reason), counts in sorted(rows.items()):
        yield Note(rule_id, reason, tuple(counts), sum(counts.values()))


def _doubts(slot: Slot, is_statistics: bool) -> Iterable[tuple[str, str]]:
    if slot.status is CellStatus.UNREADABLE:
        yield "E01", slot.reason
    elif slot.status is CellStatus.MISSING:
        yield "E07", "missing_indicators" if is_statistics else "missing_rows"
    elif slot.status is CellStatus.BLANK and slot.mark is None:
        yield "E06", "blank_in_text"
    if slot.mark is not None and slot.mark.printed.remark:
        yield "E05", "remark"
    letter = slot.mark is not None and slot.mark.printed.kind is Kind.LETTER_ZERO
    if letter and slot.status is CellStatus.INFERRED:
        yield "E03", "letter_zero"


def _finding(reading: TableReading, note: Note) -> Finding:
    entry = reader_findings()[note.rule_id, note.reason]
    labels = _row_labels(reading, note.rows)
    places = {"table": _TABLE_NAMES[reading.table], "rows": labels, "count": note.count}
    zh, en = entry.message_zh.format(**places), entry.message_en.format(**places)
    scope = f"{reading.table}.{note.rows[0]}" if len(note.rows) == 1 else reading.table
    status = "not_assessable" if note.rule_id == "E01" else "fail"
    return Finding(
        rule_id=note.rule_id,
        severity=entry.severity,
        status=status,
        finding_class=FindingClass(entry.finding_class),
        scope=scope,
        left=None,
        right=None,
        difference=None,
        message=f"{zh}。{en[:1].upper()}{en[1:]}.",
    )


def _row_labels(reading: TableReading, keys: tuple[str, ...]) -> str:
    form = table_form(reading.template, reading.table)
    names = {fields[0].row_key: fields[0].row_label.rsplit("/", 1)[-1] for fields in form.rows}
    shown = "、".join(names[key] for key in keys[:_MOST_NAMED_ROWS])
    return f"{shown} 等 {len(keys)} 行" if len(keys) > _MOST_NAMED_ROWS else shown
