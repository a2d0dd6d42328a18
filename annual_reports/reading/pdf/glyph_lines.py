"""Glyphs to lines of text: by their places, never by the order of the text layer alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph

_DIGITS = frozenset("0123456789０１２３４５６７８９")
_NUMBER_PARTS = _DIGITS | frozenset(".,．，")
_SAME_LINE = 0.5  # of the lower glyph's height, between middles
_WORD_GAP = 0.3  # of the glyph's height
_COLUMN_GAP = 1.6
_POINT = 0.15  # of a glyph's height: the least room a decimal point takes
_ADVANCE = 0.12  # of a glyph's height: nearer than this two glyphs lie over one another
_LEFT_THEN_ORDER = itemgetter(1, 5)


class Line(NamedTuple):
    """Glyphs side by side, from left to right."""

    glyphs: tuple[Glyph, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Lines from top to bottom; a glyph belongs to the line whose middle is nearest to its own."""
    lines: list[list[Glyph]] = []
    middle = height = 0.0
    for glyph in sorted(glyphs, key=_middle_then_left):
        _, _, top, _, bottom, _ = glyph
        own, tall = (top + bottom) / 2, bottom - top
        if lines and own - middle <= _SAME_LINE * min(height, tall):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            middle, height = own, tall
    return [_line(line) for line in lines]


def _middle_then_left(glyph: Glyph) -> tuple[float, float]:
    return glyph[2] + glyph[4], glyph[1]


def _line(glyphs: list[Glyph]) -> Line:
    if len(glyphs) == 1:
        return Line(tuple(glyphs), *glyphs[0][1:5])
    glyphs.sort(key=_LEFT_THEN_ORDER)
    _, _, tops, rights, bottoms, _ = zip(*glyphs, strict=True)
    return Line(tuple(glyphs), glyphs[0].left, min(tops), max(rights), max(bottoms))


def line_text(line: Line) -> str:
    """The text of a line; a gap is a space, a wide one a tab, a number in doubt holds U+FFFD."""
    glyphs = line.glyphs
    if len(glyphs) == 1:
        return glyphs[0].text
    doubts = number_doubts(glyphs)
    parts = [glyphs[0].text]
    for index in range(1, len(glyphs)):
        one, two = glyphs[index - 1], glyphs[index]
        if index in doubts:
            parts.append(UNKNOWN)
        elif two[1] > one[3]:
            parts.append(_gap_between(one, two))
        parts.append(two[0])
    return "".join(parts)


def _gap_between(one: Glyph, two: Glyph) -> str:
    """What stands for the room between two glyphs that do not touch."""
    gap = two.left - one.right
    size = max(one.bottom - one.top, two.bottom - two.top)
    if gap > _COLUMN_GAP * size:
        return "\t"
    return " " if gap > _WORD_GAP * size else ""


def number_doubts(glyphs: Sequence[Glyph]) -> set[int]:
    """Where inside numbers the places of glyphs contradict the text layer: index of the later glyph.

    A point or digit that the layer has elsewhere, two glyphs over one another, or a gap in a number
    as wide as a point that got lost.
    """
    doubts: set[int] = set()
    if sum([glyph[0] in _NUMBER_PARTS for glyph in glyphs]) < 2:
        return doubts
    for start, end in _number_runs(glyphs):
        run = glyphs[start:end]
        for offset in range(1, len(run)):
            one, two = run[offset - 1], run[offset]
            if two.order < one.order or two.left - one.left < _ADVANCE * one.height:
                doubts.add(start + offset)
        doubts |= {start + offset for offset in _places_of_lost_points(run)}
    return doubts


def _number_runs(glyphs: Sequence[Glyph]) -> Iterable[tuple[int, int]]:
    """(start, end) of adjacent digits and separators, two at least, that hold a digit."""
    start = 0
    for index in range(len(glyphs) + 1):
        if index < len(glyphs) and glyphs[index].text in _NUMBER_PARTS:
            apart = (
                index > start
                and glyphs[index].left - glyphs[index - 1].right > _WORD_GAP * glyphs[index].height
            )
            if not apart:
                continue
        while start < index and glyphs[start].text not in _DIGITS:
            start += 1
        end = index
        while end > start and glyphs[end - 1].text not in _DIGITS:
            end -= 1
        if end - start > 1:
            yield start, end
        start = index if index < len(glyphs) and glyphs[index].text in _NUMBER_PARTS else index + 1


def _places_of_lost_points(run: Sequence[Glyph]) -> Iterable[int]:
    """Between two digits, gaps wider by a point than the least advance from digit to digit."""
    advances = [
        (offset, two.left - one.left, two.left - one.right, one.height)
        for offset, (one, two) in enumerate(itertools.pairwise(run), start=1)
        if one.text in _DIGITS and two.text in _DIGITS
    ]
    least = min((advance for _, advance, _, _ in advances), default=0.0)
    for offset, advance, gap, height in advances:
        is_alone = len(advances) == 1
        if gap > _POINT * height * (1.0 if is_alone else 0.7) and (
            is_alone or advance - least > _POINT * height
        ):
            yield offset


def is_number_part(glyph: Glyph) -> bool:
    return glyph.text in _NUMBER_PARTS
