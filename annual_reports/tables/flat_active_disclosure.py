"""Table two in flattened text: no sum checks it, so a row is read only where nothing is missing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from annual_reports.model import CellStatus
from annual_reports.tables.active_values import FieldHeader, settle_row, unit_notes
from annual_reports.tables.column_header import header_of, mentions_columns
from annual_reports.tables.flat_text import Token, TokenStream, inside_decimal, marks_between
from annual_reports.tables.label_chain import LabelHit, place_damaged
from annual_reports.tables.marks import (
    MISSING,
    Mark,
    Slot,
    sharing_a_line,
    slot_of,
    unreadable,
)
from annual_reports.tables.printed_values import BLANK, WORDS, Kind
from annual_reports.tables.table_reading import Note, TableReading
from schemas.fields import Field, TableForm, table_form
from schemas.labels import Label, labels, value_words

_TABLE = "active_disclosure"
_REACH = 700
_HEADER_REACH = 160
_HEADING_NUMBER = re.compile("[(（]?[一二三四五六七八九十][)）]?[、.．]?$")


def read_flat_active_disclosure(stream: TokenStream) -> list[TableReading]:
    """Every table two of the text, by the column labels of its first block."""
    readings: list[TableReading] = []
    starts = _header_places(stream.letters)
    for (place, template), following in zip_longest(starts, starts[1:]):
        limit = min(len(stream.letters), place + _REACH)
        if following is not None:
            limit = min(limit, following[0])
        reading = _read_table(stream, template, place, limit)
        if reading is not None:
            readings.append(reading)
    return readings


def _header_places(letters: str) -> list[tuple[int, str]]:
    """Where the column labels of a first block end, with the form they name."""
    places: dict[int, str] = {}
    for template in ("t2021", "t2019"):
        columns = {label.key: label for label in labels(_TABLE, "column", template)}
        first = table_form(template, _TABLE).rows[0]
        for field in first:
            for place in _places(letters, columns[field.column_key].spellings):
                places[place] = template
    kept: list[tuple[int, str]] = []
    for place, template in sorted(places.items()):
        if kept and place - kept[-1][0] < 40 and kept[-1][1] == template:
            kept[-1] = (place, template)
        else:
            kept.append((place, template))
    return kept


def _places(letters: str, spellings: Sequence[str]) -> list[int]:
    """Ends of the first spelling that occurs."""
    for spelling in spellings:
        found = []
        place = letters.find(spelling)
        while place >= 0:
            found.append(place + len(spelling))
            place = letters.find(spelling, place + 1)
        if found:
            return found
    return []


def _read_table(stream: TokenStream, template: str, start: int, limit: int) -> TableReading | None:
    form = labels(_TABLE, "row", template)
    limit = _table_end(stream, start, limit)
    hits = _row_hits(stream, form, start, limit)
    if sum(hit is not None for hit in hits) < 3:
        return None
    windows = _windows(stream, hits, limit)
    if sum(bool(window.marks) for window in windows if window) < 2 and not any(
        window and window.words for window in windows
    ):
        return None
    first = start - 60
    slots, notes = _settle(stream, template, windows, start)
    end = max((window.end for window in windows if window), default=limit)
    repaired = tuple(form[hit.row].key for hit in hits if hit is not None and hit.repaired)
    if repaired:
        notes.append(Note("E02", "label_repaired", repaired, len(repaired)))
    return TableReading(
        table=_TABLE,
        template=template,
        slots=tuple(map(tuple, slots)),
        size={"active_disclosure_rows": sum(hit is not None for hit in hits)},
        blocks=_blocks(stream, max(0, first), end),
        place=start,
        notes=tuple(notes),
        stops=end >= len(stream.letters) and hits[-1] is None,
    )


def _table_end(stream: TokenStream, start: int, limit: int) -> int:
    places = [
        stream.starts[stream.token_at(place)]
        for label in labels(_TABLE, "end")
        for spelling in label.spellings
        if (place := stream.letters.find(spelling, start, limit)) >= 0
        and len(stream.tokens[stream.token_at(place)].text) < 60
    ]
    glued = [
        place
        for label in labels(_TABLE, "end")
        if (place := stream.letters.find(label.spellings[0], start, limit)) >= 0
    ]
    inner = [place for place in places if place > start]
    return min(inner or glued or [limit])


def _row_hits(
    stream: TokenStream, form: Sequence[Label], start: int, limit: int
) -> list[LabelHit | None]:
    rows: list[LabelHit | None] = [None] * len(form)
    at = start
    for row, label in enumerate(form):
        for spelling in label.spellings:
            place = stream.letters.find(spelling, at, limit)
            if place >= 0:
                rows[row] = LabelHit(row, place, place + len(spelling))
                at = place + len(spelling)
                break
    place_damaged(stream, rows, form, limit)
    return [hit if hit is None or hit.start >= start else None for hit in rows]


class _Window(NamedTuple):
    """What stands beside a label: values, words, and the same-line fields where they are explicit.

    `tail` goes on in the label's own text. `next_known`: the label that follows on the form was found, so that no other row's values are among them.
    """

    hit: LabelHit
    end: int
    marks: tuple[Mark, ...]
    words: tuple[Mark, ...]
    label_line: int
    fields: tuple[Token, ...]
    next_known: bool
    tail: str


def _windows(
    stream: TokenStream, hits: Sequence[LabelHit | None], limit: int
) -> list[_Window | None]:
    windows: list[_Window | None] = []
    for row, hit in enumerate(hits):
        if hit is None:
            windows.append(None)
            continue
        following = next((other.start for other in hits[row + 1 :] if other), limit)
        end = min([following, *_block_starts(stream, hit.end, following)])
        if end == limit and following == limit and limit >= hit.end + 80:
            end = _first_foreign(stream, hit.end, limit)
        marks = marks_between(stream, hit.end, end)
        windows.append(
            _Window(
                hit,
                end,
                tuple(marks),
                _words_between(stream, hit.end, end),
                stream.tokens[stream.token_at(hit.end - 1)].line,
                _line_fields(stream, hit),
                row + 1 == len(hits) or hits[row + 1] is not None,
                _tail_of(stream, hit),
            )
        )
    return windows


def _tail_of(stream: TokenStream, hit: LabelHit) -> str:
    """What goes on in the label's own text after it."""
    index = stream.token_at(hit.end - 1)
    return stream.tokens[index].text[hit.end - stream.starts[index] :]


def _block_starts(stream: TokenStream, start: int, end: int) -> list[int]:
    return [
        place
        for label in labels(_TABLE, "header")
        for spelling in label.spellings
        if (place := stream.letters.find(spelling, start, end)) >= 0
    ]


def _first_foreign(stream: TokenStream, start: int, limit: int) -> int:
    """The end of the values after the last label where no known heading closes the table."""
    place = start
    while place < limit and (stream.value_follows(place) or inside_decimal(stream.letters, place)):
        place += 1
    return place


def _words_between(stream: TokenStream, start: int, end: int) -> tuple[Mark, ...]:
    """Texts without digits in whole tokens between two places: notes that stand for values."""
    if start >= end:
        return ()
    found = []
    for index in range(stream.token_at(start), stream.token_at(end - 1) + 1):
        token = stream.tokens[index]
        whole = stream.starts[index] >= start and stream.starts[index] + len(token.text) <= end
        if token.text and not token.is_value and whole:
            found.append(
                Mark(
                    WORDS, token.text, token.raw, token.line, token.page, place=stream.starts[index]
                )
            )
    return tuple(found)


def _line_fields(stream: TokenStream, hit: LabelHit) -> tuple[Token, ...]:
    index = stream.token_at(hit.end - 1)
    line = stream.tokens[index].line
    fields = []
    for token in stream.tokens[index + 1 :]:
        if token.line != line:
            break
        fields.append(token)
    return tuple(fields)


def _settle(
    stream: TokenStream, template: str, windows: Sequence[_Window | None], start: int
) -> tuple[list[list[Slot]], list[Note]]:
    form = table_form(template, _TABLE)
    beside = _value_lines(windows)
    if not beside and _on_one_line_each(form, windows):
        windows = [
            window and _without_lone_numbers(window, len(fields))
            for fields, window in zip(form.rows, windows, strict=True)
        ]
    if _values_before_labels(stream, windows, start) and not _each_is_full(form, windows, beside):
        return [[unreadable("misplaced")] * len(fields) for fields in form.rows], []
    slots: list[list[Slot]] = []
    header = FieldHeader((), None)
    previous_end = max(0, start - _HEADER_REACH)
    for fields, window in zip(form.rows, windows, strict=True):
        if window is None:
            slots.append([MISSING] * len(fields))
            continue
        header = _header_above(stream, fields, previous_end, window.hit.start, header)
        slots.append(_settle_window(stream, fields, header, window, beside))
        previous_end = window.end
    return slots, unit_notes(form, slots)


def _strayed(window: _Window) -> bool:
    """Whether words stand between the label and the first value, or part of a number among the values.

    A placeholder that grew together with its label is the value of the first field.
    """
    if window.tail in value_words().placeholders:
        return True
    first, last = window.marks[0].place, window.marks[-1].place
    signs = (*value_words().plus, *value_words().minus)
    return any(
        window.hit.end <= word.place < first
        or (first < word.place < last and (word.text[0].isdigit() or word.text in signs))
        for word in window.words
    )


def _values_before_labels(
    stream: TokenStream, windows: Sequence[_Window | None], start: int
) -> bool:
    """Whether a value stands between the column labels and the first row label of a block."""
    at = start
    for window in windows:
        if window is not None:
            if marks_between(stream, at, window.hit.start):
                return True
            at = window.end
    return False


def _each_is_full(form: TableForm, windows: Sequence[_Window | None], beside: bool) -> bool:
    """Whether every label found has exactly its own values after it.

    Where values stand above their labels the last label of a block has none. So a number above a block's first label
    is a page number, or that of a label which was lost.
    """
    return all(
        window is None
        or len((_without_strangers(window, len(fields)) if beside else window).marks) == len(fields)
        for fields, window in zip(form.rows, windows, strict=True)
    )


def _settle_window(
    stream: TokenStream, fields: Sequence[Field], header: FieldHeader, window: _Window, beside: bool
) -> list[Slot]:
    if header.reason:
        return [unreadable(header.reason, mark) for mark in _first_marks(window, len(fields))]
    if beside:
        window = _without_strangers(window, len(fields))
    marks = window.marks
    if not marks:
        return _without_values(stream, fields, window)
    if _strayed(window) or (beside and any(mark.line != window.label_line for mark in marks)):
        return [unreadable("misplaced", mark) for mark in _first_marks(window, len(fields))]
    aligned = _aligned_fields(stream, fields, window)
    if any(mark.attached for mark in marks):
        marks = _one_text(stream, window)
    elif aligned is not None:
        if _may_hold_the_next(aligned) and _spans_leave_fields(stream, window.hit.start):
            return [unreadable("glued", mark) for mark in aligned]
        marks = aligned
    elif max(header.repeats, default=1) > 1:
        marks = _undoubled(header.repeats, marks)
    slots = settle_row(fields, header, marks)
    last = window.marks[-1]
    if (
        window.end >= len(stream.letters)
        and _may_be_cut(fields[-1], slots[-1])
        and last.line == stream.tokens[-1].line
    ):
        slots[-1] = unreadable("cut_off", last)
    return slots


def _without_strangers(window: _Window, columns: int) -> _Window:
    """A row whose values stand on its label's line, where the others do, without numbers on lines of their own."""
    own = tuple(mark for mark in window.marks if mark.line == window.label_line)
    return window._replace(marks=own) if len(own) == columns else window


def _on_one_line_each(form: TableForm, windows: Sequence[_Window | None]) -> bool:
    """Whether every whole row of several fields prints them on one line."""
    spread = [
        len({mark.line for mark in window.marks})
        for fields, window in zip(form.rows, windows, strict=True)
        if window is not None and len(fields) == len(window.marks) > 1
    ]
    return set(spread) == {1}


def _without_lone_numbers(window: _Window, columns: int) -> _Window:
    """A row of several fields that stand on one line, without numbers on lines of their own."""
    own = sharing_a_line(window.marks, columns) if columns > 1 else None
    return window if own is None else window._replace(marks=own)


def _may_be_cut(field: Field, slot: Slot) -> bool:
    """Whether more digits could follow the last number of a document: not after a whole 0."""
    return slot.value is not None and (bool(slot.value) or field.dtype == "decimal")


def _one_text(stream: TokenStream, window: _Window) -> tuple[Mark, ...]:
    """All that stands between a label and the next, as one mark; as found where a separator is left in it."""
    start, end = window.hit.end, window.end
    inner = [place for place in range(start + 1, end) if stream.starts_token(place)]
    own = inner[0] if inner else end
    alone = window.next_known and not stream.starts_token(start)
    if not alone or any(mark.place >= own for mark in window.marks):
        return (*window.marks, *window.marks)
    text = _HEADING_NUMBER.sub("", stream.letters[start:own])
    return (window.marks[0]._replace(text=text, raw=text),)


def _undoubled(repeats: Sequence[int], marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """One mark for each column whose label is printed several times with its value; else none fit."""
    if len(marks) != sum(repeats):
        return ()
    kept: list[Mark] = []
    at = 0
    for count in repeats:
        group = marks[at : at + count]
        if len({mark.text for mark in group}) != 1:
            return ()
        kept.append(group[0])
        at += count
    return tuple(kept)


def _first_marks(window: _Window, count: int) -> list[Mark | None]:
    marks: list[Mark | None] = list(window.marks[:count])
    return marks + [None] * (count - len(marks))


def _without_values(stream: TokenStream, fields: Sequence[Field], window: _Window) -> list[Slot]:
    """Words for numbers are a note over the row; nothing at all is blank unless the text stops here."""
    if window.words:
        note = window.words[0]
        raw = " ".join(mark.raw for mark in window.words)
        return [slot_of(note._replace(raw=raw))] + [
            Slot(CellStatus.BLANK, None, note._replace(raw=raw)) for _ in fields[1:]
        ]
    if window.end >= len(stream.letters):
        return [MISSING] * len(fields)
    return [Slot(CellStatus.BLANK)] * len(fields)


def _value_lines(windows: Sequence[_Window | None]) -> bool:
    """Whether values stand on the line of their label throughout the table."""
    found = Counter(
        window.marks[0].line == window.label_line for window in windows if window and window.marks
    )
    return found[True] >= 3 and found[True] > found[False]


def _header_above(
    stream: TokenStream, fields: tuple[Field, ...], start: int, end: int, above: FieldHeader
) -> FieldHeader:
    """The column labels between the last values and a row label; none there means those above go on."""
    letters = stream.letters[start:end]
    keys = tuple(field.column_key for field in fields)
    content = letters.rfind(labels(_TABLE, "header")[1].text)
    if content >= 0:
        letters = letters[content + len(labels(_TABLE, "header")[1].text) :]
    elif keys == above.keys and not mentions_columns(letters, fields):
        return above
    return header_of(fields, letters)


def _aligned_fields(
    stream: TokenStream, fields: Sequence[Field], window: _Window
) -> tuple[Mark, ...] | None:
    """Marks by field where the row's line has exactly one field for each column, empty ones included."""
    kept = window.fields[: len(fields)]
    rest = window.fields[len(fields) :]
    if (
        len(kept) < len(fields)
        or len(window.marks) >= len(fields)
        or any(token.text for token in rest)
    ):
        return None
    if any(token.text and not token.is_value for token in kept):
        return None
    if not kept[-1].text:
        return None  # a lost cell would be made up for by an empty one at the end
    if not rest and len(fields) > 1 and _line_has_values(stream, window, kept):
        by_text = {id(mark): mark for mark in window.marks}
        marks = iter(by_text.values())
        return tuple(
            next(marks) if token.text else Mark(BLANK, "", "", token.line, token.page)
            for token in kept
        )
    return None


def _may_hold_the_next(marks: Sequence[Mark]) -> bool:
    """Whether digits before an empty field may be two numbers in a cell spanned over both: no sum of table two tells."""
    return any(
        len(one.text) > 1 and one.text[-1].isdigit() and two.kind is Kind.BLANK
        for one, two in pairwise(marks)
    )


def _spans_leave_fields(stream: TokenStream, place: int) -> bool:
    """Whether cells over several columns leave empty fields: the heading above a row spans all columns.

    Where it stands alone on its line, an empty field is a cell.
    """
    article = labels(_TABLE, "header")[0].spellings[0]
    for index in range(stream.token_at(place), 0, -1):
        token = stream.tokens[index - 1]
        if article in token.text:
            return stream.tokens[index].line == token.line
    return True


def _line_has_values(stream: TokenStream, window: _Window, kept: Sequence[Token]) -> bool:
    return sum(bool(token.text) for token in kept) == len(window.marks)


def _blocks(stream: TokenStream, start: int, end: int) -> frozenset[int]:
    if not stream.tokens or start >= end:
        return frozenset()
    first = stream.token_at(start)
    article = labels(_TABLE, "header")[0].spellings[0]
    while first < len(stream.tokens) - 1 and article not in stream.tokens[first].text:
        first += 1
        if stream.starts[first] > start + 80:
            first = stream.token_at(start + 60)
            break
    return frozenset(stream.blocks[first : stream.token_at(end - 1) + 1])
