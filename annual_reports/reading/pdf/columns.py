"""Two columns of prose side by side: the left one is read before the right one."""

from __future__ import annotations

from collections.abc import Sequence

from annual_reports.reading.pdf.glyph_lines import Line

_FEWEST_LINES = 6
_GUTTER = 12.0
_MIDDLE = (0.35, 0.65)
_PROSE_GLYPHS = 12
_SHARE = 0.6


def in_reading_order(lines: Sequence[Line], width: float) -> list[Line]:
    """Lines from top to bottom, a page in two columns column by column."""
    gutter = _gutter_of(lines, width)
    if gutter is None:
        return list(lines)
    left: list[Line] = []
    right: list[Line] = []
    order: list[Line] = []
    for line in lines:
        parts = _cut(line, gutter)
        if len(parts) == 1 and line.left < gutter < line.right:
            order += [*left, *right, line]
            left, right = [], []
            continue
        for part in parts:
            (left if part.left < gutter else right).append(part)
    return [*order, *left, *right]


def _gutter_of(lines: Sequence[Line], width: float) -> float | None:
    """The middle of a gap that most lines leave between two runs of prose; None for one column."""
    if len(lines) < _FEWEST_LINES:
        return None
    gaps = [gap for line in lines if (gap := _prose_gap(line, width))]
    if len(gaps) < _SHARE * len(lines):
        return None
    start, end = max(gap[0] for gap in gaps), min(gap[1] for gap in gaps)
    return (start + end) / 2 if end - start >= _GUTTER / 2 else None


def _prose_gap(line: Line, width: float) -> tuple[float, float] | None:
    """The one wide gap of a line near the middle of the page with a long run of text on both sides."""
    glyphs = line.glyphs
    wide = [
        index
        for index in range(1, len(glyphs))
        if glyphs[index].left - glyphs[index - 1].right >= _GUTTER
    ]
    if len(wide) != 1 or min(wide[0], len(glyphs) - wide[0]) < _PROSE_GLYPHS:
        return None
    start, end = glyphs[wide[0] - 1].right, glyphs[wide[0]].left
    return (start, end) if _MIDDLE[0] * width < (start + end) / 2 < _MIDDLE[1] * width else None


def _cut(line: Line, gutter: float) -> list[Line]:
    left = tuple(glyph for glyph in line.glyphs if glyph.right <= gutter)
    right = tuple(glyph for glyph in line.glyphs if glyph.left >= gutter)
    if not left or not right or len(left) + len(right) < len(line.glyphs):
        return [line]
    if right[0].left - left[-1].right < _GUTTER:
        return [line]
    return [
        Line(part, part[0].left, line.top, part[-1].right, line.bottom) for part in (left, right)
    ]
