"""Pictures and scanned PDF: in quarantine without the extra, read with it."""

from __future__ import annotations

import io
import random

import pypdfium2
import pytest
from PIL import Image

from annual_reports.extract import extract_document
from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.ocr import reader as ocr_reader
from annual_reports.reading.ocr.installed import ocr_is_installed
from annual_reports.reading.pdf import reader as pdf_reader
from tests.annual_reports.reading.test_pdf import drawn
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering.pdf import render_pdf

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
LABEL_COLUMNS = 3


def picture(image_format: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(buffer, image_format)
    return buffer.getvalue()


def scanned(content: bytes, dots_per_inch: int = 150) -> bytes:
    """The pages of a PDF as pictures in a new PDF."""
    pages = [
        page.render(scale=dots_per_inch / 72).to_pil().convert("L")
        for page in pypdfium2.PdfDocument(content)
    ]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=dots_per_inch)
    return buffer.getvalue()


def leave_out_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read as a machine does on which the extra is not installed."""
    for module in (ocr_reader, pdf_reader):
        monkeypatch.setattr(module, "ocr_is_installed", lambda: False)


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_picture_waits_with_the_command_that_reads_it(
    image_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_out_ocr(monkeypatch)
    with pytest.raises(QuarantinedDocument) as refusal:
        extract_document(picture(image_format), "scan")
    assert refusal.value.reason is QuarantineReason.NEEDS_OCR
    assert "make ocr" in refusal.value.remedy


def test_a_scanned_pdf_waits_with_the_command_that_reads_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_ocr(monkeypatch)
    _, content = drawn("ruled", 1)
    with pytest.raises(QuarantinedDocument) as refusal:
        extract_document(scanned(content), "scan.pdf")
    assert refusal.value.reason is QuarantineReason.NEEDS_OCR


@pytest.mark.skipif(not ocr_is_installed(), reason="OCR is not installed here: make ocr")
def test_the_values_of_a_scanned_table_are_the_printed_ones() -> None:
    """Digits only: a machine without a Chinese font shows no labels."""
    from annual_reports.reading.ocr.pictures import picture_of_page
    from annual_reports.reading.ocr.scan_page import scanned_page
    from annual_reports.reading.pdf.opened import opened_document, opened_page
    from annual_reports.reading.pdf.pages import PrintedTable, printed_page

    source = random.Random(3)
    content = render_pdf(drawn_tables(random_truth(source))[1:2], ((),), "ruled", source)
    with opened_document(content) as document:
        with opened_page(document, 0) as page:
            printed = printed_page(page, 1)
        with opened_page(document, 0) as page:
            seen = scanned_page(*picture_of_page(page), 1)
    assert printed is not None
    tables = [
        next(part for part in page.parts if isinstance(part, PrintedTable))
        for page in (printed, seen)
    ]
    values = [
        [
            (c.row, c.column, c.text)
            for c in table.cells
            if c.column >= LABEL_COLUMNS and c.text.isdigit()
        ]
        for table in tables
    ]
    assert values[0] == values[1]
