"""Columns of a table from the edges of its cells, for formats that store positions and not spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annual_reports.reading.office.laid_out import DraftCell, DraftTable, Flow

EDGE_TOLERANCE = 30
"""Twips (1.5 points): edges nearer than this are one edge drawn by hand twice."""


def edge_positions(rows: Iterable[Sequence[int]]) -> list[int]:
    """The first position of each cluster of edges, in order."""
    positions: list[int] = []
    last = None
    for edge in sorted({edge for row in rows for edge in row}):
        if last is None or edge - last > EDGE_TOLERANCE:
            positions.append(edge)
        last = edge
    return positions


def column_of(edge: int, positions: Sequence[int]) -> int:
    """The column that starts at an edge of `edge_positions`."""
    return max(0, bisect_left(positions, edge + 1) - 1)


@dataclass(slots=True)
class EdgedCell:
    """A stored cell: `joins_left` and `joins_above` say into which cell it is merged."""

    flow: list[Flow]
    joins_left: bool = False
    joins_above: bool = False


@dataclass(slots=True)
class EdgedRow:
    """Cells and their edges in twips, one more than cells; anything else is no known geometry."""

    cells: list[EdgedCell]
    edges: tuple[int, ...]

    @property
    def is_certain(self) -> bool:
        """Whether every cell has its place."""
        return len(self.edges) == len(self.cells) + 1 and all(
            left < right for left, right in pairwise(self.edges)
        )


def table_of_rows(rows: Sequence[EdgedRow]) -> DraftTable:
    """Rows on the common columns of all edges; one row without geometry makes the table uncertain."""
    if not all(row.is_certain for row in rows):
        return DraftTable(
            [[DraftCell(c.flow, place) for place, c in enumerate(row.cells)] for row in rows],
            certain=False,
        )
    positions = edge_positions(row.edges for row in rows)
    return DraftTable([_placed(row, positions) for row in rows])


def _placed(row: EdgedRow, positions: Sequence[int]) -> list[DraftCell]:
    columns = [column_of(edge, positions) for edge in row.edges]
    cells: list[DraftCell] = []
    for place, cell in enumerate(row.cells):
        span = columns[place + 1] - columns[place]
        if span == 0 or (cell.joins_left and cells):  # a cell thinner than a rule shows nothing
            cells[-1:] = [_widened(one, span, cell.flow) for one in cells[-1:]]
            if cells:
                continue
        cells.append(DraftCell(cell.flow, columns[place], max(1, span), 1, cell.joins_above))
    return cells


def _widened(left: DraftCell, span: int, flow: list[Flow]) -> DraftCell:
    left.column_span += span
    left.flow += flow
    return left
