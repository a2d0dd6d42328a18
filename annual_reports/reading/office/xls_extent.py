"""Refusal of XLS workbooks that calamine cannot lay out.

It allocates every sheet from its first to its last row and column, so that two cells far apart take
the memory of the whole machine, which ends the process with no exception.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from annual_reports.model import QuarantinedDocument
from annual_reports.reading.office.refusals import office_refusal
from schemas.office import MAX_SHEET_PLACES

_START = 0x0809
_END = 0x000A
_SHEET = 0x0085
_SHARED_STRINGS = 0x00FC
_DIMENSIONS = 0x0200
_SEVERAL_NUMBERS = 0x00BD
_CELLS = frozenset({0x0006, 0x00BD, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
_ROWS, _COLUMNS = 65_536, 256
_SHORTEST_STRING = 3


def refuse_unsafe_extent(stream: bytes) -> None:
    """Raise QuarantinedDocument where a sheet of the workbook stream is too large to be allocated."""
    try:
        places = sum(_places(stream, start) for start in _sheet_starts(stream))
    except struct.error as damage:
        raise _damaged() from damage
    if places > MAX_SHEET_PLACES:
        raise office_refusal("too_many_cells", limit=MAX_SHEET_PLACES)


def _sheet_starts(stream: bytes) -> list[int]:
    starts = []
    for kind, data in _records(stream, 0):
        if kind == _SHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        elif kind == _SHARED_STRINGS:
            count = struct.unpack_from("<4xI", data)[0]
            if count * _SHORTEST_STRING > len(stream):
                raise _damaged()
    return starts


def _places(stream: bytes, start: int) -> int:
    """How many cells the sheet has once it is laid out, or how often it writes one, if that is more."""
    rows: set[int] = set()
    last_column = written = 0
    for kind, data in _records(stream, start):
        if kind == _DIMENSIONS:
            _check_dimensions(data)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            if kind == _SEVERAL_NUMBERS:
                column += max(0, (len(data) - 6) // 6 - 1)
            if column >= _COLUMNS:
                raise _damaged()
            rows.add(row)
            last_column = max(last_column, column)
            written += 1
    return max(written, (max(rows) - min(rows) + 1) * (last_column + 1)) if rows else 0


def _check_dimensions(data: bytes) -> None:
    layout = "<IIHH" if len(data) == 14 else "<HHHH"  # shorter before Excel 97
    top, below, left, behind = struct.unpack_from(layout, data)
    if not top <= below <= _ROWS or not left <= behind <= _COLUMNS:
        raise _damaged()


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream, those of charts inside it with them."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        depth += (kind == _START) - (kind == _END)
        if kind == _END and depth <= 0:
            return
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _damaged() -> QuarantinedDocument:
    return office_refusal("damaged", kind="XLS")
