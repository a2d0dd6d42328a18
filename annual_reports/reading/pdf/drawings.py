"""What is drawn on a page beside its text: ruling lines, pictures, and text that is not painted."""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2.raw as pdfium

from annual_reports.model import Box
from annual_reports.reading.pdf.limits import (
    MAX_FORM_DEPTH,
    MAX_PAGE_OBJECTS,
    MAX_PATH_SEGMENTS,
    refuse_more_than,
)
from annual_reports.reading.pdf.opened import Handle
from annual_reports.reading.pdf.page_frame import PageFrame

THICKEST_RULE = 3.0
NO_EXTENT = 0.011
"""pdfium's text page leaves out text objects less wide than 0.01."""
_OPAQUE_WHITE = (255, 255, 255)


class Rule(NamedTuple):
    """A straight line along an axis: its position across, and where it starts and ends."""

    position: float
    start: float
    end: float


_NO_CHANGE = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Matrix(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, first: Matrix) -> Matrix:
        """The matrix that applies `first`, then this one."""
        if self == _NO_CHANGE:
            return first
        e, f = self.at(first.e, first.f)
        return Matrix(
            self.a * first.a + self.c * first.b,
            self.b * first.a + self.d * first.b,
            self.a * first.c + self.c * first.d,
            self.b * first.c + self.d * first.d,
            e,
            f,
        )


_IDENTITY = Matrix()


@dataclass
class Drawings:
    """`across` and `down` are rules as seen; `hidden` addresses of text objects that are not painted.

    `collapsed` are text objects without extent, which the text page leaves out (`lone_glyphs`).
    """

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    dark_areas: list[Box] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    white_texts: list[tuple[int, Box]] = field(default_factory=list)
    collapsed: list[tuple[Handle, Matrix]] = field(default_factory=list)
    paths: int = 0
    objects: int = 0
    segments: int = 0


def page_drawings(page: Handle, frame: PageFrame) -> Drawings:
    """Everything drawn on a page; raises QuarantinedDocument beyond the limits."""
    drawings = Drawings()
    objects = [
        pdfium.FPDFPage_GetObject(page, index)
        for index in range(_counted(drawings, pdfium.FPDFPage_CountObjects(page)))
    ]
    _walk(objects, _IDENTITY, frame, drawings, 0)
    for address, box in drawings.white_texts:
        if not any(_covers(area, box) for area in drawings.dark_areas):
            drawings.hidden.add(address)
    return drawings


def turned_drawings(page: Handle, frame: PageFrame, first: Drawings) -> Drawings:
    """The drawings of a page in another frame; what `first` says of its texts holds in any."""
    again = page_drawings(page, frame)
    again.hidden, again.collapsed = first.hidden, first.collapsed
    return again


def _counted(drawings: Drawings, count: int) -> int:
    drawings.objects += max(0, count)
    refuse_more_than(MAX_PAGE_OBJECTS, drawings.objects, "一页图形数", "objects on a page")
    return max(0, count)


def _walk(
    objects: list[Handle], outer: Matrix, frame: PageFrame, drawings: Drawings, depth: int
) -> None:
    for one in objects:
        kind = pdfium.FPDFPageObj_GetType(one)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            _see_text(one, outer, frame, drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _see_path(one, outer, frame, drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _see_picture(_bounds(one, outer, frame), drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            count = _counted(drawings, pdfium.FPDFFormObj_CountObjects(one))
            inner = [pdfium.FPDFFormObj_GetObject(one, index) for index in range(count)]
            _walk(inner, outer.after(_matrix_of(one)), frame, drawings, depth + 1)


_EDGE_BUFFER = (ctypes.c_float * 4)()
_EDGE_PLACES = tuple(
    ctypes.byref(ctypes.c_float.from_buffer(_EDGE_BUFFER, 4 * index)) for index in range(4)
)
_EDGES = memoryview(_EDGE_BUFFER).cast("B").cast("f")
"""Left, bottom, right, top of the object asked for last."""


def _see_text(one: Handle, outer: Matrix, frame: PageFrame, drawings: Drawings) -> None:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(one)
    address = ctypes.addressof(one.contents)
    if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP):
        drawings.hidden.add(address)
        return
    has_bounds = pdfium.FPDFPageObj_GetBounds(one, *_EDGE_PLACES)
    if has_bounds and abs(_EDGES[2] - _EDGES[0]) < NO_EXTENT:
        drawings.collapsed.append((one, outer))
    colour = _fill_colour(one)
    if colour is None or mode != pdfium.FPDF_TEXTRENDERMODE_FILL:
        return
    if colour[3] == 0:
        drawings.hidden.add(address)
    elif colour[:3] == _OPAQUE_WHITE and (box := _bounds(one, outer, frame)):
        drawings.white_texts.append((address, box))


_COLOUR_BUFFER = (ctypes.c_uint * 4)()
_COLOUR_PLACES = tuple(
    ctypes.byref(ctypes.c_uint.from_buffer(_COLOUR_BUFFER, 4 * index)) for index in range(4)
)
_COLOUR = memoryview(_COLOUR_BUFFER).cast("B").cast("I")


def _fill_colour(one: Handle) -> tuple[int, int, int, int] | None:
    if not pdfium.FPDFPageObj_GetFillColor(one, *_COLOUR_PLACES):
        return None
    red, green, blue, alpha = _COLOUR.tolist()
    return red, green, blue, alpha


def _see_picture(box: Box | None, drawings: Drawings) -> None:
    if box is None:
        return
    if not _see_rule(box, drawings):
        drawings.pictures.append(box)
        drawings.dark_areas.append(box)


_MODE = (ctypes.c_int(), ctypes.c_int())
_MODE_PLACES = tuple(map(ctypes.byref, _MODE))


def _see_path(one: Handle, outer: Matrix, frame: PageFrame, drawings: Drawings) -> None:
    drawings.paths += 1
    box = _bounds(one, outer, frame)
    if box is None or _see_rule(box, drawings):
        return
    pdfium.FPDFPath_GetDrawMode(one, *_MODE_PLACES)
    fill, stroke = _MODE[0].value, _MODE[1].value
    if fill:
        colour = _fill_colour(one)
        if colour is not None and colour[3] and colour[:3] != _OPAQUE_WHITE:
            drawings.dark_areas.append(box)
    if stroke or fill:
        _see_segments(one, outer.after(_matrix_of(one)), frame, drawings, bool(stroke))


def _see_segments(
    path: Handle, matrix: Matrix, frame: PageFrame, drawings: Drawings, is_stroked: bool
) -> None:
    """Straight segments of a stroked path; of a filled one the parts thin enough to be rules."""
    count = pdfium.FPDFPath_CountSegments(path)
    drawings.segments += max(0, count)
    refuse_more_than(MAX_PATH_SEGMENTS, drawings.segments, "一页线段数", "path segments on a page")
    for points in _subpaths(path, count, matrix):
        if is_stroked:
            for (x0, y0), (x1, y1) in itertools.pairwise(points):
                if abs(x1 - x0) <= THICKEST_RULE or abs(y1 - y0) <= THICKEST_RULE:
                    seen = frame.seen(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
                    _see_rule(seen, drawings)
        else:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            _see_rule(frame.seen(min(xs), min(ys), max(xs), max(ys)), drawings)


_POINT = (ctypes.c_float(), ctypes.c_float())
_POINT_PLACES = tuple(map(ctypes.byref, _POINT))


def _subpaths(path: Handle, count: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
    """Corner points of each part; curves break a part, since no rule is curved.

    pdfium writes the line that closes a part as a segment of its own.
    """
    x, y = _POINT
    a, b, c, d, e, f = matrix
    segment_at, point_of = pdfium.FPDFPath_GetPathSegment, pdfium.FPDFPathSegment_GetPoint
    kind_of, straight = pdfium.FPDFPathSegment_GetType, pdfium.FPDF_SEGMENT_LINETO
    parts: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = segment_at(path, index)
        point_of(segment, *_POINT_PLACES)
        across, up = x.value, y.value
        point = (a * across + c * up + e, b * across + d * up + f)
        if parts and kind_of(segment) == straight:
            parts[-1].append(point)
        else:
            parts.append([point])
    return parts


def _see_rule(box: Box, drawings: Drawings) -> bool:
    """Keep a thin rectangle as a rule; a dot may belong to a dotted line of either direction."""
    left, top, right, bottom = box
    is_flat, is_narrow = bottom - top <= THICKEST_RULE, right - left <= THICKEST_RULE
    if is_flat:
        drawings.across.append(Rule((top + bottom) / 2, left, right))
    if is_narrow:
        drawings.down.append(Rule((left + right) / 2, top, bottom))
    return is_flat or is_narrow


def _bounds(one: Handle, outer: Matrix, frame: PageFrame) -> Box | None:
    if not pdfium.FPDFPageObj_GetBounds(one, *_EDGE_PLACES):
        return None
    left, bottom, right, top = _EDGES.tolist()
    if outer is _IDENTITY:
        return frame.seen(left, bottom, right, top)
    corners = [outer.at(x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return frame.seen(min(xs), min(ys), max(xs), max(ys))


_MATRIX = pdfium.FS_MATRIX()
_MATRIX_PLACE = ctypes.byref(_MATRIX)
_MATRIX_PARTS = memoryview((ctypes.c_float * 6).from_buffer(_MATRIX)).cast("B").cast("f")


def _matrix_of(one: Handle) -> Matrix:
    if not pdfium.FPDFPageObj_GetMatrix(one, _MATRIX_PLACE):
        return _IDENTITY
    return Matrix(*_MATRIX_PARTS.tolist())


def _covers(area: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
