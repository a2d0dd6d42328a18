"""Image files to pages, and PDF pages to images."""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium

from annual_reports.model import QuarantinedDocument, QuarantineReason
from annual_reports.reading.pdf.limits import refuse_more_than
from annual_reports.reading.pdf.opened import Handle

MAX_PIXELS = 60_000_000
MAX_PICTURES = 60
SCALE = 200 / 72
_PAGE_WIDTH = 595.0


def pictures_of(content: bytes) -> list[tuple[Any, float]]:
    """(image, pixels per point) of every page of an image file, taken to be as wide as A4."""
    import cv2
    import numpy as np

    try:
        loaded, images = cv2.imdecodemulti(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        loaded, images = False, ()
    if not loaded or not images:
        raise QuarantinedDocument(
            QuarantineReason.UNDECODABLE,
            "图片已损坏，无法打开 / the picture is damaged and cannot be opened",
            "请重新抓取或重新导出 / fetch or export it again",
        )
    refuse_more_than(MAX_PICTURES, len(images), "图片页数", "pictures")
    for image in images:
        refuse_more_than(MAX_PIXELS, image.shape[0] * image.shape[1], "像素数", "pixels")
    return [_as_wide_as_a_page(image) for image in images]


def _as_wide_as_a_page(image: Any) -> tuple[Any, float]:
    """Small pictures are enlarged so that the recogniser sees strokes."""
    import cv2

    scale = image.shape[1] / _PAGE_WIDTH
    if scale >= 0.75 * SCALE:
        return image, scale
    factor = SCALE / scale
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), SCALE


def picture_of_page(page: Handle) -> tuple[Any, float]:
    """A PDF page as an image of 200 dots per inch, blue-green-red."""
    import numpy as np

    width = round(pdfium.FPDF_GetPageWidthF(page) * SCALE)
    height = round(pdfium.FPDF_GetPageHeightF(page) * SCALE)
    refuse_more_than(MAX_PIXELS, width * height, "像素数", "pixels")
    bitmap = pdfium.FPDFBitmap_Create(width, height, 0)
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, 0)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        address = pdfium.FPDFBitmap_GetBuffer(bitmap)
        size = stride * height
        buffer = (pdfium.c_ubyte * size).from_address(address)
        pixels = np.frombuffer(buffer, dtype=np.uint8).reshape(height, stride // 4, 4)
        return pixels[:, :width, :3].copy(), SCALE
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
