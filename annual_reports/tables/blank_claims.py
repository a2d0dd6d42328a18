"""Whether the empty cells of a row stand where they seem to.

A lost or added cell moves what follows it, and the row is filled up with an empty cell. Such a row
has seven cells like every other; only the sums can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from annual_reports.model import Number
from annual_reports.tables.sums import (
    COLUMNS,
    Matrix,
    failing_columns,
    relations_hold,
    row_holds,
)


def misplaced_blanks(
    template: str, matrix: Matrix, proved: Collection[int], holding_empty: Collection[int]
) -> list[int]:
    """Rows with empty cells beside numbers that no sum confirms as they stand.

    Zeros confirm nothing: among rows without empty cells those that end in empty ones may have lost numbers. In
    rows `holding_empty` a cell without any text may be the end of a cell over two columns that lost its span: such
    rows have to add up.
    """
    habit = _leaves_totals_empty(matrix)
    whole = _mostly_whole(matrix)
    unconfirmed = [
        (row, values)
        for row, values in enumerate(matrix)
        if values is not None
        and None in values
        and row not in proved
        and not relations_hold(matrix, template, row)
    ]
    return [
        row
        for row, values in unconfirmed
        if (
            (row in holding_empty and _broken_row(values))
            or not _fits_best(template, matrix, row, habit)
        )
        and (any(values) or (whole and _ends_empty(values)))
    ]


def _mostly_whole(matrix: Matrix) -> bool:
    known = [values for values in matrix if values is not None]
    return 2 * sum(None not in values for values in known) > len(known)


def _ends_empty(values: Sequence[Number | None]) -> bool:
    """Whether the row prints something and only its last cells are empty."""
    printed = COLUMNS - values.count(None)
    return printed > 0 and None not in values[:printed]


def _fits_best(template: str, matrix: Matrix, row: int, habit: bool) -> bool:
    """Whether a row above zero with its total, or of a publisher that leaves totals empty, fits best as it stands."""
    values = matrix[row] or ()
    if not any(values) or (values[-1] is None and not habit):
        return False
    return not _better_elsewhere(template, matrix, row, values)


def _leaves_totals_empty(matrix: Matrix) -> bool:
    """Whether most rows with numbers leave the total column empty."""
    filled = [values for values in matrix if values is not None and any(values)]
    return 2 * sum(values[-1] is None for values in filled) > len(filled)


def _better_elsewhere(
    template: str, matrix: Matrix, row: int, values: Sequence[Number | None]
) -> bool:
    """Whether moving an empty cell of the row satisfies more sums."""
    trial = list(matrix)
    before = failing_columns(matrix, template) + _broken_row(values)
    for moved in _moved(values):
        trial[row] = moved
        if failing_columns(trial, template) + _broken_row(moved) < before:
            return True
    return False


def _broken_row(values: Sequence[Number | None]) -> bool:
    filled = any(value is not None for value in values[:-1])
    return values[-1] is not None and filled and not row_holds(values)


def _moved(values: Sequence[Number | None]) -> list[list[Number | None]]:
    """The row with one or more of its empty cells taken out in one place and put in at another."""
    found: list[list[Number | None]] = []
    for gap in range(COLUMNS):
        end = gap
        while end < COLUMNS and values[end] is None:
            end += 1
            rest = [*values[:gap], *values[end:]]
            for place in range(len(rest) + 1):
                moved = [*rest[:place], *[None] * (end - gap), *rest[place:]]
                if moved != list(values) and moved not in found:
                    found.append(moved)
    return found
