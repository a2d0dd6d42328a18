"""Ruling lines to tables: touching lines are one table, undrawn edges join its slots into cells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from annual_reports.model import Box
from annual_reports.reading.pdf.drawings import Rule
from annual_reports.reading.pdf.limits import MAX_GRID_SLOTS, MAX_PAGE_RULES, refuse_more_than

_BY_START = itemgetter(1)
_SAME_POSITION = 2.5
_TOUCH = 3.0
_SHORTEST_RULE = 6.0


class RuledCell(NamedTuple):
    """A cell of a ruled table by its slots."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True)
class RuledTable:
    """`xs` and `ys` are the positions of columns and rows, ascending; `cell_at[row][column]` indexes `cells`.

    `open_rows`: rows whose right edge is not drawn, though that of others is: they end before the last column.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[RuledCell, ...]
    cell_at: tuple[tuple[int, ...], ...]
    open_rows: frozenset[int] = frozenset()

    @property
    def box(self) -> Box:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def box_of(self, cell: RuledCell) -> Box:
        return (
            self.xs[cell.column],
            self.ys[cell.row],
            self.xs[cell.column + cell.column_span],
            self.ys[cell.row + cell.row_span],
        )

    def is_open(self, cell: RuledCell) -> bool:
        """Whether a cell reaches the end of its rows and nothing is drawn there."""
        ends = cell.column + cell.column_span == len(self.xs) - 1
        return ends and self.open_rows.issuperset(range(cell.row, cell.row + cell.row_span))

    def index_at(self, x: float, y: float) -> int | None:
        """The cell that holds a point; None outside the table."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1:
            return self.cell_at[row][column]
        return None


def ruled_tables(across: Sequence[Rule], down: Sequence[Rule]) -> list[RuledTable]:
    """Every table of two cells or more, from top to bottom; a frame round other tables is none."""
    across, down = _merged(across), _merged(down)
    refuse_more_than(MAX_PAGE_RULES, len(across) + len(down), "一页表线数", "rules on a page")
    tables = []
    for flat, upright in _components(across, down):
        table = _table_of(flat, upright)
        if table is not None and len(table.cells) > 1:
            tables.append(table)
    tables.sort(key=lambda table: (table.ys[0], table.xs[0]))
    return [table for table in tables if not _only_frames(table, tables)]


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Collinear pieces as one rule; what stays shorter than any cell is no rule."""
    merged: list[Rule] = []
    for cluster in _clusters(sorted(rules), 1.0):
        cluster.sort(key=_BY_START)
        position, start, end = cluster[0]
        for rule in cluster[1:]:
            if rule.start <= end + _TOUCH:
                end = max(end, rule.end)
            else:
                merged.append(Rule(position, start, end))
                position, start, end = rule
        merged.append(Rule(position, start, end))
    return [rule for rule in merged if rule.end - rule.start >= _SHORTEST_RULE]


def _clusters(rules: Sequence[Rule], distance: float) -> Iterable[list[Rule]]:
    """Rules in groups of nearly one position, each at most `distance` from the first of its group."""
    group: list[Rule] = []
    for rule in rules:
        if group and rule[0] - group[0][0] > distance:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _components(across: list[Rule], down: list[Rule]) -> Iterable[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch one another, with lines of both directions."""
    parent = list(range(len(across) + len(down)))
    down_sorted = sorted(range(len(down)), key=lambda index: down[index].position)
    positions = [down[index].position for index in down_sorted]
    for flat, rule in enumerate(across):
        first = bisect_left(positions, rule.start - _TOUCH)
        last = bisect_right(positions, rule.end + _TOUCH)
        for upright in down_sorted[first:last]:
            other = down[upright]
            if other.start - _TOUCH <= rule.position <= other.end + _TOUCH:
                _join(parent, flat, len(across) + upright)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(_root(parent, index), ([], []))
        if index < len(across):
            group[0].append(across[index])
        else:
            group[1].append(down[index - len(across)])
    return [group for group in groups.values() if group[0] and group[1]]


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _join(parent: list[int], one: int, other: int) -> None:
    first, second = _root(parent, one), _root(parent, other)
    if first < second:
        parent[second] = first
    else:
        parent[first] = second


def _table_of(across: list[Rule], down: list[Rule]) -> RuledTable | None:
    """The slots between clustered positions, joined where no rule is drawn between them."""
    ys = _positions(across, [end for rule in down for end in (rule.start, rule.end)])
    xs = _positions(down, [end for rule in across for end in (rule.start, rule.end)])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 1:
        return None
    refuse_more_than(MAX_GRID_SLOTS, rows * columns, "表格格数", "slots in a table")
    parent = list(range(rows * columns))
    flat, upright = _by_position(across, ys), _by_position(down, xs)
    across_middles, down_middles = _middles(xs), _middles(ys)
    for column in range(1, columns):
        for row in _undrawn(upright[column], down_middles):
            _join(parent, row * columns + column - 1, row * columns + column)
    for row in range(1, rows):
        for column in _undrawn(flat[row], across_middles):
            _join(parent, (row - 1) * columns + column, row * columns + column)
    closed = frozenset(range(rows)).difference(_undrawn(upright[-1], down_middles))
    open_rows = frozenset(range(rows)) - closed if closed else frozenset[int]()
    return replace(
        _with_cells(xs, ys, [_root(parent, slot) for slot in range(rows * columns)]),
        open_rows=open_rows,
    )


def _positions(rules: Sequence[Rule], ends: Sequence[float]) -> tuple[float, ...]:
    """Positions of rules; where the outer lines are not drawn, the ends of those that cross close the table."""
    places = [
        sum(rule.position for rule in group) / len(group)
        for group in _clusters(sorted(rules), _SAME_POSITION)
    ]
    if ends and places:
        first, last = min(ends), max(ends)
        if first < places[0] - 2 * _SAME_POSITION:
            places.insert(0, first)
        if last > places[-1] + 2 * _SAME_POSITION:
            places.append(last)
    return tuple(places)


def _by_position(rules: Sequence[Rule], positions: Sequence[float]) -> list[list[Rule]]:
    found: list[list[Rule]] = [[] for _ in positions]
    for rule in rules:
        after = bisect_left(positions, rule.position)
        nearest = [at for at in (after - 1, after) if 0 <= at < len(positions)]
        found[min(nearest, key=lambda at: abs(positions[at] - rule.position))].append(rule)
    return found


def _middles(positions: Sequence[float]) -> list[float]:
    return [(one + other) / 2 for one, other in pairwise(positions)]


def _undrawn(rules: Sequence[Rule], middles: Sequence[float]) -> list[int]:
    """The slots, by their middles, along which none of the rules of a line runs."""
    drawn = bytearray(len(middles))
    for _, start, end in rules:
        first, behind = bisect_left(middles, start), bisect_right(middles, end)
        drawn[first:behind] = b"\1" * (behind - first)
    return [slot for slot, is_drawn in enumerate(drawn) if not is_drawn]


def _with_cells(xs: tuple[float, ...], ys: tuple[float, ...], roots: Sequence[int]) -> RuledTable:
    columns = len(xs) - 1
    slots: dict[int, list[int]] = {}
    for slot, root in enumerate(roots):
        slots.setdefault(root, []).append(slot)
    cells: list[RuledCell] = []
    cell_at = [[0] * columns for _ in range(len(ys) - 1)]
    for members in slots.values():
        for cell, covered in _rectangles(members, columns):
            for slot in covered:
                cell_at[slot // columns][slot % columns] = len(cells)
            cells.append(cell)
    order = sorted(range(len(cells)), key=lambda index: cells[index])
    place = {old: new for new, old in enumerate(order)}
    return RuledTable(
        xs,
        ys,
        tuple(cells[index] for index in order),
        tuple(tuple(place[index] for index in row) for row in cell_at),
    )


def _rectangles(members: list[int], columns: int) -> Iterable[tuple[RuledCell, list[int]]]:
    """A joined area as one cell; one that is no rectangle falls apart into runs within its rows."""
    if len(members) == 1:
        yield RuledCell(members[0] // columns, members[0] % columns, 1, 1), members
        return
    rows = [slot // columns for slot in members]
    across = [slot % columns for slot in members]
    height, width = max(rows) - min(rows) + 1, max(across) - min(across) + 1
    if height * width == len(members):
        yield RuledCell(min(rows), min(across), height, width), members
        return
    run: list[int] = []
    for slot in sorted(members):
        if run and (slot != run[-1] + 1 or slot % columns == 0):
            yield RuledCell(run[0] // columns, run[0] % columns, 1, len(run)), run
            run = []
        run.append(slot)
    yield RuledCell(run[0] // columns, run[0] % columns, 1, len(run)), run


def _only_frames(table: RuledTable, tables: Sequence[RuledTable]) -> bool:
    """Whether a table lies round others: the frame of a page, or of a whole report."""
    for index, cell in enumerate(table.cells):
        box = table.box_of(cell)
        if any(
            other is not table and len(other.cells) >= len(table.cells) and _lies_in(other.box, box)
            for other in tables
        ):
            return index >= 0
    return False


def _lies_in(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )
