"""The form of 2014 in flattened text: its labels laid end to end, a value after the last of them.

Between two values stands a text. A value belongs to a label only where that label ends the text;
labels before it have no value. What is no label of the form is a row of its own, unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from annual_reports.tables.indicator_rows import (
    REMARK,
    IndicatorRow,
    IndicatorTable,
    label_text,
    numbering_pattern,
    starts_with_numbering,
)
from annual_reports.tables.indicator_words import Word, cut_number
from annual_reports.tables.marks import Mark
from schemas.indicators import indicator_pattern, statistics_labels

_LONGEST_HEAD = 80
_FEWEST_LABELS = 8
_FAR_APART = 200


class _Item(NamedTuple):
    """The text since the last value and the values that follow it."""

    words: tuple[Word, ...]
    values: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


class _Tile(NamedTuple):
    start: int
    end: int
    label: str
    unit: str | None


def read_statistics_text(words: Sequence[Word]) -> list[IndicatorTable]:
    """The lists of the form of 2014 in a text, as tables of rows."""
    items = list(_items(words))
    tiled = [tuple(_tiles(item)) for item in items]
    tables = []
    for first, last in _stretches(items, tiled):
        table = _table(items, tiled, first, last)
        if table is not None:
            tables.append(table)
    return tables


def _items(words: Sequence[Word]) -> Iterator[_Item]:
    texts: list[Word] = []
    values: list[Word] = []
    for word in _with_cut_numbers(words):
        if word.is_value:
            values.append(word)
            continue
        if values:
            yield _Item(tuple(texts), tuple(values))
            texts, values = [], []
        texts.append(word)
    yield _Item(tuple(texts), tuple(values))


def _with_cut_numbers(words: Sequence[Word]) -> Iterator[Word]:
    """Numbers glued to the end of a label stand alone where the word ends with them."""
    for word in words:
        cut = cut_number(word)
        if cut is not None and _label_at_end().search(cut[0].text):
            yield from cut
        else:
            yield word


@cache
def _label() -> re.Pattern[str]:
    patterns = sorted({one.pattern.pattern for one in statistics_labels()}, key=len, reverse=True)
    units = indicator_pattern("unit").pattern
    return re.compile(
        rf"(?P<label>(?P<numbering>(?:{numbering_pattern()})*)(?:{'|'.join(patterns)})"
        rf"(?:{REMARK})*)(?P<unit>(?:{_longest_first(units)}|))(?:{REMARK})?"
    )


@cache
def _label_at_end() -> re.Pattern[str]:
    return re.compile(_label().pattern + r"\Z")


def _longest_first(alternatives: str) -> str:
    return "|".join(sorted(alternatives.split("|"), key=len, reverse=True))


def _tiles(item: _Item) -> Iterator[_Tile]:
    """Labels of the form in a text, each at a boundary: numbered, at a word's start or behind another."""
    text = item.text
    boundaries = {0, *accumulate(len(word.text) for word in item.words)}
    at = 0
    while (found := _label().search(text, at)) is not None:
        at = found.start() + 1
        if found["numbering"] or found.start() in boundaries:
            at = found.end()
            boundaries.add(at)
            yield _Tile(found.start(), at, found["label"], found["unit"] or None)


def _stretches(
    items: Sequence[_Item], tiled: Sequence[Sequence[_Tile]]
) -> Iterator[tuple[int, int]]:
    """(first, last) items of each list: it ends where the labels are far apart or begin again."""
    first = last = None
    has_rows = False
    for place, tiles in enumerate(tiled):
        if not tiles:
            continue
        if first is not None and last is not None:
            between = sum(len(one.text) for one in items[last + 1 : place]) + tiles[0].start
            begins_again = has_rows and any(_is_first_label(tile.label) for tile in tiles)
            if begins_again or between > _FAR_APART:
                yield first, last
                first, has_rows = None, False
        first = place if first is None else first
        last = place
        has_rows = has_rows or any(_is_row_label(tile.label) for tile in tiles)
    if first is not None and last is not None:
        yield first, last


def _is_row_label(label: str) -> bool:
    bare = label_text(label).bare
    return any(one.order is not None and one.pattern.fullmatch(bare) for one in statistics_labels())


def _is_first_label(label: str) -> bool:
    return any(one.order == 0 and one.pattern.search(label) for one in statistics_labels())


def _is_last_label(label: str) -> bool:
    return statistics_labels()[-1].pattern.search(label) is not None


def _table(
    items: Sequence[_Item], tiled: Sequence[Sequence[_Tile]], first: int, last: int
) -> IndicatorTable | None:
    if sum(map(len, tiled[first : last + 1])) < _FEWEST_LABELS:
        return None
    columns = _columns(items, first, tiled[first][0].start)
    count = max(len(columns), 1)
    rows = [
        row
        for place in range(first, last + 1)
        for row in _rows(items[place], tiled[place], count, place == first)
    ]
    rows = _without_strangers(rows)
    if last == len(items) - 1 and not _is_last_label(rows[-1].label):
        rows[-1] = _end_of_document(rows[-1])
    counts = Counter(word.block for word in _words_between(items, tiled, first, last))
    return IndicatorTable(
        columns=columns or ("",),
        rows=tuple(rows),
        block=frozenset(counts),
        place=min(counts),
        has_header=bool(columns),
        is_flat=True,
        word_counts=counts,
    )


def _words_between(
    items: Sequence[_Item], tiled: Sequence[Sequence[_Tile]], first: int, last: int
) -> Iterator[Word]:
    """The words from the first label to the last value."""
    start = tiled[first][0].start
    ends = accumulate(len(word.text) for word in items[first].words)
    yield from (w for w, end in zip(items[first].words, ends, strict=True) if end > start)
    yield from items[first].values
    for item in items[first + 1 : last + 1]:
        yield from item.words
        yield from item.values


@cache
def _head() -> re.Pattern[str]:
    this_year = indicator_pattern("this_year").pattern
    other = indicator_pattern("other_column").pattern
    remark = indicator_pattern("remark_header").pattern
    value = f"(?:{this_year}|{other})"
    return re.compile(
        rf"(?:{indicator_pattern('label_header').pattern})"
        rf"(?:{indicator_pattern('unit_header').pattern})?"
        rf"(?P<columns>(?:{value})+)(?:{remark})?"
    )


def _columns(items: Sequence[_Item], first: int, start: int) -> tuple[str, ...]:
    """The heads of the value columns, read from the words right before the first label."""
    words = items[first].words
    ends = list(accumulate(len(word.text) for word in words))
    before = [word.text for word, end in zip(words, ends, strict=True) if end <= start]
    for count in range(1, len(before) + 1):
        joined = "".join(before[-count:])
        if len(joined) > _LONGEST_HEAD:
            break
        if _head().fullmatch(joined):
            return _split_heads(before[-count:])
    tail = items[first].text[:start][-_LONGEST_HEAD:]
    found = re.search(rf"(?:{_head().pattern})\Z", tail)
    return _split_heads([found[0]]) if found else ()


def _split_heads(words: Sequence[str]) -> tuple[str, ...]:
    """Heads that are words of their own, or the longest ones that follow each other in glued text."""
    found = _head().fullmatch("".join(words))
    assert found is not None
    whole = [word for word in words if _is_value_head(word)]
    if "".join(whole) == found["columns"]:
        return tuple(whole)
    heads: list[str] = []
    rest = found["columns"]
    while rest:
        length = max((n for n in range(1, len(rest) + 1) if _is_value_head(rest[:n])), default=0)
        if not length:
            return ()
        heads.append(rest[:length])
        rest = rest[length:]
    return tuple(heads)


def _is_value_head(text: str) -> bool:
    return any(
        indicator_pattern(kind).fullmatch(text) is not None
        for kind in ("this_year", "other_column")
    )


def _rows(
    item: _Item, tiles: Sequence[_Tile], count: int, is_first: bool
) -> Iterator[IndicatorRow]:
    """The labels of one text as rows, its values with what ends the text."""
    text = item.text
    at = tiles[0].start if is_first and tiles else 0
    for place, tile in enumerate(tiles):
        if tile.start > at:
            yield _row(_without_unit(text[at : tile.start]), None, (), count, "")
        at = tile.end
        is_last = at == len(text)
        next_start = tiles[place + 1].start if place + 1 < len(tiles) else len(text)
        doubt = "misplaced" if not is_last and next_start > at and item.values else ""
        yield _row(tile.label, tile.unit, item.values if is_last else (), count, doubt)
    if at < len(text) or not text:
        yield _row(_without_unit(text[at:]), None, item.values, count, "")


def _without_unit(text: str) -> str:
    """A text without the unit that a lost label or the value before it left at its start."""
    found = _unit_at_start().match(text)
    rest = text[found.end() :] if found else text
    return rest if not rest or starts_with_numbering(rest) else text


@cache
def _unit_at_start() -> re.Pattern[str]:
    return re.compile(_longest_first(indicator_pattern("unit").pattern))


def _row(
    label: str, unit: str | None, values: Sequence[Word], count: int, reason: str
) -> IndicatorRow:
    marks: tuple[Mark, ...] = tuple(word.mark() for word in values)
    is_whole = len(marks) in (0, count)
    fault = reason or ("" if is_whole else "long_row" if len(marks) > count else "short_row")
    if count > 1 and any(mark.attached for mark in marks):
        fault = "glued"
    nothing: tuple[Mark | None, ...] = (None,) * count
    return IndicatorRow(
        parts=(label,) if label else (),
        printed=label,
        unit=unit,
        marks=nothing if fault or not marks else marks,
        reason=fault,
        loose=marks if fault else (),
    )


def _without_strangers(rows: Sequence[IndicatorRow]) -> list[IndicatorRow]:
    """Where units stand between labels and values, a number right behind a label may be a page number."""
    keyed = [row for row in rows if _is_row_label(row.label) and row.has_values]
    with_unit = sum(row.unit is not None for row in keyed)
    if 2 * with_unit < len(keyed):
        return list(rows)
    return [
        row if row.unit is not None or not row.has_values or row.reason else _doubtful(row)
        for row in rows
    ]


def _doubtful(row: IndicatorRow) -> IndicatorRow:
    marks = tuple(mark for mark in row.marks if mark is not None)
    return replace(row, marks=(None,) * len(row.marks), reason="misplaced", loose=marks)


def _end_of_document(row: IndicatorRow) -> IndicatorRow:
    """The last number of a document that goes no further may be cut."""
    marks = tuple(mark for mark in row.marks if mark is not None)
    if not any(mark.text.strip("0") for mark in marks):
        return row
    return replace(row, marks=(None,) * len(row.marks), reason="cut_off", loose=marks)
