"""Running text brought to one shape for matching, every character traceable to where it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAME_LENGTH = str.maketrans(
    "０１２３４５６７８９(),;:?!<>\u201c\u201d",
    "0123456789（），；：？！〈〉\u201c\u201d",
)
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_SENTENCES = re.compile(r"[^。！？\n]+")
_CLAUSE_START = re.compile(r"[，；：（）][^，；：（）]*$")
_BLANKS = frozenset(" \t\u00a0\u3000")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without blanks. `offsets[i]` is where its i-th character stands in the section.

    `previous` is the sentence before it in the same paragraph, empty at a paragraph's start.
    """

    text: str
    offsets: tuple[int, ...]
    previous: str

    def clause_start(self, position: int) -> int:
        """Where the clause that holds `position` begins."""
        found = _CLAUSE_START.search(self.text, 0, position)
        return found.start() + 1 if found else 0


def prose_sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a section; rows of tables (lines with tabs) are no prose and left out."""
    line_start = 0
    for line in text.split("\n"):
        if "\t" not in line:
            yield from _line_sentences(line, line_start)
        line_start += len(line) + 1


def _line_sentences(line: str, line_start: int) -> Iterator[Sentence]:
    previous = ""
    for found in _SENTENCES.finditer(line):
        kept = [
            (char, at) for at, char in enumerate(found[0], found.start()) if char not in _BLANKS
        ]
        if not kept:
            continue
        text = "".join(char for char, _ in kept).translate(_SAME_LENGTH)
        # An ASCII comma groups digits only where it was printed as one: 1,234 but never 5，200.
        text = "".join(
            "," if char == "," and _groups_digits(text, index) else mapped
            for index, ((char, _), mapped) in enumerate(zip(kept, text, strict=True))
        )
        yield Sentence(text, tuple(line_start + at for _, at in kept), previous)
        previous = text


def _groups_digits(text: str, index: int) -> bool:
    return _THOUSANDS.match(text, index) is not None
