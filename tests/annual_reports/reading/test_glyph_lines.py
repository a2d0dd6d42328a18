"""Numbers whose glyphs do not stand where the text layer has them."""

from __future__ import annotations

import pytest

from annual_reports.reading.pdf.glyph_lines import line_text, lines_of
from annual_reports.reading.pdf.glyphs import UNKNOWN, Glyph
from annual_reports.tables.printed_values import Kind, read_amount

SIZE = 10.0


def glyphs(text: str, lefts: list[float], order: list[int] | None = None) -> list[Glyph]:
    """Digits half as wide as high, a point a quarter."""
    places = order or list(range(len(text)))
    return [
        Glyph(char, left, 0.0, left + (2.5 if char in ".," else 5.0), SIZE, place)
        for char, left, place in zip(text, lefts, places, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "lefts", "order"),
    [
        ("1234", [0, 5, 10, 15], None),
        ("96171.6", [0, 5, 10, 15, 20, 25, 27.5], None),
        ("1,234.5", [0, 5, 7.5, 12.5, 17.5, 22.5, 25], None),
        ("11", [0, 5], None),
        ("4821", [0, 8, 16, 24], None),
    ],
)
def test_numbers_as_drawn(text: str, lefts: list[float], order: list[int] | None) -> None:
    assert line_text(lines_of(glyphs(text, lefts, order))[0]) == text


@pytest.mark.parametrize(
    ("text", "lefts", "order", "what"),
    [
        ("12345.", [0, 5, 10, 17.5, 22.5, 15], None, "the layer has the point at the end"),
        (".12345", [10, 0, 5, 12.5, 17.5, 22.5], None, "the layer has the point first"),
        ("12.345", [0, 5, 18, 10, 15.5, 20.5], None, "the layer has the point two digits early"),
        ("12345", [0, 5, 12.5, 17.5, 22.5], None, "a point's room without a point"),
        ("15", [0, 7.5], None, "two digits with a point's room between them"),
        ("18", [0, 0.4], None, "one digit over another"),
    ],
)
def test_contradicted_numbers_are_never_numbers(
    text: str, lefts: list[float], order: list[int] | None, what: str
) -> None:
    read = line_text(lines_of(glyphs(text, lefts, order))[0])
    assert UNKNOWN in read, what
    assert read_amount(read).kind is Kind.ODD, what


def test_a_text_in_doubt_is_no_note() -> None:
    assert read_amount(UNKNOWN).kind is Kind.ODD


def test_numbers_far_apart_are_two() -> None:
    assert line_text(lines_of(glyphs("12", [0, 12]))[0]) == "1 2"
