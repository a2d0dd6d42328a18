"""A letter to a publisher: the errors of its own reports that a person has confirmed, politely listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from annual_reports.review.places import rule_place
from annual_reports.review.waiting import plain_number
from schemas.rules import rules

_ENGLISH_HALF = re.compile(r"。(?=[A-Za-z])| / (?=[A-Za-z])")
_NUMERALS = "一二三四五六七八九十"

_OPENING = """\
关于提请核对政府信息公开工作年度报告有关数据的函
（草稿，请核对后使用）

{publisher}：

    我们在整理各机关已公布的政府信息公开工作年度报告时，按照国家统一格式中各项数据之间的关系逐项作了核对，并对照贵机关公布的原文复核。
其中下列 {number} 处数据前后不一，疑为填报或排版时的笔误，谨列于后，供贵机关核实。
"""
_CLOSING = """\
    以上如确有误，烦请予以更正并重新公布，以便公众准确了解有关情况；如系我们理解不当，敬请指正。感谢贵机关对政府信息公开工作的支持。

    此致
敬礼

                                                （单位名称）
                                                    年   月   日
"""


@dataclass(frozen=True, slots=True)
class ConfirmedError:
    """A failure of a rule that a person confirmed to be printed so."""

    year: int
    title: str
    url: str | None
    rule_id: str
    place: str
    left: Decimal | None
    right: Decimal | None
    message: str


def letter(publisher: str, errors: Sequence[ConfirmedError]) -> str:
    """The draft, in Chinese; `errors` of all years, in the order they should be listed."""
    parts = [_OPENING.format(publisher=publisher, number=len(errors))]
    reports = groupby(errors, key=lambda one: (one.year, one.title, one.url))
    for place, ((year, title, url), members) in enumerate(reports):
        numeral = _NUMERALS[place] if place < len(_NUMERALS) else str(place + 1)
        address = f"\n    网址：{url}" if url else ""
        parts.append(f"{numeral}、{year} 年度报告《{title}》{address}\n")
        parts += [_entry(number, one) for number, one in enumerate(members, start=1)]
    return "\n".join([*parts, _CLOSING])


def _entry(number: int, error: ConfirmedError) -> str:
    lines = [
        f"  {number}. 位置：{rule_place(error.rule_id, error.place)}",
        f"     应有的关系：{_relation(error)}",
    ]
    if printed := _printed(error):
        lines.append(f"     原文印出：{printed}")
    if error.left is not None and error.right is not None:
        difference = abs(error.left - error.right)
        lines.append(
            f"     按上述关系，一边为 {plain_number(error.left)}，另一边为 {plain_number(error.right)}，"
            f"相差 {plain_number(difference)}。"
        )
    return "\n".join(lines) + "\n"


def _relation(error: ConfirmedError) -> str:
    labels = {rule.rule_id: rule.zh_label for rule in rules()}
    return labels.get(error.rule_id, _chinese(error.message))


def _printed(error: ConfirmedError) -> str:
    """The numbers named in the finding, after its two sides."""
    told = _chinese(error.message).split("；", 1)
    return told[1] if len(told) == 2 else ""


def _chinese(message: str) -> str:
    return _ENGLISH_HALF.split(message, maxsplit=1)[0]
