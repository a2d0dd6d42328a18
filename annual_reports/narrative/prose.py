"""Running text brought to one shape for matching, every character traceable to where it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OTHER_FORMS = "０１２３４５６７８９(),;:?!<>％．"
_SAME_LENGTH = str.maketrans(_OTHER_FORMS, "0123456789（），；：？！〈〉%.")
_IN_OTHER_FORM = re.compile(f"[{_OTHER_FORMS}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SENTENCES = re.compile(r"[^。！？\n]+")
_CLAUSE_MARKS = "，；：（）"
_LONGEST_SENTENCE = 2_000
_BLANKS = " \u00a0\u3000"
_BLANK_RUNS = re.compile(f"[{_BLANKS}]+")
_GROUPING_COMMA = "\ufdd0"  # stands for the comma in 1,234 while all other commas become ，


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a section, `printed` at offset `start`.

    `text` is the sentence without blanks, digits and punctuation in one form. `previous` is the
    text of the sentence before it in the same paragraph, empty at a paragraph's start. `is_ended`:
    a full stop follows, as after prose and never after headlines.
    """

    text: str
    printed_before: str
    printed: str
    start: int
    is_ended: bool

    @property
    def previous(self) -> str:
        return _comparable(_BLANK_RUNS.sub("", self.printed_before))

    def clause_start(self, position: int) -> int:
        """Where in `text` the clause that holds `position` begins."""
        text = self.text
        return max([text.rfind(mark, 0, position) for mark in _CLAUSE_MARKS]) + 1

    def printed_span(self, start: int, end: int) -> tuple[int, int]:
        """The section's offsets of a span of `text`."""
        if len(self.printed) == len(self.text):
            return self.start + start, self.start + end
        kept = [at for at, char in enumerate(self.printed) if char not in _BLANKS]
        return self.start + kept[start], self.start + kept[end - 1] + 1


def prose_sentences(text: str, wanted: re.Pattern[str]) -> Iterator[Sentence]:
    """The sentences of a section whose printed text has what is `wanted`.

    Rows of tables (lines with tabs) and what runs on for pages without a full stop are no prose
    and left out.
    """
    line_start = 0
    for line in text.split("\n"):
        if "\t" not in line and wanted.search(line):
            yield from _line_sentences(line, line_start, wanted)
        line_start += len(line) + 1


def _line_sentences(line: str, line_start: int, wanted: re.Pattern[str]) -> Iterator[Sentence]:
    previous = ""
    for found in _SENTENCES.finditer(line):
        printed = found[0]
        if printed.isspace():
            continue
        if len(printed) <= _LONGEST_SENTENCE and wanted.search(printed):
            text = _comparable(_BLANK_RUNS.sub("", printed))
            start = line_start + found.start()
            yield Sentence(text, previous, printed, start, found.end() < len(line))
        previous = printed


def _comparable(text: str) -> str:
    """The same number of characters; an ASCII comma groups digits only in 1,234, never in 5，200."""
    if _IN_OTHER_FORM.search(text) is None:
        return text
    if "," in text:
        text = _THOUSANDS.sub(_GROUPING_COMMA, text)
    return text.translate(_SAME_LENGTH).replace(_GROUPING_COMMA, ",")
