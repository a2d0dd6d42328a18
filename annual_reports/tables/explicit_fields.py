"""Which explicitly empty fields of a row are blanks of the table and which are only fillers.

Spans become empty fields before and after the seven values. How many come before is learned from
complete rows whose label stands as deep and that have as many fields, or is the only number with which a row sum above
zero holds and none breaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import Kind
from annual_reports.tables.row_candidates import Reading, as_printed, values_of
from annual_reports.tables.sums import COLUMNS, row_holds

Fields = Sequence[Mark]


def settle_fields(
    complete: Sequence[tuple[int, Fields, Sequence[Mark]]],
    waiting: Mapping[int, tuple[int, Fields]],
) -> tuple[dict[int, Reading], dict[int, Reading]]:
    """Readings learned from complete sibling rows, and readings only the row sums speak for."""
    leads: dict[tuple[int, int], set[int]] = defaultdict(set)
    for depth, fields, marks in complete:
        if _lead_of(fields, marks) >= 0:
            leads[depth, len(fields)].add(_lead_of(fields, marks))
    learned: dict[int, Reading] = {}
    groups: dict[tuple[int, int], dict[int, Fields]] = defaultdict(dict)
    for row, (depth, fields) in waiting.items():
        known = leads.get((depth, len(fields)))
        if known is None:
            groups[depth, len(fields)][row] = fields
            continue
        reading = _reading_at(fields, next(iter(known))) if len(known) == 1 else None
        if reading and not _may_lack_one(reading) and _speaks_for_itself(reading):
            learned[row] = reading
    guessed: dict[int, Reading] = {}
    for group in groups.values():
        guessed.update(_only_verified(group))
    return learned, guessed


def _speaks_for_itself(reading: Reading) -> bool:
    return reading[-1].value is None or row_holds(values_of(reading))


def _may_lack_one(reading: Reading) -> bool:
    """Whether the empty field at the end may make up for a value lost before it."""
    last = reading[-1].mark
    empty_end = last is not None and not last.text
    return empty_end and any(entry.value is not None for entry in reading)


def adjacent(fields: Fields) -> bool:
    """Whether the filled fields stand side by side."""
    filled = [index for index, mark in enumerate(fields) if mark.text]
    return bool(filled) and filled[-1] - filled[0] + 1 == len(filled)


def _lead_of(fields: Fields, marks: Sequence[Mark]) -> int:
    """Empty fields before the first value of a complete row; -1 where its values are not adjacent."""
    if len(marks) != COLUMNS or not adjacent(fields):
        return -1
    return next(index for index, mark in enumerate(fields) if mark.text)


def _reading_at(fields: Fields, lead: int) -> Reading | None:
    if lead < 0 or any(mark.text for mark in (*fields[:lead], *fields[lead + COLUMNS :])):
        return None
    kept = fields[lead : lead + COLUMNS]
    if len(kept) < COLUMNS or any(mark.kind not in (Kind.NUMBER, Kind.BLANK) for mark in kept):
        return None
    return as_printed(kept)


def _only_verified(group: Mapping[int, Fields]) -> dict[int, Reading]:
    """The readings of rows of one shape under the only lead the sums speak for.

    A row without a sibling of its shape may have one field too many anywhere, which blanks hide from sums.
    """
    if len(group) == 1:
        return {}
    width = len(next(iter(group.values())))
    verified = []
    for lead in range(width - COLUMNS + 1):
        found = {
            row: reading for row, fields in group.items() if (reading := _reading_at(fields, lead))
        }
        if len(found) == len(group) and _sums_speak_for(list(found.values())):
            verified.append(found)
    return verified[0] if len(verified) == 1 else {}


def _sums_speak_for(found: Sequence[Reading]) -> bool:
    totals = [reading for reading in found if reading[-1].value is not None]
    return all(row_holds(values_of(reading)) for reading in totals) and any(
        reading[-1].value for reading in totals
    )
