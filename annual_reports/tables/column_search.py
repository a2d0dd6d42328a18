"""Which readings of doubtful rows of table three the sums over its columns leave over.

Given the row of handled totals, the balance (R01) and the leaves (R02) have nothing to do with each
other. A relation counts only where each of its rows is known or has readings; then it must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import product
from math import prod

from annual_reports.model import Number
from annual_reports.tables.row_candidates import Reading
from annual_reports.tables.sums import COLUMNS, flow_rows, leaf_rows

_MOST_BALANCES = 5_000
_MOST_STEPS = 40_000
Readings = dict[int, list[Reading]]


class _Table:
    """The rows as decided and the readings of those that are not; `steps` bounds the whole search."""

    def __init__(
        self, template: str, decided: Mapping[int, Reading], pending: Mapping[int, list[Reading]]
    ) -> None:
        self.template = template
        self.decided = decided
        self.pending = pending
        self.steps = 0

    def readings(self, row: int) -> Sequence[Reading]:
        """The one reading of a decided row, those of a doubtful one, none of an unknown one."""
        return [self.decided[row]] if row in self.decided else self.pending.get(row, [])


def surviving_readings(
    template: str,
    decided: Mapping[int, Reading],
    pending: Mapping[int, list[Reading]],
    glued: Collection[int],
) -> Readings:
    """Per doubtful row the readings that occur where the relations it takes part in hold; rows without any left out.

    The readings of `glued` rows are every cut of their digits. Where only such rows of the balance are
    doubtful and the leaves contradict each cut, the publisher added up wrongly and R01 decides alone.
    """
    table = _Table(template, decided, pending)
    flows = flow_rows(template)
    kept = _surviving(table, (_balanced, _adding_up))
    if flows[2] in pending and flows[2] not in kept:
        only_cuts = all(row in flows and row in glued for row in pending)
        kept = _surviving(table, (_balanced,)) if only_cuts else {}
    return kept if table.steps <= _MOST_STEPS else {}


def _surviving(table: _Table, relations: Sequence[_Relation]) -> Readings:
    total = flow_rows(table.template)[2]
    kept: Readings = {}
    for handled in table.readings(total):
        judged = [one for relation in relations if (one := relation(table, handled)) is not None]
        holding = [readings for holds, readings in judged if holds]
        if total in table.pending:
            if not holding or len(holding) < len(judged):
                continue
            _add(kept, total, [handled])
        for readings in holding:
            for row, several in readings.items():
                _add(kept, row, several)
    return kept


def _add(kept: Readings, row: int, readings: Iterable[Reading]) -> None:
    known = kept.setdefault(row, [])
    known += [reading for reading in readings if reading not in known]


def _balanced(table: _Table, handled: Reading) -> tuple[bool, Readings] | None:
    """Whether R01 can hold with these handled totals, and with which readings; None where it cannot be judged."""
    new, carried_in, _, carried_out = flow_rows(table.template)
    rows = (new, carried_in, carried_out)
    choices = [table.readings(row) for row in rows]
    if not all(choices) or prod(map(len, choices)) > _MOST_BALANCES:
        return None
    table.steps += prod(map(len, choices)) // 8
    found: Readings = {}
    holds = False
    for one, two, four in product(*choices):
        if all(
            (one[c].value or 0) + (two[c].value or 0)
            == (handled[c].value or 0) + (four[c].value or 0)
            for c in range(COLUMNS)
        ):
            holds = True
            for row, reading in zip(rows, (one, two, four), strict=True):
                if row in table.pending:
                    _add(found, row, [reading])
    return holds, found


def _adding_up(table: _Table, handled: Reading) -> tuple[bool, Readings] | None:
    """As `_balanced` for R02: what is left of each column's total bounds the search."""
    leaves = leaf_rows(table.template)
    if not all(table.readings(row) for row in leaves):
        return None
    open_rows = sorted(
        (row for row in leaves if row in table.pending), key=lambda row: len(table.pending[row])
    )
    left = [entry.value or 0 for entry in handled]
    for row in leaves:
        if row in table.decided:
            left = [
                room - (entry.value or 0)
                for room, entry in zip(left, table.decided[row], strict=True)
            ]
    found: Readings = {}
    chosen: list[Reading] = []

    def search(depth: int, left: Sequence[Number]) -> bool:
        table.steps += 1
        if table.steps > _MOST_STEPS:
            return False
        if depth == len(open_rows):
            if any(left):
                return False
            for row, reading in zip(open_rows, chosen, strict=True):
                _add(found, row, [reading])
            return True
        holds = False
        for reading in table.pending[open_rows[depth]]:
            rest = [room - (entry.value or 0) for room, entry in zip(left, reading, strict=True)]
            if min(rest) >= 0:
                chosen.append(reading)
                holds |= search(depth + 1, rest)
                chosen.pop()
        return holds

    return search(0, left), found


_Relation = Callable[[_Table, Reading], tuple[bool, Readings] | None]
