"""Table three in grids: rows by their labels, columns by the header above them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from annual_reports.model import GridCell
from annual_reports.tables.grid_rows import GridRows, most_common, spread
from annual_reports.tables.label_chain import (
    LIKENESS,
    Chain,
    LabelHit,
    chain_form,
    chain_of,
    form_labels,
    row_in_form,
    segments,
    sought_labels,
)
from annual_reports.tables.marks import Mark, unreadable
from annual_reports.tables.printed_values import normal_form
from annual_reports.tables.requests_solver import RowMarks, contradicted_by, solve_requests
from annual_reports.tables.sums import COLUMNS, total_stands_elsewhere
from annual_reports.tables.table_reading import Note, TableReading, without_form_rows
from schemas.labels import Label, labels

_LEAST_ROWS = 3
_LONGEST_LABEL = 60
_MARGIN = 12.0
_NUMBERING = re.compile(r"^[(（]?[一二三四五六七八\d]*[)）]?[.、．:]?")


class PlacedRow(NamedTuple):
    """A row of one grid among the rows of all grids of the document."""

    rows: GridRows
    number: int


class ColumnSpans(NamedTuple):
    """Grid columns (start, end) of the seven applicant columns; none where the header does not show them."""

    spans: tuple[tuple[int, int], ...]
    reordered: bool = False


def read_grid_requests(grids: Sequence[GridRows], form_elsewhere: str | None) -> list[TableReading]:
    """Every table three of the grids; a table cut by a page goes on in the next grid."""
    placed = [PlacedRow(rows, index) for rows in grids for index in range(rows.grid.row_count)]
    hits = [hit for place, row in enumerate(placed) if (hit := _label_of(row, place)) is not None]
    readings = []
    for segment in segments(hits):
        chain = chain_of(segment, [1.0] * len(segment))
        if len(chain.hits) >= _LEAST_ROWS:
            readings.append(_read_chain(placed, chain, form_elsewhere))
    return readings


def _label_of(row: PlacedRow, place: int) -> LabelHit | None:
    """The distinctive label of a row: that of its rightmost text with one."""
    for _, text in reversed(row.rows.words[row.number]):
        if len(text) < _LONGEST_LABEL and (form_row := _labelled_row(text)) is not None:
            return LabelHit(form_row, place, place + 1)
    return None


@lru_cache(maxsize=4096)
def _labelled_row(text: str) -> int | None:
    """The row of the form of 2021 whose distinctive label stands in a text."""
    for form_row, spellings in sought_labels():
        for spelling in spellings:
            if spelling in text:
                return form_row
    return None


def _read_chain(
    placed: Sequence[PlacedRow], chain: Chain, form_elsewhere: str | None
) -> TableReading:
    template, decided = _form_of(placed, chain, form_elsewhere)
    form = form_labels(template)
    places: list[int | None] = [None] * len(form)
    for hit in (*chain.hits, *chain.astray):
        places[row_in_form(template, hit.row)] = hit.start
    repaired = _place_missing(placed, places, form, chain.hits[-1].start)
    by_order = set[int]() if chain.astray else _place_by_order(placed, places)
    header = _columns_above(placed, chain.hits[0].start)
    rows = _row_marks(placed, places, form, header, by_order)
    for row, place in _repeated_places(placed, places, chain, template):
        found, end = rows[row], placed[place].rows.row_ends[placed[place].number]
        if found is not None and _has_values(placed[place]):
            marks = _marks_of_row(placed[place], form[row], header, end).marks
            rows[row] = contradicted_by(found, [marks])
    vectors = [[mark.printed.value for mark in row.marks] for row in rows if row is not None]
    complete = [values for values in vectors if len(values) == COLUMNS]
    if header.reordered or total_stands_elsewhere(complete):
        slots = [[unreadable("column_order")] * COLUMNS for _ in form]
    else:
        slots = solve_requests(template, rows, ())
    if not decided:
        slots = without_form_rows(template, slots)
    known = sorted(place for place in places if place is not None)
    return TableReading(
        table="requests",
        template=template,
        slots=tuple(map(tuple, slots)),
        size={"requests_rows": len(known), "requests_columns": _usual_count(rows)},
        blocks=frozenset(placed[place].rows.block for place in known),
        place=placed[known[0]].rows.block,
        notes=(Note("E02", "label_repaired", tuple(repaired), len(repaired)),) if repaired else (),
        stops=places[-1] is None,
        undecided_form=not decided,
    )


def _form_of(
    placed: Sequence[PlacedRow], chain: Chain, form_elsewhere: str | None
) -> tuple[str, bool]:
    template = chain_form(chain)
    if template is not None:
        return template, True
    before = max((hit.start for hit in chain.hits if hit.row <= 19), default=None)
    after = min((hit.start for hit in chain.hits if hit.row >= 22), default=None)
    if before is None or after is None:
        return form_elsewhere or "t2021", False
    between = [placed[place] for place in range(before + 1, after) if _has_values(placed[place])]
    sub_rows = [
        row
        for row in between
        if any(
            _alike(text, form_labels("t2021")[r].text) >= LIKENESS
            for _, text in row.rows.words[row.number]
            if _labelled_row(text) is None
            for r in (20, 21)
        )
    ]
    if sub_rows:
        return "t2021", True
    if len(between) == 2 and any(
        _says(between[0], label.spellings)
        for label in form_labels("t2019")
        if label.key == "other_handling"
    ):
        return "t2019", True
    return form_elsewhere or "t2021", False


def _says(row: PlacedRow, spellings: Sequence[str]) -> bool:
    return any(spelling in text for _, text in row.rows.words[row.number] for spelling in spellings)


def _has_values(row: PlacedRow) -> bool:
    """Whether a row has cells beside its words that start in it."""
    return len(row.rows.starting[row.number]) - len(row.rows.words[row.number]) >= 3


def _alike(text: str, label: str) -> float:
    return fuzz.partial_ratio(label, text) if 2 * len(text) >= len(label) else 0.0


def _place_missing(
    placed: Sequence[PlacedRow], places: list[int | None], form: Sequence[Label], last: int
) -> list[str]:
    """Rows whose label is generic or damaged, between their known neighbours. Returns repaired keys."""
    repaired = []
    for row, label in enumerate(form):
        if places[row] is None:
            gap = _gap(placed, places, row)
            found = [place for place in gap if _is_label(placed[place], label)]
            if found:
                places[row] = found[-1] if label.generic else found[0]
    for row, label in enumerate(form):
        if places[row] is None and not label.generic:
            missing = [r for r in _missing_run(places, row) if not form[r].generic]
            place = _most_alike(
                placed, _gap(placed, places, row), label, [form[r] for r in missing if r != row]
            )
            if place is not None:
                places[row] = place
                repaired.append(label.key)
    return repaired


def _is_label(row: PlacedRow, label: Label) -> bool:
    if not _has_values(row):
        return False
    texts = [text for _, text in row.rows.words[row.number]]
    if not texts:
        return False
    if label.generic:
        return _NUMBERING.sub("", texts[-1]) in label.spellings
    return any(spelling in texts[-1] for spelling in label.spellings)


def _gap(placed: Sequence[PlacedRow], places: Sequence[int | None], row: int) -> range:
    before = next((p for p in reversed(places[:row]) if p is not None), None)
    after = next((p for p in places[row + 1 :] if p is not None), None)
    start = max(0, (after or 0) - 6) if before is None else before + 1
    end = min(len(placed), (before or 0) + 8) if after is None else after
    return range(start, end)


def _missing_run(places: Sequence[int | None], row: int) -> list[int]:
    first = row
    while first > 0 and places[first - 1] is None:
        first -= 1
    last = row
    while last + 1 < len(places) and places[last + 1] is None:
        last += 1
    return list(range(first, last + 1))


def _most_alike(
    placed: Sequence[PlacedRow], gap: range, label: Label, rivals: Sequence[Label]
) -> int | None:
    best: tuple[float, int] | None = None
    for place in gap:
        texts = [text for _, text in placed[place].rows.words[placed[place].number]]
        if not texts or not _has_values(placed[place]) or _labelled_row(texts[-1]) is not None:
            continue
        score = _alike(texts[-1], label.text)
        clear = all(score >= _alike(texts[-1], rival.text) + _MARGIN for rival in rivals)
        if score >= LIKENESS and clear and (best is None or score > best[0]):
            best = (score, place)
    return best[1] if best else None


def _place_by_order(placed: Sequence[PlacedRow], places: list[int | None]) -> set[int]:
    """Rows without a usable label where exactly as many rows with values stand in the gap."""
    by_order: set[int] = set()
    for row in range(len(places)):
        if places[row] is not None:
            continue
        missing = _missing_run(places, row)
        gap = [
            place
            for place in _gap(placed, places, row)
            if _has_values(placed[place]) and not _is_header(placed[place])
        ]
        inside = missing[0] > 0 and missing[-1] < len(places) - 1
        if inside and len(gap) == len(missing):
            for form_row, place in zip(missing, gap, strict=True):
                places[form_row] = place
                by_order.add(form_row)
    return by_order


def _is_header(row: PlacedRow) -> bool:
    texts = [text for _, text in row.rows.words[row.number]]
    return (
        sum(
            any(text == s for s in label.spellings)
            for label in labels("requests", "column")
            for text in texts
        )
        >= 2
    )


def _columns_above(placed: Sequence[PlacedRow], first: int) -> ColumnSpans:
    """The columns named in the header of the grid that holds the first row."""
    rows = placed[first].rows
    spans: dict[str, tuple[int, int]] = {}
    for index in range(placed[first].number):
        for cell, text in rows.words[index]:
            key = _column_key(text)
            if key is not None:
                spans[key] = (cell.column, cell.column + cell.column_span)
    order = [label.key for label in labels("requests", "column")]
    found = [spans[key] for key in order if key in spans]
    if found != sorted(found):
        return ColumnSpans((), reordered=True)
    apart = all(one[1] <= two[0] for one, two in itertools.pairwise(found))
    return ColumnSpans(tuple(found) if len(found) == COLUMNS and apart else ())


def _column_key(text: str) -> str | None:
    return _short_column_key(text) if len(text) < _LONGEST_LABEL else None


@lru_cache(maxsize=4096)
def _short_column_key(text: str) -> str | None:
    for label in labels("requests", "column"):
        if label.generic:
            if text in label.spellings:
                return label.key
        elif text in label.spellings or (label.text in text and len(text) <= len(label.text) + 4):
            return label.key
    return None


def _row_marks(
    placed: Sequence[PlacedRow],
    places: Sequence[int | None],
    form: Sequence[Label],
    header: ColumnSpans,
    by_order: set[int],
) -> list[RowMarks | None]:
    ends = [
        placed[place].rows.row_ends[placed[place].number] for place in places if place is not None
    ]
    usual_end = most_common(ends)
    found: list[RowMarks | None] = []
    taken = {place for place in places if place is not None}
    for row, place in enumerate(places):
        if place is None:
            found.append(None)
            continue
        marks = _marks_of_row(placed[place], form[row], header, usual_end)
        shared = _shared_rows(placed[place], place, taken)
        found.append(_without_shared(marks, shared, row in by_order))
    return found


def _repeated_places(
    placed: Sequence[PlacedRow], places: Sequence[int | None], chain: Chain, template: str
) -> list[tuple[int, int]]:
    """(row of the form, place) where a label of the table stands a second time."""
    again = [(row_in_form(template, hit.row), hit.start) for hit in chain.repeated]
    for row, label in enumerate(form_labels(template)):
        if label.generic and places[row] is not None:
            others = _gap(placed, [*places[:row], None, *places[row + 1 :]], row)
            again += [
                (row, place)
                for place in others
                if place != places[row] and _is_label(placed[place], label)
            ]
    return again


def _marks_of_row(row: PlacedRow, label: Label, header: ColumnSpans, usual_end: int) -> RowMarks:
    cells = row.rows.covering[row.number]
    words = row.rows.words[row.number]
    label_end = max(
        [c.column + c.column_span for c, text in words if _names(text, label)], default=None
    )
    if label_end is None:
        first_value = next((c for c in cells if c.row == row.number and not _is_words(c)), None)
        label_end = first_value.column if first_value else 0
    right = [cell for cell in cells if cell.column >= label_end]
    fields = tuple([row.rows.mark(cell) for cell in right])
    if header.spans and row.rows.row_ends[row.number] == usual_end:
        aligned = _aligned(right, fields, header.spans, label_end)
        if aligned is not None:
            return RowMarks(aligned, tied=True, fields=fields, depth=label_end)
    if len(fields) != COLUMNS:
        fields = tuple(_merged_if_wide(mark) for mark in fields)
    return RowMarks(
        tuple([mark for mark in fields if mark.text]),
        fields=fields,
        depth=label_end,
        strayed=_begins_elsewhere(right, header),
    )


def _begins_elsewhere(right: Sequence[GridCell], header: ColumnSpans) -> bool:
    """Whether empty cells push the first value of a row away from the first column."""
    filled = next((cell for cell in right if normal_form(cell.text)), None)
    if filled is None or not header.spans or filled is right[0]:
        return False
    return filled.column != header.spans[0][0]


def _merged_if_wide(mark: Mark) -> Mark:
    """In a row without seven cells a cell over two columns may hold one number for both."""
    wide = mark.cell is not None and mark.cell.column_span > 1
    return spread(mark, 2)[1] if wide else mark


def _is_words(cell: GridCell) -> bool:
    return bool(normal_form(cell.text)) and not normal_form(cell.text)[:1].isdigit()


@lru_cache(maxsize=8192)
def _names(text: str, label: Label) -> bool:
    if label.generic:
        return _NUMBERING.sub("", text) in label.spellings
    return (
        any(spelling in text for spelling in label.spellings)
        or _alike(text, label.text) >= LIKENESS
    )


def _aligned(
    right: Sequence[GridCell],
    fields: tuple[Mark, ...],
    spans: tuple[tuple[int, int], ...],
    label_end: int,
) -> tuple[Mark, ...] | None:
    """Seven marks where every column lies under one cell and nothing stands outside the columns.

    `fields` are the marks of the cells `right` of the label.
    """
    if label_end > spans[0][0]:
        return None
    under = _cells_under(tuple([(cell.column, cell.column_span) for cell in right]), spans)
    if under is None:
        return None
    if len(under) == len(fields) == COLUMNS:
        return fields
    marks: list[Mark] = []
    for index, columns in under.items():
        marks += spread(fields[index], columns) if columns > 1 else [fields[index]]
    outside = any(mark.text for index, mark in enumerate(fields) if index not in under)
    return None if outside or len(marks) != COLUMNS else tuple(marks)


@lru_cache(maxsize=1024)
def _cells_under(
    cells: tuple[tuple[int, int], ...], spans: tuple[tuple[int, int], ...]
) -> dict[int, int] | None:
    """Under how many columns each cell (column, span) stands; None unless one is under each column."""
    under: dict[int, int] = {}
    for start, end in spans:
        cover = [i for i, (at, span) in enumerate(cells) if at < end and at + span > start]
        if len(cover) != 1:
            return None
        under[cover[0]] = under.get(cover[0], 0) + 1
    return under


def _shared_rows(row: PlacedRow, place: int, taken: set[int]) -> set[int]:
    """Columns whose cell also covers another row of the table."""
    shared = set()
    for cell in row.rows.covering[row.number]:
        if cell.row_span == 1:
            continue
        offsets = range(cell.row - row.number, cell.row - row.number + cell.row_span)
        if any(offset and place + offset in taken for offset in offsets):
            shared.add(cell.column)
    return shared


def _without_shared(row: RowMarks, shared: set[int], by_order: bool) -> RowMarks:
    """A number that stands in a cell over two rows belongs to neither."""
    if not shared:
        return row._replace(by_order=True) if by_order else row
    marks = tuple(
        spread(mark, 2)[1] if mark.cell is not None and mark.cell.column in shared else mark
        for mark in row.marks
    )
    fields = row.fields if marks == row.marks else None
    return row._replace(marks=marks, fields=fields, by_order=by_order)


def _usual_count(rows: Sequence[RowMarks | None]) -> int:
    return most_common([len(row.marks) for row in rows if row is not None])
