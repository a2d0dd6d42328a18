"""Tables whose markup differs from one read before only in its numbers: their cells without parsing them again.

Sites print the same form with other numbers. A table is learnt only if alone it is one closed table of
plain elements, none of which means anything to the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import turbohtml
from turbohtml import Element, Text

from annual_reports.memory import LayoutMemory, picker
from annual_reports.model import Grid, GridCell, GridColumns, SharedColumns
from annual_reports.reading.block_list import grid_size
from annual_reports.reading.plain_markup import (
    BEFORE,
    BEHIND,
    MARK_START,
    NUMBER,
    has_plain_tags,
    is_plain,
    with_joined_runs,
)
from annual_reports.reading.spans import table_cells
from annual_reports.reading.table_shape import table_pieces
from annual_reports.reading.written_table import WrittenTable, written_table

_MOST_TABLES = 128
_SHORTEST, _LONGEST = 300, 120_000  # characters
_BEGINNING, _MOST_ALIKE = 64, 8


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

    `size` as of `KnownCells`: what a table is used for never hangs on the digits of a number.
    """

    constants: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    places: tuple[tuple[Any, ...], ...]
    size: tuple[int, int] | None
    shared: SharedColumns

    def filled_with(self, numbers: Sequence[str]) -> KnownCells:
        texts = self.pick((*self.constants, *numbers))
        return KnownCells(GridColumns(texts, self.places, self.shared, numbers), self.size)


_MEMORY: LayoutMemory[_KnownTable | Literal[False]] = LayoutMemory(
    _MOST_TABLES
)  # False: no such table
_ALIKE: LayoutMemory[tuple[tuple[WrittenTable, _KnownTable], ...]] = LayoutMemory(_MOST_TABLES)
"""Known tables as they were written, by how they begin."""


def forget_tables() -> None:
    """Forget every known table."""
    _MEMORY.clear()
    _ALIKE.clear()


def cells_at(html: str, start: int, closing: str) -> tuple[KnownCells, int, bytes] | None:
    """As `cells_of`, for what is a known table to the letter but for its numbers.

    With them where its end tag begins, and what the table holds beyond plain ASCII. `html` is a page byte by
    byte, `start` behind the start tag. Most tables of a site are such.
    """
    for written, known in _ALIKE.get(html[start : start + _BEGINNING]) or ():
        found = written.numbers_in(html, start)
        if found is not None and html.startswith(closing, found[1]):
            numbers, end, foreign = found
            return known.filled_with(numbers), end, foreign
    return None


def cells_of(markup: str) -> KnownCells | None:
    """The cells of a table by its content between the tags; None where it is not known (yet)."""
    if not _SHORTEST <= len(markup) <= _LONGEST:
        return None
    pieces = NUMBER.split(with_joined_runs(f">{markup}<"))
    key = MARK_START.join(pieces[::2])
    known = _MEMORY.get(key)
    if known is None and _MEMORY.comes_again(key):
        known = _learnt(pieces) or False
        _MEMORY.keep(key, known)
        if known:
            _keep_as_written(pieces[::2], known)
    return known.filled_with(pieces[1::2]) if known else None


def _keep_as_written(markup: Sequence[str], known: _KnownTable) -> None:
    """Remember a table by how it begins, if it begins with markup enough to tell it by."""
    written = written_table(markup)
    if written is not None and len(written.first) >= _BEGINNING:
        beginning = written.first[:_BEGINNING]
        alike = ((written, known), *(_ALIKE.get(beginning) or ()))
        _ALIKE.keep(beginning, alike[:_MOST_ALIKE])


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
    number_at = {number: n for n, number in enumerate(numbers)}
    known = _KnownTable(
        constants=tuple(constants),
        pick=picker([number_at.get(text) for text in texts]),
        places=tuple(zip(*[cell[1:] for cell in cells], strict=True)),
        size=grid_size(cells) if list(table_pieces(cells)) == [cells] else None,
        shared=SharedColumns(tuple(texts.index(number) for number in numbers)),
    )
    for filling in (numbers, pieces[1::2], ["0"] * len(numbers)):
        if known.filled_with(filling).cells != _cells_alone(pieces, filling):
            return None
    return known


def _cells_alone(pieces: Sequence[str], numbers: Sequence[str]) -> tuple[GridCell, ...]:
    """The cells of a table that stands alone; none where it is not exactly one closed table of plain elements."""
    filled = [f">{number}<{piece}" for number, piece in zip(numbers, pieces[2::2], strict=True)]
    markup = "".join([pieces[0], *filled])[1:-1]
    if not has_plain_tags(markup):
        return ()
    document = turbohtml.parse(f"{BEFORE}<table>{markup}</table>{BEHIND}")
    body = document.find("body")
    content = body.children if isinstance(body, Element) else ()
    if len(content) != 2 or document.select_one("td") is None:
        return ()
    table, behind = content
    if not isinstance(table, Element) or table.tag != "table":
        return ()
    if not isinstance(behind, Text) or behind.data != BEHIND:
        return ()
    return table_cells(table) if all(map(is_plain, table.iter_elements())) else ()
