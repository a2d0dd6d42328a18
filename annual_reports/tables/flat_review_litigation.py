"""Table four: fifteen values after three groups of five headers, in flattened text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from annual_reports.tables.flat_text import TokenStream, marks_between
from annual_reports.tables.label_order import reordered
from annual_reports.tables.marks import Mark, unreadable
from annual_reports.tables.review_values import VALUES, settle_text, values_found
from annual_reports.tables.table_reading import TableReading
from schemas.labels import any_of, labels, value_words

_TABLE = "review_litigation"
_HEADER_REACH = 160
_FOREIGN = 8
_LEAST_LABELS = 4
_MOST_STRANGERS = 3


def _first_value(stream: TokenStream, header: int) -> int:
    """The first value after the column labels; a lone number between two labels is a page number."""
    limit = min(len(stream.letters), header + _HEADER_REACH)
    start = _next_value(stream, header, limit)
    while start + 1 < limit and _header_words().match(stream.letters, start + 1):
        start = _next_value(stream, start + 1, limit)
    return start


def _next_value(stream: TokenStream, start: int, limit: int) -> int:
    while start < limit and not stream.value_follows(start):
        start += 1
    return start


@cache
def _header_words() -> re.Pattern[str]:
    words = {
        s
        for kind in ("row", "column", "header")
        for label in labels(_TABLE, kind)
        for s in label.spellings
    }
    return re.compile(any_of((*words, "结果")))


def read_flat_review_litigation(stream: TokenStream) -> list[TableReading]:
    """Every table four of the text: both litigation groups named, then header words, then values."""
    direct, after = labels(_TABLE, "row")[1:]
    readings = []
    place = _find(stream.letters, direct.spellings, 0, len(stream.letters))
    while place is not None:
        second = _find(stream.letters, after.spellings, place[1], place[1] + _HEADER_REACH)
        if second is not None:
            reading = _read_table(stream, place[0], second[1])
            if reading is not None:
                readings.append(reading)
        place = _find(stream.letters, direct.spellings, place[1], len(stream.letters))
    return readings


def _find(letters: str, spellings: tuple[str, ...], start: int, end: int) -> tuple[int, int] | None:
    for spelling in spellings:
        place = letters.find(spelling, start, end)
        if place >= 0:
            return place, place + len(spelling)
    return None


def _read_table(stream: TokenStream, first: int, header: int) -> TableReading | None:
    start = _first_value(stream, header)
    words = stream.letters[header:start]
    named = len(_header_words().findall(words))
    if named < _LEAST_LABELS or len(_header_words().sub("", words)) > _FOREIGN:
        return None
    end = start
    while end < len(stream.letters) and stream.value_follows(end):
        end += 1
    end = _before_heading(stream, end)
    marks = _without_strangers(marks_between(stream, start, end))
    stops = end >= len(stream.letters)
    if not marks and not stops:
        return None
    if _zeros_grown_in(stream, start, end):
        slots = [[unreadable("glued")] * 5 for _ in range(3)]
    else:
        slots = settle_text(marks, reordered(words, _TABLE), stops)
    opening = stream.letters.rfind(labels(_TABLE, "row")[0].text, max(0, first - 60), first)
    return TableReading(
        table=_TABLE,
        template="t2021",
        slots=tuple(map(tuple, slots)),
        size={"review_litigation_values": values_found(marks, slots)},
        blocks=frozenset(
            stream.blocks[
                stream.token_at(opening if opening >= 0 else first) : stream.token_at(
                    max(end - 1, first)
                )
                + 1
            ]
        ),
        place=first,
        stops=stops and len(marks) < 15,
    )


def _zeros_grown_in(stream: TokenStream, start: int, end: int) -> bool:
    """Whether a zero or a stroke written as a character stands beside the digits, grown together with them.

    It is a value that the digits alone do not show.
    """
    words = value_words()
    written = words.zero_numerals | words.zero_letters | words.placeholders
    before, behind = stream.letters[start - 1 : start], stream.letters[end : end + 1]
    return (before in written and bool(before)) or (behind in written and bool(behind))


def _without_strangers(marks: Sequence[Mark]) -> Sequence[Mark]:
    """The fifteen values of one line, without a few numbers on lines of their own."""
    lines = Counter(mark.line for mark in marks)
    if VALUES not in lines.values() or len(marks) > VALUES + _MOST_STRANGERS:
        return marks
    return [mark for mark in marks if lines[mark.line] == VALUES]


def _before_heading(stream: TokenStream, end: int) -> int:
    """Digits that begin the heading after the table are no values."""
    if end >= len(stream.letters):
        return end
    index = stream.token_at(end)
    if stream.tokens[index].is_value or stream.starts[index] >= end:
        return end
    head = stream.letters[stream.starts[index] : end]
    return stream.starts[index] if head.isdigit() else end
