"""Random tables with spans, and the grid they should be read as."""

from __future__ import annotations

import random

from annual_reports.model import GridCell
from tests.damage.physical import Drawn, Table
from tests.damage.styles import grid_of


def as_read(table: Table, number: int) -> tuple[GridCell, ...]:
    return grid_of(table, number).cells


def random_table(rng: random.Random) -> Table:
    """Up to eight rows and columns; every row and column edge is drawn by some cell of one slot."""
    rows, columns = rng.randint(2, 8), rng.randint(2, 8)
    taken: set[tuple[int, int]] = set()
    drawn: list[tuple[Drawn, ...]] = []
    number = 0
    for r in range(rows):
        cells = []
        for c in range(columns):
            if (r, c) in taken:
                continue
            height, width = _room(rng, taken, r, c, rows, columns)
            taken |= {(r + dr, c + dc) for dr in range(height) for dc in range(width)}
            number += 1
            text = (
                f"格{number}"
                if 0 in (r, c)
                else rng.choice(("", "0", "12", "减4", "3.25", f"格\n{number}"))
            )
            cells.append(Drawn(text, columns=width, rows=height))
        drawn.append(tuple(cells))
    return tuple(drawn)


def _room(  # noqa: PLR0917
    rng: random.Random, taken: set[tuple[int, int]], r: int, c: int, rows: int, columns: int
) -> tuple[int, int]:
    """A span that overlaps nothing; the first row and column have none, so every edge is drawn."""
    if 0 in (r, c):
        return 1, 1
    height, width = rng.choice(((1, 1), (1, 1), (1, 2), (2, 1), (2, 3)))
    width = min(width, columns - c)
    while any((r, c + dc) in taken for dc in range(width)):
        width -= 1
    return min(height, rows - r), width
