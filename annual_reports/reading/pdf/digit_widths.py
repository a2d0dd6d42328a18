"""Digits drawn by a substitute's wider ones: how wide they are is told by where the next character begins.

Where a font is not embedded, the box of a digit is as wide as what pdfium draws in its place, and covers the
room in which a decimal point got lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from annual_reports.reading.pdf.glyphs import Glyph

_DIGITS = frozenset("0123456789")
_LEAST_STEP = 0.3  # of a digit's height: nearer glyphs lie over one another
_OVER = 0.02  # of a digit's height: boxes that only touch reach less far over one another

Steps = dict[tuple[str, float], float]
"""Steps to the next character by digit and shape of its box, which is the same in every size of a font; in heights."""


def as_wide_as_set(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs of a page, no digit wider than the least step from one like it to what follows.

    A digit that is nowhere followed is as wide as the widest. `glyphs` in the order of the text layer.
    """
    steps = _steps_within(glyphs)
    if not steps:
        return glyphs
    widest = max(steps.values())
    return [_narrowed(glyph, steps, widest) if glyph[0] in _DIGITS else glyph for glyph in glyphs]


def _narrowed(glyph: Glyph, steps: Steps, widest: float) -> Glyph:
    text, left, top, right, bottom, _ = glyph
    height = bottom - top
    if height <= 0:
        return glyph
    width = steps.get((text, round((right - left) / height, 2)), widest) * height
    return glyph._replace(right=left + width) if right - left > width else glyph


def _steps_within(glyphs: Sequence[Glyph]) -> Steps:
    """The least step of each digit whose box reaches over the beginning of the next glyph of its line."""
    steps: Steps = {}
    for one, two in pairwise(glyphs):
        if one[0] not in _DIGITS or two[1] >= one[3]:
            continue
        text, left, top, right, bottom, _ = one
        step, height = two[1] - left, bottom - top
        is_over = _LEAST_STEP * height < step < right - left - _OVER * height
        if is_over and abs(two[4] - bottom) < height / 2:
            drawn = (text, round((right - left) / height, 2))
            steps[drawn] = min(step / height, steps.get(drawn, 1.0))
    return steps
