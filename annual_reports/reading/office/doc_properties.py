"""Properties of characters, paragraphs and table rows (sprm lists and the pages that hold them)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from annual_reports.reading.office.doc_bytes import KIND, numbers, unsigned
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.rtf_tables import CellShape, RowShape

_PAGE = 512
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_DEFINE_TABLE, _CHANGE_TABS = 0xD608, 0xC615
_STORED_APART = frozenset({0x6645, 0x6646, 0x646B})
_EDGES_CHANGED = frozenset({0x7621, 0x5622, 0x7623, 0x5625})
_MAX_GROUPS_APART = 4


@dataclass(slots=True)
class CharacterLook:
    """What hides or separates characters."""

    hidden: bool = False
    deleted: bool = False
    apart: bool = False
    symbol: bool = False


@dataclass(slots=True)
class ParagraphLook:
    """Table level, whether the mark ends a cell or row, list and level, and a row's geometry."""

    in_table: bool = False
    level: int = 0
    ends_row: bool = False
    ends_inner_cell: bool = False
    ends_inner_row: bool = False
    list_number: int = 0
    list_level: int = 0
    row: RowShape = field(default_factory=RowShape)

    @property
    def table_level(self) -> int:
        """0 outside tables."""
        return max(self.level, 1) if self.in_table else 0


class Runs:
    """Byte ranges of the file with a property list each, looked up by file position."""

    def __init__(self, runs: list[tuple[int, int, bytes]]) -> None:
        self._runs = sorted(runs)
        self._starts = [run[0] for run in self._runs]

    def __len__(self) -> int:
        return len(self._runs)

    def at(self, place: int) -> bytes:
        """The list that covers a position; empty where none does."""
        number = bisect_right(self._starts, place) - 1
        if number < 0 or place >= self._runs[number][1]:
            return b""
        return self._runs[number][2]

    def between(self, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        """The range cut where the lists change; gaps have an empty list."""
        place = start
        number = max(0, bisect_right(self._starts, start) - 1)
        while place < end:
            while number < len(self._runs) and self._runs[number][1] <= place:
                number += 1
            if number == len(self._runs) or self._runs[number][0] >= end:
                yield place, end, b""
                return
            left, right, properties = self._runs[number]
            if left > place:
                yield place, left, b""
                place = left
            stop = min(right, end)
            yield place, stop, properties
            place = stop


def read_runs(document: bytes, table: bytes, place: tuple[int, int], paragraphs: bool) -> Runs:
    """All runs of the pages that the bin table at `place` lists."""
    offset, size = place
    count = max(0, (size - 4) // 8)
    pages = numbers(table, offset + 4 * (count + 1), count, "I") if count else ()
    runs: list[tuple[int, int, bytes]] = []
    for number in dict.fromkeys(one & 0x3F_FFFF for one in pages):
        page = document[number * _PAGE : (number + 1) * _PAGE]
        if len(page) < _PAGE:
            raise office_refusal("damaged", kind=KIND)
        runs += _paragraph_page(page) if paragraphs else _character_page(page)
    return Runs(runs)


def _paragraph_page(page: bytes) -> Iterator[tuple[int, int, bytes]]:
    count = page[-1]
    edges = numbers(page, 0, count + 1, "I")
    for number in range(count):
        at = page[4 * (count + 1) + 13 * number] * 2 if 4 * (count + 1) + 13 * number < _PAGE else 0
        properties = b""
        if at:
            length = page[at]
            start, size = (at + 1, 2 * length - 1) if length else (at + 2, 2 * page[at + 1] if at + 1 < _PAGE else 0)  # fmt: skip
            properties = page[start + 2 : start + size]  # the first two bytes name the style
        yield edges[number], edges[number + 1], properties


def _character_page(page: bytes) -> Iterator[tuple[int, int, bytes]]:
    count = page[-1]
    edges = numbers(page, 0, count + 1, "I")
    for number in range(count):
        place = 4 * (count + 1) + number
        at = page[place] * 2 if place < _PAGE else 0
        yield edges[number], edges[number + 1], page[at + 1 : at + 1 + page[at]] if at else b""


def properties_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(property, operand) in order; a list that stops in the middle ends there."""
    place = 0
    while place + 2 <= len(data):
        code = int.from_bytes(data[place : place + 2], "little")
        place += 2
        size = _SIZES[code >> 13]
        if code == _DEFINE_TABLE:
            size = int.from_bytes(data[place : place + 2], "little") - 1
            place += 2
        elif size == 0:
            size = data[place] if place < len(data) else 0
            if code == _CHANGE_TABS and size == 255:
                return
            place += 1
        if size < 0 or place + size > len(data):
            return
        yield code, data[place : place + size]
        place += size


def character_look(*lists: bytes) -> CharacterLook:
    """The look that property lists give, later ones over earlier ones."""
    look = CharacterLook()
    struck = raised = False
    for data in lists:
        for code, operand in properties_of(data):
            on = operand[:1] in (b"\x01", b"\x81")
            if code == 0x083C:
                look.hidden = on
            elif code == 0x0800:
                look.deleted = on
            elif code in (0x0837, 0x2A53):
                struck = on
            elif code == 0x2A48:
                raised = operand[:1] in (b"\x01", b"\x02")
            elif code == 0x6A09:
                look.symbol = True
    look.apart = struck or raised
    return look


def paragraph_look(data_stream: bytes, *lists: bytes) -> ParagraphLook:
    """The look of a paragraph; lists that are stored apart in the data stream are followed."""
    look = ParagraphLook()
    for code, operand in _with_lists_apart(data_stream, lists):
        value = int.from_bytes(operand[:4], "little") if operand else 0
        if code == 0x2416:
            look.in_table = value == 1
        elif code == 0x2417:
            look.ends_row = value == 1
        elif code == 0x6649:
            look.level = value
        elif code == 0x244B:
            look.ends_inner_cell = value == 1
        elif code == 0x244C:
            look.ends_inner_row = value == 1
        elif code == 0x460B:
            look.list_number = value if value < 0x800 else 0
        elif code == 0x260A:
            look.list_level = min(value, 8)
        elif code == _DEFINE_TABLE:
            look.row = _defined_row(operand)
        else:
            _change_row(look.row, code, operand)
    return look


def _with_lists_apart(data_stream: bytes, lists: tuple[bytes, ...]) -> Iterator[tuple[int, bytes]]:
    followed = 0
    for data in lists:
        for code, operand in properties_of(data):
            if code in _STORED_APART and followed < _MAX_GROUPS_APART:
                followed += 1
                at = int.from_bytes(operand, "little")
                size = unsigned(data_stream, at, 2)
                yield from properties_of(data_stream[at + 2 : at + 2 + size])
            else:
                yield code, operand


def _defined_row(operand: bytes) -> RowShape:
    count = operand[0] if operand else 0
    if len(operand) < 1 + 2 * (count + 1):
        return RowShape()
    edges = numbers(operand, 1, count + 1, "h")
    shapes = []
    for number in range(count):
        at = 3 + 2 * count + 20 * number
        flags = int.from_bytes(operand[at : at + 2], "little")
        continues = flags & 0x60 == 0x20
        shapes.append(CellShape(joins_left=bool(flags & 0x02), joins_above=continues))
    return RowShape(edges, tuple(shapes))


def _change_row(row: RowShape, code: int, operand: bytes) -> None:
    """Changes behind a definition: merges are carried out, moved edges leave no geometry."""
    if code == 0xD62B and len(operand) >= 2 and operand[0] < len(row.cells):
        row.cells[operand[0]].joins_above = operand[1] == 1
    elif code == 0x5624 and len(operand) >= 2:
        for shape in row.cells[operand[0] + 1 : operand[1]]:
            shape.joins_left = True
    elif code in _EDGES_CHANGED:
        row.edges = ()
