"""The visible glyphs of a page with their places, in the order of the text layer."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Container, Iterable, Sequence
from typing import NamedTuple

import pypdfium2.raw as pdfium

from annual_reports.reading.pdf.limits import MAX_PAGE_GLYPHS, refuse_more_than
from annual_reports.reading.pdf.opened import Handle
from annual_reports.reading.pdf.page_frame import PageFrame
from schemas.labels import radical_forms

UNKNOWN = "\ufffd"
"""Stands for a glyph whose meaning or place is in doubt; a text with it is never a number."""

_HYPHEN_AT_LINE_END = 2
_RADICALS = range(0x2E80, 0x2FD6)
_SAMPLE = 40
_ROW, _COLUMN = 24.0, 48.0  # in points: the tiles in which a second glyph is sought
_FAR = 1e6
_SAME_PLACE = 0.25  # of the glyph's size: fake bold draws a glyph again this near


class Glyph(NamedTuple):
    """One character as drawn: (left, top, right, bottom) of its font box as seen; `order` in the text layer."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    order: int

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


def turns_of_text(text_page: Handle) -> int:
    """Quarter turns clockwise after which most of a page's text is upright."""
    count = min(pdfium.FPDFText_CountChars(text_page), 4000)
    step = max(1, count // _SAMPLE)
    turns = []
    for index in range(0, count, step):
        if not pdfium.FPDFText_IsGenerated(text_page, index):
            angle = pdfium.FPDFText_GetCharAngle(text_page, index)
            turns.append(-round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0)
    return max(set(turns), key=turns.count) if turns else 0


def page_glyphs(text_page: Handle, frame: PageFrame, hidden: Container[int]) -> list[Glyph]:
    """Every glyph that can be seen, once; blanks are left out, gaps tell them.

    `hidden` are addresses of text objects that are not painted.
    """
    count = pdfium.FPDFText_CountChars(text_page)
    refuse_more_than(MAX_PAGE_GLYPHS, count, "一页字符数", "characters on a page")
    box = pdfium.FS_RECTF()
    place = ctypes.byref(box)
    code_at, box_at = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    seen, width, height = frame.seen, frame.width, frame.height
    found = []
    for index in range(count):
        code = code_at(text_page, index)
        if code in (32, 13, 10, 9, 0xA0, 0x3000) or not box_at(text_page, index, place):
            continue
        left, top, right, bottom = seen(box.left, box.bottom, box.right, box.top)
        is_seen = -_FAR < left <= width and -_FAR < top <= height and bottom >= 0
        if not (is_seen and 0 <= right < _FAR and left < right and bottom < _FAR):
            continue
        if hidden and _is_hidden(text_page, index, hidden):
            continue
        found.append(Glyph(_character(text_page, index, code), left, top, right, bottom, index))
    return _each_once(_with_pairs_joined(found))


def _is_hidden(text_page: Handle, index: int, hidden: Container[int]) -> bool:
    drawn_by = pdfium.FPDFText_GetTextObject(text_page, index)
    return bool(drawn_by) and ctypes.addressof(drawn_by.contents) in hidden


def _character(text_page: Handle, index: int, code: int) -> str:
    if code == _HYPHEN_AT_LINE_END:
        return "-"
    unmapped = code < 32 or 0xE000 <= code <= 0xF8FF or code in (0xFFFE, 0xFFFF)
    if unmapped or pdfium.FPDFText_HasUnicodeMapError(text_page, index) == 1:
        return UNKNOWN
    return chr(code) if code not in _RADICALS else radical_forms().get(code, chr(code))


def _with_pairs_joined(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Halves of a character beyond the basic plane as one glyph."""
    joined: list[Glyph] = []
    for glyph in glyphs:
        if "\udc00" <= glyph.text <= "\udfff":
            high = joined[-1].text if joined else ""
            if "\ud800" <= high <= "\udbff":
                pair = (high + glyph.text).encode("utf-16", "surrogatepass").decode("utf-16")
                joined[-1] = joined[-1]._replace(text=pair)
                continue
        joined.append(glyph)
    return [
        glyph._replace(text=UNKNOWN) if "\ud800" <= glyph.text <= "\udfff" else glyph
        for glyph in joined
    ]


def _each_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without glyphs drawn a second time at the same place (fake bold, shadows)."""
    kept: list[Glyph] = []
    places: dict[tuple[str, int, int], list[Glyph]] = {}
    for glyph in glyphs:
        text, left, top, right, bottom, _ = glyph
        near = (bottom - top) * _SAME_PLACE
        across = near * (right - left) / max(bottom - top, 0.1)
        rows = {int((top - near) // _ROW), int((top + near) // _ROW)}
        columns = {int((left - across) // _COLUMN), int((left + across) // _COLUMN)}
        if any(
            abs(other.left - left) < across and abs(other.top - top) < near
            for row in rows
            for column in columns
            for other in places.get((text, row, column), ())
        ):
            continue
        places.setdefault((text, int(top // _ROW), int(left // _COLUMN)), []).append(glyph)
        kept.append(glyph)
    return kept
