"""Page numbers among cells that stand on lines of their own: eight values beside a label, and nothing tells by form which one is none.

One such row tells nothing: its number may be wrong and another printed twice. Two or more whose surplus numbers count on
from row to row, without which every sum of the table holds, are pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import prod

from annual_reports.model import Number
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import Kind
from annual_reports.tables.row_candidates import Reading, as_printed, values_of
from annual_reports.tables.sums import COLUMNS, everything_holds, row_holds

_FEWEST_PAGES = 2
_MOST_TRIALS = 256


def rows_without_page_numbers(
    template: str,
    rows: Sequence[Sequence[Mark]],
    decided: Mapping[int, Reading],
) -> dict[int, Reading]:
    """The seven values of each undecided row, where all of them have eight and only one way to take out pages fits."""
    open_rows = [index for index in range(len(rows)) if index not in decided]
    choices = [_without_one(rows[index]) for index in open_rows]
    if len(open_rows) < _FEWEST_PAGES or prod(map(len, choices)) > _MOST_TRIALS:
        return {}
    found: dict[tuple[tuple[Number | None, ...], ...], dict[int, Reading]] = {}
    for chosen in product(*choices):
        if not all(two == one + 1 for (one, _), (two, _) in pairwise(chosen)):
            continue
        trial = {index: reading for index, (_, reading) in zip(open_rows, chosen, strict=True)}
        matrix = [values_of({**decided, **trial}[index]) for index in range(len(rows))]
        if everything_holds(matrix, template):
            found[tuple(tuple(matrix[index]) for index in open_rows)] = trial
    return next(iter(found.values())) if len(found) == 1 else {}


def _without_one(marks: Sequence[Mark]) -> list[tuple[int, Reading]]:
    """Each whole number that a row of eight may have too many, with the seven that add up without it."""
    if len(marks) != COLUMNS + 1 or any(mark.kind is not Kind.NUMBER for mark in marks):
        return []
    left: dict[tuple[int, tuple[Number | None, ...]], tuple[int, Reading]] = {}
    for at, mark in enumerate(marks):
        number = mark.printed.value
        reading = as_printed([*marks[:at], *marks[at + 1 :]])
        if isinstance(number, int) and number > 0 and row_holds(values_of(reading)):
            left[number, tuple(values_of(reading))] = (number, reading)
    return list(left.values())
