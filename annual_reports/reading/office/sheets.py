"""Sheets of a workbook to blocks: what is shown, as grids cut at empty rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annual_reports.model import Block, Finding, GridCell
from annual_reports.reading.blanks import split_lines, tidy_cell_text, tidy_line
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.table_shape import table_pieces
from annual_reports.reading.titles import names_annual_report, title_lines
from schemas.office import MAX_CELLS

UNKNOWN = "\ufffd"
"""Stands where a number is shown whose printed form is not known; it reads as no number."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass(slots=True)
class Sheet:
    """One shown sheet: texts by (row, column), merged areas, rows and columns that are hidden."""

    name: str
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Doubts:
    """Counts behind the findings of a workbook."""

    hidden_sheets: int = 0
    formulas_without_result: int = 0
    unknown_formats: int = 0


def workbook_content(sheets: Iterable[Sheet], doubts: Doubts, media_type: str, title: str | None) -> Content:  # fmt: skip
    """Blocks of all shown sheets in their order, each after its name."""
    blocks = BlockList()
    hidden = 0
    for sheet in sheets:
        hidden += len(sheet.hidden_rows) + len(sheet.hidden_columns)
        blocks.add_line(tidy_line(sheet.name))
        for cells in _pieces(shown_cells(sheet)):
            _add_cells(blocks, cells)
    found = tuple(blocks.blocks)
    counts = {"D20": 0, "D21": doubts.hidden_sheets, "D22": doubts.formulas_without_result, "D23": hidden, "D24": doubts.unknown_formats}  # fmt: skip
    return Content(
        media_type=media_type,
        blocks=found,
        titles=_titles(found, title),
        findings=tuple(_findings(counts)),
    )


def _titles(blocks: tuple[Block, ...], stored: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in (*title_lines(blocks), stored) if one))


def _findings(counts: dict[str, int]) -> Iterable[Finding]:
    return (document_finding(rule, count=count) for rule, count in counts.items() if count)


def shown_cells(sheet: Sheet) -> list[GridCell]:
    """Every shown cell up to the last printed one, at its origin, the empty ones too."""
    texts = {place: tidy_cell_text("\n".join(split_lines(text))) for place, text in sheet.texts.items()}  # fmt: skip
    printed = [place for place, text in texts.items() if text]
    if not printed:
        return []
    last_row, last_column = (max(place[axis] for place in printed) for axis in (0, 1))
    for top, left, bottom, right in sheet.merged:
        if texts.get((top, left)):
            last_row, last_column = max(last_row, bottom), max(last_column, right)
    if (last_row + 1) * (last_column + 1) > MAX_CELLS:
        raise office_refusal("too_many_cells", limit=MAX_CELLS)
    rows = _positions(last_row, sheet.hidden_rows)
    columns = _positions(last_column, sheet.hidden_columns)
    covered: set[tuple[int, int]] = set()
    cells = []
    for top, left, bottom, right in sheet.merged:
        area_rows = [rows[r] for r in range(top, min(bottom, last_row) + 1) if r in rows]
        area_columns = [
            columns[c] for c in range(left, min(right, last_column) + 1) if c in columns
        ]
        if area_rows and area_columns and (area_rows[0], area_columns[0]) not in covered:
            covered |= {(r, c) for r in area_rows for c in area_columns}
            text = texts.get((top, left), "")
            cells.append(
                GridCell(text, area_rows[0], area_columns[0], len(area_rows), len(area_columns))
            )
    for row, row_at in rows.items():
        for column, column_at in columns.items():
            if (row_at, column_at) not in covered:
                cells.append(GridCell(texts.get((row, column), ""), row_at, column_at))
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _positions(last: int, hidden: set[int]) -> dict[int, int]:
    """Where each shown row or column stands among the shown ones."""
    return {one: place for place, one in enumerate(i for i in range(last + 1) if i not in hidden)}


def _pieces(cells: list[GridCell]) -> Iterable[tuple[GridCell, ...]]:
    """Cut where a row is empty and no merged cell reaches over it; empty margins are taken off."""
    filled_to: int = -1
    piece: list[GridCell] = []
    by_row: dict[int, list[GridCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    for row, row_cells in sorted(by_row.items()):
        printed = [cell for cell in row_cells if cell.text]
        if not printed and row > filled_to:
            if piece:
                yield _trimmed(piece)
            piece = []
            continue
        piece += row_cells
        filled_to = max([filled_to, *(cell.row + cell.row_span - 1 for cell in printed)])
    if piece:
        yield _trimmed(piece)


def _trimmed(piece: Sequence[GridCell]) -> tuple[GridCell, ...]:
    """The columns from the first to the last printed cell, moved to the grid's origin."""
    printed = [cell for cell in piece if cell.text]
    left = min(cell.column for cell in printed)
    right = max(cell.column + cell.column_span for cell in printed)
    top = piece[0].row
    return tuple(
        cell._replace(row=cell.row - top, column=cell.column - left)
        for cell in piece
        if left <= cell.column and cell.column + cell.column_span <= right
    )


def _add_cells(blocks: BlockList, cells: tuple[GridCell, ...]) -> None:
    """Titles and lone paragraphs above a table are lines; the rest is cut as any table is."""
    rows: dict[int, list[GridCell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    start = 0
    for row, row_cells in sorted(rows.items()):
        printed = [cell for cell in row_cells if cell.text]
        if len(printed) != 1 or printed[0].row_span > 1 or not names_annual_report(printed[0].text):
            break
        blocks.add_line(" ".join(printed[0].text.split("\n")))
        start = row + 1
    rest = tuple(c._replace(row=c.row - start) for c in cells if c.row >= start)
    if not rest:
        return
    for piece in table_pieces(rest):
        grid = tuple(cell for cell in piece if isinstance(cell, GridCell))
        if grid:
            blocks.add_grid(_trimmed(grid))
        else:
            for line in piece:
                blocks.add_line(str(line))
