"""One scanned page to the tables and lines of a printed page: each ruled cell recognised by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from annual_reports.model import Box, GridCell
from annual_reports.reading.blanks import tidy_cell_text
from annual_reports.reading.ocr.engine import Recognised, detect, recognise
from annual_reports.reading.ocr.scan_lines import inked, ruling_lines, straightened
from annual_reports.reading.pdf.glyph_lines import line_text, lines_of
from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph
from annual_reports.reading.pdf.pages import Part, PrintedLine, PrintedPage, PrintedTable
from annual_reports.reading.pdf.ruled_tables import RuledTable, ruled_tables
from annual_reports.reading.table_shape import table_pieces

_LEAST_SCORE = 0.8
_LEAST_INK = 0.7  # square points: a full stop has more
_INSET = 1.0
_PAD = 3.0


def scanned_page(image: Any, scale: float, number: int) -> PrintedPage:
    """Read a picture of a page; `scale` is its pixels per point."""
    image = straightened(image)
    ink = inked(image)
    across, down, lines_mask = ruling_lines(ink, scale)
    ink[lines_mask > 0] = 0
    tables = ruled_tables(across, down)
    parts: list[Part] = []
    for table in tables:
        parts += _table_parts(_grid_cells(table, image, ink, scale), table)
    outside = image.copy()
    for table in tables:
        left, top, right, bottom = (round(edge * scale) for edge in table.box)
        outside[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = 255
    parts += _lines(detect(outside), scale)
    height, width = image.shape[0] / scale, image.shape[1] / scale
    ordered = sorted(parts, key=lambda part: (part.box[1], part.box[0]))
    return PrintedPage(number, width, height, tuple(ordered), False, False)


def _grid_cells(table: RuledTable, image: Any, ink: Any, scale: float) -> tuple[GridCell, ...]:
    crops: list[Any] = []
    owners: list[int] = []
    for index, cell in enumerate(table.cells):
        for crop in _line_crops(table.box_of(cell), image, ink, scale):
            crops.append(crop)
            owners.append(index)
    texts: list[list[str]] = [[] for _ in table.cells]
    for owner, read in zip(owners, recognise(crops), strict=True):
        texts[owner].append(_text_of(read))
    cells = []
    for cell, lines in zip(table.cells, texts, strict=True):
        left, top, right, bottom = (round(edge, 2) for edge in table.box_of(cell))
        cells.append(GridCell(tidy_cell_text("\n".join(lines)), *cell, (left, top, right, bottom)))
    return tuple(cells)


def _text_of(read: Recognised) -> str:
    """What was recognised; ink that gave no sure text is in doubt, never blank."""
    return (
        read.text if read.text.strip() and read.score >= _LEAST_SCORE else f"{read.text}{UNKNOWN}"
    )


def _line_crops(box: Box, image: Any, ink: Any, scale: float) -> list[Any]:
    """Pictures of the lines of text in a cell, none for a cell without ink."""
    left, top, right, bottom = (round(edge * scale) for edge in box)
    inset = round(_INSET * scale)
    x0, y0, x1, y1 = left + inset, top + inset, right - inset, bottom - inset
    if x1 <= x0 or y1 <= y0:
        return []
    held = ink[y0:y1, x0:x1] > 0
    if held.sum() < _LEAST_INK * scale * scale:
        return []
    pad = round(_PAD * scale)
    crops = []
    for start, end in _runs(held.any(axis=1), round(1.2 * scale), round(2.5 * scale)):
        columns = held[start:end].any(axis=0).nonzero()[0]
        first, last = int(columns[0]), int(columns[-1]) + 1
        crops.append(
            image[
                max(top + 2, y0 + start - pad) : min(bottom - 2, y0 + end + pad),
                max(left + 2, x0 + first - pad) : min(right - 2, x0 + last + pad),
            ]
        )
    return [crop for crop in crops if crop.size]


def _runs(filled: Any, widest_gap: int, least: int) -> list[tuple[int, int]]:
    """(start, end) of rows with ink, gaps up to `widest_gap` within one; specks are no line of text."""
    runs: list[list[int]] = []
    for row in filled.nonzero()[0]:
        if runs and row - runs[-1][1] <= widest_gap:
            runs[-1][1] = int(row) + 1
        else:
            runs.append([int(row), int(row) + 1])
    tall = [(start, end) for start, end in runs if end - start >= least]
    return tall or ([(runs[0][0], runs[-1][1])] if runs else [])


def _table_parts(cells: tuple[GridCell, ...], table: RuledTable) -> list[Part]:
    parts: list[Part] = []
    for piece in table_pieces(cells):
        grid = tuple(cell for cell in piece if isinstance(cell, GridCell))
        if grid:
            parts.append(PrintedTable(grid, table.box, table.xs))
        else:
            parts += [PrintedLine(str(text), table.box, 10.0) for text in piece]
    return parts


def _lines(found: Sequence[Recognised], scale: float) -> list[Part]:
    glyphs = []
    for order, read in enumerate(found):
        if read.box is None or not read.text.strip():
            continue
        left, top, right, bottom = (edge / scale for edge in read.box)
        glyphs.append(Glyph(_text_of(read), left, top, right, bottom, order))
    return [
        PrintedLine(line_text(line), (line.left, line.top, line.right, line.bottom), line.height)
        for line in lines_of(glyphs)
    ]
