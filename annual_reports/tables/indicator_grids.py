"""Indicator tables drawn as grids: which columns hold labels, units and values, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from annual_reports.model import GridCell
from annual_reports.tables.grid_rows import GridRows, overlaps, spread
from annual_reports.tables.indicator_rows import (
    IndicatorRow,
    IndicatorTable,
    is_head,
    is_unit,
)
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import Kind, looks_like_value, normal_form

_HEADER_ROWS = 8
_SIDE_HEADS = ("unit_header", "code_header", "remark_header")


@dataclass(frozen=True)
class _Layout:
    """Grid columns of one indicator list: labels in `labels`, values below each head in `values`.

    A range is (first column, column behind the last).
    """

    labels: tuple[int, int]
    unit: tuple[int, int] | None
    values: tuple[tuple[int, int], ...]
    heads: tuple[str, ...]
    first_row: int
    end: int
    has_header: bool


def read_indicator_grids(grids: Sequence[GridRows]) -> list[IndicatorTable]:
    """Every grid that is a list of indicators; two lists side by side are two tables."""
    tables: list[IndicatorTable] = []
    before: _Before | None = None
    for grid in grids:
        layouts = _headed_layouts(grid)
        if not layouts and before is not None and before.goes_on_in(grid):
            layouts = [replace(layout, first_row=0) for layout in before.layouts]
            rest = [_table(grid, layout, layouts) for layout in layouts]
            tables[-len(rest) :] = map(_joined, tables[-len(rest) :], rest)
        else:
            layouts = layouts or _bare_layouts(grid)
            tables += [_table(grid, layout, layouts) for layout in layouts]
        before = _Before(grid, layouts) if layouts else None
    return tables


class _Before(NamedTuple):
    """The grid just read and its lists."""

    grid: GridRows
    layouts: list[_Layout]

    def goes_on_in(self, grid: GridRows) -> bool:
        """Whether a grid without heads is the next page of this one."""
        here, there = self.grid.grid, grid.grid
        follows = there.table_index == here.table_index + 1
        is_alike = there.column_count == here.column_count
        return follows and is_alike and all(layout.has_header for layout in self.layouts)


def _joined(table: IndicatorTable, rest: IndicatorTable) -> IndicatorTable:
    return replace(table, rows=table.rows + rest.rows, block=table.block | rest.block)


def _headed_layouts(grid: GridRows) -> list[_Layout]:
    for row in range(min(_HEADER_ROWS, grid.grid.row_count)):
        cells = grid.starting[row]
        texts = [normal_form(cell.text) for cell in cells]
        labels = [
            place for place, text in enumerate(texts) if text and is_head("label_header", text)
        ]
        if labels and len([text for text in texts if text]) >= 2 * len(labels):
            bottom = row + max(cells[place].row_span for place in labels)
            return _split_lists(grid, cells, labels, _last_header_row(grid, cells, labels, bottom))
    return []


def _last_header_row(
    grid: GridRows, cells: Sequence[GridCell], labels: Sequence[int], bottom: int
) -> int:
    """The first row below the heads: a row without a label whose fields are words is still a head."""
    first = cells[labels[0]]
    while bottom < grid.grid.row_count:
        own = grid.starting[bottom]
        in_labels = [c for c in own if overlaps(c, first.column, first.column + first.column_span)]
        words = [
            c for c in own if normal_form(c.text) and not looks_like_value(normal_form(c.text))
        ]
        filled = [c for c in own if normal_form(c.text)]
        heads = [c for c in filled if _is_column_head(normal_form(c.text))]
        if any(normal_form(c.text) for c in in_labels) or not words or len(heads) < len(filled):
            return bottom
        bottom += 1
    return bottom


def _is_column_head(text: str) -> bool:
    return is_head("this_year", text) or is_head("other_column", text)


def _split_lists(
    grid: GridRows, cells: Sequence[GridCell], labels: Sequence[int], first_row: int
) -> list[_Layout]:
    layouts = []
    for place, start in enumerate(labels):
        stop = labels[place + 1] if place + 1 < len(labels) else len(cells)
        layout = _layout(grid, cells[start:stop], first_row)
        if layout is None:
            return []
        layouts.append(layout)
    return layouts


def _layout(grid: GridRows, heads: Sequence[GridCell], first_row: int) -> _Layout | None:
    label, *others = heads
    unit: tuple[int, int] | None = None
    values: list[tuple[int, int]] = []
    names: list[str] = []
    for cell in others:
        text, reach = normal_form(cell.text), (cell.column, cell.column + cell.column_span)
        if is_head("unit_header", text):
            unit = reach
        elif not any(is_head(kind, text) for kind in _SIDE_HEADS):
            for reach, name in _heads_below(grid, cell, first_row):
                values.append(reach)
                names.append(name)
    if not values:
        return None
    ends = (label.column, label.column + label.column_span)
    end = max(cell.column + cell.column_span for cell in heads)
    return _Layout(ends, unit, tuple(values), tuple(names), first_row, end, True)


def _heads_below(
    grid: GridRows, cell: GridCell, first_row: int
) -> list[tuple[tuple[int, int], str]]:
    """The lowest heads under a head, each named by its path."""
    top = normal_form(cell.text)
    below = [
        one
        for row in range(cell.row + 1, first_row)
        for one in grid.starting[row]
        if overlaps(one, cell.column, cell.column + cell.column_span) and normal_form(one.text)
    ]
    if not below:
        return [((cell.column, cell.column + cell.column_span), top)]
    return [
        ((one.column, one.column + one.column_span), f"{top}/{normal_form(one.text)}")
        for one in sorted(below, key=lambda one: one.column)
    ]


def _bare_layouts(grid: GridRows) -> list[_Layout]:
    """A list without heads: words in the first column, numbers in the last, a unit between them or not."""
    columns = grid.grid.column_count
    if columns not in (2, 3):
        return []
    unit = None
    if columns == 3:
        middle = [normal_form(c.text) for c in grid.grid.cells if c.column == 1 and c.text]
        if not middle or not all(map(is_unit, middle)):
            return []
        unit = (1, 2)
    return [_Layout((0, 1), unit, ((columns - 1, columns),), ("",), 0, columns, False)]


def _table(grid: GridRows, layout: _Layout, layouts: Sequence[_Layout]) -> IndicatorTable:
    rows = [
        _row(grid, layout, layouts, row) for row in range(layout.first_row, grid.grid.row_count)
    ]
    return IndicatorTable(
        columns=layout.heads,
        rows=tuple(row for row in rows if row.parts or row.has_values),
        block=frozenset({grid.block}),
        place=grid.block,
        has_header=layout.has_header,
    )


def _row(grid: GridRows, layout: _Layout, layouts: Sequence[_Layout], row: int) -> IndicatorRow:
    covering = grid.covering[row]
    labels = [
        c
        for c in covering
        if layout.labels[0] <= c.column < layout.labels[1] and normal_form(c.text)
    ]
    own = [cell for cell in labels if cell.row == row]
    spans_values = any(overlaps(c, *reach) for c in labels for reach in layout.values)
    marks = tuple(None if spans_values else _mark(grid, covering, reach) for reach in layout.values)
    reason = _fault(grid, layout, layouts, row, marks)
    return IndicatorRow(
        parts=tuple(normal_form(cell.text) for cell in labels),
        printed=labels[-1].text if labels else "",
        unit=_unit(covering, layout, labels),
        marks=tuple(None for _ in marks) if reason else marks,
        own_label=bool(own) and own[-1] is labels[-1] and labels[-1].row_span == 1,
        reason=reason,
        loose=tuple(mark for mark in marks if mark is not None and mark.text) if reason else (),
    )


def _mark(grid: GridRows, covering: Sequence[GridCell], reach: tuple[int, int]) -> Mark | None:
    """What stands under a head; a number over several rows or columns belongs to none of them."""
    cells = [cell for cell in covering if overlaps(cell, *reach)]
    filled = [cell for cell in cells if normal_form(cell.text)]
    if not cells:
        return None
    mark = grid.mark((filled or cells)[0])
    if len(filled) > 1:
        return mark._replace(printed=mark.printed._replace(kind=Kind.SEVERAL, value=None))
    cell = mark.cell
    assert cell is not None
    is_wider = cell.column < reach[0] or cell.column + cell.column_span > reach[1]
    return spread(mark, 2)[0] if is_wider or cell.row_span > 1 else mark


def _fault(
    grid: GridRows,
    layout: _Layout,
    layouts: Sequence[_Layout],
    row: int,
    marks: Sequence[Mark | None],
) -> str:
    """Why the numbers of a row may stand under other heads than their own; '' where they cannot."""
    covering = grid.covering[row]
    numbers = [c for c in covering if any(ch.isdigit() for ch in c.text) and _is_number(c)]
    if not numbers:
        return ""
    if grid.row_ends[row] != max(one.end for one in layouts):
        return "shifted_row"
    known = [reach for one in layouts for reach in one.values]
    for cell in numbers:
        in_side = layout.unit is not None and overlaps(cell, *layout.unit)
        in_label = overlaps(cell, *layout.labels) and not any(overlaps(cell, *r) for r in known)
        if in_side or in_label:
            return "shifted_row"
    return ""


def _is_number(cell: GridCell) -> bool:
    return looks_like_value(normal_form(cell.text))


def _unit(covering: Sequence[GridCell], layout: _Layout, labels: Sequence[GridCell]) -> str | None:
    """The unit of a row: in its column, or in brackets at the end of its label."""
    for cell in covering:
        if layout.unit is not None and overlaps(cell, *layout.unit):
            text = normal_form(cell.text)
            if text:
                return text
    return unit_in_label(normal_form(labels[-1].text)) if labels else None


def unit_in_label(text: str) -> str | None:
    """The unit a label names in brackets: 收取费用总数（万元）."""
    if not text.endswith(")") or "(" not in text:
        return None
    inner = text[text.rindex("(") + 1 : -1].removeprefix("单位").lstrip(":")
    return inner if is_unit(inner) else None
