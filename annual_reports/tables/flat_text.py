"""Flattened text as a stream of tokens, and the stream as one string in which labels are sought.

Separators are tab, newline, bar, semicolon, the cell mark of Word, runs of spaces, and a single
space beside a stand-alone value; every other space vanishes. A space between a label and a number
is a boundary: without it 数量 and 3001 would grow together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from annual_reports.model import TextLine
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import (
    Kind,
    Printed,
    looks_like_value,
    normal_form,
    read_count,
)
from schemas.labels import any_of, value_words

_HARD_SEPARATORS = re.compile("[\t|｜│┃;；\x07]|[ \u00a0\u3000]{2,}|<br ?/?>")
_PAGE_NUMBER = re.compile(
    r"-+\d{1,4}-+|第\d{1,4}页(?:[,/]?共\d{1,4}页)?|\d{1,3}/\d{1,3}|页码:?\d{1,4}"
)
_MARKDOWN_RULE = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+[\s:-]*")
_MARKUP = re.compile(r"^#+\s*|\*\*|`")
_VALUE_CHARACTER = "\0"
_LONGEST_CELL = 64
_WORDS_OF_PAGE_NUMBER = 3
_BARRED_VALUE = re.compile(r"\s*[\d.,]+\s*[|｜][|｜\s]*")
_LONE_NUMBER = re.compile(r"\s*\d{1,3}\s*")
_MOST_LONE = 20
"""So many values with a bar for each number without one: a last cell of every row is no page number."""


class Token(NamedTuple):
    """A piece of text between separators. `is_value`: a stand-alone number or placeholder.

    An empty `text` is an explicitly empty field between two separators of one line.
    """

    text: str
    raw: str
    line: int
    page: int | None
    is_value: bool


class TokenStream(NamedTuple):
    """Tokens and their letters: texts joined without separators, one NUL for each value token.

    `starts[i]` is the place of token i in `letters`; `blocks[i]` the block it came from.
    """

    tokens: tuple[Token, ...]
    letters: str
    starts: tuple[int, ...]
    blocks: tuple[int, ...]

    def token_at(self, place: int) -> int:
        """The index of the token that holds a character of `letters`."""
        return bisect_right(self.starts, place) - 1

    def starts_token(self, place: int) -> bool:
        """Whether a token begins at this character, or the text ends there."""
        return place >= len(self.letters) or self.starts[self.token_at(place)] == place

    def value_follows(self, place: int) -> bool:
        """Whether a stand-alone value or a digit stands at this character."""
        return place < len(self.letters) and (
            self.letters[place] == _VALUE_CHARACTER or self.letters[place].isdigit()
        )

    def value_precedes(self, place: int) -> bool:
        """Whether a stand-alone value stands just before the token of this character."""
        index = self.token_at(place)
        return index > 0 and self.tokens[index - 1].is_value


def token_stream(lines: Iterable[tuple[int, TextLine]]) -> TokenStream:
    """The stream of (block index, line) pairs; page number lines and markdown rules are left out."""
    tokens: list[Token] = []
    blocks: list[int] = []
    letters: list[str] = []
    for block, line in _without_unbarred_numbers(list(lines)):
        printed, number, page = line.text, line.line, line.page
        for text, raw, is_value in line_tokens(printed):
            tokens.append(Token(text, raw, number, page, is_value))
            blocks.append(block)
            letters.append(_VALUE_CHARACTER if is_value else text)
    starts = tuple(accumulate(map(len, letters), initial=0))[:-1]
    return TokenStream(tuple(tokens), "".join(letters), starts, tuple(blocks))


def _without_unbarred_numbers(lines: list[tuple[int, TextLine]]) -> list[tuple[int, TextLine]]:
    """The lines without page numbers, where a bar stands beside each value but them.

    Between lines with bars only: at the end of a table the last cell may have none.
    """
    barred = sum(_BARRED_VALUE.fullmatch(line.text) is not None for _, line in lines)
    if not barred:
        return lines
    filled = [one for one in lines if one[1].text.strip()]
    lone = {
        line.line
        for (_, above), (_, line), (_, below) in zip(filled, filled[1:], filled[2:], strict=False)
        if _LONE_NUMBER.fullmatch(line.text) and _has_bar(above) and _has_bar(below)
    }
    if barred < _MOST_LONE * len(lone):
        return lines
    return [one for one in lines if one[1].line not in lone]


def _has_bar(line: TextLine) -> bool:
    return "|" in line.text or "｜" in line.text


def line_tokens(text: str) -> tuple[tuple[str, str, bool], ...]:
    """(normal form, as printed, is a value) of each token of a line; an explicitly empty field is empty."""
    return _pieces_of(text) if len(text) < _LONGEST_CELL else _pieces_of.__wrapped__(text)


@lru_cache(maxsize=16384)
def _pieces_of(text: str) -> tuple[tuple[str, str, bool], ...]:
    """As `line_tokens`. Lines of tables repeat within and across documents, so the answer is kept for short ones."""
    if is_page_furniture(text):
        return ()
    if "#" in text or "*" in text or "`" in text:
        text = _MARKUP.sub("", text)
    pieces = _HARD_SEPARATORS.split(text)
    if len(pieces) == 1:
        return _words_of(text)
    found: list[tuple[str, str, bool]] = []
    separators = _HARD_SEPARATORS.findall(text)
    for index, piece in enumerate(pieces):
        words = _words_of(piece)
        between = 0 < index < len(pieces) - 1 or separators[0] == "\t"
        if not words and between and _explicit(separators, index):
            words = (("", "", False),)
        found += words
    return tuple(found)


def _explicit(separators: Sequence[str], index: int) -> bool:
    """Runs of spaces do not make an empty field; tabs, bars and cell marks do."""
    beside = separators[max(0, index - 1) : index + 1]
    return all(separator in "\t|｜│┃\x07" for separator in beside)


def is_page_furniture(text: str) -> bool:
    """Whether a line is a page number or the rule below a markdown header.

    Numbers among strokes in more words than a page number has are a row of cells with strokes for nothing.
    """
    if len(text) > 200:
        return False
    if "---" in text and _MARKDOWN_RULE.fullmatch(text):
        return "|" in text
    if len(text) >= 24 or not _PAGE_NUMBER.fullmatch(bare := normal_form(text)):
        return False
    return bare[0] in "第页" or len(text.split()) <= _WORDS_OF_PAGE_NUMBER


def _words_of(piece: str) -> tuple[tuple[str, str, bool], ...]:
    """The tokens between two separators: values stand alone, other words grow together."""
    raw = piece.strip()
    text = normal_form(raw)
    if not text:
        return ()
    if len(text) == len(raw):
        return ((text, raw, looks_like_value(text)),)
    found: list[tuple[str, str, bool]] = []
    for word in raw.split():
        text = normal_form(word)
        is_value = looks_like_value(text)
        if found and not is_value and _continues(found[-1], text):
            joined = found[-1][0] + text
            found[-1] = (joined, f"{found[-1][1]} {word}", looks_like_value(joined))
        elif text:
            found.append((text, word, is_value))
    return tuple(found)


def _continues(last: tuple[str, str, bool], text: str) -> bool:
    words = value_words()
    if last[2]:
        return text in words.count_units or text in words.amount_units
    return True


_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_NUMBERING_MARKS = ".、:)"


def marks_between(
    stream: TokenStream, start: int, end: int, next_numbering: str = ""
) -> list[Mark]:
    """The value marks in `letters[start:end]`, numbers glued to text included.

    `next_numbering` is the item number of the label that begins near `end`: digits that are only
    that number are no value.
    """
    marks: list[Mark] = []
    if start >= end:
        return marks
    first, last = stream.token_at(start), stream.token_at(end - 1) + 1
    for token, place in zip(stream.tokens[first:last], stream.starts[first:last], strict=True):
        text, raw, line, page, is_value = token
        if is_value:
            if start <= place:
                count = read_count(text)
                marks.append(Mark(count, text, raw, line, page, None, None, False, place))
        elif text:
            found = _glued_marks(token, start - place, end - place, next_numbering)
            marks += [mark._replace(place=mark.place + place) for mark in found]
    return marks


def inside_decimal(letters: str, place: int) -> bool:
    """Whether the point or comma of a number stands here."""
    return letters[place] in ".," and letters[place + 1 : place + 2].isdigit()


@cache
def _stroke_at_value() -> re.Pattern[str]:
    """A placeholder beside a digit or a stand-alone value; a word for nothing only between them."""
    words = value_words().placeholders
    strokes = any_of(tuple(word for word in words if not any(map(str.isalnum, word))))
    wordy = any_of(tuple(word for word in words if any(map(str.isalnum, word))))
    value = rf"[\d{_VALUE_CHARACTER}]"
    return re.compile(
        rf"{value}(?:{strokes})|(?:{strokes}){value}|{value}(?:{wordy}){value}|^(?:{wordy}){value}"
    )


def stroke_grown_in(stream: TokenStream, start: int, end: int) -> bool:
    """Whether a placeholder has grown together with the values in `letters[start:end]` or just after them.

    It stands for a cell, so the digits beside it are those of fewer columns than the row has.
    """
    return _stroke_at_value().search(stream.letters[start : end + 1]) is not None


def longest_text_between(stream: TokenStream, marks: Sequence[Mark]) -> int:
    """The most characters of text that stand between two neighbouring values."""
    ends = [mark.place + (len(mark.text) if mark.attached else 1) for mark in marks]
    return max((two.place - end for end, two in zip(ends, marks[1:], strict=False)), default=0)


def _glued_marks(token: Token, start: int, end: int, next_numbering: str) -> list[Mark]:
    """Digits inside a text token between two character places of the token; places count in it."""
    start = max(start, 0)
    text = token.text
    found: list[Mark] = []
    for match in _DIGITS.finditer(text, start, min(end, len(text))):
        digits = _value_digits(text, match, next_numbering)
        if digits:
            found.append(
                Mark(
                    _attached_value(digits),
                    digits,
                    digits,
                    token.line,
                    token.page,
                    attached=True,
                    place=match.start(),
                )
            )
    return found


def _value_digits(text: str, match: re.Match[str], numbering: str) -> str:
    """The digits of a run that can be values: not dates, ordinals or the next label's item number."""
    run, before, after = match[0], text[: match.start()][-1:], text[match.end() :][:1]
    if before == "第" or (after in value_words().date_units and after):
        return ""
    if after and after in _NUMBERING_MARKS:
        if not before and len(run) == 1:
            return ""
        return run.removesuffix(numbering) if numbering and run.endswith(numbering) else run + "?"
    if numbering == run and not before and after:
        return ""
    return run


def _attached_value(digits: str) -> Printed:
    printed = read_count(digits)
    return printed if printed.kind is not Kind.WORDS else Printed(Kind.ODD, None)
