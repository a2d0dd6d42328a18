"""Whether running text can hold a statutory table, asked of its Han characters before the readers are.

A reader of flattened text begins with a label found in the letters of the text: its characters in
normal form without separators, spaces and page number lines. Labels are Han, and the Han characters
of a text hold every label that its letters hold, so text without them is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from annual_reports.model import TextLine
from annual_reports.tables.flat_active_disclosure import read_flat_active_disclosure
from annual_reports.tables.flat_requests import read_flat_requests
from annual_reports.tables.flat_review_litigation import read_flat_review_litigation
from annual_reports.tables.flat_text import token_stream
from annual_reports.tables.label_chain import LEAST_ROWS, sought_labels
from schemas.fields import table_form
from schemas.labels import labels

_HAN_RUNS = re.compile(r"[\u4e00-\u9fff]+")
_BECOMES_HAN = re.compile(
    r"[\u2e80-\u2fdf\u3036-\u303a\u3190-\u319f\u3200-\u33ff\uf900-\ufaff\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f]"
)
"""Other characters whose normal form has Han characters: radicals, enclosed and compatibility forms."""

OPENS_OTHER = -1
_IN_DOUBT = "\0"
_SHORT = 64
_PAGE_NUMBERS = ("第页", "页码")
"""The Han characters of a page number line, which is left out of the letters and may stand inside a label."""


def has_no_table(lines: Sequence[tuple[int, TextLine]], form: str) -> bool:
    """Whether the readers of flattened text find nothing in these (block index, line) pairs.

    `form` is that of table two, found elsewhere.
    """
    letters = han_letters([line[0] for _, line in lines])
    if letters is not None and _is_silent(letters):
        return True
    stream = token_stream(lines)
    return not (
        read_flat_active_disclosure(stream)
        or read_flat_requests(stream, form)
        or read_flat_review_litigation(stream)
    )


def han_letters(lines: Iterable[str]) -> str | None:
    """The Han characters of lines; None where they may lack some that their letters have side by side."""
    letters = "".join(
        [_han_of(line) if len(line) < _SHORT else _han_of.__wrapped__(line) for line in lines]
    )
    if _IN_DOUBT in letters or any(word in letters for word in _PAGE_NUMBERS):
        return None
    return letters


@lru_cache(maxsize=8192)  # menus are the same on every page of a site
def _han_of(line: str) -> str:
    """The Han characters of a line; a sign of doubt where others may become such."""
    return _IN_DOUBT if _BECOMES_HAN.search(line) else "".join(_HAN_RUNS.findall(line))


def _is_silent(letters: str) -> bool:
    named = rows_named(letters)
    return OPENS_OTHER not in named and len(named) < LEAST_ROWS


def rows_named(letters: str) -> set[int]:
    """The rows of table three (in the form of 2021) any spelling of whose label stands in the text.

    With OPENS_OTHER among them where a label stands there with which table two or table four begins.
    """
    pattern, rows_of = _label_pattern()
    named: set[int] = set()
    found = pattern.search(letters)
    while found is not None:
        named |= rows_of[found[0]]
        found = pattern.search(letters, found.start() + 1)  # labels may overlap
    return named


@cache
def _label_pattern() -> tuple[re.Pattern[str], dict[str, frozenset[int]]]:
    """One pattern for all labels, the longest first, and what each says with those it begins with."""
    rows_of: dict[str, set[int]] = {word: {OPENS_OTHER} for word in _opening_words()}
    for row, spelling in _row_spellings():
        rows_of.setdefault(spelling, set()).add(row)
    words = sorted(rows_of, key=len, reverse=True)
    said = {
        word: frozenset[int]().union(*(rows_of[w] for w in words if word.startswith(w)))
        for word in words
    }
    return re.compile("|".join(map(re.escape, words))), said


def _opening_words() -> tuple[str, ...]:
    words = [s for label in labels("review_litigation", "row")[1:2] for s in label.spellings]
    for template in ("t2021", "t2019"):
        columns = {label.key: label for label in labels("active_disclosure", "column", template)}
        for field in table_form(template, "active_disclosure").rows[0]:
            words += columns[field.column_key].spellings
    return _shortest(words)


def _shortest(words: Iterable[str]) -> tuple[str, ...]:
    """The Han characters of words; a word that holds another is found with it."""
    bare = {"".join(_HAN_RUNS.findall(word)) for word in words}
    return tuple(word for word in sorted(bare) if not any(w in word for w in bare if w != word))


def _row_spellings() -> tuple[tuple[int, str], ...]:
    return tuple(
        (row, spelling) for row, spellings in sought_labels() for spelling in _shortest(spellings)
    )
