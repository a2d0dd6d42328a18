"""One page of a PDF as tables and lines, and whether it is a picture of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annual_reports.model import Box, GridCell
from annual_reports.reading.pdf.cell_texts import grid_cells, printed_box, split_by_table
from annual_reports.reading.pdf.columns import in_reading_order
from annual_reports.reading.pdf.digit_widths import as_wide_as_set
from annual_reports.reading.pdf.drawings import Drawings, page_drawings, turned_drawings
from annual_reports.reading.pdf.glyph_lines import Line, line_text, lines_of
from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph, page_glyphs, turns_of_text
from annual_reports.reading.pdf.lone_glyphs import lost_glyphs, widen
from annual_reports.reading.pdf.opened import Handle, opened_text
from annual_reports.reading.pdf.page_frame import PageFrame, frame_of
from annual_reports.reading.pdf.ruled_tables import RuledTable, ruled_tables
from annual_reports.reading.pdf.said_otherwise import unsay
from annual_reports.reading.table_shape import table_pieces

_FEWEST_GLYPHS = 12
_PICTURE_SHARE = 0.4
_FEWEST_PATHS = 40


@dataclass(frozen=True)
class PrintedLine:
    """A line outside tables; `size` is the height of its tallest glyph. Boxes are as seen."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True)
class PrintedTable:
    """A ruled table. `xs` are the positions of its columns."""

    cells: tuple[GridCell, ...]
    box: Box
    xs: tuple[float, ...]


Part = PrintedLine | PrintedTable


@dataclass(frozen=True)
class PrintedPage:
    """A page (`number` from 1) in reading order. `is_picture`: something is shown and next to none of it is text."""

    number: int
    width: float
    height: float
    parts: tuple[Part, ...]
    is_picture: bool
    has_doubtful_numbers: bool


def printed_page(page: Handle, number: int) -> PrintedPage | None:
    """Read a page; None where its text cannot be loaded. Raises QuarantinedDocument beyond the limits.

    The frame is turned so that most of the text reads from left to right, whatever the page says.
    """
    frame = frame_of(page)
    drawings = page_drawings(page, frame)
    widen(drawings.collapsed)
    unsay(drawings.marked)
    with opened_text(page) as text_page:
        if text_page is None:
            return None
        turns = turns_of_text(text_page)
        if turns != frame.turns:
            frame = frame._replace(turns=turns)
            drawings = turned_drawings(page, frame, drawings)
        lost = lost_glyphs(drawings.collapsed, text_page, frame)
        glyphs = [*as_wide_as_set(page_glyphs(text_page, frame, drawings.hidden)), *lost]
    return _laid_out(glyphs, drawings, frame, number)


def _laid_out(
    glyphs: Sequence[Glyph], drawings: Drawings, frame: PageFrame, number: int
) -> PrintedPage:
    tables = ruled_tables(drawings.across, drawings.down)
    inside, outside = split_by_table(glyphs, tables)
    parts: list[Part] = []
    for table, held in zip(tables, inside, strict=True):
        parts += _table_parts(table, held)
    parts += [_printed_line(line) for line in in_reading_order(lines_of(outside), frame.width)]
    return PrintedPage(
        number,
        frame.width,
        frame.height,
        tuple(_by_place(parts)),
        _is_picture(glyphs, drawings, frame),
        any(UNKNOWN in text for text in _texts(parts)),
    )


def _table_parts(table: RuledTable, glyphs: Sequence[Glyph]) -> list[Part]:
    """A table as it is, or the prose that a frame encloses as lines."""
    parts: list[Part] = []
    cells = grid_cells(table, glyphs)
    for piece in table_pieces(cells):
        first = piece[0] if piece else None
        if isinstance(first, GridCell):
            grid = tuple(cell for cell in piece if isinstance(cell, GridCell))
            parts.append(PrintedTable(grid, _box_of(grid), table.xs))
    if len(parts) == 1 and sum(len(p.cells) for p in parts if isinstance(p, PrintedTable)) == len(
        cells
    ):
        return parts
    kept = {cell.box for part in parts if isinstance(part, PrintedTable) for cell in part.cells}
    prose = [
        glyph
        for glyph in glyphs
        if (index := table.index_at((glyph.left + glyph.right) / 2, glyph.middle)) is not None
        and printed_box(table, table.cells[index]) not in kept
    ]
    return [*parts, *(_printed_line(line) for line in lines_of(prose))]


def _box_of(cells: Sequence[GridCell]) -> Box:
    boxes = [cell.box for cell in cells if cell.box is not None]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _printed_line(line: Line) -> PrintedLine:
    box = (line.left, line.top, line.right, line.bottom)
    return PrintedLine(line_text(line), box, line.height)


def _by_place(parts: list[Part]) -> list[Part]:
    """Tables between the lines above and below them; the order of the lines stays."""
    tables = sorted(
        (part for part in parts if isinstance(part, PrintedTable)),
        key=lambda p: (p.box[1], p.box[0]),
    )
    ordered: list[Part] = []
    for line in (part for part in parts if isinstance(part, PrintedLine)):
        while tables and tables[0].box[1] < line.box[1]:
            ordered.append(tables.pop(0))
        ordered.append(line)
    return [*ordered, *tables]


def _texts(parts: Sequence[Part]) -> list[str]:
    return [
        text
        for part in parts
        for text in (
            [part.text] if isinstance(part, PrintedLine) else [cell.text for cell in part.cells]
        )
    ]


def _is_picture(glyphs: Sequence[Glyph], drawings: Drawings, frame: PageFrame) -> bool:
    readable = sum(glyph.text != UNKNOWN for glyph in glyphs)
    if readable >= max(_FEWEST_GLYPHS, len(glyphs) / 2):
        return False
    area = max(1.0, frame.width * frame.height)
    shown = sum(max(0.0, b[2] - b[0]) * max(0.0, b[3] - b[1]) for b in drawings.pictures)
    return shown > _PICTURE_SHARE * area or drawings.paths > _FEWEST_PATHS or len(glyphs) > readable
