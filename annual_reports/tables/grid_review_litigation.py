"""Table four in grids: one row of fifteen cells under three groups of five headers."""

from __future__ import annotations

from collections.abc import Sequence

from annual_reports.tables.grid_rows import GridRows
from annual_reports.tables.label_order import reordered
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import Kind
from annual_reports.tables.review_values import settle_cells, values_found
from annual_reports.tables.table_reading import TableReading
from schemas.labels import labels

_TABLE = "review_litigation"


def read_grid_review_litigation(grids: Sequence[GridRows]) -> list[TableReading]:
    """Every table four of the grids; its data row may be the first row of the next grid."""
    readings = []
    for position, rows in enumerate(grids):
        following = grids[position + 1] if position + 1 < len(grids) else None
        for index in range(rows.grid.row_count):
            if _names_both_groups(rows, index):
                readings.append(_read(rows, index, following))
    return readings


def _names_both_groups(rows: GridRows, index: int) -> bool:
    texts = [text for _, text in rows.words[index]]
    return len(texts) > 1 and all(
        any(text == s for text in texts for s in label.spellings)
        for label in labels(_TABLE, "row")[1:]
    )


def _read(rows: GridRows, header: int, following: GridRows | None) -> TableReading:
    found = [index for index in range(header + 1, rows.grid.row_count) if _is_data_row(rows, index)]
    blocks = {rows.block}
    marks: tuple[Mark, ...] = ()
    if found:
        marks = tuple(mark for index in found for mark in _marks(rows, index))
    elif following is not None and (place := _data_row_after_cut(following)) is not None:
        marks = _marks(following, place)
        blocks.add(following.block)
    words = "".join(
        text
        for index in range(header, rows.grid.row_count)
        for _, text in rows.words[index]
        if not any(text in label.spellings for label in labels(_TABLE, "row"))
    )
    slots = settle_cells(marks, reordered(words, _TABLE))
    return TableReading(
        table=_TABLE,
        template="t2021",
        slots=tuple(map(tuple, slots)),
        size={"review_litigation_values": values_found(marks, slots)},
        blocks=frozenset(blocks),
        place=rows.block,
        stops=not marks,
    )


def _data_row_after_cut(rows: GridRows) -> int | None:
    """The data row of a grid that goes on after a page break: its first, or the one below more of the header."""
    results = {s for label in labels(_TABLE, "column") for s in label.spellings}
    for index in range(rows.grid.row_count):
        if _is_data_row(rows, index):
            return index
        if not rows.words[index] or any(text not in results for _, text in rows.words[index]):
            return None
    return None


def _is_data_row(rows: GridRows, index: int) -> bool:
    """No header words, and cells that can be values."""
    cells = rows.starting[index]
    words = {
        s
        for kind in ("row", "column", "header")
        for label in labels(_TABLE, kind)
        for s in label.spellings
    }
    if any(any(word in text for word in words) for _, text in rows.words[index]):
        return False
    return len(cells) >= 5


def _marks(rows: GridRows, index: int) -> tuple[Mark, ...]:
    marks = [rows.mark(cell) for cell in rows.covering[index]]
    wide = [
        mark._replace(printed=mark.printed._replace(kind=Kind.MERGED, value=None))
        if mark.cell is not None
        and mark.cell.column_span > 1
        and len(marks) != 15
        and mark.kind is Kind.NUMBER
        else mark
        for mark in marks
    ]
    return tuple(wide)
