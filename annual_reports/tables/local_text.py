"""Local indicator tables in flattened text: heads that are recognised, then label, unit, values.

Every row must have as many values as there are heads, and a unit where the heads name one; a row
that has not keeps its text and no number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from annual_reports.tables.indicator_rows import (
    IndicatorRow,
    IndicatorTable,
    is_head,
    is_unit,
    label_text,
    starts_with_numbering,
)
from annual_reports.tables.indicator_words import Word
from schemas.indicators import indicator_pattern

_LONGEST_LABEL = 60
_FEWEST_ROWS = 3
_SENTENCE = "。！？!?"
_CODE_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class _Heads:
    """`start`: the first word of the heads, `end`: the word behind them."""

    start: int
    end: int
    has_unit: bool
    has_code: bool
    columns: tuple[str, ...]


class _Row(NamedTuple):
    """Words of one row as cut, not yet judged. `end`: the word behind it."""

    labels: tuple[Word, ...]
    unit: str | None
    values: tuple[Word, ...]
    end: int


def read_local_text(words: Sequence[Word]) -> list[IndicatorTable]:
    """Every list of indicators with recognised heads, in reading order."""
    tables = []
    place = 0
    while place < len(words):
        heads = _heads_at(words, place)
        if heads is None:
            place += 1
            continue
        table, place = _table(words, heads)
        if table is not None:
            tables.append(table)
    return tables


def _heads_at(words: Sequence[Word], place: int) -> _Heads | None:
    """指标名称 计量单位 [代码] and one or more value heads, each a word of its own."""
    if not is_head("label_header", words[place].text):
        return None
    at = place + 1
    side: set[str] = set()
    columns: list[str] = []
    while at < len(words):
        text = words[at].text
        if is_head("unit_header", text) and not columns:
            side.add("unit")
        elif is_head("code_header", text) and not columns:
            side.add("code")
        elif is_head("this_year", text) or is_head("other_column", text):
            columns.append(text)
        else:
            break
        at += 1
    return _Heads(place, at, "unit" in side, "code" in side, tuple(columns)) if columns else None


def _table(words: Sequence[Word], heads: _Heads) -> tuple[IndicatorTable | None, int]:
    if heads.end < len(words) and words[heads.end].is_value:
        return None, heads.end  # values before their labels
    cut = list(_cut_rows(words, heads))
    while cut and not _is_whole(cut[-1], heads):
        cut.pop()
    if sum(_is_whole(row, heads) for row in cut) < _FEWEST_ROWS:
        return None, heads.end
    doubtful = _doubtful_places(cut, heads)
    rows = [_judged(row, place in doubtful, heads) for place, row in enumerate(cut)]
    if cut[-1].end >= len(words):
        rows[-1] = _last_of_document(rows[-1])
    counts = Counter(word.block for word in words[heads.start : cut[-1].end])
    table = IndicatorTable(
        columns=heads.columns,
        rows=tuple(part for row in rows for part in row),
        block=frozenset(counts),
        place=min(counts),
        has_header=True,
        is_flat=True,
        word_counts=counts,
    )
    return table, cut[-1].end


def _cut_rows(words: Sequence[Word], heads: _Heads) -> Iterator[_Row]:
    """Rows up to the first text that is no label."""
    at = heads.end
    while at < len(words):
        start = at
        while at < len(words) and not words[at].is_value and not is_unit(words[at].text):
            at += 1
        labels = tuple(words[start:at])
        unit = None
        if at < len(words) and is_unit(words[at].text):
            unit = words[at].text
            at += 1
        if heads.has_code and at < len(words) and _is_code(words[at]):
            at += 1
        first = at
        while at < len(words) and words[at].is_value:
            at += 1
        text = "".join(word.text for word in labels)
        if len(text) > _LONGEST_LABEL or any(mark in text for mark in _SENTENCE) or at == start:
            return
        yield _Row(labels, unit, tuple(words[first:at]), at)


def _is_code(word: Word) -> bool:
    return word.text.isdigit() and len(word.text) <= _CODE_CHARACTERS


def _is_whole(row: _Row, heads: _Heads) -> bool:
    has_unit = row.unit is not None or not heads.has_unit
    return bool(row.labels) and has_unit and len(row.values) == len(heads.columns)


def _doubtful_places(cut: Sequence[_Row], heads: _Heads) -> set[int]:
    """Rows whose label may be torn: broken over lines, no name of a count, or behind a row cut short."""
    doubtful: set[int] = set()
    for place, row in enumerate(cut):
        if _is_broken(row):
            doubtful |= {place - 1, place}
        if not _names_a_count(row):
            doubtful |= {place, place + 1}
        if heads.has_unit and row.unit is None:
            doubtful |= {place, place + 1}
    return doubtful


def _names_a_count(row: _Row) -> bool:
    lines = _lines(row.labels)
    label = label_text("".join(word.text for word in lines[-1])).bare if lines else ""
    return indicator_pattern("indicator").search(label) is not None


def _judged(row: _Row, is_doubtful: bool, heads: _Heads) -> list[IndicatorRow]:
    """The headings before a row and the row, its values tied to the columns where that is certain."""
    headings, label = _split_label(row)
    nothing = (None,) * len(heads.columns)
    marks = tuple(word.mark() for word in row.values)
    reason = ""
    if not label:
        reason = "lost_label"
    elif is_doubtful:
        reason = "misplaced"
    elif marks and not _is_whole(row, heads):
        reason = "long_row" if len(marks) > len(heads.columns) else "short_row"
    found = [IndicatorRow((word.text,), word.raw, None, nothing) for word in headings]
    text = "".join(word.text for word in label)
    found.append(
        IndicatorRow(
            parts=(text,) if text else (),
            printed=" ".join(word.raw for word in label),
            unit=row.unit,
            marks=nothing if reason or not marks else marks,
            reason=reason,
            loose=marks if reason else (),
            is_cut_surely=True,
        )
    )
    return found


def _split_label(row: _Row) -> tuple[list[Word], list[Word]]:
    """Numbered headings on lines of their own, and the words of the row's label."""
    lines = _lines(row.labels)
    headings = [word for line in lines[:-1] for word in line]
    return headings, list(lines[-1]) if lines else []


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in words:
        if lines and (lines[-1][-1].line == word.line):
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def _is_broken(row: _Row) -> bool:
    """A label over several lines that are not each numbered: one may belong to the row before."""
    lines = _lines(row.labels)
    return len(lines) > 1 and not all(starts_with_numbering(line[0].text) for line in lines)


def _last_of_document(rows: list[IndicatorRow]) -> list[IndicatorRow]:
    """The last number of a document that goes no further may be cut."""
    row = rows[-1]
    marks = tuple(mark for mark in row.marks if mark is not None)
    if not marks or not marks[-1].text.strip("0"):
        return rows
    nothing = (None,) * len(row.marks)
    return [*rows[:-1], replace(row, marks=nothing, reason="cut_off", loose=marks)]
