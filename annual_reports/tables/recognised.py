"""Numbers that OCR read: certain only where two relations of the form meet in the cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from annual_reports.model import Cell, CellStatus, Number

_TOTAL = "total"
_FLOWS = ("new_received", "carried_in", "handled_total", "carried_out")
_VALUED = (CellStatus.PRINTED, CellStatus.INFERRED)


def unconfirmed_refused(cells: Sequence[Cell], pages: Collection[int]) -> tuple[Cell, ...]:
    """The cells, those of recognised `pages` without confirmation unreadable with their number as option.

    Table three: the sum of the row and both relations of the column hold. Table four: the sum of its
    group holds. Table two has no relation, so that none of its recognised numbers is certain.
    """
    confirmed = _confirmed_requests(cells) | _confirmed_review(cells)
    return tuple(
        _refused(cell)
        if cell.status in _VALUED and _is_recognised(cell, pages) and cell[:3] not in confirmed
        else cell
        for cell in cells
    )


def count_refused(before: Iterable[Cell], after: Iterable[Cell]) -> dict[str, int]:
    """How many cells of each table lost their number."""
    counts: dict[str, int] = defaultdict(int)
    for one, other in zip(before, after, strict=True):
        if one.status is not other.status:
            counts[one.table] += 1
    return dict(counts)


def _is_recognised(cell: Cell, pages: Collection[int]) -> bool:
    return cell.evidence.page is None or cell.evidence.page in pages


def _refused(cell: Cell) -> Cell:
    options = () if cell.value is None else (cell.value,)
    evidence = cell.evidence._replace(options=options, rules=())
    return cell._replace(value=None, status=CellStatus.UNREADABLE, evidence=evidence)


def _confirmed_requests(cells: Sequence[Cell]) -> set[tuple[str, str, str]]:
    rows: dict[str, dict[str, Number | None]] = defaultdict(dict)
    for cell in cells:
        if cell.table == "requests":
            printed = cell.status is CellStatus.PRINTED
            rows[cell.row_key][cell.column_key] = cell.value if printed else None
    if not rows:
        return set()
    whole = {row for row, values in rows.items() if _adds_up(values)}
    columns = {column for column in next(iter(rows.values())) if _column_holds(rows, column)}
    return {("requests", row, column) for row in whole for column in columns}


def _adds_up(values: dict[str, Number | None]) -> bool:
    """Whether every value is printed and all but the total add up to it."""
    if _TOTAL not in values:
        return False
    known = [value for value in values.values() if value is not None]
    total = values[_TOTAL]
    return total is not None and len(known) == len(values) and sum(known) == 2 * total


def _column_holds(rows: dict[str, dict[str, Number | None]], column: str) -> bool:
    values = {row: counts.get(column) for row, counts in rows.items()}
    if any(values.get(row) is None for row in _FLOWS):
        return False
    new, carried, handled, left = (values[row] or 0 for row in _FLOWS)
    leaves = [value for row, value in values.items() if row not in _FLOWS]
    known = [value for value in leaves if value is not None]
    return len(known) == len(leaves) and sum(known) == handled and new + carried == handled + left


def _confirmed_review(cells: Sequence[Cell]) -> set[tuple[str, str, str]]:
    groups: dict[str, dict[str, Number | None]] = defaultdict(dict)
    for cell in cells:
        if cell.table == "review_litigation":
            printed = cell.status is CellStatus.PRINTED
            groups[cell.row_key][cell.column_key] = cell.value if printed else None
    return {
        ("review_litigation", group, column)
        for group, values in groups.items()
        if _adds_up(values)
        for column in values
    }
