"""Several tables of one kind in a document: copies confirm each other, different tables refuse each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annual_reports.model import CellStatus, Number
from annual_reports.tables.marks import Slot, unreadable
from annual_reports.tables.table_reading import Note, TableReading

_VALUED = (CellStatus.PRINTED, CellStatus.INFERRED)
_UNKNOWN = (CellStatus.MISSING, CellStatus.UNREADABLE)


def merge_copies(readings: Sequence[TableReading]) -> TableReading:
    """One reading for all tables of a kind.

    Where no cell contradicts another they are one table printed again (or continued); otherwise only
    cells on which all agree are kept, since nothing says which table is meant.
    """
    if len(readings) == 1:
        return readings[0]
    ordered = sorted(readings, key=lambda reading: (-_known(reading), reading.place))
    best = ordered[0]
    rivals = [reading for reading in ordered[1:] if _known(reading)]
    blocks = frozenset[int]().union(*(reading.blocks for reading in ordered))
    best = replace(best, blocks=blocks)
    if not rivals:
        return best
    same_form = all(reading.template == best.template for reading in rivals)
    merged, contradicted = (
        _merged_slots([best, *rivals]) if same_form else (_all_refused(best), True)
    )
    notes = best.notes if contradicted else (*best.notes, Note("E09", "copies_agree"))
    return replace(best, slots=merged, notes=notes, stops=all(reading.stops for reading in ordered))


def _known(reading: TableReading) -> int:
    return sum(slot.status not in _UNKNOWN for row in reading.slots for slot in row)


def _merged_slots(readings: Sequence[TableReading]) -> tuple[tuple[tuple[Slot, ...], ...], bool]:
    rows = [
        [[reading.slots[r][c] for reading in readings] for c in range(len(row))]
        for r, row in enumerate(readings[0].slots)
    ]
    contradicted = any(_contradict(slots) for row in rows for slots in row)
    choose = _agreed if contradicted else _first_known
    return tuple(tuple(choose(slots) for slots in row) for row in rows), contradicted


def _says(slot: Slot) -> Number | str | None:
    return slot.value if slot.status in _VALUED else slot.status.value


def _contradict(slots: Sequence[Slot]) -> bool:
    return len({_says(slot) for slot in slots if slot.status not in _UNKNOWN}) > 1


def _first_known(slots: Sequence[Slot]) -> Slot:
    return next((slot for slot in slots if slot.status not in _UNKNOWN), slots[0])


def _agreed(slots: Sequence[Slot]) -> Slot:
    if len({_says(slot) for slot in slots}) == 1:
        return slots[0]
    options = tuple(dict.fromkeys(slot.value for slot in slots if slot.value is not None))
    return unreadable("copies_differ", slots[0].mark, options)


def _all_refused(reading: TableReading) -> tuple[tuple[Slot, ...], ...]:
    return tuple(
        tuple(unreadable("copies_differ", slot.mark) for slot in row) for row in reading.slots
    )
