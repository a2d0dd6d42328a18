"""PDF bytes to blocks: pages, furniture out, paragraphs joined, tables in between."""

from __future__ import annotations

from collections.abc import Sequence

from annual_reports.model import Block, Finding, Grid, TextLine
from annual_reports.reading.block_list import cut_before_chapters
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.needs_ocr import needs_ocr
from annual_reports.reading.pdf.cut_rows import joined_at_break
from annual_reports.reading.pdf.opened import document_title, opened_document, opened_page
from annual_reports.reading.pdf.page_furniture import without_furniture
from annual_reports.reading.pdf.pages import PrintedLine, PrintedPage, PrintedTable, printed_page
from annual_reports.reading.pdf.paragraphs import Paragraph, paragraphs_and_tables
from annual_reports.reading.titles import names_annual_report, title_lines

MEDIA_TYPE = "application/pdf"
_LARGE = 1.2
_GLUED = 120


def read_pdf(content: bytes) -> Content:
    """Read a PDF; raises QuarantinedDocument where it cannot be opened, is too large, or needs OCR."""
    with opened_document(content) as document:
        pages, unloaded = _read_pages(document)
        title = document_title(document)
    _refuse_pictures(pages)
    findings = _doubts(pages, unloaded)
    pages, headers = without_furniture(pages)
    blocks = _blocks(pages)
    return Content(
        media_type=MEDIA_TYPE,
        blocks=blocks,
        titles=_titles(pages, blocks, headers, title),
        findings=findings,
    )


def _read_pages(document: object) -> tuple[list[PrintedPage], list[int]]:
    """The pages that load, and the numbers of those that do not."""
    import pypdfium2.raw as pdfium

    pages, unloaded = [], []
    for index in range(pdfium.FPDF_GetPageCount(document)):
        with opened_page(document, index) as handles:
            if handles is None:
                unloaded.append(index + 1)
            else:
                pages.append(printed_page(*handles, index + 1))
    return pages, unloaded


def _refuse_pictures(pages: Sequence[PrintedPage]) -> None:
    """Raise QuarantinedDocument where half the pages or more are pictures."""
    pictures = sum(page.is_picture for page in pages)
    if pictures and 2 * pictures >= sum(bool(page.parts) or page.is_picture for page in pages):
        raise needs_ocr(f"PDF 的 {pictures} 页是图片", f"{pictures} pages of the PDF are pictures")


def _doubts(pages: Sequence[PrintedPage], unloaded: Sequence[int]) -> tuple[Finding, ...]:
    doubts = []
    if doubtful := [page.number for page in pages if page.has_doubtful_numbers]:
        doubts.append(document_finding("D04", pages=_listed(doubtful)))
    if pictures := [page.number for page in pages if page.is_picture]:
        doubts.append(document_finding("D05", pages=_listed(pictures)))
    if unloaded:
        doubts.append(document_finding("D06", pages=_listed(unloaded)))
    return tuple(doubts)


def _listed(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")


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
    pages: Sequence[PrintedPage], blocks: Sequence[Block], headers: Sequence[str], title: str
) -> tuple[str, ...]:
    """The large lines of the first page as one, then heading lines, then what the file says."""
    named = [text for text in (*headers, title) if names_annual_report(text)]
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
