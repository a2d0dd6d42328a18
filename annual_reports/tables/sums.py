"""The hard sums of table three on a matrix of values: rows R03, balance R01, leaves R02.

A matrix has one list of seven values for each row of the form; None is a cell without a number,
and a row that could not be read is None itself. Blanks count as nothing added.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from annual_reports.model import Number
from schemas.fields import table_form

COLUMNS = 7
_ROWS_THAT_TELL = 3
_MOST_WRONG_SUMS = 3
"""A row that tells outweighs two that the publisher may have added up wrongly."""
Vector = Sequence[Number | None]
Matrix = Sequence[Vector | None]
_FLOWS = ("new_received", "carried_in", "handled_total", "carried_out")


@cache
def flow_rows(template: str) -> tuple[int, int, int, int]:
    """Rows of the balance: new + carried in = handled + carried out."""
    keys = table_form(template, "requests").row_keys
    first, second, third, fourth = (keys.index(key) for key in _FLOWS)
    return first, second, third, fourth


@cache
def leaf_rows(template: str) -> tuple[int, ...]:
    """Rows that add up to the handled total."""
    flows = flow_rows(template)
    return tuple(
        row for row in range(len(table_form(template, "requests").row_keys)) if row not in flows
    )


def added(values: Vector) -> Number:
    return sum([value for value in values if value is not None])


def row_holds(vector: Vector) -> bool:
    """R03 with blanks as nothing; a blank total holds only if nothing is printed at all."""
    return added(vector[:-1]) == (vector[-1] or 0)


def balance_holds(matrix: Matrix, template: str) -> bool:
    """R01 in all seven columns; False where one of the four rows is unknown."""
    vectors = [matrix[row] for row in flow_rows(template)]
    if any(vector is None for vector in vectors):
        return False
    new, carried_in, handled, carried_out = (vector or () for vector in vectors)
    return all(
        (new[c] or 0) + (carried_in[c] or 0) == (handled[c] or 0) + (carried_out[c] or 0)
        for c in range(COLUMNS)
    )


def leaves_hold(matrix: Matrix, template: str) -> bool:
    """R02 in all seven columns; False where a leaf row or the total row is unknown.

    A column whose leaves are all blank says nothing against its total.
    """
    total = matrix[flow_rows(template)[2]]
    leaves = [matrix[row] for row in leaf_rows(template)]
    if total is None or any(leaf is None for leaf in leaves):
        return False
    return all(
        _column_holds([leaf[c] for leaf in leaves if leaf is not None], total[c])
        for c in range(COLUMNS)
    )


def _column_holds(leaves: Vector, total: Number | None) -> bool:
    if all(leaf is None for leaf in leaves):
        return True
    return added(leaves) == (total or 0)


def everything_holds(matrix: Matrix, template: str) -> bool:
    """All rows are known and every sum of the table holds."""
    return (
        all(vector is not None and row_holds(vector) for vector in matrix)
        and balance_holds(matrix, template)
        and leaves_hold(matrix, template)
    )


def failing_columns(matrix: Matrix, template: str) -> int:
    """How many columns break R01 or R02, as far as their rows are known."""
    flows = [matrix[row] for row in flow_rows(template)]
    leaves = [vector for row in leaf_rows(template) if (vector := matrix[row]) is not None]
    known_leaves = len(leaves) == len(leaf_rows(template))
    failing = 0
    for c in range(COLUMNS):
        values = [0 if vector is None else vector[c] or 0 for vector in flows]
        balance = (
            any(vector is None for vector in flows)
            or values[0] + values[1] == values[2] + values[3]
        )
        column = [leaf[c] for leaf in leaves]
        total = flows[2]
        leaf_sum = not known_leaves or total is None or _column_holds(column, total[c])
        failing += (not balance) + (not leaf_sum)
    return failing


def relations_hold(matrix: Matrix, template: str, row: int) -> bool:
    """Whether a sum over columns that the row takes part in is known and holds in all columns.

    In the total column a row without a total is left out of the question.
    """
    flows = flow_rows(template)
    if row in flows and balance_holds(matrix, template):
        return True
    return (row not in flows or row == flows[2]) and leaves_hold(matrix, template)


def total_stands_elsewhere(rows: Sequence[Vector]) -> bool:
    """Whether some other column than the last is the sum of the rest in every row above zero.

    Then the columns stand in another order than the form's, however the header was flattened.
    """
    filled = [row for row in rows if any(row) and None not in row]
    if not filled or all(row_holds(row) for row in filled):
        return False
    return any(
        all(2 * (row[column] or 0) == added(row) for row in filled) for column in range(COLUMNS - 1)
    )


def total_stands_before_empty_column(rows: Sequence[Vector]) -> bool:
    """Whether the last column is empty throughout and another looks like the total of the rest.

    Then a column of applicants is not printed and the rest moved together: the one before the empty column is
    less than what stands before it in few rows, as a publisher adds up wrongly, or some column is its sum in most.
    """
    if any(row[-1] is not None for row in rows):
        return False
    filled = [row for row in rows if any(row)]
    telling = sum(2 * (row[-2] or 0) >= added(row) for row in filled)
    if telling >= _ROWS_THAT_TELL and _MOST_WRONG_SUMS * telling >= len(filled):
        return True
    return any(
        2 * sum(2 * (row[column] or 0) == added(row) for row in filled) > len(filled)
        for column in range(COLUMNS - 1)
    )
