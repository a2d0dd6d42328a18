"""An indicator table as read, before anything is said about what its rows mean.

Grids and flattened text both end here: labelled rows with one value per column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from annual_reports.tables.marks import Mark
from schemas.indicators import indicator_pattern

_NUMERALS = "一二三四五六七八九十"
_NUMBERING = re.compile(
    rf"(?P<top>[{_NUMERALS}]{{1,3}}[、.,])|(?P<second>\([{_NUMERALS}]{{1,3}}\)[、.]?)"
    rf"|(?P<third>\d{{1,2}}[、.,])(?!\d)|(?P<fourth>\(\d{{1,2}}\)[、.]?|\d{{1,2}}\))"
    r"|(?P<of_which>其中[:,、]?)"
)
_RANKS = {"top": 10, "second": 20, "third": 30, "fourth": 40}
REMARK = rf"\((?!(?:[{_NUMERALS}]{{1,3}}|\d{{1,2}})\))[^()]*\)"
"""A remark in brackets, which an item number is not."""
_REMARK = re.compile(REMARK)
_ENDS = re.compile(r"^[:,、*#-]+|[:,、*#-]+$")


@dataclass(frozen=True)
class IndicatorRow:
    """One printed row. `parts`: label texts in normal form, outermost first; `printed`: the last as printed.

    `own_label`: the last part belongs to this row alone. `marks`: one per column of the table, None
    where nothing stands. `reason` (reader_findings.csv) says why no value can be tied to a column;
    `loose` are then the values that stand there. `is_cut_surely`: of flattened text, where label and
    values are kept apart by the heads and units.
    """

    parts: tuple[str, ...]
    printed: str
    unit: str | None
    marks: tuple[Mark | None, ...]
    own_label: bool = True
    reason: str = ""
    loose: tuple[Mark, ...] = ()
    is_cut_surely: bool = False

    @property
    def label(self) -> str:
        return self.parts[-1] if self.parts else ""

    @property
    def has_values(self) -> bool:
        """Whether anything stands in the value cells, a dash for a heading included."""
        return bool(self.loose) or any(mark is not None for mark in self.marks)


@dataclass(frozen=True)
class IndicatorTable:
    """`columns`: the head of each value column, '' where none is printed.

    `word_counts`: of flattened text, how many words of each block belong to the table.
    `has_header`: the heads were printed with this table (or carried over from the page before).
    """

    columns: tuple[str, ...]
    rows: tuple[IndicatorRow, ...]
    block: frozenset[int]
    place: int
    has_header: bool
    is_flat: bool = False
    word_counts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelText:
    """A label without its numbering. `rank`: 10 一、 20 （一） 30 1. 40 (1), 0 without numbering."""

    bare: str
    rank: int
    of_which: bool


@lru_cache(maxsize=8192)
def label_text(text: str) -> LabelText:
    """The label of a text in normal form: numbering, 其中 and bracketed remarks taken off."""
    rank, of_which = 0, False
    while (found := _NUMBERING.match(text)) is not None:
        kind = str(found.lastgroup)
        of_which = of_which or kind == "of_which"
        rank = _RANKS.get(kind, rank)
        text = text[found.end() :]
    bare = _REMARK.sub("", text)
    bare = _ENDS.sub("", bare if bare else text.strip("()"))
    return LabelText(bare, rank, of_which)


def starts_with_numbering(text: str) -> bool:
    return _NUMBERING.match(text) is not None


def numbering_pattern() -> str:
    """One item number or 其中, as a regular expression without groups."""
    return re.sub(r"\?P<\w+>", "?:", _NUMBERING.pattern)


def is_head(kind: str, text: str) -> bool:
    """Whether a column head has the wording of a kind of `indicator_words.csv`."""
    return indicator_pattern(kind).fullmatch(_REMARK.sub("", text)) is not None


def is_unit(text: str) -> bool:
    return indicator_pattern("unit").fullmatch(text) is not None


def this_year_column(columns: tuple[str, ...]) -> int | None:
    """The one column that holds the year's figure, None where the heads leave a choice."""
    named = [
        place for place, head in enumerate(columns) if is_head("this_year", head.rsplit("/", 1)[-1])
    ]
    return named[0] if len(named) == 1 else None
