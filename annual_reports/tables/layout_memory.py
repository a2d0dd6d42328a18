"""Layouts the decoder has read before, and cells read by them without decoding again.

A layout is everything of a document's tables but its plain numbers. Documents of one layout differ
only in these numbers, and where all sums hold the decoder reads each number by its place alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat

from annual_reports.model import Cell, CellEvidence, CellStatus, Number
from annual_reports.tables.plain_values import (
    AMOUNT_MARK,
    COUNT_MARK,
    plain_amount,
    plain_counts,
    requests_sums_hold,
    review_sums_hold,
)
from schemas.fields import STATUTORY_TABLES, Field, table_form

MOST_LAYOUTS = 256

Read = Callable[[str], Number | None]
_NEW_CELL = repeat(Cell)


@dataclass(frozen=True, slots=True)
class CellPlan:
    """How the numbers of one layout become cells, in the order of `STATUTORY_TABLES` and of the form.

    `tables`, `row_keys`, `column_keys` and `statuses` have one entry for each cell, `active_reads`
    one for each cell of table two; `ends` are the ends of tables two and three among the cells.
    """

    templates: tuple[str, str, str]
    tables: tuple[str, ...]
    row_keys: tuple[str, ...]
    column_keys: tuple[str, ...]
    statuses: tuple[CellStatus, ...]
    active_reads: tuple[Read, ...]
    ends: tuple[int, int]

    def cells(
        self, raws: Sequence[str], evidence: Sequence[CellEvidence]
    ) -> tuple[Cell, ...] | None:
        """The cells for these printed texts; None where a sum fails, which is for the decoder to judge.

        None as well where a count is not printed plainly; the texts of table two are taken as they were learnt.
        """
        active, requests = self.ends
        counts = plain_counts(raws[active:])
        if counts is None:
            return None
        if not requests_sums_hold(self.templates[1], counts[: requests - active]):
            return None
        if not review_sums_hold(counts[requests - active :]):
            return None
        values = [
            *[read(raw) for read, raw in zip(self.active_reads, raws, strict=False)],
            *counts,
        ]
        columns = (
            self.tables, self.row_keys, self.column_keys, values, self.statuses, raws, evidence
        )  # fmt: skip
        return tuple(map(tuple.__new__, _NEW_CELL, zip(*columns, strict=True)))


def plan_of(
    templates: dict[str, str | None], cells: Sequence[Cell], masks: Sequence[str]
) -> CellPlan | None:
    """The plan that cells with these masked texts follow; None where one of them is more than its own text.

    Every count must be printed as a plain number; cells of table two may also be blank or a note.
    """
    forms = [templates.get(table) for table in STATUTORY_TABLES]
    if set(templates) != set(STATUTORY_TABLES) or None in forms:
        return None
    kinds = (forms[0] or "", forms[1] or "", forms[2] or "")
    fields = [
        [field for row in table_form(form, table).rows for field in row]
        for table, form in zip(STATUTORY_TABLES, kinds, strict=True)
    ]
    flat = [field for table in fields for field in table]
    if len(flat) != len(cells) or not all(map(_is_own, flat, cells, masks)):
        return None
    return CellPlan(
        templates=kinds,
        tables=tuple(cell.table for cell in cells),
        row_keys=tuple(cell.row_key for cell in cells),
        column_keys=tuple(cell.column_key for cell in cells),
        statuses=tuple(cell.status for cell in cells),
        active_reads=tuple(map(_reader, fields[0], cells)),
        ends=(len(fields[0]), len(fields[0]) + len(fields[1])),
    )


def _is_own(field: Field, cell: Cell, mask: str) -> bool:
    """Whether nothing but its own text makes this cell what it is."""
    if (field.table, field.row_key, field.column_key) != cell[:3]:
        return False
    if cell.evidence.rules or cell.evidence.options:
        return False
    if cell.status is CellStatus.PRINTED:
        return mask == COUNT_MARK or (mask == AMOUNT_MARK and field.dtype == "decimal")
    in_words = cell.status in (CellStatus.BLANK, CellStatus.NOTE)
    return in_words and field.table == STATUTORY_TABLES[0] and mask[:1] != COUNT_MARK


def _reader(field: Field, cell: Cell) -> Read:
    if cell.status is not CellStatus.PRINTED:
        return _no_number
    return plain_amount if field.dtype == "decimal" else int


def _no_number(_raw: str) -> None:
    return None


def probe_numbers(plan: CellPlan, masks: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Fillings of a layout whose sums hold: every number another, and all zeros.

    One text for each cell of the plan, by its masked text; those without a number are not used.
    """
    return tuple(
        tuple(
            f"{text}.5" if mask == AMOUNT_MARK else text
            for text, mask in zip(_filling(plan, step), masks, strict=True)
        )
        for step in (1, 0)
    )


def _filling(plan: CellPlan, step: int) -> tuple[str, ...]:
    active, _ = plan.ends
    rows = table_form(plan.templates[1], "requests").row_keys
    own = {
        row: [step * (1000 + 7 * n + 211 * c) for c in range(6)]
        for n, row in enumerate(rows)
        if row not in ("new_received", "handled_total")
    }
    leaves = [own[row] for row in own if row not in ("carried_in", "carried_out")]
    own["handled_total"] = [sum(column) for column in zip(*leaves, strict=True)]
    due = zip(own["handled_total"], own["carried_out"], own["carried_in"], strict=True)
    own["new_received"] = [handled + out - old for handled, out, old in due]
    counts = [n for row in rows for n in (*own[row], sum(own[row]))]
    for group in range(3):
        results = [step * (31 + 5 * group + n) for n in range(4)]
        counts += [*results, sum(results)]
    return (*(str(step * (501 + 3 * n)) for n in range(active)), *map(str, counts))
