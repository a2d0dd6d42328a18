"""Tables whose markup differs from one read before only in its numbers: their cells without parsing them again.

Sites print the same form with other numbers. A table is learnt only if alone it is one closed table of
plain elements, none of which means anything to the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

import turbohtml
from turbohtml import Element, Text

from annual_reports.memory import LayoutMemory
from annual_reports.model import Grid, GridCell, GridColumns
from annual_reports.reading.block_list import grid_size
from annual_reports.reading.spans import table_cells
from annual_reports.reading.table_shape import table_pieces

MARK_START, MARK_END = "\ufdd0", "\ufdd1"  # noncharacters: no decoded text holds them
_MOST_TABLES = 128
_SHORTEST, _LONGEST = 300, 120_000  # characters
_NUMBER = re.compile(r">[ \t\r\n]*([0-9]+(?:\.[0-9]+)?)[ \t\r\n]*<")
_BETWEEN_RUNS = re.compile(r"</span><span([^<>]*)>(?=[0-9.]+<)")
_RUN_BREAK = "</span><span"
_ONLY_BREAK = re.compile(r"</span><span[^<>]*>")
_BEGINNING, _MOST_ALIKE = 64, 8
_DIGITS = frozenset("0123456789.")
_TAG_NAMES = re.compile(r"</?([^\s<>/]*)")
_TELLING_ATTRIBUTE = re.compile(r"hidden$|src$|data")
_PLAIN_TAGS = frozenset(
    {"thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col", "p", "div", "center", "span",
     "font", "b", "strong", "i", "em", "u", "br", "o:p"}
)  # fmt: skip
TELLING_STYLES = ("display", "visibility", "mso-hide", "line-through")
"""No style hides an element or sets it apart without one of these words."""

_BEFORE, _BEHIND = "<!DOCTYPE html><body>", "甲"


class KnownCells(NamedTuple):
    """The cells of a known table; `size` (rows, columns) where they are one grid as they stand."""

    columns: GridColumns
    size: tuple[int, int] | None

    @property
    def cells(self) -> tuple[GridCell, ...]:
        return Grid.of_columns(0, 0, 0, self.columns).cells


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """`pick` takes the texts of all cells from the constant ones followed by the numbers.

    `first` and `behind` are the markup before the first number and behind each number.
    `size` as of `KnownCells`: what a table is used for never hangs on the digits of a number.
    """

    constants: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    places: tuple[tuple[Any, ...], ...]
    size: tuple[int, int] | None
    first: str
    behind: tuple[tuple[str, int], ...]

    def filled_with(self, numbers: Sequence[str]) -> KnownCells:
        return KnownCells(
            GridColumns(self.pick((*self.constants, *numbers)), self.places), self.size
        )

    def numbers_in(self, html: str, start: int) -> tuple[list[str], int] | None:
        """The numbers of the table that stands at `start` and where it ends; None where it is not this one to the letter."""
        if not html.startswith(self.first, start):
            return None
        at = start + len(self.first)
        numbers = []
        for piece, length in self.behind:
            stop = html.find("<", at)
            if not html.startswith(piece, stop):
                return None
            numbers.append(html[at:stop])
            at = stop + length
        if "" in numbers:
            return None
        printed = "".join(numbers)
        if not (printed.isdigit() and printed.isascii()):
            found = [_NUMBER.fullmatch(f">{number}<") for number in numbers]
            numbers = [match[1] for match in found if match is not None]
        return (numbers, at) if len(numbers) == len(self.behind) else None


_MEMORY: LayoutMemory[_KnownTable | Literal[False]] = LayoutMemory(
    _MOST_TABLES
)  # False: no such table
_ALIKE: LayoutMemory[tuple[_KnownTable, ...]] = LayoutMemory(_MOST_TABLES)
"""Known tables by how they begin."""


def forget_tables() -> None:
    """Forget every known table."""
    _MEMORY.clear()
    _ALIKE.clear()


def cells_at(html: str, start: int, closing: str) -> tuple[KnownCells, int] | None:
    """As `cells_of`, for what is a known table to the letter but for its numbers, and where its end tag begins.

    `start` is behind the start tag. Most tables of a site are such.
    """
    for known in _ALIKE.get(html[start : start + _BEGINNING]) or ():
        found = known.numbers_in(html, start)
        if found is not None and html.startswith(closing, found[1]):
            return known.filled_with(found[0]), found[1]
    return None


def cells_of(markup: str) -> KnownCells | None:
    """The cells of a table by its content between the tags; None where it is not known (yet)."""
    if not _SHORTEST <= len(markup) <= _LONGEST:
        return None
    joined = f">{markup}<"
    if _RUN_BREAK in markup:
        joined = _BETWEEN_RUNS.sub(_joined, joined)
        if (found := cells_at(joined, 1, "<")) is not None and found[1] == len(joined) - 1:
            return found[0]
    pieces = _NUMBER.split(joined)
    key = MARK_START.join(pieces[::2])
    known = _MEMORY.get(key)
    if known is None and _MEMORY.comes_again(key):
        known = _learnt(pieces) or False
        _MEMORY.keep(key, known)
        if known:
            _keep_as_written(known)
    return known.filled_with(pieces[1::2]) if known else None


def _keep_as_written(known: _KnownTable) -> None:
    """Remember how a table begins, unless what breaks a number into runs stands between two of its numbers."""
    broken = any(map(_ONLY_BREAK.fullmatch, [piece for piece, _ in known.behind]))
    if len(known.first) >= _BEGINNING and not broken:
        beginning = known.first[:_BEGINNING]
        alike = (known, *(_ALIKE.get(beginning) or ()))
        _ALIKE.keep(beginning, alike[:_MOST_ALIKE])


def _joined(between: re.Match[str]) -> str:
    """Word breaks a number into runs wherever it was edited; between runs of digits a break shows nothing."""
    before = between.string[max(0, between.start() - 30) : between.start()].rpartition(">")[2]
    in_number = bool(before) and _DIGITS.issuperset(before)
    return "" if in_number and _is_plain_run(between[1]) else between[0]


@lru_cache(maxsize=256)
def _is_plain_run(attributes: str) -> bool:
    """Whether `<span` with these attributes is a whole tag that sets nothing apart."""
    body = turbohtml.parse(f"{_BEFORE}<span{attributes}>{_BEHIND}</span>").find("body")
    content = body.children if isinstance(body, Element) else ()
    run = content[0] if len(content) == 1 else None
    return isinstance(run, Element) and run.text == _BEHIND and _is_plain(run)


def _learnt(pieces: Sequence[str]) -> _KnownTable | None:
    """A table by its markup cut at its numbers, each of which must be the whole text of one cell."""
    numbers = [str(10**11 + n) for n in range(len(pieces) // 2)]
    cells = _cells_alone(pieces, numbers)
    texts = [cell.text for cell in cells]
    held = set(numbers)
    constants = [text for text in texts if text not in held]
    if len(texts) < 2 or not any(texts):
        return None
    if len(constants) + len(numbers) != len(texts) or not held <= set(texts):
        return None
    number_at = {number: len(constants) + n for n, number in enumerate(numbers)}
    constant_at = iter(range(len(constants)))
    order = [number_at[text] if text in held else next(constant_at) for text in texts]
    behind = [f"<{piece}>" for piece in pieces[2::2]]
    behind[-1:] = [last[:-2] for last in behind[-1:]]
    known = _KnownTable(
        constants=tuple(constants),
        pick=itemgetter(*order),
        places=tuple(zip(*[cell[1:] for cell in cells], strict=True)),
        size=grid_size(cells) if list(table_pieces(cells)) == [cells] else None,
        first=f"{pieces[0]}>"[1:],
        behind=tuple((piece, len(piece)) for piece in behind),
    )
    for filling in (numbers, pieces[1::2], ["0"] * len(numbers)):
        if known.filled_with(filling).cells != _cells_alone(pieces, filling):
            return None
    return known


def _cells_alone(pieces: Sequence[str], numbers: Sequence[str]) -> tuple[GridCell, ...]:
    """The cells of a table that stands alone; none where it is not exactly one closed table of plain elements."""
    filled = [f">{number}<{piece}" for number, piece in zip(numbers, pieces[2::2], strict=True)]
    markup = "".join([pieces[0], *filled])[1:-1]
    if not _PLAIN_TAGS.issuperset(name.lower() for name in _TAG_NAMES.findall(markup)):
        return ()
    document = turbohtml.parse(f"{_BEFORE}<table>{markup}</table>{_BEHIND}")
    body = document.find("body")
    content = body.children if isinstance(body, Element) else ()
    if len(content) != 2 or document.select_one("td") is None:
        return ()
    table, behind = content
    if not isinstance(table, Element) or table.tag != "table":
        return ()
    if not isinstance(behind, Text) or behind.data != _BEHIND:
        return ()
    return table_cells(table) if all(map(_is_plain, table.iter_elements())) else ()


def _is_plain(element: Element) -> bool:
    """Whether an element means nothing beyond its table: it hides, embeds and sets apart nothing."""
    if element.tag not in _PLAIN_TAGS or any(map(_TELLING_ATTRIBUTE.match, element.attrs)):
        return False
    style = (element.attr("style") or "").lower()
    return not any(word in style for word in TELLING_STYLES)
