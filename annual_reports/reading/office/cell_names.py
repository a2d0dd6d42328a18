"""A1 names to positions."""

from __future__ import annotations

import re

from annual_reports.reading.office.refusals import office_refusal
from schemas.office import MAX_CELLS

_NAME = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


def cell_place(name: str | None) -> tuple[int, int] | None:
    """(row, column) from 0; None where there is no name of this kind."""
    found = _NAME.fullmatch(name or "")
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


def cell_area(name: str | None) -> tuple[int, int, int, int] | None:
    """First row, first column, last row, last column of A1:C3."""
    first, _, last = (name or "").partition(":")
    start, end = cell_place(first), cell_place(last or first)
    if start is None or end is None or end[0] < start[0] or end[1] < start[1]:
        return None
    if (end[0] - start[0] + 1) * (end[1] - start[1] + 1) > 100 * MAX_CELLS:
        raise office_refusal("too_many_cells", limit=MAX_CELLS)
    return (*start, *end)
