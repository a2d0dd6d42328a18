"""Tables whose markup differs from one read before only in its numbers: their cells without parsing them again.

Sites print the same form with other numbers. Before a page is parsed, such a table is cut down to one
cell that holds a mark; where the mark comes out of the parser as the only content of its table, the
parser stood where it would have stood in front of the whole table, and so behind it: a table is
learnt only if alone it is one closed table of plain elements, none of which means anything to the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import itemgetter
from typing import Literal, NamedTuple

import turbohtml
from turbohtml import Document, Element, Text

from annual_reports.memory import LayoutMemory
from annual_reports.model import GridCell
from annual_reports.reading.block_list import grid_size
from annual_reports.reading.spans import table_cells
from annual_reports.reading.table_shape import table_pieces

MARK_START, MARK_END = "\ufdd0", "\ufdd1"  # noncharacters: no decoded text holds them
_MOST_TABLES = 128
_SHORTEST, _LONGEST = 300, 120_000  # characters
_NUMBER = re.compile(r">[ \t\r\n]*([0-9]+(?:\.[0-9]+)?)[ \t\r\n]*<")
_BETWEEN_RUNS = re.compile(r"</span><span([^<>]*)>(?=[0-9.]+<)")
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

    cells: tuple[GridCell, ...]
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _KnownTable:
    """`pick` takes the texts of all cells from the constant ones followed by the numbers.

    `size` as of `KnownCells`: what a table is used for never hangs on the digits of a number.
    """

    constants: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    places: tuple[tuple[int, ...], ...]
    size: tuple[int, int] | None

    def cells(self, numbers: Sequence[str]) -> tuple[GridCell, ...]:
        texts = self.pick((*self.constants, *numbers))
        columns = zip(texts, *self.places, repeat(None), strict=False)
        return tuple(map(tuple.__new__, repeat(GridCell), columns))


_MEMORY: LayoutMemory[_KnownTable | Literal[False]] = LayoutMemory(
    _MOST_TABLES
)  # False: no such table


def parse_page(html: str) -> tuple[Document, Mapping[Element, KnownCells]]:
    """The tree of a page, and the cells of those tables in it that only stand for known ones."""
    cells: list[KnownCells] = []
    short = "".join(_shortened(html, cells))
    if cells:
        document = turbohtml.parse(short)
        known = _standing_for(document, cells)
        if known is not None:
            return document, known
    return turbohtml.parse(html), {}


def forget_tables() -> None:
    """Forget every known table."""
    _MEMORY.clear()


def _shortened(html: str, cells: list[KnownCells]) -> Iterator[str]:
    """The page with marks for the known tables, whose cells are added to `cells`."""
    done = 0
    if MARK_START not in html:
        for start, end in _inner_tables(html):
            found = _cells_of(html[start:end])
            if found is not None:
                yield html[done:start]
                yield f"<tbody><tr><td>{MARK_START}{len(cells)}{MARK_END}</td></tr></tbody>"
                done = end
                cells.append(found)
    yield html[done:]


def _inner_tables(html: str) -> Iterator[tuple[int, int]]:
    """Where the content of each table that holds no table begins and ends; tags in one case throughout."""
    tag = "table" if "</table>" in html else "TABLE"
    behind = 0
    while (end := html.find(f"</{tag}>", behind)) >= 0:
        start = html.rfind(f"<{tag}", behind, end)
        start = html.find(">", start, end) + 1 if start >= 0 else 0
        if start and _SHORTEST <= end - start <= _LONGEST:
            yield start, end
        behind = end + len(tag) + 3


def _cells_of(markup: str) -> KnownCells | None:
    """The cells of a table by its content between the tags; None where it is not known (yet)."""
    pieces = _NUMBER.split(_BETWEEN_RUNS.sub(_joined, f">{markup}<"))
    key = MARK_START.join(pieces[::2])
    known = _MEMORY.get(key)
    if known is None and _MEMORY.comes_again(key):
        known = _learnt(pieces) or False
        _MEMORY.keep(key, known)
    return KnownCells(known.cells(pieces[1::2]), known.size) if known else None


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
    known = _KnownTable(
        constants=tuple(constants),
        pick=itemgetter(*order),
        places=tuple(zip(*[cell[1:5] for cell in cells], strict=True)),
        size=grid_size(cells) if list(table_pieces(cells)) == [cells] else None,
    )
    for filling in (numbers, pieces[1::2], ["0"] * len(numbers)):
        if known.cells(filling) != _cells_alone(pieces, filling):
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


def _standing_for(
    document: Document, cells: Sequence[KnownCells]
) -> dict[Element, KnownCells] | None:
    """The tables of a tree that hold nothing but a mark, in order; None unless each mark has its own."""
    found: dict[Element, KnownCells] = {}
    for table in document.select("table"):
        if not table.text.startswith(MARK_START):
            continue
        ordinal = len(found)
        if ordinal >= len(cells) or not _holds_only(table, f"{MARK_START}{ordinal}{MARK_END}"):
            return None
        found[table] = cells[ordinal]
    return found if len(found) == len(cells) else None


def _holds_only(table: Element, mark: str) -> bool:
    """Whether a table is one cell with this text, and no link or heading that takes its text holds it."""
    node = table
    for tag in ("tbody", "tr", "td"):
        children = node.children
        if len(children) != 1 or not isinstance(children[0], Element) or children[0].tag != tag:
            return False
        node = children[0]
    content = node.children
    return (
        len(content) == 1
        and isinstance(content[0], Text)
        and content[0].data == mark
        and table.closest("a,h1,title") is None
    )
