"""Columns of a table from the edges of its cells, for formats that store positions and not spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

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
