"""How wide a digit is, told by where the next character begins."""

from __future__ import annotations

import pytest

from annual_reports.reading.pdf.digit_widths import as_wide_as_set
from annual_reports.reading.pdf.glyphs import Glyph


def set_apart(
    text: str, steps: list[float], width: float = 6.0, height: float = 10.0
) -> list[Glyph]:
    """Characters of one line, each so far from the one before, with boxes of one width."""
    places = [sum(steps[:count]) for count in range(len(text))]
    return [
        Glyph(char, left, 100.0, left + width, 100.0 + height, order)
        for order, (char, left) in enumerate(zip(text, places, strict=True))
    ]


def widths(glyphs: list[Glyph]) -> list[float]:
    return [round(glyph.right - glyph.left, 3) for glyph in glyphs]


def test_a_digit_is_no_wider_than_the_least_step_behind_one_like_it() -> None:
    assert widths(as_wide_as_set(set_apart("4545", [4.6, 4.6, 7.0]))) == [4.6] * 4


def test_boxes_that_only_touch_stay_as_they_are() -> None:
    glyphs = set_apart("4545", [6.0, 5.95, 9.0])
    assert as_wide_as_set(glyphs) == glyphs


@pytest.mark.parametrize("bottom", [100.0, 99.0])
def test_a_digit_without_height_stays_as_it_is(bottom: float) -> None:
    flat = Glyph("4", 50.0, 100.0, 56.0, bottom, 9)
    assert as_wide_as_set([*set_apart("4545", [4.6, 4.6, 7.0]), flat])[-1] == flat
