"""Lone characters of fonts that are not embedded: a cell that holds only 零 is not blank.

pdfium draws nothing for such a character. Its text object then has no extent, and the text page leaves
out objects without extent, so that 零 alone in a cell would be lost without a trace. Painted as an
outline the object has the extent of the pen, and the text page keeps it, with its place and meaning.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as pdfium

from annual_reports.reading.pdf.drawings import Matrix
from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph
from annual_reports.reading.pdf.opened import Handle
from annual_reports.reading.pdf.page_frame import PageFrame
from annual_reports.reading.pdf.quick_calls import (
    address_of,
    set_stroke_width,
    set_text_mode,
    transform,
)

Collapsed = Sequence[tuple[Handle, Matrix]]
"""Text objects without extent, with the matrix of the forms they stand in."""

_PEN = 1.0
_SMALLEST = 1.0
_ONLY_ITS_END = 2  # bytes of a text without characters


def widen(collapsed: Collapsed) -> None:
    """Paint text objects as outlines, in memory; to be done before the text page is loaded."""
    stay = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    stay_at = ctypes.addressof(stay)
    for handle, _ in collapsed:
        one = address_of(handle)
        set_text_mode(one, pdfium.FPDF_TEXTRENDERMODE_STROKE)
        set_stroke_width(one, _PEN)
        transform(one, stay_at)  # computes the extent anew


def lost_glyphs(collapsed: Collapsed, text_page: Handle, frame: PageFrame) -> list[Glyph]:
    """A glyph in doubt for every widened object that the text page still leaves out.

    One drawn a second time at its place (fake bold) is left out by right.
    """
    doubts = []
    for one, outer in collapsed:
        if pdfium.FPDFTextObj_GetText(one, text_page, None, 0) > _ONLY_ITS_END:
            continue
        (x0, y0), (x1, y1) = _em_of(one, outer)
        reach = max(abs(x1 - x0), abs(y1 - y0)) / 2
        if pdfium.FPDFText_GetCharIndexAtPos(text_page, x0, y0, reach, reach) < 0:
            seen = frame.seen(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
            doubts.append(Glyph(UNKNOWN, *seen, order=-1))
    return doubts


def _em_of(one: Handle, outer: Matrix) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an object begins and the far corner of one em from there, in the PDF's coordinates."""
    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(one, ctypes.byref(matrix))
    pdfium.FPDFTextObj_GetFontSize(one, ctypes.byref(size))
    placed = outer.after(Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f))
    em = max(_SMALLEST, abs(size.value))
    return placed.at(0.0, 0.0), placed.at(em, em)
