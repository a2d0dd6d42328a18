"""Records of an XLS workbook stream: number formats, numbers, errors, merges and what is hidden.

Texts are left to calamine; it gives numbers without the formats that say how they are printed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from annual_reports.reading.office.number_formats import BUILT_IN_FORMATS, printed_number
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.sheets import UNKNOWN, Area, Doubts
from schemas.office import MAX_CELLS, office_words

_BIFF8 = 0x0600
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_CALCULATED_ON_LOADING = 0x0002
_ZEROS_SHOWN = 0x0010
_ROW_HIDDEN = 0x20


@dataclass(slots=True)
class SheetRecords:
    """What the records of one sheet say; `texts` are printed numbers, errors and truth values."""

    name: str
    is_hidden: bool
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    zeros_hidden: bool = False
    values: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)


@dataclass(slots=True)
class WorkbookRecords:
    """Sheets in order; `formats` by the place of the cell format that a cell names."""

    sheets: list[SheetRecords] = field(default_factory=list)
    formats: list[int] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN_FORMATS))
    from_1904: bool = False


def read_workbook_records(stream: bytes, doubts: Doubts) -> WorkbookRecords | None:
    """None where the stream is older than Excel 97; raises QuarantinedDocument."""
    if len(stream) < 8 or struct.unpack_from("<H", stream, 4)[0] != _BIFF8:
        return None
    book = WorkbookRecords()
    starts: list[int] = []
    try:
        for kind, data in _records(stream, 0):
            _read_global(kind, data, book, starts)
        for sheet, start in zip(book.sheets, starts, strict=True):
            for kind, data in _records(stream, start):
                _read_cell(kind, data, sheet, doubts)
                if len(sheet.values) + len(sheet.texts) > MAX_CELLS:
                    raise office_refusal("too_many_cells", limit=MAX_CELLS)
    except (struct.error, IndexError) as damage:
        raise office_refusal("damaged", kind="XLS") from damage
    for sheet in book.sheets:
        _print_numbers(sheet, book, doubts)
    return book


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Records of one substream; those of charts inside it are passed over."""
    place, depth = start, 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        data = stream[place + 4 : place + 4 + size]
        if len(data) < size:
            raise office_refusal("damaged", kind="XLS")
        place += 4 + size
        if kind == 0x0809:
            depth += 1
        elif kind == 0x000A:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data
    raise office_refusal("damaged", kind="XLS")


def _read_global(kind: int, data: bytes, book: WorkbookRecords, starts: list[int]) -> None:
    if kind == 0x002F:
        raise office_refusal("encrypted")
    if kind == 0x0085 and data[5] == 0:  # worksheets only
        starts.append(struct.unpack_from("<I", data)[0])
        name = _string(data[8:], data[7], data[6])
        book.sheets.append(SheetRecords(name, bool(data[4] & 3)))
    elif kind == 0x00E0:
        book.formats.append(struct.unpack_from("<H", data, 2)[0])
    elif kind == 0x041E:
        number, count = struct.unpack_from("<HH", data)
        book.codes[number] = _string(data[5:], data[4], count)
    elif kind == 0x0022:
        book.from_1904 = data[:1] == b"\x01"


def _string(data: bytes, flags: int, count: int) -> str:
    return data[: 2 * count].decode("utf-16-le", "replace") if flags & 1 else data[:count].decode("latin-1")  # fmt: skip


def _read_cell(kind: int, data: bytes, sheet: SheetRecords, doubts: Doubts) -> None:
    if kind == 0x0203:
        row, column, look, value = struct.unpack_from("<HHHd", data)
        sheet.values[row, column] = (value, look)
    elif kind == 0x027E:
        row, column, look, packed = struct.unpack_from("<HHHi", data)
        sheet.values[row, column] = (_unpacked(packed), look)
    elif kind == 0x00BD:
        row, column = struct.unpack_from("<HH", data)
        for number in range((len(data) - 6) // 6):
            look, packed = struct.unpack_from("<Hi", data, 4 + 6 * number)
            sheet.values[row, column + number] = (_unpacked(packed), look)
    elif kind == 0x0006:
        _read_formula(data, sheet, doubts)
    elif kind == 0x0205:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", data)
        sheet.texts[row, column] = _ERRORS.get(value, UNKNOWN) if is_error else _truth(value)
    else:
        _read_layout(kind, data, sheet)


def _read_formula(data: bytes, sheet: SheetRecords, doubts: Doubts) -> None:
    """The stored result; one that is to be calculated on loading is not what would be printed."""
    row, column, look = struct.unpack_from("<HHH", data)
    result = data[6:14]
    if struct.unpack_from("<H", data, 14)[0] & _CALCULATED_ON_LOADING:
        doubts.formulas_without_result += 1
        sheet.texts[row, column] = UNKNOWN
    elif result[6:8] != b"\xff\xff":
        sheet.values[row, column] = (struct.unpack("<d", result)[0], look)
    elif result[0] == 1:
        sheet.texts[row, column] = _truth(result[2])
    elif result[0] == 2:
        sheet.texts[row, column] = _ERRORS.get(result[2], UNKNOWN)


def _read_layout(kind: int, data: bytes, sheet: SheetRecords) -> None:
    if kind == 0x0208:
        row, flags = struct.unpack_from("<H10xI", data)
        if flags & _ROW_HIDDEN:
            sheet.hidden_rows.add(row)
    elif kind == 0x007D:
        first, last, flags = struct.unpack_from("<HH4xH", data)
        if flags & 1:
            sheet.hidden_columns |= set(range(first, min(last, 255) + 1))
    elif kind == 0x00E5:
        count = struct.unpack_from("<H", data)[0]
        for number in range(count):
            top, bottom, left, right = struct.unpack_from("<HHHH", data, 2 + 8 * number)
            sheet.merged.append((top, left, bottom, right))
    elif kind == 0x023E:
        sheet.zeros_hidden = not struct.unpack_from("<H", data)[0] & _ZEROS_SHOWN


def _truth(value: int) -> str:
    return office_words("truth")["true" if value else "false"]


def _unpacked(packed: int) -> float:
    """An RK number: 30 bits of an integer or of a double's upper half, perhaps a hundredfold."""
    if packed & 2:
        value = float(packed >> 2)
    else:
        value = float(struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", packed & ~3))[0])
    return value / 100 if packed & 1 else value


def _print_numbers(sheet: SheetRecords, book: WorkbookRecords, doubts: Doubts) -> None:
    for place, (value, look) in sheet.values.items():
        if sheet.zeros_hidden and value == 0:
            continue
        code = book.codes.get(book.formats[look]) if look < len(book.formats) else None
        shown = None if code is None else printed_number(value, code, book.from_1904)
        doubts.unknown_formats += shown is None
        sheet.texts[place] = UNKNOWN if shown is None else shown
