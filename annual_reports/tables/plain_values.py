"""Texts that are plain numbers, what stands for them in the key of a layout, and the sums of a whole document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter

from annual_reports.model import Number
from annual_reports.tables.printed_values import read_amount
from annual_reports.tables.review_values import sums_hold
from annual_reports.tables.sums import COLUMNS, flow_rows

COUNT_MARK = "\0"
AMOUNT_MARK = "\0."
_PLAIN = re.compile(r"(?:0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?")
_SHORT = 64
_SMALL_COUNTS = {str(count): count for count in range(10_000)}


def masked(text: str) -> str:
    """A text as it stands in a key: plain numbers as marks, everything else as it is."""
    return _masked_short(text) if len(text) < _SHORT else _masked_short.__wrapped__(text)


def all_masked(texts: Iterable[str]) -> tuple[str, ...]:
    """As `masked` of each text."""
    return tuple([_masked_short(text) if len(text) < _SHORT else masked(text) for text in texts])


@lru_cache(maxsize=16384)
def _masked_short(text: str) -> str:
    found = _PLAIN.fullmatch(text)
    if found is None:
        return text.replace("\0", "\0\0\0")  # no text can pass for a mark
    return AMOUNT_MARK if found[1] else COUNT_MARK


def plain_amount(text: str) -> Number | None:
    """A plain number of a column of amounts in 万元."""
    return read_amount(text).value


def plain_counts(texts: Sequence[str]) -> list[int] | None:
    """The numbers of texts that are plain counts; None where one of them is none."""
    try:
        return list(map(_SMALL_COUNTS.__getitem__, texts))
    except KeyError:
        is_plain = all(mask == COUNT_MARK for mask in all_masked(texts))
        return list(map(int, texts)) if is_plain else None


def requests_sums_hold(template: str, values: Sequence[int]) -> bool:
    """R01, R02 and R03 over all counts of table three, row by row.

    The leaves of a column add up to its handled total if all its rows do to the four of the balance with that total twice.
    """
    columns = [values[start::COLUMNS] for start in range(COLUMNS)]
    if list(map(sum, zip(*columns[:-1], strict=True))) != columns[-1]:
        return False
    flows = itemgetter(*flow_rows(template))
    for column in columns:
        new, carried_in, handled, carried_out = flows(column)
        due = new + carried_in
        if due != handled + carried_out or sum(column) != 2 * due + handled:
            return False
    return True


def review_sums_hold(values: Sequence[int]) -> bool:
    """R10 in the three groups of table four."""
    return sums_hold(values)
