"""Which readings of doubtful rows of table three the sums over its columns leave over.

Given the row of handled totals, the balance (R01) and the leaves (R02) have nothing to do with each
other. A relation counts only where each of its rows is known or has readings; then it must hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import add, le, sub

from annual_reports.model import Number
from annual_reports.tables.row_candidates import Reading
from annual_reports.tables.sums import COLUMNS, flow_rows, leaf_rows

_MOST_BALANCES = 5_000
_MOST_STEPS = 40_000
_READINGS_A_STEP = 8
Readings = dict[int, list[Reading]]
Vector = tuple[Number, ...]
_Choices = dict[Vector, list[Reading]]
_NOTHING: Vector = (0,) * COLUMNS


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
    received, came_in, went_out = (table.readings(row) for row in rows)
    pairs = len(came_in) * len(went_out)
    if not received or not pairs or pairs > _MOST_BALANCES:
        return None
    table.steps += (pairs + len(received)) // 8
    by_values = _by_values(received)
    found: Readings = {}
    holds = False
    for two, four in product(came_in, went_out):
        due = _less(_plus(_numbers(handled), _numbers(four)), _numbers(two))
        for one in by_values.get(due, ()):
            holds = True
            for row, reading in zip(rows, (one, two, four), strict=True):
                if row in table.pending:
                    _add(found, row, [reading])
    return holds, found


def _adding_up(table: _Table, handled: Reading) -> tuple[bool, Readings] | None:
    """As `_balanced` for R02: what the rows below can add up to, at least and at most, bounds the search."""
    leaves = leaf_rows(table.template)
    if not all(table.readings(row) for row in leaves):
        return None
    room = _numbers(handled)
    for row in leaves:
        if row in table.decided:
            room = _less(room, _numbers(table.decided[row]))
    open_rows = [row for row in leaves if row in table.pending]
    choices = _within_bounds(table, [table.pending[row] for row in open_rows], room)
    if not all(choices):
        return False, {}
    ordered = sorted(zip(open_rows, choices, strict=True), key=lambda one: len(one[1]))
    search = _LeafSearch(table, ordered)
    return search.holds(0, room), search.found


class _LeafSearch:
    """Goes through the rows one by one; a sum that is left to the rows below is judged once."""

    def __init__(self, table: _Table, rows: Sequence[tuple[int, _Choices]]) -> None:
        self.table = table
        self.rows = rows
        self.found: Readings = {}
        self.judged: dict[tuple[int, Vector], bool] = {}
        self.least = _sums_below([_least(choices) for _, choices in rows])
        self.most = _sums_below([_most(choices) for _, choices in rows])

    def holds(self, depth: int, room: Vector) -> bool:
        """Whether some readings of the rows from `depth` on add up to `room`; those that do are kept in `found`."""
        if depth == len(self.rows):
            return not any(room)
        known = self.judged.get((depth, room))
        if known is not None:
            return known
        self.table.steps += 1
        if self.table.steps > _MOST_STEPS:
            return False
        row, choices = self.rows[depth]
        least, most = self.least[depth + 1], self.most[depth + 1]
        holds = False
        for values, readings in choices.items():
            rest = _less(room, values)
            if _between(least, rest, most) and self.holds(depth + 1, rest):
                holds = True
                _add(self.found, row, readings)
        self.judged[depth, room] = holds
        return holds


def _within_bounds(
    table: _Table, pending: Sequence[Sequence[Reading]], room: Vector
) -> list[_Choices]:
    """The readings of each row that the least and the most of all others leave room for, by their values."""
    rows = [_by_values(readings) for readings in pending]
    before = -1
    while all(rows) and (left := sum(map(len, rows))) != before and table.steps <= _MOST_STEPS:
        before = left
        table.steps += left // _READINGS_A_STEP
        least, most = [_least(choices) for choices in rows], [_most(choices) for choices in rows]
        free, bound = _less(room, _sum(most)), _less(room, _sum(least))
        rows = [
            {
                values: readings
                for values, readings in choices.items()
                if _between(_plus(free, high), values, _plus(bound, low))
            }
            for choices, low, high in zip(rows, least, most, strict=True)
        ]
    return rows


def _by_values(readings: Iterable[Reading]) -> _Choices:
    choices: _Choices = {}
    for reading in readings:
        choices.setdefault(_numbers(reading), []).append(reading)
    return choices


def _numbers(reading: Reading) -> Vector:
    return tuple(entry.value or 0 for entry in reading)


def _least(choices: Iterable[Vector]) -> Vector:
    return tuple(map(min, zip(*choices, strict=True)))


def _most(choices: Iterable[Vector]) -> Vector:
    return tuple(map(max, zip(*choices, strict=True)))


def _plus(one: Vector, two: Vector) -> Vector:
    return tuple(map(add, one, two))


def _less(one: Vector, two: Vector) -> Vector:
    return tuple(map(sub, one, two))


def _sum(vectors: Iterable[Vector]) -> Vector:
    return reduce(_plus, vectors, _NOTHING)


def _between(least: Vector, values: Vector, most: Vector) -> bool:
    return all(map(le, least, values)) and all(map(le, values, most))


def _sums_below(vectors: Sequence[Vector]) -> list[Vector]:
    """The sum of the vectors from each place on; the last is that of none."""
    return [_sum(vectors[place:]) for place in range(len(vectors) + 1)]


_Relation = Callable[[_Table, Reading], tuple[bool, Readings] | None]
