"""One statutory table as found in one place of a document."""

from __future__ import annotations

from dataclasses import dataclass, field

from annual_reports.tables.marks import Slot


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
