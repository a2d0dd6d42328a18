"""Drawn cells at their positions, as formats need them that write every slot of a row."""

from __future__ import annotations

from dataclasses import dataclass

from tests.damage.physical import Drawn, Table


@dataclass(frozen=True)
class Slot:
    """One stored cell of a row: the drawn cell, or (`continues`) its lower part."""

    cell: Drawn
    column: int
    continues: bool
    rows: int


def table_width(table: Table) -> int:
    return max(slot.column + slot.cell.columns for row in slots_of(table) for slot in row)


def slots_of(table: Table) -> list[list[Slot]]:
    """The slots of every row from left to right; spans never reach below the last row."""
    rows: list[list[Slot]] = [[] for _ in table]
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(table):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            height = min(cell.rows, len(table) - r)
            for dr in range(height):
                rows[r + dr].append(Slot(cell, c, dr > 0, height))
                taken |= {(r + dr, c + dc) for dc in range(cell.columns)}
            c += cell.columns
    return [sorted(row, key=lambda slot: slot.column) for row in rows]
