"""From the PDF's coordinates to those of the page as seen: points from its upper left corner."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import pypdfium2.raw as pdfium

from annual_reports.model import Box
from annual_reports.reading.pdf.opened import Handle


class PageFrame(NamedTuple):
    """The visible rectangle of a page in its own coordinates, and its quarter turns clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def width(self) -> float:
        """Width as seen."""
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Height as seen."""
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def seen(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the PDF as (left, top, right, bottom) on the page as seen."""
        first, lowest, last, highest, turns = self  # at once: every glyph is asked for
        if turns == 0:
            return (left - first, highest - top, right - first, highest - bottom)
        if turns == 1:
            return (bottom - lowest, left - first, top - lowest, right - first)
        if turns == 2:
            return (last - right, bottom - lowest, last - left, top - lowest)
        return (highest - top, last - right, highest - bottom, last - left)

    def turned(self, turns: int) -> PageFrame:
        """The same page seen after more quarter turns clockwise."""
        return self._replace(turns=(self.turns + turns) % 4)


def frame_of(page: Handle) -> PageFrame:
    """The frame of a page, by its crop box and its own rotation."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, ctypes.byref(box)):
        box.right, box.top = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    turns = max(0, pdfium.FPDFPage_GetRotation(page)) % 4
    return PageFrame(box.left, box.bottom, box.right, box.top, turns)
