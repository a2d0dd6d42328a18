"""Automatic numbers of a DOC: list definitions and the lists that use them."""

from __future__ import annotations

from annual_reports.reading.office.doc_bytes import unsigned
from annual_reports.reading.office.doc_pieces import Header
from annual_reports.reading.office.lists import LEVELS, ListLevel, Lists

_FORMATS = {0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "japaneseCounting", 11: "japaneseCounting", 12: "decimal", 14: "decimal", 18: "decimalEnclosedCircle", 22: "decimalZero", 26: "decimalFullStop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese", 30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting", 35: "taiwaneseCountingThousand", 37: "chineseCounting", 38: "chineseLegalSimplified", 39: "chineseCountingThousand"}  # fmt: skip
_FOLLOWED = {0: "tab", 1: "space", 2: "nothing"}
_MAX_LISTS = 4000


def read_doc_lists(table: bytes, header: Header) -> Lists:
    """Lists by their number from 1, as paragraphs name them."""
    at, size = header.table(73)
    definitions: dict[int, list[ListLevel]] = {}
    if size:
        count = min(unsigned(table, at, 2), _MAX_LISTS)
        place = at + size
        for number in range(count):
            head = at + 2 + 28 * number
            levels = []
            for _ in range(1 if unsigned(table, head + 26, 1) & 1 else LEVELS):
                level, place = _level(table, place)
                levels.append(level)
            definitions[unsigned(table, head, 4)] = levels
    return _used(table, header, definitions)


def _used(table: bytes, header: Header, definitions: dict[int, list[ListLevel]]) -> Lists:
    levels: dict[tuple[str, int], ListLevel] = {}
    counted_in: dict[str, str] = {}
    at, size = header.table(74)
    for number in range(min(unsigned(table, at, 4), _MAX_LISTS) if size else 0):
        definition = unsigned(table, at + 4 + 16 * number, 4)
        counted_in[str(number + 1)] = str(definition)
        for level, drawn in enumerate(definitions.get(definition, ())):
            levels[str(number + 1), level] = drawn
    return Lists(levels, counted_in)


def _level(table: bytes, at: int) -> tuple[ListLevel, int]:
    """One level and the place behind it; numbers of levels stand in its text as characters 0 to 8."""
    text_at = at + 28 + unsigned(table, at + 24, 1) + unsigned(table, at + 25, 1)
    length = unsigned(table, text_at, 2)
    raw = table[text_at + 2 : text_at + 2 + 2 * length].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(char) + 1}" if ord(char) < LEVELS else char for char in raw)
    level = ListLevel(
        number_format=_FORMATS.get(unsigned(table, at + 4, 1), "none"),
        text=text,
        start=min(unsigned(table, at, 4), 99_999),
        followed=_FOLLOWED.get(unsigned(table, at + 15, 1), "tab"),
    )
    return level, text_at + 2 + 2 * length
