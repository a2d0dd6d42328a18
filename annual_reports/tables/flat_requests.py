"""Table three in flattened text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from annual_reports.tables.flat_text import (
    Token,
    TokenStream,
    inside_decimal,
    longest_text_between,
    marks_between,
    stroke_grown_in,
)
from annual_reports.tables.grid_rows import most_common
from annual_reports.tables.label_chain import (
    Chain,
    LabelHit,
    chain_form,
    complete_chain,
    find_chains,
    form_labels,
    repeated_generic,
    row_in_form,
)
from annual_reports.tables.marks import Mark, Slot, sharing_a_line, unreadable
from annual_reports.tables.printed_values import BLANK, Kind, read_count
from annual_reports.tables.requests_solver import RowMarks, contradicted_by, solve_requests
from annual_reports.tables.sums import COLUMNS, total_stands_elsewhere
from annual_reports.tables.table_reading import Note, TableReading, without_form_rows
from schemas.labels import Label, labels

_HEADER_REACH = 260
_LABEL_SLACK = 6
_LEAST_VALUES = 8
_GLUED_ROW = re.compile(r"\d{6,}")
_TEXT_IN_ROW = 2
_ITEM_NUMBER = re.compile(r"\d[.、]|\([一二三四五六七]\)|[一二三四五六七]、")
_HALF_ROW = 3


def read_flat_requests(stream: TokenStream, form_elsewhere: str | None) -> list[TableReading]:
    """Every table three of the text. `form_elsewhere` decides a table cut before （六）."""
    chains = find_chains(stream)
    readings = []
    for position, chain in enumerate(chains):
        later = chains[position + 1 : position + 2]
        limit = later[0].hits[0].start if later else len(stream.letters)
        end = _table_four_start(stream, chain.hits[-1].end, limit)
        reading = _read_chain(stream, chain, end, form_elsewhere)
        if reading is not None:
            readings.append(reading)
    return readings


def _table_four_start(stream: TokenStream, start: int, limit: int) -> int:
    """Table three ends at the latest where table four or its heading begins."""
    places = [
        place
        for label in labels("review_litigation", "row")
        for spelling in label.spellings[:1]
        if (place := stream.letters.find(spelling, start, limit)) >= 0
    ]
    return min(places, default=limit)


def _read_chain(
    stream: TokenStream, chain: Chain, limit: int, form_elsewhere: str | None
) -> TableReading | None:
    if not _holds_values(stream, chain.hits[0].start, limit):
        return None
    template, decided = _form_of(stream, chain, limit, form_elsewhere)
    hits = complete_chain(stream, chain, template, limit)
    rows = _row_marks(stream, hits, chain.repeated, template, limit)
    known = [row for row in rows if row is not None]
    if (
        sum(len(row.marks) >= COLUMNS for row in known) < 2
        and sum(_digits(row) >= 4 for row in known) < 6
    ):
        return None
    placed = sorted((hit for hit in hits if hit is not None), key=lambda hit: hit.start)
    first, last = placed[0], placed[-1]
    end = _values_end(stream, last.end, limit)
    stops = hits[-1] is None and end >= len(stream.letters.rstrip())
    printed = [[mark.printed.value for mark in row.marks] for row in known]
    complete = [values for values in printed if len(values) == COLUMNS]
    if _columns_reordered(stream, first.start) or total_stands_elsewhere(complete):
        slots = [[unreadable("column_order")] * COLUMNS for _ in hits]
    else:
        in_order = placed == [hit for hit in hits if hit is not None]
        table = stream.letters[_header_start(stream, first.start) : end]
        in_order = in_order and not _holds_missing_label(table, hits, template)
        before = _marks_before(stream, first.start)
        if not in_order and (before or not _marks_at(rows, hits, last)):
            slots = [[unreadable("misplaced")] * COLUMNS for _ in hits]
        else:
            slots = solve_requests(template, rows, before, in_order)
    if not decided:
        slots = without_form_rows(template, slots)
    return TableReading(
        table="requests",
        template=template,
        slots=tuple(map(tuple, slots)),
        size={"requests_rows": len(known), "requests_columns": _columns_of(known, slots)},
        blocks=_blocks(stream, _header_start(stream, first.start), end),
        place=first.start,
        notes=_repairs(hits, template),
        stops=stops,
        undecided_form=not decided,
    )


def _holds_missing_label(table: str, hits: Sequence[LabelHit | None], template: str) -> bool:
    """Whether the label of a row that was not found in its place stands elsewhere in the table."""
    return any(
        hit is None and not label.generic and any(spelling in table for spelling in label.spellings)
        for hit, label in zip(hits, form_labels(template), strict=True)
    )


def _marks_at(
    rows: Sequence[RowMarks | None], hits: Sequence[LabelHit | None], hit: LabelHit
) -> Sequence[Mark]:
    """The values beside one of the labels."""
    row = rows[hits.index(hit)]
    return row.marks if row is not None else ()


def _holds_values(stream: TokenStream, start: int, end: int) -> bool:
    """Whether there are enough values between the labels; labels in prose have few or none."""
    letters = stream.letters[start:end]
    return letters.count("\0") >= _LEAST_VALUES or len(_GLUED_ROW.findall(letters)) >= 2


def _form_of(
    stream: TokenStream, chain: Chain, limit: int, form_elsewhere: str | None
) -> tuple[str, bool]:
    """The form by the labels of （六）, and whether the labels tell it."""
    template = chain_form(chain)
    if template is not None:
        return template, True
    repaired = complete_chain(stream, chain, "t2021", limit)
    if repaired[20] is not None or repaired[21] is not None:
        return "t2021", True
    hits = complete_chain(stream, chain, "t2019", limit)
    if hits[20] is not None and stream.value_follows(hits[20].end):
        end = hits[21].start if hits[21] is not None else _values_end(stream, hits[20].end, limit)
        values = marks_between(stream, hits[20].end, end)
        if len(values) <= COLUMNS + 1 and sum(len(mark.text) for mark in values) <= 3 * COLUMNS:
            return "t2019", True
    return form_elsewhere or "t2021", False


def _row_marks(
    stream: TokenStream,
    hits: Sequence[LabelHit | None],
    repeated: Sequence[LabelHit],
    template: str,
    limit: int,
) -> list[RowMarks | None]:
    form = form_labels(template)
    again = [(row_in_form(template, hit.row), hit) for hit in repeated]
    again += [(hit.row, hit) for hit in repeated_generic(stream, hits, template)]
    known = sorted(
        [*((row, hit) for row, hit in enumerate(hits) if hit is not None), *again],
        key=lambda one: one[1].start,
    )
    rows: list[RowMarks | None] = [None] * len(hits)
    others: dict[int, list[Sequence[Mark]]] = defaultdict(list)
    for (row, hit), following in zip(known, [*known[1:], None], strict=True):
        if following is None:
            end = _values_end(stream, hit.end, limit)
            marks = marks_between(stream, hit.end, end)
            cut = row < len(hits) - 1 or end >= len(stream.letters)
        else:
            next_row, next_hit = following
            end = next_hit.start
            marks = marks_between(stream, hit.end, end, _item_number(form[next_row].numbering))
            cut = False
        if hit is not hits[row]:
            if sum(len(mark.text) for mark in marks) > _HALF_ROW:
                others[row].append(marks)
            continue
        rows[row] = RowMarks(
            tuple(marks),
            fields=_fields(stream, hit, marks),
            depth=_depth(stream, hit),
            cut_off=cut,
            strayed=_strayed(stream, hit, marks, form[row]),
            holds_stroke=stroke_grown_in(stream, hit.end, end),
        )
    lines = Counter(_line_of(stream, hit) for _, hit in known)
    for row, (found, label_hit) in enumerate(zip(rows, hits, strict=True)):
        if found is None or label_hit is None:
            continue
        line = _line_of(stream, label_hit)
        beside = lines[line] == 1 and all(mark.line == line for mark in found.marks)
        rows[row] = contradicted_by(found._replace(beside=beside), others[row])
    if 2 * sum(row is not None and _fills_its_line(row) for row in rows) > len(hits):
        rows = [
            row if row is None or hit is None else _without_strangers(row, _line_of(stream, hit))
            for row, hit in zip(rows, hits, strict=True)
        ]
    elif 2 * sum(row is not None and _on_one_line(row.marks) for row in rows) > len(hits):
        rows = [
            row
            if row is None or hit is None or (own := _own_line(row.marks)) is None
            else row._replace(marks=own, strayed=_strayed(stream, hit, own, label))
            for row, hit, label in zip(rows, hits, form, strict=True)
        ]
    return rows


def _on_one_line(marks: Sequence[Mark]) -> bool:
    return len(marks) == COLUMNS and marks[0].line == marks[-1].line


def _own_line(marks: Sequence[Mark]) -> tuple[Mark, ...] | None:
    """The seven values on one line, without the few others that may be page numbers."""
    return sharing_a_line(marks, COLUMNS) if len(marks) - COLUMNS <= _HALF_ROW else None


def _fills_its_line(row: RowMarks) -> bool:
    return row.beside and len(row.marks) == COLUMNS


def _without_strangers(row: RowMarks, line: int) -> RowMarks:
    """A row whose seven values stand on its label's line, where most do, without the few numbers on lines below."""
    own = tuple(mark for mark in row.marks if mark.line == line)
    strangers = len(row.marks) - len(own)
    if len(own) != COLUMNS or not 0 < strangers <= _HALF_ROW:
        return row
    return row._replace(marks=own, beside=True, strayed=False)


def _line_of(stream: TokenStream, hit: LabelHit) -> int:
    return stream.tokens[stream.token_at(hit.end - 1)].line


def _strayed(stream: TokenStream, hit: LabelHit, marks: Sequence[Mark], label: Label) -> bool:
    """Whether more text stands before the first value than the label goes on for, or between values."""
    if not marks:
        return False
    return (
        _holds_more_than_label(stream, hit, stream.letters[hit.end : marks[0].place], label)
        or longest_text_between(stream, marks) > _TEXT_IN_ROW
    )


def _holds_more_than_label(stream: TokenStream, hit: LabelHit, text: str, label: Label) -> bool:
    """Whether the text between a label and its first value is more than the label goes on for.

    A damaged label of the next row may be no longer than some words of an office's own: its item number tells it,
    or that the label before it is complete.
    """
    found = stream.letters[hit.start : hit.end]
    if hit.repaired:
        rest = label.text[len(found) :]
    else:
        rest = label.text.partition(found)[2] if found in label.text else label.text
    more = text.removeprefix(rest)
    return (
        len(text) > len(rest) + _LABEL_SLACK
        or _ITEM_NUMBER.search(more) is not None
        or (more != text and len(more) > _TEXT_IN_ROW)
    )


def _item_number(numbering: str) -> str:
    return numbering if numbering.isascii() else ""


def _values_end(stream: TokenStream, start: int, limit: int) -> int:
    """Where the values after a label end: at the first text after at least one value."""
    place = start
    while place < limit and not stream.value_follows(place):
        place += 1
    while place < limit and (stream.value_follows(place) or inside_decimal(stream.letters, place)):
        place += 1
    return _without_heading_digits(stream, place, limit)


def _without_heading_digits(stream: TokenStream, end: int, limit: int) -> int:
    """Digits that begin a text token (`2024年…`, `4.`) are no values of the row before it."""
    index = stream.token_at(min(end, limit - 1)) if end < limit else -1
    if index >= 0 and not stream.tokens[index].is_value and stream.starts[index] < end:
        head = stream.letters[stream.starts[index] : end]
        if head.isdigit() and stream.starts[index] > 0:
            return stream.starts[index]
    return end


def _fields(stream: TokenStream, hit: LabelHit, marks: Sequence[Mark]) -> tuple[Mark, ...] | None:
    """The fields after the label on its own line, where that line shows empty fields and all values."""
    index = stream.token_at(hit.end - 1)
    label = stream.tokens[index]
    fields: list[Mark] = []
    for token in stream.tokens[index + 1 :]:
        if token.line != label.line:
            break
        if token.text and not token.is_value:
            return None
        fields.append(_field_mark(token))
    if len(fields) < COLUMNS or sum(bool(mark.text) for mark in fields) != len(marks):
        return None
    return tuple(fields)


def _depth(stream: TokenStream, hit: LabelHit) -> int:
    """How many fields stand on the line before the label's own."""
    index = first = stream.token_at(hit.end - 1)
    while first > 0 and stream.tokens[first - 1].line == stream.tokens[index].line:
        first -= 1
    return index - first


def _field_mark(token: Token) -> Mark:
    printed = read_count(token.text) if token.text else BLANK
    return Mark(printed, token.text, token.raw, token.line, token.page)


def _digits(row: RowMarks) -> int:
    return sum(
        len(mark.text) if mark.kind in (Kind.NUMBER, Kind.GLUED) else 1 for mark in row.marks
    )


def _columns_of(rows: Sequence[RowMarks], slots: Sequence[Sequence[Slot]]) -> int:
    """Seven where most rows were read, however their digits stood; else the usual count of values."""
    read = sum(any(slot.value is not None for slot in row) for row in slots)
    return COLUMNS if 2 * read > len(rows) else most_common([len(row.marks) for row in rows])


def _header_start(stream: TokenStream, first: int) -> int:
    """The start of the header above the first label, or the label's own token."""
    place = stream.letters.rfind(
        labels("requests", "column")[0].text, max(0, first - _HEADER_REACH), first
    )
    token = stream.token_at(place if place >= 0 else first)
    return stream.starts[token]


def _marks_before(stream: TokenStream, first: int) -> list[Mark]:
    """Values between the header and the first label: a text that prints numbers before their label.

    Numbers after further words belong to a label that was not recognised, not to the first one.
    """
    ends = [
        place + len(spelling)
        for label in labels("requests", "column")
        for spelling in label.spellings
        if (place := stream.letters.rfind(spelling, max(0, first - _HEADER_REACH), first)) >= 0
    ]
    if not ends:
        return []
    value = max(ends)
    while value < first and not stream.value_follows(value):
        value += 1
    return marks_between(stream, value, first) if value - max(ends) <= _LABEL_SLACK else []


def _columns_reordered(stream: TokenStream, first: int) -> bool:
    """Whether the header names the six distinctive columns in another order than the form."""
    start = max(0, first - _HEADER_REACH)
    places = [
        place
        for label in labels("requests", "column")
        if not label.generic and (place := stream.letters.rfind(label.text, start, first)) >= 0
    ]
    return places != sorted(places) or _other_before_last(stream, start, first)


def _other_before_last(stream: TokenStream, start: int, end: int) -> bool:
    """Whether 其他 stands alone in the header, and only before the last kind of legal person."""
    *_, last, other, _ = labels("requests", "column")
    last_place = stream.letters.rfind(last.text, start, end)
    alone = [
        place
        for place in range(start, end)
        if stream.letters.startswith(other.spellings, place)
        and stream.tokens[stream.token_at(place)].text in other.spellings
    ]
    return last_place >= 0 and bool(alone) and max(alone) < last_place


def _blocks(stream: TokenStream, start: int, end: int) -> frozenset[int]:
    if not stream.tokens or start >= end:
        return frozenset()
    return frozenset(stream.blocks[stream.token_at(start) : stream.token_at(end - 1) + 1])


def _repairs(hits: Sequence[LabelHit | None], template: str) -> tuple[Note, ...]:
    rows = tuple(
        form_labels(template)[hit.row].key for hit in hits if hit is not None and hit.repaired
    )
    return (Note("E02", "label_repaired", rows, len(rows)),) if rows else ()
