"""Glued rows that lost a value and look whole: 0 0 0 0 0 11 11 without one 11 has seven digits too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annual_reports.model import Number
from annual_reports.tables.sums import COLUMNS, Matrix, Vector, flow_rows, leaf_rows, row_holds


def rows_with_a_loss(template: str, matrix: Matrix, digits: Mapping[int, str]) -> list[int]:
    """Rows above zero, by the digits they print, that a column relation does not clear of having lost a value.

    It does where every row of it is known and no row with one value more would make it hold.
    """
    return [
        row
        for row, printed in digits.items()
        if any(matrix[row] or ())
        and not _cleared(_needed(template, matrix, row), matrix[row], printed)
    ]


def _cleared(needed: Sequence[Sequence[Number]], values: Vector | None, printed: str) -> bool:
    return bool(needed) and not any(
        list(one) != list(values or ()) and row_holds(one) and _lost_one(one, printed)
        for one in needed
    )


def _needed(template: str, matrix: Matrix, row: int) -> list[list[Number]]:
    """What the row would have to be for R01 and for R02 to hold, where their other rows are known."""
    new, carried_in, total, carried_out = flow_rows(template)
    signs = {new: 1, carried_in: 1, total: -1, carried_out: -1}
    leaves = dict.fromkeys(leaf_rows(template), 1) | {total: -1}
    found = []
    for relation in (signs, leaves):
        others = [(sign, matrix[one]) for one, sign in relation.items() if one != row]
        if row in relation and all(vector is not None for _, vector in others):
            found.append([-relation[row] * _column(others, column) for column in range(COLUMNS)])
    return found


def _column(rows: Sequence[tuple[int, Vector | None]], column: int) -> Number:
    return sum([sign * (vector[column] or 0) for sign, vector in rows if vector is not None])


def _lost_one(needed: Sequence[Number], printed: str) -> bool:
    """Whether the digits are those of the needed row without one of its numbers."""
    return min(needed) >= 0 and any(
        "".join(str(value) for at, value in enumerate(needed) if at != hole) == printed
        for hole in range(COLUMNS)
    )
