"""Tables of an RTF or DOC stream, which come as cell ends and row ends, nested by level."""

from __future__ import annotations

from dataclasses import dataclass, field

from annual_reports.reading.office.columns import EdgedCell, EdgedRow, table_of_rows
from annual_reports.reading.office.laid_out import Flow
from annual_reports.reading.office.refusals import office_refusal
from schemas.office import MAX_NESTING


@dataclass(slots=True)
class CellShape:
    """How a cell of a row is merged."""

    joins_left: bool = False
    joins_above: bool = False


@dataclass(slots=True)
class RowShape:
    """The geometry a row end brings: edges in twips and the merges of its cells."""

    edges: tuple[int, ...] = ()
    cells: tuple[CellShape, ...] = ()


@dataclass(slots=True)
class _Level:
    rows: list[EdgedRow] = field(default_factory=list)
    cells: list[list[Flow]] = field(default_factory=list)
    flow: list[Flow] = field(default_factory=list)


class TableStream:
    """Collects a flow in which tables are only marked; level 0 is the text outside tables."""

    def __init__(self) -> None:
        self._levels = [_Level()]

    def add(self, level: int, one: Flow) -> None:
        """A paragraph at a table level; deeper tables end before it."""
        self._go_to(level)
        self._levels[level].flow.append(one)

    def end_cell(self, level: int) -> None:
        """The flow since the last cell end becomes a cell."""
        level = max(1, level)
        self._go_to(level)
        here = self._levels[level]
        here.cells.append(here.flow)
        here.flow = []

    def end_row(self, level: int, shape: RowShape) -> None:
        """The cells since the last row end become a row."""
        level = max(1, level)
        self._go_to(level)
        here = self._levels[level]
        shapes = shape.cells if len(shape.cells) == len(here.cells) else ()
        cells = [
            EdgedCell(flow, shapes[place].joins_left, shapes[place].joins_above)
            if shapes
            else EdgedCell(flow)
            for place, flow in enumerate(here.cells)
        ]
        if cells:
            here.rows.append(EdgedRow(cells, shape.edges))
        here.cells, here.flow = [], []

    def finish(self) -> list[Flow]:
        """The whole flow; rows that were never ended are kept without geometry."""
        self._go_to(0)
        return self._levels[0].flow

    def _go_to(self, level: int) -> None:
        if level > MAX_NESTING:
            raise office_refusal("too_deep", limit=MAX_NESTING)
        while len(self._levels) - 1 > level:
            ended = self._levels.pop()
            if ended.flow or ended.cells:
                cells = [EdgedCell(flow) for flow in (*ended.cells, ended.flow) if flow]
                ended.rows.append(EdgedRow(cells, ()))
            if ended.rows:
                self._levels[-1].flow.append(table_of_rows(ended.rows))
        while len(self._levels) - 1 < level:
            self._levels.append(_Level())
