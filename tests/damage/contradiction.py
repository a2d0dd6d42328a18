"""Whether a page tells that a row of it was damaged: by the row's own sum, as a reader without the truth sees it."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain

from .damages import Tables, copy_of
from .physical import Drawn
from .truths import Truth

_SUM_LENGTH = {1: 7, 2: 5}
"""The values of a row of table three, and of each group of table four, end with their total; table two has none."""
_NUMBER = re.compile(r"(\d+)件?(?:\(.*\))?")
_NOTHING = {"", "〇", "零", "/", "—", "-", "--", "无"}


def contradicted(whole: Truth, tables: Tables, style: str) -> bool:
    """Whether no damaged row is one of table two, and each that holds a cell over several columns breaks its sum.

    Such a cell stands in the first of its columns or, where the style copies it, in each. A row that the undamaged
    table does not have is told by the sums of the rows beside it.
    """
    changed = [
        (table, rows, drawn)
        for table, (rows, drawn) in enumerate(zip(tables, copy_of(whole), strict=True))
        if rows != drawn
    ]
    return all(
        table in _SUM_LENGTH
        and (
            len(rows) > len(drawn)
            or all(
                _breaks_its_sum(row, style == "tabs_doubled", _SUM_LENGTH[table])
                for row, before in zip(rows, drawn, strict=True)
                if row != before
            )
        )
        for table, rows, drawn in changed
    )


def _slots(row: list[Drawn], copies: bool) -> list[str]:
    """The texts of the value columns as they are printed."""
    values = [cell for cell in row if cell.key is not None]
    return list(
        chain.from_iterable(
            [cell.text] + [cell.text if copies else ""] * (cell.columns - 1) for cell in values
        )
    )


def _breaks_its_sum(row: list[Drawn], copies: bool, length: int) -> bool:
    """Whether the group that holds a cell over several columns does not add up, or its text is no number at all."""
    texts = _slots(row, copies)
    at = 0
    for cell in row:
        if cell.key is None:
            continue
        if cell.columns > 1:
            start = at // length * length
            across = at + cell.columns > start + length
            return not across and _is_broken(texts[start : start + length])
        at += cell.columns
    return False


def _is_broken(texts: list[str]) -> bool:
    numbers = [_number(text) for text in texts]
    if None in numbers:
        return True
    *parts, total = (number or 0 for number in numbers)
    return bool(texts[-1]) and sum(parts) != total


def _number(text: str) -> int | None:
    """The count that a text prints, 0 for an empty one or a stroke; None where it is no count."""
    normal = unicodedata.normalize("NFKC", text).replace(",", "")
    printed = _NUMBER.fullmatch(normal)
    if printed is None:
        return 0 if normal in _NOTHING else None
    return int(printed[1])
