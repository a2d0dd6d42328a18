"""Which row of an indicator table is which indicator of the form of 2014.

A label decides by its wording. Wordings that occur twice (the results under 复议 and under 诉讼)
also need the heading they stand under; a mistyped label is recognised only between known neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from annual_reports.tables.indicator_rows import IndicatorRow, label_text
from annual_reports.tables.label_chain import LabelHit, longest_chain
from annual_reports.tables.printed_values import normal_form
from schemas.indicators import (
    StatisticsLabel,
    statistics_fields,
    statistics_keys,
    statistics_labels,
)

_BLOCKS = {"reconsideration_total": "reconsideration", "litigation_total": "litigation"}
_FEWEST_ROWS = 8
_FEWEST_SIGNATURES = 3
_LONG_LABEL = 15
_SHORTEST_REPAIRED = 5


@dataclass(frozen=True)
class KeyedRow:
    """A row and its indicator, `order` in the form. `doubt` (reader_findings.csv): the label says this
    indicator, yet the value cannot be given to it."""

    row: IndicatorRow
    order: int
    repaired: bool = False
    doubt: str = ""


def is_statistics_form(rows: Sequence[IndicatorRow]) -> bool:
    """Whether a table is the form of 2014: labels that no older table has, and enough of the others."""
    found = [label for row in rows for label in _labels_of(row)]
    signatures = {label.key for label in found if label.is_signature}
    keys = {label.key for label in found if label.order is not None}
    return len(signatures) >= _FEWEST_SIGNATURES and len(keys) >= _FEWEST_ROWS


def keyed_rows(rows: Sequence[IndicatorRow]) -> list[KeyedRow]:
    """The rows that are indicators of the form, in reading order."""
    read = _read_rows(rows)
    orders = [one.order for one in read]
    hits = [
        LabelHit(order, place, place + 1) for place, order in enumerate(orders) if order is not None
    ]
    chain = {hit.start for hit in longest_chain(hits, [1.0] * len(hits))}
    astray = [hit.row for hit in hits if hit.start not in chain]
    unsure = _unsure_results(astray, any(one.is_stray for one in read))
    keyed = {
        hit.start: KeyedRow(
            rows[hit.start],
            hit.row,
            doubt="misplaced" if hit.start not in chain or hit.row in unsure else "",
        )
        for hit in hits
    }
    for place in _unknown_places(rows, orders):
        before = max((p for p in chain if p < place), default=None)
        after = min((p for p in chain if p > place), default=None)
        order = _repaired_order(rows[place], orders, before, after)
        if order is not None:
            keyed[place] = KeyedRow(rows[place], order, repaired=True)
    return _without_repeated_repairs([keyed[place] for place in sorted(keyed)])


def _unsure_results(astray: Sequence[int], has_strays: bool) -> frozenset[int]:
    """The results under both headings where any row of the two blocks stands out of order.

    Headings that changed places would give each the results of the other; so would results that did.
    """
    headed = {label.order: label for label in statistics_labels() if label.order is not None}
    of_blocks = {order for order, label in headed.items() if label.block or label.key in _BLOCKS}
    if not has_strays and not of_blocks & set(astray):
        return frozenset()
    return frozenset(order for order, label in headed.items() if label.block)


def names_a_heading(row: IndicatorRow) -> bool:
    """Whether a row is a group heading of the form, which has no value of its own."""
    labels = _labels_of(row)
    return bool(labels) and all(label.order is None for label in labels)


def _labels_of(row: IndicatorRow) -> tuple[StatisticsLabel, ...]:
    return _matching(label_text(row.label).bare) if row.parts else ()


@lru_cache(maxsize=4096)
def _matching(bare: str) -> tuple[StatisticsLabel, ...]:
    return tuple(label for label in statistics_labels() if label.pattern.fullmatch(bare))


class _Read(NamedTuple):
    """A row by its wording: its place in the form, the heading it stands under, '' for none of the two.

    `is_stray`: the wording belongs under the other heading alone.
    """

    order: int | None
    block: str
    is_stray: bool = False


def _read_rows(rows: Sequence[IndicatorRow]) -> list[_Read]:
    """For each row its place in the form by wording and heading."""
    block = ""
    found: list[_Read] = []
    for row in rows:
        read = _Read(None, block)
        for part in row.parts:
            read = _read_part(part, read.block)
        block = read.block
        if (not row.parts and row.has_values) or row.reason == "long_row":
            block = ""  # a heading may have lost its label
        found.append(read if row.own_label else read._replace(order=None))
    return found


def _read_part(part: str, block: str) -> _Read:
    text = label_text(part)
    labels = _matching(text.bare)
    heading = next((_BLOCKS[one.key] for one in labels if one.key in _BLOCKS), None)
    if heading is not None:
        block = heading
    elif text.rank == 10 or (labels and not any(one.block for one in labels)):
        block = ""
    fitting = [one for one in labels if one.order is not None and one.block in ("", block)]
    order = fitting[0].order if len(fitting) == 1 else None
    return _Read(order, block, bool(block and labels) and not fitting)


def _unknown_places(rows: Sequence[IndicatorRow], orders: Sequence[int | None]) -> list[int]:
    return [
        place
        for place, row in enumerate(rows)
        if orders[place] is None and row.own_label and row.has_values and not _labels_of(row)
    ]


def _repaired_order(
    row: IndicatorRow, orders: Sequence[int | None], before: int | None, after: int | None
) -> int | None:
    """The one missing indicator between the neighbours from which the label differs by a typing error."""
    first = -1 if before is None else orders[before]
    last = len(statistics_keys()) if after is None else orders[after]
    bare = label_text(row.label).bare
    if first is None or last is None or len(bare) < _SHORTEST_REPAIRED:
        return None
    alike = [order for order, text in enumerate(_bare_labels()) if _is_mistyped(bare, text)]
    missing = set(range(first + 1, last)) - {order for order in orders if order is not None}
    return alike[0] if len(alike) == 1 and alike[0] in missing else None


def _is_mistyped(text: str, label: str) -> bool:
    """One character wrong or lost (two in a long label); nothing put in, since that can be a word."""
    allowed = 2 if len(label) >= _LONG_LABEL else 1
    if not -allowed <= len(text) - len(label) <= 0:
        return False
    edits = Levenshtein.editops(label, text)
    return len(edits) <= allowed and all(edit.tag in ("replace", "delete") for edit in edits)


@cache
def _bare_labels() -> tuple[str, ...]:
    labels = (normal_form(field.row_label).rsplit("/", 1)[-1] for field in statistics_fields())
    return tuple(label_text(label).bare for label in labels)


def _without_repeated_repairs(keyed: Sequence[KeyedRow]) -> list[KeyedRow]:
    """A repair that another row claims too is none."""
    claims = Counter(one.order for one in keyed)
    return [one for one in keyed if not (one.repaired and claims[one.order] > 1)]
