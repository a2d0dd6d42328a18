"""What is drawn on a page beside its text: ruling lines, pictures, and text that is not painted."""

from __future__ import annotations

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
from annual_reports.reading.pdf.quick_calls import (
    address_of,
    as_object,
    bounds_of,
    count_in_form,
    count_marks,
    count_segments,
    draw_mode_of,
    fill_of,
    floats,
    kind_of,
    kind_of_segment,
    matrix_of,
    object_of_form,
    object_of_page,
    point_of,
    segment_of,
    text_mode_of,
    whole_numbers,
)

THICKEST_RULE = 3.0
NO_EXTENT = 0.011
"""pdfium's text page leaves out text objects less wide than 0.01."""
_OPAQUE_WHITE = [255, 255, 255]


class Rule(NamedTuple):
    """A straight line along an axis: its position across, and where it starts and ends."""

    position: float
    start: float
    end: float


_new = tuple.__new__  # of a named tuple, at a third of the cost: a page has hundreds of rules
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

    `collapsed` are text objects without extent, which the text page leaves out (`lone_glyphs`), `marked` those whose
    content is marked as something (`said_otherwise`).
    """

    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    dark_areas: list[Box] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    white_texts: list[tuple[int, Box]] = field(default_factory=list)
    collapsed: list[tuple[Handle, Matrix]] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)
    paths: int = 0
    objects: int = 0
    segments: int = 0


def page_drawings(page: Handle, frame: PageFrame) -> Drawings:
    """Everything drawn on a page; raises QuarantinedDocument beyond the limits."""
    drawings = Drawings()
    count, page_at = _counted(drawings, pdfium.FPDFPage_CountObjects(page)), address_of(page)
    objects = [object_of_page(page_at, index) for index in range(count)]
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
    objects: list[int], outer: Matrix, frame: PageFrame, drawings: Drawings, depth: int
) -> None:
    for one in objects:
        kind = kind_of(one)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            _see_text(one, outer, frame, drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            _see_path(one, outer, frame, drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            _see_picture(_bounds(one, outer, frame), drawings)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            count = _counted(drawings, count_in_form(one))
            inner = [object_of_form(one, index) for index in range(count)]
            _walk(inner, outer.after(_matrix_of(one)), frame, drawings, depth + 1)


_EDGES = floats(4)
_COLOUR = whole_numbers(4)
_MODE = whole_numbers(2)
_POINT = floats(2)
_MATRIX = floats(6)


def _see_text(one: int, outer: Matrix, frame: PageFrame, drawings: Drawings) -> None:
    if count_marks(one) > 0:
        drawings.marked.append(one)
    mode = text_mode_of(one)
    if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP):
        drawings.hidden.add(one)
        return
    if bounds_of(one, *_EDGES.places):
        left, _, right, _ = _EDGES.read()
        if abs(right - left) < NO_EXTENT:
            drawings.collapsed.append((as_object(one), outer))
    colour = _fill_colour(one)
    if colour is None or mode != pdfium.FPDF_TEXTRENDERMODE_FILL:
        return
    if colour[3] == 0:
        drawings.hidden.add(one)
    elif colour[:3] == _OPAQUE_WHITE and (box := _bounds(one, outer, frame)):
        drawings.white_texts.append((one, box))


def _fill_colour(one: int) -> list[int] | None:
    """Red, green, blue and alpha (0-255)."""
    return _COLOUR.read() if fill_of(one, *_COLOUR.places) else None


def _see_picture(box: Box | None, drawings: Drawings) -> None:
    if box is None:
        return
    if not _see_rule(box, drawings):
        drawings.pictures.append(box)
        drawings.dark_areas.append(box)


def _see_path(one: int, outer: Matrix, frame: PageFrame, drawings: Drawings) -> None:
    drawings.paths += 1
    box = _bounds(one, outer, frame)
    if box is None or _see_rule(box, drawings):
        return
    draw_mode_of(one, *_MODE.places)
    fill, stroke = _MODE.read()
    if fill:
        colour = _fill_colour(one)
        if colour is not None and colour[3] and colour[:3] != _OPAQUE_WHITE:
            drawings.dark_areas.append(box)
    if stroke or fill:
        _see_segments(one, outer.after(_matrix_of(one)), frame, drawings, bool(stroke))


def _see_segments(
    path: int, matrix: Matrix, frame: PageFrame, drawings: Drawings, is_stroked: bool
) -> None:
    """Straight segments of a stroked path; of a filled one the parts thin enough to be rules."""
    count = count_segments(path)
    drawings.segments += max(0, count)
    refuse_more_than(MAX_PATH_SEGMENTS, drawings.segments, "一页线段数", "path segments on a page")
    for points in _subpaths(path, count, matrix):
        if is_stroked:
            for (x0, y0), (x1, y1) in itertools.pairwise(points):
                left, right = (x0, x1) if x0 < x1 else (x1, x0)
                bottom, top = (y0, y1) if y0 < y1 else (y1, y0)
                if right - left <= THICKEST_RULE or top - bottom <= THICKEST_RULE:
                    _see_rule(frame.seen(left, bottom, right, top), drawings)
        else:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            _see_rule(frame.seen(min(xs), min(ys), max(xs), max(ys)), drawings)


def _subpaths(path: int, count: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
    """Corner points of each part; curves break a part, since no rule is curved.

    pdfium writes the line that closes a part as a segment of its own.
    """
    (x_place, y_place), read = _POINT.places, _POINT.read
    a, b, c, d, e, f = matrix
    parts: list[list[tuple[float, float]]] = []
    for index in range(count):
        segment = segment_of(path, index)
        point_of(segment, x_place, y_place)
        x, y = read()
        point = (a * x + c * y + e, b * x + d * y + f)
        if parts and kind_of_segment(segment) == pdfium.FPDF_SEGMENT_LINETO:
            parts[-1].append(point)
        else:
            parts.append([point])
    return parts


def _see_rule(box: Box, drawings: Drawings) -> bool:
    """Keep a thin rectangle as a rule; a dot may belong to a dotted line of either direction."""
    left, top, right, bottom = box
    is_flat, is_narrow = bottom - top <= THICKEST_RULE, right - left <= THICKEST_RULE
    if is_flat:
        drawings.across.append(_new(Rule, ((top + bottom) / 2, left, right)))
    if is_narrow:
        drawings.down.append(_new(Rule, ((left + right) / 2, top, bottom)))
    return is_flat or is_narrow


def _bounds(one: int, outer: Matrix, frame: PageFrame) -> Box | None:
    if not bounds_of(one, *_EDGES.places):
        return None
    left, bottom, right, top = _EDGES.read()
    if outer is _IDENTITY:
        return frame.seen(left, bottom, right, top)
    corners = [outer.at(x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return frame.seen(min(xs), min(ys), max(xs), max(ys))


def _matrix_of(one: int) -> Matrix:
    return Matrix(*_MATRIX.read()) if matrix_of(one, _MATRIX.places[0]) else _IDENTITY


def _covers(area: Box, box: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
