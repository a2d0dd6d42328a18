"""PDF bytes to content. pdfium runs in one thread only; the reader pool has processes."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2.raw as pdfium

from annual_reports.model import Finding
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.needs_ocr import needs_ocr
from annual_reports.reading.ocr.installed import ocr_is_installed
from annual_reports.reading.pdf.limits import refuse_more_than
from annual_reports.reading.pdf.opened import Handle, document_title, opened_document, opened_page
from annual_reports.reading.pdf.pages import PrintedPage, printed_page
from annual_reports.reading.pdf.printed_content import content_of_pages
from annual_reports.reading.pdf.streams import refuse_inflating

MEDIA_TYPE = "application/pdf"


def read_pdf(content: bytes) -> Content:
    """Read a PDF; raises QuarantinedDocument where it cannot be opened, is too large, or needs OCR."""
    refuse_inflating(content)
    with opened_document(content) as document:
        pages, unloaded = _read_pages(document)
        pages, recognised = _with_pictures_read(document, pages)
        title = document_title(document)
    if not recognised:
        _refuse_pictures(pages)
    findings = _doubts(pages, unloaded)
    return content_of_pages(MEDIA_TYPE, pages, recognised, findings, title)


def _read_pages(document: Handle) -> tuple[list[PrintedPage], list[int]]:
    """The pages that load, and the numbers of those that do not."""
    pages, unloaded = [], []
    for index in range(pdfium.FPDF_GetPageCount(document)):
        with opened_page(document, index) as page:
            printed = printed_page(page, index + 1) if page else None
        if printed is None:
            unloaded.append(index + 1)
        else:
            pages.append(printed)
    return pages, unloaded


def _with_pictures_read(
    document: Handle, pages: list[PrintedPage]
) -> tuple[list[PrintedPage], frozenset[int]]:
    """The pages with those that are pictures recognised, and the numbers of these; none without the extra."""
    numbers = frozenset(page.number for page in pages if page.is_picture)
    if not numbers or not ocr_is_installed():
        return pages, frozenset()
    from annual_reports.reading.ocr.pictures import MAX_PICTURES, picture_of_page
    from annual_reports.reading.ocr.scan_page import scanned_page

    refuse_more_than(MAX_PICTURES, len(numbers), "图片页数", "scanned pages")
    read = []
    for page in pages:
        if page.number not in numbers:
            read.append(page)
            continue
        with opened_page(document, page.number - 1) as handle:
            assert handle is not None
            image, scale = picture_of_page(handle)
        read.append(scanned_page(image, scale, page.number))
    return read, numbers


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
