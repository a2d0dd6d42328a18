"""The visible glyphs of a page with their places, in the order of the text layer."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import pypdfium2.raw as pdfium

from annual_reports.reading.pdf.limits import MAX_PAGE_GLYPHS, refuse_more_than
from annual_reports.reading.pdf.opened import Handle
from annual_reports.reading.pdf.page_frame import PageFrame
from annual_reports.reading.pdf.quick_calls import (
    address_of,
    box_of_glyph,
    code_of_glyph,
    floats,
    glyph_is_unmapped,
    object_of_glyph,
)
from schemas.labels import radical_forms

UNKNOWN = "\ufffd"
"""Stands for a glyph whose meaning or place is in doubt; a text with it is never a number."""

_HYPHEN_AT_LINE_END = 2
_BLANKS = frozenset({32, 13, 10, 9, 0xA0, 0x3000})
_BOX = floats(4)
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
    text_at, (box, *_), edges = address_of(text_page), _BOX.places, _BOX.read
    seen, width, height = frame.seen, frame.width, frame.height
    found = []
    new = tuple.__new__
    for index in range(count):
        code = code_of_glyph(text_at, index)
        if code in _BLANKS or not box_of_glyph(text_at, index, box):
            continue
        left, upper, right, lower = edges()
        left, top, right, bottom = seen(left, lower, right, upper)
        if not (-_FAR < left < right < _FAR and left <= width and right >= 0):
            continue
        if not (-_FAR < top <= height and 0 <= bottom < _FAR):
            continue
        if hidden and object_of_glyph(text_at, index) in hidden:
            continue
        text = UNKNOWN if glyph_is_unmapped(text_at, index) == 1 else _character(code)
        found.append(new(Glyph, (text, left, top, right, bottom, index)))
    return _each_once(_with_pairs_joined(found))


@lru_cache(maxsize=4096)
def _character(code: int) -> str:
    if code == _HYPHEN_AT_LINE_END:
        return "-"
    if code < 32 or 0xE000 <= code <= 0xF8FF or code in (0xFFFE, 0xFFFF):
        return UNKNOWN
    return radical_forms().get(code, chr(code))


def _with_pairs_joined(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Halves of a character beyond the basic plane as one glyph."""
    if not any(map(_is_half, glyphs)):
        return list(glyphs)
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


def _is_half(glyph: Glyph) -> bool:
    return "\ud800" <= glyph[0] <= "\udfff"


def _each_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without glyphs drawn a second time at the same place (fake bold, shadows)."""
    kept: list[Glyph] = []
    tiles: dict[tuple[str, float, float], list[Glyph]] = {}
    for glyph in glyphs:
        text, left, top, right, bottom, _ = glyph
        down = (bottom - top) * _SAME_PLACE
        across = (right - left) * _SAME_PLACE
        row, below = divmod(top, _ROW)
        column, beside = divmod(left, _COLUMN)
        tile = (text, row, column)
        near = tiles.get(tile, ())
        if not (down <= below < _ROW - down and across <= beside < _COLUMN - across):
            rows = _tiles_near(row, below, _ROW, down)
            columns = _tiles_near(column, beside, _COLUMN, across)
            near = [other for r in rows for c in columns for other in tiles.get((text, r, c), ())]
        for other in near:
            if abs(other[1] - left) < across and abs(other[2] - top) < down:
                break
        else:
            tiles.setdefault(tile, []).append(glyph)
            kept.append(glyph)
    return kept


def _tiles_near(row: float, within: float, size: float, reach: float) -> tuple[float, ...]:
    """A row or column of tiles, and those that lie within reach of a place in it."""
    if reach <= within < size - reach:
        return (row,)
    if size > 2 * reach:
        return (row - 1, row) if within < reach else (row, row + 1)
    return (row - 1, row, row + 1)
