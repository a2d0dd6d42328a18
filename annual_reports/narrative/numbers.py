"""Numbers as prose states them: digits, grouping commas, 万, Chinese numerals, and how exact they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from annual_reports.model import Number
from schemas.claims import exactness

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"千": 1000, "万": 10_000, "亿": 100_000_000}
_PRINTED_DIGITS = "零一二三四五六七八九"
_ONE_LEFT_OUT = "百千万"  # 百余件 stands for 一百余件
_TOLERANCE = Decimal("0.1")
_YUAN_PER_10K = 10_000


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """A number and the range its wording allows: 近300 is 270–300, 1200余 is 1200–1299.

    Both limits are None for an exact number; one may be None where the wording leaves it open.
    """

    value: Number
    least: Number | None = None
    most: Number | None = None


def stated_count(parts: Mapping[str, str | None]) -> StatedNumber | None:
    """As `stated_number`, for what is counted in whole: 3.5件 is no count."""
    stated = stated_number(parts)
    return stated if stated is not None and isinstance(stated.value, int) else None


def stated_number(parts: Mapping[str, str | None]) -> StatedNumber | None:
    """The number in the named groups of a claim pattern; None for what is no single number.

    Groups: number, and where the wording has them lower (3至5件), before (约), scale (万),
    over (余) and beyond (左右).
    """
    number = parts["number"] or ""
    scale = _SCALES.get(parts.get("scale") or "", 1)
    value = _value(number, scale)
    if value is None:
        return None
    if lower := parts.get("lower"):
        return _between(_value(lower, scale), value)
    step = _last_place(number, scale)
    for group in ("before", "over", "beyond"):
        if word := parts.get(group):
            return _inexact(value, exactness(group, word), step)
    return StatedNumber(value, *_rounded_limits(value, step)) if scale > 1 else StatedNumber(value)


def stated_yuan(parts: Mapping[str, str | None]) -> StatedNumber | None:
    """An amount in yuan; 万元 is a unit and says nothing about how exact the amount is."""
    stated = stated_number({**parts, "scale": None})
    factor = _YUAN_PER_10K if (parts["unit"] or "").startswith("万") else 1
    if stated is None or factor == 1:
        return stated
    limits = (stated.value, stated.least, stated.most)
    return StatedNumber(*(None if one is None else _whole(one * factor) for one in limits))  # type: ignore[arg-type]


def chinese_number(text: str) -> int | None:
    """三, 十二, 两千, 一千零五; None for what is no well-formed number (三四, 二〇二三)."""
    text = text.replace("〇", "零")
    written = f"一{text}" if text[:1] in _ONE_LEFT_OUT else text
    value = _loose_value(written)
    if value is None:
        return None
    return value if written.replace("两", "二") in _spellings(value) else None


def _value(number: str, scale: int) -> Number | None:
    if not number:
        return None
    if not number[0].isdigit():
        return chinese_number(number)
    value = Decimal(number.replace(",", "")) * scale
    return _whole(value)


def _whole(value: Number) -> Number:
    return int(value) if value == int(value) else value


def _between(lower: Number | None, upper: Number) -> StatedNumber | None:
    if lower is None or lower >= upper:
        return None
    return StatedNumber(upper, lower, upper)


def _last_place(number: str, scale: int) -> int:
    """The weight of the last digit that is not a padding zero: 100 for 1200, 1000 for 1.2万."""
    if not number[0].isdigit():
        value = chinese_number(number) or 1
        return _power_of_ten(len(str(value)) - len(str(value).rstrip("0")))
    digits = number.replace(",", "")
    whole, _, decimals = digits.partition(".")
    if decimals:
        return max(1, scale // _power_of_ten(len(decimals)))
    return scale * _power_of_ten(len(whole) - len(whole.rstrip("0") or "0"))


def _power_of_ten(exponent: int) -> int:
    return int("1" + "0" * exponent)


def _rounded_limits(value: Number, step: int) -> tuple[Number, Number]:
    """What 1.2万 may stand for, rounded half up or cut off: 11500 to 12999."""
    return _whole(value - Decimal(step) / 2), value + step - 1


def _inexact(value: Number, manner: str, step: int) -> StatedNumber:
    margin = value * _TOLERANCE
    match manner:
        case "about":
            return StatedNumber(value, _whole(value - margin), _whole(value + margin))
        case "nearly":
            return StatedNumber(value, _whole(value - margin), value)
        case "under":
            return StatedNumber(value, 0, value)
        case "over":
            return StatedNumber(value, value, value + max(step - 1, 1))
        case "at_least":
            return StatedNumber(value, value, None)
        case _:
            raise KeyError(manner)


def _loose_value(text: str) -> int | None:
    if text in _DIGITS:
        return _DIGITS[text]
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        elif char == "万":
            total, section, digit = (section + digit) * 10_000, 0, 0
        else:
            return None
    return total + section + digit


def _spellings(value: int) -> set[str]:
    if value >= 100_000_000:
        return set()
    high, low = divmod(value, 10_000)
    text = _below_ten_thousand(low)
    if high:
        joint = "零" if 0 < low < 1000 else ""
        text = f"{_below_ten_thousand(high)}万{joint}{text if low else ''}"
    return {text, text.removeprefix("一")} if text.startswith("一十") else {text}


def _below_ten_thousand(value: int) -> str:
    if value == 0:
        return "零"
    parts: list[str] = []
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // place % 10
        if digit:
            parts.append(_PRINTED_DIGITS[digit] + unit)
        elif parts and parts[-1] != "零":
            parts.append("零")
    return "".join(parts).rstrip("零")


def percent_fits(numerator: Number, denominator: Number, printed: str) -> bool:
    """Whether a share rounds (half up) or is cut to the printed per cent, at its own precision."""
    if denominator == 0:
        return False
    places = len(printed.partition(".")[2])
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    step = Decimal(1).scaleb(-places)
    stated = Decimal(printed)
    return stated <= exact < stated + step or stated - step / 2 <= exact < stated + step / 2
