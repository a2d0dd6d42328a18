"""Flattened documents of a layout read before: their cells by order, without decoding.

The statutory tables and all that stands between them are one stretch of lines, from the header of
table two to the last value of table four. Where the text before and after it holds no label that the
readers would tie to it, the readers see nothing but the stretch, and stretches that differ only in
plain numbers that satisfy every sum are read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple, cast

from annual_reports.memory import LayoutMemory
from annual_reports.model import Block, CellEvidence, TextLine
from annual_reports.tables.decoded import DecodedTables
from annual_reports.tables.flat_text import line_tokens
from annual_reports.tables.label_chain import LEAST_ROWS, sought_labels
from annual_reports.tables.layout_memory import MOST_LAYOUTS, CellPlan, plan_of, probe_numbers
from annual_reports.tables.plain_values import AMOUNT_MARK, COUNT_MARK, masked
from annual_reports.tables.silent_text import OPENS_OTHER, han_letters, rows_named
from annual_reports.tables.written_lines import (
    Stretch,
    Writing,
    forget_written,
    keep_as_written,
    stretch_as_written,
)
from schemas.fields import table_form
from schemas.labels import labels

Decode = Callable[[Sequence[Block]], DecodedTables]

_FEWEST_LINES, _MOST_LINES = 10, 3000
_SHORT = 160
"""Rows of tables between tabs are longer than cells; most of them are rows of zeros, which repeat."""
_HEADER_LINES = 60
_BEFORE_HEADER = 120
_GOES_ON_FROM = 17
"""A label of this row of table three or a later one, printed behind the table, may be taken for its own."""
_PROSE = "甲"
_NEW_EVIDENCE = repeat(CellEvidence)


class _Line(NamedTuple):
    """The tokens of a line as part of a key, and the values among them: as printed, masked.

    A value that is not printed in its normal form has no mask.
    """

    mask: str
    raws: tuple[str, ...]
    masks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _LineLayout:
    """`places` are (table, row, column) columns of the evidence; `in_tables` takes the lines of the
    tables from those with tokens."""

    plan: CellPlan
    places: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    structure: dict[str, int]
    in_tables: Callable[[Sequence[int]], tuple[int, ...]]


_MEMORY: LayoutMemory[_LineLayout] = LayoutMemory(MOST_LAYOUTS)


def decode_lines(blocks: Sequence[Block], decode: Decode) -> DecodedTables | None:
    """The tables of a flattened document (no grid in it) of a known layout; None where `decode` has to read it.

    `decode` is the decoder itself: a layout that comes again is learnt from what it says.
    """
    if not _FEWEST_LINES < len(blocks) < _MOST_LINES:
        return None
    lines = cast("Sequence[TextLine]", blocks)
    texts = [line[0] for line in lines]
    stretch = find_stretch(texts)
    if stretch is None or not _has_lines_of_its_own(lines, stretch):
        return None
    if not _stands_alone(texts, stretch):
        return None
    layout = _MEMORY.get(stretch.key)
    if layout is not None:
        if stretch.writing is None:
            keep_as_written(texts, stretch, collect_lines)
        return _read(layout, lines, stretch)
    if not _MEMORY.comes_again(stretch.key):
        return None
    decoded = decode(blocks)
    learnt = _learnt(lines, stretch, decoded, decode)
    if learnt is not None:
        _MEMORY.keep(stretch.key, learnt)
        keep_as_written(texts, stretch, collect_lines)
    return decoded


def forget_layouts() -> None:
    """Forget every layout of lines."""
    _MEMORY.clear()
    forget_written()


@lru_cache(maxsize=16384)
def _line(text: str) -> _Line:
    parts: list[str] = []
    values: list[tuple[str, str]] = []
    for word, raw, is_value in line_tokens(text):
        if is_value:
            mask = masked(word)
            parts.append(f"{mask}\x1e")
            values.append((raw, mask if masked(raw) == mask else ""))
        else:
            parts.append(word or "\x1d")
    return _Line("\x1f".join(parts), tuple(raw for raw, _ in values), tuple(m for _, m in values))


def find_stretch(texts: Sequence[str]) -> Stretch | None:
    """The lines from the header of table two to the fifteenth value of table four; None where not found."""
    whole = "\n".join(texts)
    if whole.count("\n") != len(texts) - 1:
        return None
    article, opening, closing = _landmarks()
    header = min((at for word in opening if (at := whole.find(word)) >= 0), default=-1)
    start = whole.rfind(article, 0, header) if header >= 0 else -1
    last = whole.find(closing, header) if header >= 0 else -1
    if start < 0 or last < 0:
        return None
    first = whole.count("\n", 0, start)
    line = whole.rfind("\n", 0, start) + 1
    if (stretch := stretch_as_written(whole, line, first)) is not None:
        return stretch
    end = _table_end(texts, whole.count("\n", 0, last))
    return collect_lines(texts, first, end) if end is not None else None


def _table_end(texts: Sequence[str], group: int) -> int | None:
    """The line behind the values of table four, which follow the line that names its last group."""
    found = 0
    for index in range(group, min(len(texts), group + _HEADER_LINES + 40)):
        text = texts[index]
        if len(text) >= _SHORT:
            return None
        line = _line(text)
        found += len(line.raws)
        if found >= 15:
            return index + 1 if found == 15 else None
    return None


def collect_lines(texts: Sequence[str], first: int, end: int) -> Stretch | None:
    keys: list[str] = []
    raws: list[str] = []
    masks: list[str] = []
    value_lines: list[int] = []
    filled: list[int] = []
    for index, text in enumerate(texts[first:end], first):
        if not text:
            continue
        mask, values, kinds = _line(text) if len(text) < _SHORT else _line.__wrapped__(text)
        if mask:
            keys.append(mask)
            filled.append(index)
            if values:
                raws += values
                masks += kinds
                value_lines += [index] * len(values)
    if "" in masks:
        return None
    return Stretch(first, end, "\n".join(keys), tuple(raws), masks, value_lines, filled)


def _has_lines_of_its_own(lines: Sequence[TextLine], stretch: Stretch) -> bool:
    """Whether every block of the stretch is one whole physical line."""
    first, last = lines[stretch.first], lines[stretch.end - 1]
    before = lines[stretch.first - 1] if stretch.first else None
    behind = lines[stretch.end] if stretch.end < len(lines) else None
    return (
        last.line - first.line == stretch.end - 1 - stretch.first
        and (before is None or before.line < first.line)
        and (behind is None or behind.line > last.line)
    )


def _stands_alone(texts: Sequence[str], stretch: Stretch) -> bool:
    """Whether no reader of flattened text ties anything before or behind the stretch to it."""
    following = next((text for text in texts[stretch.end :] if text), "")
    tokens = line_tokens(following)
    if not tokens or tokens[0][2] or not tokens[0][0] or tokens[0][0][0].isdigit():
        return False
    before = han_letters(texts[: stretch.first])
    behind = han_letters(texts[stretch.end :])
    if before is None or behind is None:
        return False
    earlier, later = rows_named(before), rows_named(behind)
    return (
        OPENS_OTHER not in earlier | later
        and _landmarks()[0] not in before[-_BEFORE_HEADER:]
        and len(earlier) < LEAST_ROWS
        and len(later) < LEAST_ROWS
        and max(later, default=0) < _GOES_ON_FROM
    )


@cache
def _landmarks() -> tuple[str, tuple[str, ...], str]:
    """What the article above table two is called, its first column labels, and the last group of table four."""
    openings: list[str] = []
    for template in ("t2021", "t2019"):
        columns = {label.key: label for label in labels("active_disclosure", "column", template)}
        first = table_form(template, "active_disclosure").rows[0][0]
        openings += columns[first.column_key].spellings
    article = labels("active_disclosure", "header")[0].spellings[0]
    return article, tuple(openings), labels("review_litigation", "row")[2].spellings[0]


def _read(layout: _LineLayout, lines: Sequence[TextLine], stretch: Stretch) -> DecodedTables | None:
    """The tables by the values of their stretch, every block of which is one physical line."""
    moved = lines[stretch.first].line - stretch.first
    if stretch.writing is not None and lines[stretch.first].page is None:
        evidence = _evidence_as_written(layout, stretch.writing, stretch.first, moved)
    else:
        evidence = _evidence(layout, [lines[place] for place in stretch.value_lines])
    cells = layout.plan.cells(stretch.raws, evidence)
    if cells is None:
        return None
    active, requests, review = layout.plan.templates
    return DecodedTables(
        templates={
            "active_disclosure": active,
            "requests": requests,
            "review_litigation": review,
        },
        cells=cells,
        findings=(),
        table_blocks=frozenset(layout.in_tables(stretch.filled)),
        ends_inside_table=False,
        structure=dict(layout.structure),
    )


@lru_cache(maxsize=64)  # reports of one maker begin their tables on the same few lines
def _evidence_as_written(
    layout: _LineLayout, writing: Writing, first: int, moved: int
) -> tuple[CellEvidence, ...]:
    """The evidence of a stretch without pages that begins with block `first`, its lines numbered `moved` higher."""
    sample = writing.sample
    moved += first - sample.first
    return _evidence(layout, [TextLine("", place + moved) for place in sample.value_lines])


def _evidence(layout: _LineLayout, printed_on: Sequence[TextLine]) -> tuple[CellEvidence, ...]:
    _, numbers, pages = zip(*printed_on, strict=True)
    constants = repeat(1), repeat(1), repeat(()), repeat(()), repeat(None)
    columns = zip(*layout.places, pages, numbers, *constants, strict=False)
    return tuple(map(tuple.__new__, _NEW_EVIDENCE, columns))


def _learnt(
    lines: Sequence[TextLine], stretch: Stretch, decoded: DecodedTables, decode: Decode
) -> _LineLayout | None:
    """The layout of a stretch, proved on this document and on two fillings of the stretch alone."""
    if decoded.findings or decoded.ends_inside_table or not _holds_what_readers_ask(stretch):
        return None
    if len(stretch.raws) != len(decoded.cells):
        return None
    plan = plan_of(decoded.templates, decoded.cells, stretch.masks)
    ordinals = [n for n, line in enumerate(stretch.filled) if line in decoded.table_blocks]
    if plan is None or len(ordinals) != len(decoded.table_blocks):
        return None
    evidence = [cell.evidence for cell in decoded.cells]
    layout = _LineLayout(
        plan=plan,
        places=(
            tuple(e.table_index or 0 for e in evidence),
            tuple(e.row or 0 for e in evidence),
            tuple(e.column or 0 for e in evidence),
        ),
        structure=dict(decoded.structure),
        in_tables=itemgetter(*ordinals),
    )
    for filling in probe_numbers(plan, stretch.masks):
        probe = _filled(lines, stretch, filling)
        found = find_stretch([line.text for line in probe])
        if found is None or found.key != stretch.key:
            return None
        if _read(layout, probe, found) != decode(probe):
            return None
    return layout if _read(layout, lines, stretch) in (decoded, None) else None


def _holds_what_readers_ask(stretch: Stretch) -> bool:
    """Whether what the readers look back for from a table stands in the stretch itself.

    So that they never look into the text round it: 信息内容 over the first row of table two, the end of
    table two, every label of table three in its first spelling, with 本年新收 first, 结转下年度 last
    and nothing of it before or behind, and all column labels above it.
    """
    letters = stretch.key.replace("\n", "").replace("\x1f", "")
    spellings = [spellings for _, spellings in sought_labels()]
    first, last = letters.find(spellings[0][0]), letters.rfind(spellings[-1][0])
    before, behind = letters[: max(first, 0)], letters[last + len(spellings[-1][0]) :]
    content = labels("active_disclosure", "header")[1].text
    top = labels("active_disclosure", "row")[0].spellings[0]
    columns = [label.text for label in labels("requests", "column") if not label.generic]
    ends = [s for label in labels("active_disclosure", "end") for s in label.spellings]
    direct = labels("review_litigation", "row")[1].spellings[0]
    form_rows = [found for row, found in sought_labels() if row not in (20, 21)]
    return (
        letters.startswith(_landmarks()[0])
        and 0 <= first < last
        and 0 <= letters.find(content) < letters.find(top) < first
        and all(found[0] in letters for found in form_rows)
        and not any(s in before for found in spellings for s in found)
        and not any(s in behind for found in spellings[:-1] for s in found)
        and all(column in before for column in columns)
        and any(end in letters for end in ends)
        and direct in letters
        and _other_stands_last(stretch.key, columns[-1])
    )


def _other_stands_last(key: str, last_column: str) -> bool:
    """Whether 其他 stands by itself behind the last kind of legal person in the header of table three."""
    other = next(label for label in labels("requests", "column") if label.generic)
    tokens = key.replace("\n", "\x1f").split("\x1f")
    place = next((n for n, token in enumerate(tokens) if last_column in token), len(tokens))
    return any(token in other.spellings for token in tokens[place : place + 3])


def _filled(lines: Sequence[TextLine], stretch: Stretch, filling: Sequence[str]) -> list[TextLine]:
    """The stretch with other numbers, alone between two lines of prose."""
    probe = [TextLine(_PROSE, 0)]
    values = iter(zip(stretch.value_lines, stretch.raws, stretch.masks, filling, strict=True))
    pending = next(values, None)
    for index in range(stretch.first, stretch.end):
        text, at = lines[index].text, 0
        while pending is not None and pending[0] == index:
            _, raw, mask, number = pending
            at = text.index(raw, at)
            new = number if mask in (COUNT_MARK, AMOUNT_MARK) else raw
            text = text[:at] + new + text[at + len(raw) :]
            at += len(new)
            pending = next(values, None)
        probe.append(TextLine(text, lines[index].line, lines[index].page))
    return [*probe, TextLine(_PROSE, lines[stretch.end - 1].line + 1)]
