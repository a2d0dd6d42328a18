"""The grammar of a report's title: publisher + year + 政府信息公开[工作] + [年度]报告, in any order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from annual_reports.identity.page_text import FoldedText

_SUBJECT = re.compile(
    r"(?<!人民)(?<!办)政府(?:政务)?信息(?:[与和及]政务)?公开"
    r"|海关信息公开|政务(?:信息)?公开|政务[与和]政府信息公开|信息(?:[与和]政务)?公开"
)
_REPORT = re.compile(r"报告|年报")
_YEAR = re.compile(
    r"(?<![\d/.-])(20[0-4]\d)年?度?(?!\d|[-/.]\d)"
    r"|(二[〇零○oO0][〇零○oO0一二三四][〇零○oO0一二三四五六七八九])年?度?"
)
_SEPARATORS = re.compile(r"[_|｜]|(?<!\d)[-–—]+(?!\d)|--+|>+|»|·")
_MARKS = re.compile(
    r"[\[(【(]\s*(?:图解|图片版?|文字版?|超链版?|转载|原创|更正版?|更正|公开版?|全文|正文|PDF版?|word版?)\s*[\])】)]"
)
_EDGE = "#*《》〈〉“”\"'「」『』:：、,，.。-—_|·【】 "
_CHINESE_DIGITS = {"〇": "0", "零": "0", "○": "0", "o": "0", "O": "0"} | {
    digit: str(number) for number, digit in enumerate("一二三四五六七八九", start=1)
}
_LABEL = re.compile(r"^(?:标题|信息名称|名称|题名|文件名称|信息标题)[::]?")
_LEADING_WORDS = re.compile(
    r"^(?:关于(?:公布|发布|公开|印发|报送|做好|编制)?|现将|现公布|现发布|发布|公布|更正[::]?)"
)
_TRAILING_WORDS = re.compile(r"(?:关于|的|本级|年度|年|工作)+$")


@dataclass(frozen=True, slots=True)
class ReportTitle:
    """A title that names a report on government information.

    `publisher` is what stands for the publisher ("" if nothing does), printed and folded;
    `years` are the report years named beside 年; `tail` is the folded text from the subject on;
    `site_names` are further pieces (浑源县人民政府 after a bar); `is_correction`: 更正 is said.
    """

    publisher: FoldedText
    years: tuple[int, ...]
    tail: str
    site_names: tuple[str, ...]
    is_correction: bool


def read_year(digits: str) -> int:
    """2022 and 二〇二二 as a number."""
    return int("".join(_CHINESE_DIGITS.get(character, character) for character in digits))


@lru_cache(maxsize=1024)  # one document asks for its titles several times
def read_title(title: FoldedText) -> ReportTitle | None:
    """The parts of a report's title, None where the text is no title of a report."""
    return _parts_of_title(title, is_report_wording)


def read_related_title(title: FoldedText) -> ReportTitle | None:
    """The parts of any title about 信息公开 (a guide, a catalogue): it names its publisher alike."""
    return _parts_of_title(title, lambda folded: _SUBJECT.search(folded) is not None)


def _parts_of_title(title: FoldedText, is_meant: Callable[[str], bool]) -> ReportTitle | None:
    pieces = _pieces(title)
    piece = next((p for p in pieces if is_meant(p.folded)), None)
    subject = _SUBJECT.search(piece.folded) if piece else None
    if piece is None or subject is None:
        return None
    before = _part(piece, 0, subject.start())
    tail = piece.folded[subject.start() :]
    others = tuple(p.folded for p in pieces if p is not piece)
    return ReportTitle(
        publisher=publisher_words(before),
        years=_years(piece.folded),
        tail=tail,
        site_names=others,
        is_correction="更正" in title.folded,
    )


def is_report_wording(folded: str) -> bool:
    """Whether a text speaks of 信息公开 and then (or before) of a report."""
    subject = _SUBJECT.search(folded)
    return subject is not None and _REPORT.search(folded) is not None


def subject_start(folded: str) -> int | None:
    """Where 政府信息公开 or a variant of it begins."""
    subject = _SUBJECT.search(folded)
    return subject.start() if subject else None


def _pieces(title: FoldedText) -> list[FoldedText]:
    """The parts of a page title between bars and dashes, marks like （图解） taken out."""
    pieces = []
    begin = 0
    for separator in _SEPARATORS.finditer(title.folded):
        pieces.append(_cut(title, begin, separator.start()))
        begin = separator.end()
    pieces.append(_cut(title, begin, len(title.folded)))
    return [piece for piece in pieces if piece.folded]


def _cut(text: FoldedText, begin: int, end: int) -> FoldedText:
    return _trimmed(_without_marks(_part(text, begin, end)))


def _without_marks(text: FoldedText) -> FoldedText:
    printed, folded = text.printed, text.folded
    while mark := _MARKS.search(folded):
        printed = printed[: mark.start()] + printed[mark.end() :]
        folded = folded[: mark.start()] + folded[mark.end() :]
    return FoldedText(printed, folded)


def _trimmed(text: FoldedText) -> FoldedText:
    begin = len(text.folded) - len(text.folded.lstrip(_EDGE))
    end = max(begin, len(text.folded.rstrip(_EDGE)))
    return _part(text, begin, end)


def _years(folded: str) -> tuple[int, ...]:
    found = [read_year(match.group(1) or match.group(2)) for match in _YEAR.finditer(folded)]
    return tuple(dict.fromkeys(found))


def publisher_words(text: FoldedText) -> FoldedText:
    """A publisher without the years, 关于 and punctuation round it, and without words after a year."""
    inner = next((m for m in _YEAR.finditer(text.folded) if m.start() >= 2), None)
    if inner is not None:
        text = _part(text, 0, inner.start())
    previous = None
    while text != previous:
        previous = text
        text = _trimmed(text)
        for pattern in (_LABEL, _LEADING_WORDS, _YEAR):
            head = pattern.match(text.folded)
            text = _part(text, head.end(), len(text.folded)) if head else text
        tail = _TRAILING_WORDS.search(text.folded)
        text = _part(text, 0, tail.start()) if tail else text
    return text


def _part(text: FoldedText, begin: int, end: int) -> FoldedText:
    return FoldedText(text.printed[begin:end], text.folded[begin:end])
