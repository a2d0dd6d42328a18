"""One statutory table as found in one place of a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from annual_reports.model import CellStatus
from annual_reports.tables.marks import Slot, unreadable
from schemas.fields import table_form


@dataclass(frozen=True)
class Note:
    """A doubt of the reader about some rows, by (rule_id, reason) of reader_findings.csv."""

    rule_id: str
    reason: str
    rows: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class TableReading:
    """`slots` has one list for each row of the form `template`. `size` are the structure counts of the table.

    `place` orders readings as they stand in the document; `stops`: the document ends inside.
    """

    table: str
    template: str
    slots: tuple[tuple[Slot, ...], ...]
    size: dict[str, int]
    blocks: frozenset[int]
    place: int
    notes: tuple[Note, ...] = ()
    stops: bool = False
    undecided_form: bool = field(default=False)


def without_form_rows(template: str, slots: Sequence[Sequence[Slot]]) -> list[list[Slot]]:
    """Table three of a form the labels do not tell: what the other form has under another key is refused."""
    other = "t2019" if template == "t2021" else "t2021"
    shared = set(table_form(other, "requests").row_keys)
    kept = []
    for key, row in zip(table_form(template, "requests").row_keys, slots, strict=True):
        doubtful = key not in shared
        kept.append(
            [
                unreadable("form_undecided", slot.mark)
                if doubtful and slot.status is not CellStatus.MISSING
                else slot
                for slot in row
            ]
        )
    return kept
