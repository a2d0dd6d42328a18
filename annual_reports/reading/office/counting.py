"""Numbers as Word writes them in automatic lists, by the names of its number formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from schemas.office import office_words

_CIRCLED_ONE = 0x2460
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def chinese_number(number: int) -> str:
    """十一, 二十, 一百零五 is 一百〇五; digit by digit from 10000 on."""
    return _with_units(number, "chinese", leading_one=False)


def chinese_digits(number: int) -> str:
    """一〇 for 10, digit by digit."""
    digits = office_words("numbering")["chinese_digits"]
    return "".join(digits[int(digit)] for digit in str(number))


def legal_number(number: int) -> str:
    """壹拾 for 10, as on cheques."""
    return _with_units(number, "legal", leading_one=True)


def _with_units(number: int, kind: str, leading_one: bool) -> str:
    words = office_words("numbering")
    digits, units = words[f"{kind}_digits"], words[f"{kind}_units"]
    if not 0 < number < 10_000:
        return "".join(digits[int(digit)] for digit in str(number))
    text, printed = "", str(number)
    for place, digit in zip(range(len(printed) - 1, -1, -1), printed, strict=True):
        if digit != "0":
            text += digits[int(digit)] + (units[place - 1] if place else "")
        elif text and not text.endswith(digits[0]):
            text += digits[0]
    text = text.rstrip(digits[0])
    return text[1:] if not leading_one and 10 <= number < 20 else text


def roman_number(number: int) -> str:
    """Lower case."""
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * min(count, 10)
    return text


def _letter(number: int) -> str:
    """a … z, aa, bb …"""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 10) if number > 0 else ""


def _circled(number: int) -> str:
    return chr(_CIRCLED_ONE + number - 1) if 1 <= number <= 20 else str(number)


def _cycle(name: str) -> Callable[[int], str]:
    def spell(number: int) -> str:
        words = office_words("numbering")[name]
        return words[(number - 1) % len(words)]

    return spell


NUMBER_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": str,
    "decimalHalfWidth": str,
    "decimalFullWidth2": str,
    "decimalFullStop": lambda number: f"{number}.",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": chinese_number,
    "chineseCountingThousand": chinese_number,
    "taiwaneseCounting": chinese_number,
    "taiwaneseCountingThousand": chinese_number,
    "japaneseCounting": chinese_number,
    "ideographDigital": chinese_digits,
    "japaneseDigitalTenThousand": chinese_digits,
    "taiwaneseDigital": chinese_digits,
    "chineseLegalSimplified": legal_number,
    "ideographLegalTraditional": legal_number,
    "ideographTraditional": _cycle("stems"),
    "ideographZodiac": _cycle("branches"),
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "upperRoman": lambda number: roman_number(number).upper(),
    "lowerRoman": roman_number,
}
"""Formats that print something; `bullet`, `none` and unknown ones print no number."""
