"""The text of a document in the form identification compares: no blanks, variants folded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from annual_reports.model import DocumentText
from schemas.divisions import fold

_COMMON_BLANKS = (" ", "\t", "\u3000", "\xa0", "\r")
_RARE_BLANKS = re.compile(
    "[\\x0b\\x0c\\x1c-\\x1f\\x85\\xad\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f\\u2060\\ufeff]"
)
_INSERTED_PINYIN = re.compile(r"[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")
_NEIGHBOUR_WORDS = (
    "上一条",
    "上一篇",
    "上一页",
    "上一则",
    "下一条",
    "下一篇",
    "下一页",
    "下一则",
    "相关链接",
    "相关文章",
    "相关阅读",
    "相关信息",
    "相关推荐",
    "推荐阅读",
)
_NEIGHBOUR_BEGINNINGS = frozenset(word[:2] for word in _NEIGHBOUR_WORDS)
_NEIGHBOUR_LINE = re.compile(r"^[\[【（(\s]*(?:" + "|".join(_NEIGHBOUR_WORDS) + ")")
_NARROW_PUNCTUATION = tuple(zip("（）［］：，；．～", "()[]:,;.~", strict=True))
_SHORT_CHARACTERS = 100
_OPENING_CHARACTERS = 900
_BODY_CHARACTERS = 6000
_FOOTER_CHARACTERS = 900


@dataclass(frozen=True, slots=True)
class FoldedText:
    """`printed` without blanks and `folded` beside it, character for character."""

    printed: str
    folded: str


@dataclass(frozen=True, slots=True)
class PageText:
    """What the finders of evidence read; links to neighbouring reports are left out.

    `body` is the beginning of the page (some thousand characters), `opening` its first part,
    `footer` the end of the page where that lies beyond `body`. Lines are kept.
    """

    titles: tuple[FoldedText, ...]
    body: FoldedText
    opening: FoldedText
    footer: str
    metadata: dict[str, str]
    url: str | None


def without_blanks(text: str) -> str:
    """Text without blanks, invisible characters and pinyin that a converter put in brackets."""
    compact = text
    for blank in _COMMON_BLANKS:
        compact = compact.replace(blank, "")
    if not compact.replace("\n", "").isprintable():  # as rare blanks are not, one and all
        compact = _RARE_BLANKS.sub("", compact)
    if "(" in compact or "（" in compact:
        compact = _INSERTED_PINYIN.sub("", compact)
    return compact


def folded_text(text: str) -> FoldedText:
    """The two forms of one stretch of text; punctuation is narrow in the folded one."""
    return _folded_line(text) if len(text) <= _SHORT_CHARACTERS else _folded(text)


def _folded(text: str) -> FoldedText:
    printed = without_blanks(text)
    folded = fold(printed)
    for wide, narrow in _NARROW_PUNCTUATION:
        folded = folded.replace(wide, narrow)
    return FoldedText(printed, folded)


_folded_line = lru_cache(maxsize=1024)(_folded)  # a document's titles are asked for several times


def page_text(text: DocumentText) -> PageText:
    """Prepare a document's text once for all finders."""
    head, tail = _head_and_tail(text.lines)
    body = folded_text(head)
    opening = FoldedText(body.printed[:_OPENING_CHARACTERS], body.folded[:_OPENING_CHARACTERS])
    return PageText(
        titles=tuple(
            folded_text(title.replace("\n", "")) for title in text.titles if title.strip()
        ),
        body=body,
        opening=opening,
        footer=folded_text(tail).folded,
        metadata=dict(text.site_metadata),
        url=text.url,
    )


def _head_and_tail(lines: tuple[str, ...]) -> tuple[str, str]:
    whole = "\n".join(lines)
    if any(map(whole.__contains__, _NEIGHBOUR_BEGINNINGS)) and any(
        map(whole.__contains__, _NEIGHBOUR_WORDS)
    ):
        whole = "\n".join(line for line in lines if not _NEIGHBOUR_LINE.match(line))
    if len(whole) <= _BODY_CHARACTERS + _FOOTER_CHARACTERS:
        return whole, ""
    return whole[:_BODY_CHARACTERS], whole[-_FOOTER_CHARACTERS:]
