"""The small pdfium functions that are asked for every glyph and drawn object, bound for speed.

Handles and places are passed as addresses (int), without the type conversions and the release of the
interpreter lock of pypdfium2's own bindings, which cost more than the functions do. The numbers that a
function writes are read from a buffer (`Floats`) at once.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium

_ADDRESS, _INT, _UINT = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint


def _bound(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    place = ctypes.cast(function, ctypes.c_void_p).value
    assert place is not None
    return ctypes.PYFUNCTYPE(result, *arguments)(place)


class Numbers:
    """Memory that pdfium writes into: `places` are the addresses of its numbers, `read` gives them all."""

    def __init__(self, kind: Any, letter: str, count: int) -> None:
        self._memory = (kind * count)()
        first, size = ctypes.addressof(self._memory), ctypes.sizeof(kind)
        self.places = tuple(first + size * index for index in range(count))
        self.read: Callable[[], list[Any]] = (
            memoryview(self._memory).cast("B").cast(letter).tolist  # type: ignore[call-overload]
        )


def floats(count: int) -> Numbers:
    return Numbers(ctypes.c_float, "f", count)


def whole_numbers(count: int) -> Numbers:
    return Numbers(_UINT, "I", count)


def address_of(handle: Any) -> int:
    """The address a pypdfium2 handle stands for."""
    return ctypes.addressof(handle.contents)


def as_object(address: int) -> Any:
    """A page object as pypdfium2's own functions take it."""
    return ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)


code_of_glyph = _bound(pdfium.FPDFText_GetUnicode, _UINT, _ADDRESS, _INT)
box_of_glyph = _bound(pdfium.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
"""Writes left, top, right, bottom."""
glyph_is_unmapped = _bound(pdfium.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT)
object_of_glyph = _bound(pdfium.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)

object_of_page = _bound(pdfium.FPDFPage_GetObject, _ADDRESS, _ADDRESS, _INT)
object_of_form = _bound(pdfium.FPDFFormObj_GetObject, _ADDRESS, _ADDRESS, ctypes.c_ulong)
count_in_form = _bound(pdfium.FPDFFormObj_CountObjects, _INT, _ADDRESS)
kind_of = _bound(pdfium.FPDFPageObj_GetType, _INT, _ADDRESS)
bounds_of = _bound(pdfium.FPDFPageObj_GetBounds, _INT, _ADDRESS, *[_ADDRESS] * 4)
"""Writes left, bottom, right, top."""
fill_of = _bound(pdfium.FPDFPageObj_GetFillColor, _INT, _ADDRESS, *[_ADDRESS] * 4)
"""Writes red, green, blue, alpha."""
matrix_of = _bound(pdfium.FPDFPageObj_GetMatrix, _INT, _ADDRESS, _ADDRESS)
"""Writes a, b, c, d, e, f."""
count_marks = _bound(pdfium.FPDFPageObj_CountMarks, _INT, _ADDRESS)
mark_of = _bound(pdfium.FPDFPageObj_GetMark, _ADDRESS, _ADDRESS, ctypes.c_ulong)
kind_of_mark_value = _bound(
    pdfium.FPDFPageObjMark_GetParamValueType, _INT, _ADDRESS, ctypes.c_char_p
)
remove_mark = _bound(pdfium.FPDFPageObj_RemoveMark, _INT, _ADDRESS, _ADDRESS)
text_mode_of = _bound(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _ADDRESS)
draw_mode_of = _bound(pdfium.FPDFPath_GetDrawMode, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
"""Writes how it is filled and whether it is stroked."""
count_segments = _bound(pdfium.FPDFPath_CountSegments, _INT, _ADDRESS)
segment_of = _bound(pdfium.FPDFPath_GetPathSegment, _ADDRESS, _ADDRESS, _INT)
point_of = _bound(pdfium.FPDFPathSegment_GetPoint, _INT, _ADDRESS, _ADDRESS, _ADDRESS)
"""Writes x, y."""
kind_of_segment = _bound(pdfium.FPDFPathSegment_GetType, _INT, _ADDRESS)

set_text_mode = _bound(pdfium.FPDFTextObj_SetTextRenderMode, _INT, _ADDRESS, _INT)
set_stroke_width = _bound(pdfium.FPDFPageObj_SetStrokeWidth, _INT, _ADDRESS, ctypes.c_float)
transform = _bound(pdfium.FPDFPageObj_TransformF, _INT, _ADDRESS, _ADDRESS)
"""Takes the address of a matrix."""
