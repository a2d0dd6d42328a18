"""Table two in grids: each row under the column labels of its block."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from annual_reports.model import GridCell
from annual_reports.tables.active_values import FieldHeader, settle_row, unit_notes, value_slot
from annual_reports.tables.column_header import header_of
from annual_reports.tables.grid_rows import GridRows, overlaps, spread
from annual_reports.tables.label_chain import LIKENESS
from annual_reports.tables.marks import MISSING, Mark, Slot, unreadable
from annual_reports.tables.printed_values import Kind, normal_form
from annual_reports.tables.table_reading import Note, TableReading
from schemas.fields import Field, table_form
from schemas.labels import Label, labels

_TABLE = "active_disclosure"
_MARGIN = 12.0
_SHORT = 64
_LONGEST_LABEL = 64


class _Row(NamedTuple):
    """A data row: its label's cell, the header cells above it, perhaps in an earlier grid, and where they end."""

    rows: GridRows
    place: int
    label_cell: GridCell
    header: tuple[GridCell, ...]
    header_end: int
    repaired: bool


def read_grid_active_disclosure(grids: Sequence[GridRows]) -> list[TableReading]:
    """Every table two of the grids; rows that a page cut off are taken from the next grid."""
    readings: list[TableReading] = []
    found: dict[str, _Row] = {}
    template: str | None = None
    header: tuple[GridCell, ...] = ()
    header_end = 0
    for rows in grids:
        named = _form_of(rows)
        for index in range(rows.grid.row_count):
            headed = _header_cells(rows, index)
            if headed:
                header, header_end = headed, rows.row_ends[index]
                template = template or named
                continue
            row = _data_row(rows, index, (header, header_end), template, found)
            if row is None or template is None:
                continue
            key, placed = row
            if key in found:
                readings += _finished(template, found)
                found, template = {}, named or template
            found[key] = placed
    return readings + _finished(template, found)


def _form_of(rows: GridRows) -> str | None:
    """The form whose own column labels stand in the grid."""
    own_2021 = own_2019 = 0
    for words in rows.words:
        for _, text in words:
            named = _columns_named(text)
            own_2021 += named.own_2021
            own_2019 += named.own_2019
    if own_2021 == own_2019:
        return None
    return "t2021" if own_2021 > own_2019 else "t2019"


class _ColumnsNamed(NamedTuple):
    """What a text says as a column label: of the form of 2021 alone, of 2019 alone, of any form.

    `is_content`: it is 信息内容.
    """

    own_2021: bool
    own_2019: bool
    any_form: bool
    is_content: bool


def _columns_named(text: str) -> _ColumnsNamed:
    return (
        _short_columns_named(text) if len(text) < _SHORT else _short_columns_named.__wrapped__(text)
    )


@lru_cache(maxsize=4096)
def _short_columns_named(text: str) -> _ColumnsNamed:
    columns = [s for label in labels(_TABLE, "column") for s in label.spellings if len(s) > 2]
    return _ColumnsNamed(
        any(s in text for s in _own_spellings("t2021", "t2019")),
        any(s in text for s in _own_spellings("t2019", "t2021")),
        any(s in text for s in columns),
        text in labels(_TABLE, "header")[1].spellings,
    )


@cache
def _own_spellings(template: str, other: str) -> tuple[str, ...]:
    """Column labels that only one of the two forms prints."""
    shared = {s for label in labels(_TABLE, "column", other) for s in label.spellings}
    own = [s for label in labels(_TABLE, "column", template) for s in label.spellings]
    return tuple(s for s in own if s not in shared)


def _header_cells(rows: GridRows, index: int) -> tuple[GridCell, ...]:
    """The column label cells of a header row, without 信息内容; empty for other rows."""
    words = rows.words[index]
    if not words or len(rows.starting[index]) - len(words) > 2:
        return ()
    named = [_columns_named(text) for _, text in words]
    has_content = sum([one.is_content for one in named])
    if not has_content and sum([one.any_form for one in named]) < max(1, len(words) - 1):
        return ()
    return tuple(
        [
            cell
            for (cell, text), one in zip(words, named, strict=True)
            if not one.is_content and any_column(text)
        ]
    )


@lru_cache(maxsize=1024)
def any_column(text: str) -> bool:
    """Whether a text is like some column label of table two."""
    return any(
        fuzz.partial_ratio(label.text, text) >= LIKENESS or any(s in text for s in label.spellings)
        for label in labels(_TABLE, "column")
    )


def _data_row(
    rows: GridRows,
    index: int,
    header: tuple[tuple[GridCell, ...], int],
    template: str | None,
    found: dict[str, _Row],
) -> tuple[str, _Row] | None:
    words = rows.words[index]
    if not words or template is None:
        return None
    cell, text = words[0]
    if len(text) > _LONGEST_LABEL:
        return None
    key = _named_row(text, template)
    if key is not None:
        return key, _Row(rows, index, cell, *header, False)
    expected = _next_labels(labels(_TABLE, "row", template), found)
    if expected and len(rows.starting[index]) >= 2:
        scores = sorted([(_alike(label, text), label.key) for label in expected], reverse=True)
        clear = len(scores) == 1 or scores[0][0] >= scores[1][0] + _MARGIN
        if scores[0][0] >= LIKENESS and clear:
            return scores[0][1], _Row(rows, index, cell, *header, True)
    return None


@lru_cache(maxsize=4096)
def _named_row(text: str, template: str) -> str | None:
    """The key of the row whose label a text is, with some words beside it at most."""
    for label in labels(_TABLE, "row", template):
        if any(s in text for s in label.spellings) and len(text) <= len(label.text) + 12:
            return label.key
    return None


@lru_cache(maxsize=8192)
def _alike(label: Label, text: str) -> float:
    return fuzz.ratio(label.text, text)


def _next_labels(form: Sequence[Label], found: dict[str, _Row]) -> list[Label]:
    """Labels that may still come, in the order of the form."""
    last = max((i for i, label in enumerate(form) if label.key in found), default=-1)
    return list(form[last + 1 :])


def _finished(template: str | None, found: dict[str, _Row]) -> list[TableReading]:
    if template is None or len(found) < 3:
        return []
    form = table_form(template, _TABLE)
    slots = [_row_slots(fields, found.get(fields[0].row_key)) for fields in form.rows]
    repaired = tuple(key for key, row in found.items() if row.repaired)
    notes = unit_notes(form, slots)
    if repaired:
        notes.append(Note("E02", "label_repaired", repaired, len(repaired)))
    blocks = frozenset(row.rows.block for row in found.values())
    return [
        TableReading(
            table=_TABLE,
            template=template,
            slots=tuple(map(tuple, slots)),
            size={"active_disclosure_rows": len(found)},
            blocks=blocks,
            place=min(blocks),
            notes=tuple(notes),
            stops=form.row_keys[-1] not in found,
        )
    ]


def _row_slots(fields: tuple[Field, ...], row: _Row | None) -> list[Slot]:
    if row is None:
        return [MISSING] * len(fields)
    text = "".join(normal_form(cell.text) for cell in row.header)
    header = header_of(fields, text)
    cells = [
        cell
        for cell in row.rows.covering[row.place]
        if cell.column >= row.label_cell.column + row.label_cell.column_span
    ]
    if header.reason:
        return [unreadable(header.reason, row.rows.mark(cell)) for cell in cells[: len(fields)]] + [
            unreadable(header.reason)
        ] * max(0, len(fields) - len(cells))
    marks = _tied_marks(row, cells, len(fields))
    if marks is None:
        return settle_row(fields, header, _value_marks(row, cells, len(fields)))
    return [value_slot(field, header, mark) for field, mark in zip(fields, marks, strict=True)]


def _tied_marks(row: _Row, cells: Sequence[GridCell], count: int) -> list[Mark] | None:
    """One mark for each column: by equal counts, else by the place of the header cells."""
    if len(cells) == count and _fills_the_row(row, cells):
        return [_own(row, cell) for cell in cells]
    if len(row.header) != count:
        return None
    marks: list[Mark] = []
    used: list[GridCell] = []
    for label in row.header:
        cover = [c for c in cells if overlaps(c, label.column, label.column + label.column_span)]
        if len(cover) != 1:
            return None
        if used and used[-1] is cover[0]:
            continue
        used.append(cover[0])
        columns = sum(overlaps(cover[0], h.column, h.column + h.column_span) for h in row.header)
        marks += spread(row.rows.mark(cover[0]), columns) if columns > 1 else [_own(row, cover[0])]
    outside = [c for c in cells if not any(c is one for one in used)]
    fits = len(marks) == count and not any(normal_form(c.text) for c in outside)
    if outside and count > 1 and not _as_wide_as_header(row):
        return None
    return marks if fits and _fills_the_row(row, used) else None


def _fills_the_row(row: _Row, cells: Sequence[GridCell]) -> bool:
    """Whether cells can be tied: none is empty, or the row is as wide as its header's."""
    if len(cells) == 1 or all(normal_form(cell.text) for cell in cells):
        return True
    return _as_wide_as_header(row)


def _as_wide_as_header(row: _Row) -> bool:
    return row.rows.row_ends[row.place] == row.header_end


def _own(row: _Row, cell: GridCell) -> Mark:
    """The mark of a cell; a number in a cell that reaches into another row is no row's own."""
    mark = row.rows.mark(cell)
    return spread(mark, 2)[1] if cell.row_span > 1 and mark.kind is Kind.NUMBER else mark


def _value_marks(row: _Row, cells: Sequence[GridCell], count: int) -> list[Mark]:
    """Marks that are known not to fit the columns, so that the row is refused with its text kept."""
    marks = [row.rows.mark(cell) for cell in cells if normal_form(cell.text)]
    return marks if len(marks) != count else [*marks, *marks[:1]]


__all__ = ["FieldHeader", "read_grid_active_disclosure"]
