"""Flattened text as words: in lists of indicators every space is a boundary.

Labels broken over words or lines are put together again by whoever knows what labels look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from annual_reports.model import TextLine
from annual_reports.tables.flat_text import is_page_furniture
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import looks_like_value, normal_form, read_count

_SEPARATORS = re.compile("[\\s|｜│┃;；\x07\u00a0\u3000]+|<br ?/?>")
_MARKUP = re.compile(r"^#+\s*|\*\*|`")
_TRAILING_NUMBER = re.compile(r"(?P<words>.*[^\d.,、\-/])(?P<number>\d[\d,]*(?:\.\d+)?)")


class Word(NamedTuple):
    """A piece of text between separators; `text` is its normal form. `attached`: cut from a text."""

    text: str
    raw: str
    line: int
    page: int | None
    block: int
    is_value: bool
    attached: bool = False

    def mark(self) -> Mark:
        """The word as a value."""
        count = read_count(self.text)
        return Mark(count, self.text, self.raw, self.line, self.page, attached=self.attached)


def words_of(lines: Iterable[tuple[int, TextLine]]) -> list[Word]:
    """The words of (block index, line) pairs; page numbers and markdown rules are left out."""
    found: list[Word] = []
    for block, line in lines:
        if is_page_furniture(line.text):
            continue
        for raw in _SEPARATORS.split(_MARKUP.sub("", line.text)):
            text = normal_form(raw)
            if text:
                is_value = looks_like_value(text)
                found.append(Word(text, raw, line.line, line.page, block, is_value))
    return found


def cut_number(word: Word) -> tuple[Word, Word] | None:
    """A word whose end is a number glued to text (`收到申请数件12`), as text and number."""
    found = None if word.is_value else _TRAILING_NUMBER.fullmatch(word.text)
    if found is None:
        return None
    number = found["number"]
    return (
        word._replace(text=found["words"]),
        word._replace(text=number, raw=number, is_value=looks_like_value(number), attached=True),
    )
