"""What a spreadsheet shows for a number under a format; None where that is not certain."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

BUILT_IN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    14: "yyyy-m-d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-m-d h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy",
    31: "yyyy年m月d日", 36: "yyyy年m月", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "_ * #,##0_ ;_ * -#,##0_ ;_ * -_ ;_ @_ ",
    43: "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * -??_ ;_ @_ ", 49: "@", 50: "yyyy年m月", 57: "yyyy年m月",
}  # fmt: skip
"""Formats a file need not spell out (mainland settings for those that depend on the system)."""

_COLOUR = re.compile(r"\[(?:[A-Za-z]+\d*|[^\]\dA-Za-z$<>=]+\d*)\]")
_LOCALE = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]")
_PADDING = re.compile(r"_.|\*.")
_CONDITION = re.compile(r"\[(?:[<>=]|DBNum)")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_PATTERN = re.compile(r"(?P<head>[^0#?,.%]*)(?P<body>[0#,]*)(?P<point>\.(?P<places>[0#?]*))?(?P<percent>%)?(?P<tail>[^0#?,.%]*)")  # fmt: skip
_MARK_START, _MARK_END = "\ue000", "\ue001"
_EPOCH = datetime.datetime(1899, 12, 30)
_EPOCH_1904 = datetime.datetime(1904, 1, 1)
_SHOWN_DIGITS = 10  # of a number with decimals under General
_LARGEST_EXACT = 10**11


def printed_number(value: float, code: str, from_1904: bool = False) -> str | None:
    """The text shown; None where the format is not one we can carry out exactly."""
    if not math.isfinite(value):
        return None
    sections = _sections(code)
    if len(sections) > 4 or _CONDITION.search(code):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if is_date_format(code):
        return _date(value, from_1904)
    section = sections[0]
    if number == 0 and len(sections) > 2:
        section = sections[2]
    elif number < 0 and len(sections) > 1:
        section, number = sections[1], -number
    return _in_section(number, section)


def general_number(number: Decimal) -> str | None:
    """Under General: whole numbers whole, decimals with ten digits, so binary noise does not show."""
    if number == number.to_integral_value():
        return str(int(number)) if abs(number) < _LARGEST_EXACT else None
    shown = Decimal(f"{number:.{_SHOWN_DIGITS}g}")
    if abs(shown) < Decimal("0.0001"):
        return None
    text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=512)
def is_date_format(code: str) -> bool:
    """Whether a format shows a date or a time."""
    bare = _LITERAL.sub("", _LOCALE.sub("", _COLOUR.sub("", code)))
    return bare.lower() != "general" and _DATE_LETTERS.search(_PADDING.sub("", bare)) is not None


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    """The parts of a format, literals kept between marks, colours and padding taken out."""
    literals = _LITERAL.sub(lambda m: f"{_MARK_START}{m[1] or m[2] or ''}{_MARK_END}", code)
    parts: list[str] = [""]
    inside = False
    for char in literals:
        if char in (_MARK_START, _MARK_END):
            inside = char == _MARK_START
        if char == ";" and not inside:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(_PADDING.sub("", _LOCALE.sub(r"\1", _COLOUR.sub("", part))) for part in parts)


def _in_section(number: Decimal, section: str) -> str | None:
    bare = section.strip()
    if bare.lower() in ("general", "@", "g/通用格式"):
        return general_number(number)
    plain = re.sub(f"{_MARK_START}([^{_MARK_END}]*){_MARK_END}", _digits_hidden, section)
    found = _PATTERN.fullmatch(plain)
    if found is None:
        return None
    shown = _digits(number, found) if found["body"] or found["point"] else ""
    return (
        None if shown is None else _digits_shown(f"{found['head']}{shown}{found['tail']}").strip()
    )


def _digits(number: Decimal, found: re.Match[str]) -> str | None:
    body, places = found["body"], found["places"] or ""
    if body.endswith(",") or (places and places.strip("0") and places.strip("#")):
        return None  # thousands scaled away; half fixed decimals
    if found["percent"]:
        number *= 100
    rounded = number.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in body else f"{rounded:f}"
    whole, point, decimals = text.partition(".")
    least = body.count("0")
    if places and not places.strip("#"):
        decimals = decimals.rstrip("0")
    if "?" in places:
        return None
    sign = "-" if whole.startswith("-") and rounded != 0 else ""
    whole = whole.lstrip("-")
    if least == 0 and whole == "0":
        whole = ""
    elif "," not in body:
        whole = whole.zfill(least)
    return f"{sign}{whole}{point if decimals or (places and found['point']) else ''}{decimals}{found['percent'] or ''}"


def _digits_hidden(found: re.Match[str]) -> str:
    """Literals moved out of the way of the pattern's own characters."""
    return "".join(chr(0xE100 + ord(c)) if ord(c) < 0x80 else c for c in found[1])


def _digits_shown(text: str) -> str:
    return "".join(chr(ord(c) - 0xE100) if 0xE100 <= ord(c) < 0xE180 else c for c in text)


def _date(value: float, from_1904: bool) -> str | None:
    """A date as 2024-1-20; its own order of day and month does not matter to a report."""
    try:
        moment = (_EPOCH_1904 if from_1904 else _EPOCH) + datetime.timedelta(days=value)
    except OverflowError:
        return None
    if value < 1:
        return f"{moment.hour}:{moment.minute:02d}"
    return f"{moment.year}年{moment.month}月{moment.day}日"
