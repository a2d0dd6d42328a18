"""Image files to content: every page recognised."""

from __future__ import annotations

from annual_reports.reading.content import Content
from annual_reports.reading.needs_ocr import needs_ocr
from annual_reports.reading.ocr.installed import ocr_is_installed
from annual_reports.reading.pdf.printed_content import content_of_pages


def read_picture(content: bytes, media_type: str) -> Content:
    """Read an image file; raises QuarantinedDocument without the extra, or where it cannot be opened."""
    if not ocr_is_installed():
        raise needs_ocr("这是图片", "this is a picture")
    from annual_reports.reading.ocr.pictures import pictures_of
    from annual_reports.reading.ocr.scan_page import scanned_page

    pages = [
        scanned_page(image, scale, number)
        for number, (image, scale) in enumerate(pictures_of(content), start=1)
    ]
    return content_of_pages(media_type, pages, frozenset(page.number for page in pages))
