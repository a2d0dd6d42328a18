"""What a printed text says as a value: a number, a blank, words, or something doubtful.

Texts are compared in one normal form: NFKC plus the table of `character_forms.csv`, spaces removed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import NamedTuple

from annual_reports.model import Number
from schemas.labels import any_of, character_forms, value_words


class Kind(Enum):
    """What stands in a value cell."""

    NUMBER = "number"
    BLANK = "blank"
    WORDS = "words"
    LETTER_ZERO = "letter_zero"
    GLUED = "glued"
    SEVERAL = "several_numbers"
    MERGED = "merged"
    ODD = "odd_value"


class Printed(NamedTuple):
    """A value text as read. `remark`: words beside the number; `unit_stated`: 元, 万元 … printed."""

    kind: Kind
    value: Number | None
    remark: bool = False
    unit_stated: bool = False


BLANK = Printed(Kind.BLANK, None)
ZERO = Printed(Kind.NUMBER, 0)
WORDS = Printed(Kind.WORDS, None)
ODD = Printed(Kind.ODD, None)
GLUED = Printed(Kind.GLUED, None)

_SPACES = re.compile(r"\s+")
_LONGEST_COUNT = 12
_IN_DOUBT = "\ufffd"  # a character that could not be decoded, or whose place contradicts its text


@lru_cache(maxsize=8192)
def normal_form(text: str) -> str:
    """Text as labels and values are compared: NFKC, our own character table, no spaces at all."""
    if text.isascii():
        return _SPACES.sub("", text)
    bare = text.translate(character_forms())
    return _SPACES.sub("", unicodedata.normalize("NFKC", bare).translate(character_forms()))


@cache
def _remark() -> re.Pattern[str]:
    return re.compile(r"([+-]?[\d,.]+)[(\[【][^\d)][^)\]】]*[)\]】]?")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"([\d,.]+)(?:{any_of(value_words().count_units)})")


@cache
def _amount() -> re.Pattern[str]:
    return re.compile(rf"([\d,.]+)({any_of(tuple(value_words().amount_units))})?")


@cache
def _signed() -> re.Pattern[str]:
    words = value_words()
    units = any_of(words.count_units)
    return re.compile(rf"({any_of(words.plus)}|{any_of(words.minus)})([\d,]+)(?:{units})?")


_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_SIGNED_PLAIN = re.compile(r"-\d+(?:\.\d+)?")


def plain_number(text: str) -> Number | None:
    """`12`, `1,234`, `96171.6`; None for anything else, leading zeros (`007`) included."""
    if text.isascii() and text.isdigit():
        return (
            int(text) if len(text) <= _LONGEST_COUNT and (text[0] != "0" or text == "0") else None
        )
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif not _PLAIN.fullmatch(text):
        return None
    whole, _, fraction = text.partition(".")
    if len(text) > _LONGEST_COUNT + 8 or (len(whole) > 1 and whole[0] == "0"):
        return None
    return Decimal(text) if fraction else int(text)


@lru_cache(maxsize=8192)
def read_count(text: str) -> Printed:
    """A count as printed in normal form: `3`, `3件`, `1,234`, `22(其中修订16件)`, `/`, words."""
    if text.isascii() and text.isdigit() and (text[0] != "0" or len(text) == 1):
        return Printed(Kind.NUMBER, int(text)) if len(text) <= _LONGEST_COUNT else ODD
    return _read_rare(text, "int")


def read_signed_count(text: str) -> Printed:
    """A change: `4`, `+12`, `-18`, `减4`, `增2`."""
    return _read_rare(text, "signed_int")


def read_amount(text: str) -> Printed:
    """An amount in 万元: `251000元` is 25.1, `160.5964万元` is 160.5964; a bare number stays as printed."""
    return _read_rare(text, "decimal")


@lru_cache(maxsize=4096)
def _read_rare(text: str, dtype: str) -> Printed:
    words = value_words()
    if not text or text in words.placeholders:
        return BLANK
    if text in words.zero_numerals:
        return ZERO
    if not any(character.isdigit() for character in text):
        return _without_digits(text)
    printed = _number_of(text, dtype)
    if printed is not None:
        return printed
    remark = _remark().fullmatch(text)
    if remark and (printed := _number_of(remark[1], dtype)) is not None:
        return printed._replace(remark=True)
    return _not_a_number(text)


def _without_digits(text: str) -> Printed:
    if _IN_DOUBT in text:
        return ODD
    return Printed(Kind.LETTER_ZERO, 0) if text in value_words().zero_letters else WORDS


def _number_of(text: str, dtype: str) -> Printed | None:
    if dtype == "decimal":
        return _amount_of(text)
    if dtype == "signed_int" and (signed := _signed().fullmatch(text)):
        number = plain_number(signed[2])
        sign = -1 if signed[1] in value_words().minus else 1
        return None if number is None else Printed(Kind.NUMBER, sign * number)
    if _SIGNED_PLAIN.fullmatch(text):
        return ODD  # no count is below zero: a stroke for nothing may have grown together with a number
    counted = _counted().fullmatch(text)
    number = plain_number(counted[1] if counted else text)
    return None if number is None else Printed(Kind.NUMBER, number)


def _amount_of(text: str) -> Printed | None:
    match = _amount().fullmatch(text)
    number = plain_number(match[1]) if match else None
    if match is None or number is None:
        return None
    factor = value_words().amount_units.get(match[2], Decimal(1))
    return Printed(Kind.NUMBER, shortest(Decimal(number) * factor), unit_stated=bool(match[2]))


def shortest(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros: 25.1000 is 25.1, 1E+2 is 100."""
    trimmed = amount.normalize()
    return (
        trimmed
        if trimmed == 0 or int(trimmed.as_tuple().exponent) <= 0
        else trimmed.quantize(Decimal(1))
    )


def _not_a_number(text: str) -> Printed:
    letters = value_words().zero_letters
    as_digits = "".join("0" if character in letters else character for character in text)
    if as_digits != text and as_digits.isascii() and as_digits.isdigit():
        number = plain_number(as_digits)
        return ODD if number is None else Printed(Kind.LETTER_ZERO, number)
    if text.isascii() and text.isdigit():
        return GLUED
    return ODD if text[0] in "0123456789+-" else WORDS


@lru_cache(maxsize=8192)
def looks_like_value(text: str) -> bool:
    """Whether a stand-alone text (normal form) is a value of some kind rather than a label or prose."""
    if not text:
        return False
    first = text[0]
    if first.isdigit() and text.isascii() and text.isdigit():
        return True
    kinds = {_read_rare(text, dtype).kind for dtype in ("int", "signed_int", "decimal")}
    return bool(kinds & {Kind.NUMBER, Kind.BLANK, Kind.LETTER_ZERO, Kind.GLUED})
