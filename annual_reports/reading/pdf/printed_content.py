"""Printed pages, from a text layer or recognised, to content: furniture out, paragraphs joined, rows made whole."""

from __future__ import annotations

from collections.abc import Sequence

from annual_reports.model import Block, Finding, Grid, TextLine
from annual_reports.reading.block_list import cut_before_chapters
from annual_reports.reading.content import Content
from annual_reports.reading.pdf.cut_rows import joined_at_break
from annual_reports.reading.pdf.page_furniture import without_furniture
from annual_reports.reading.pdf.pages import PrintedLine, PrintedPage, PrintedTable
from annual_reports.reading.pdf.paragraphs import Paragraph, paragraphs_and_tables
from annual_reports.reading.titles import names_annual_report, title_lines

_LARGE = 1.2
_GLUED = 120


def content_of_pages(
    media_type: str,
    pages: Sequence[PrintedPage],
    recognised_pages: frozenset[int] = frozenset(),
    findings: tuple[Finding, ...] = (),
    file_title: str = "",
) -> Content:
    """What a paged document says. `recognised_pages` are those read by OCR."""
    pages, headers = without_furniture(pages)
    blocks = _blocks(pages)
    return Content(
        media_type=media_type,
        blocks=blocks,
        titles=_titles(pages, blocks, headers, file_title),
        findings=findings,
        recognised_pages=recognised_pages,
    )


def _blocks(pages: Sequence[PrintedPage]) -> tuple[Block, ...]:
    blocks: list[Block] = []
    lines = tables = 0
    for part, page in _rows_made_whole(list(paragraphs_and_tables(pages))):
        if isinstance(part, PrintedTable):
            blocks.append(_grid(part, tables, page))
            tables += 1
            continue
        pieces = (part.text,) if len(part.text) < _GLUED else cut_before_chapters(part.text)
        blocks += [TextLine(piece, lines, page) for piece in pieces]
        lines += 1
    return tuple(blocks)


def _rows_made_whole(
    parts: list[tuple[Paragraph | PrintedTable, int]],
) -> list[tuple[Paragraph | PrintedTable, int]]:
    for index in range(1, len(parts)):
        (above, page), (below, next_page) = parts[index - 1], parts[index]
        if isinstance(above, PrintedTable) and isinstance(below, PrintedTable) and next_page > page:
            whole = joined_at_break(above, below)
            if whole is not None:
                parts[index - 1], parts[index] = (whole[0], page), (whole[1], next_page)
    return parts


def _grid(table: PrintedTable, index: int, page: int) -> Grid:
    rows = max(cell.row + cell.row_span for cell in table.cells)
    columns = max(cell.column + cell.column_span for cell in table.cells)
    return Grid(index, rows, columns, table.cells, page)


def _titles(
    pages: Sequence[PrintedPage], blocks: Sequence[Block], headers: Sequence[str], file_title: str
) -> tuple[str, ...]:
    """The large lines of the first page as one, then heading lines, then headers and the file's own title."""
    named = [text for text in (*headers, file_title) if names_annual_report(text)]
    large = _large_lines(pages[0]) if pages else ""
    candidates = (large if names_annual_report(large) else "", *title_lines(blocks), *named)
    return tuple(dict.fromkeys(text for text in candidates if text))


def _large_lines(page: PrintedPage) -> str:
    lines = [part for part in page.parts if isinstance(part, PrintedLine)]
    if not lines:
        return ""
    usual = sorted(line.size for line in lines)[len(lines) // 2]
    largest = max(line.size for line in lines)
    if largest < _LARGE * usual:
        return ""
    return "".join(line.text.strip() for line in lines if line.size > 0.9 * largest)
