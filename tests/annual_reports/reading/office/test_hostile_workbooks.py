"""XLS workbooks that make calamine panic or take all memory are refused."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import pytest
from python_calamine import CalamineWorkbook

from annual_reports.model import Grid, QuarantinedDocument, QuarantineReason
from annual_reports.reading.document import read_document
from annual_reports.reading.office.panics import panic_exceptions
from tests.rendering.ole import ole_file

Record = tuple[int, bytes]
_START, _END, _SHEET, _CODE_PAGE, _DIMENSIONS = 0x0809, 0x000A, 0x0085, 0x0042, 0x0200
_SHARED_STRINGS, _FORMAT = 0x00FC, 0x00E0


def label(row: int, column: int, text: str) -> Record:
    letters = text.encode("utf-16-le")
    return 0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + letters


def number(row: int, column: int, value: float) -> Record:
    return 0x0203, struct.pack("<HHHd", row, column, 0, value)


def dimensions(top: int, below: int, left: int, behind: int) -> Record:
    return _DIMENSIONS, struct.pack("<IIHHH", top, below, left, behind, 0)


def packed(records: Sequence[Record]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)


def workbook(cells: Sequence[Record], settings: Sequence[Record] = ()) -> bytes:
    """A workbook of one sheet; `settings` are records of the part before the sheets."""
    opening, ending = (_START, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)), (_END, b"")
    settings = [*settings, (_FORMAT, bytes(20))]
    listed = (_SHEET, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"A")
    start = len(packed([opening, *settings, listed, ending]))
    listed = (_SHEET, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"A")
    book = packed([opening, *settings, listed, ending, opening, *cells, ending])
    return ole_file({"Workbook": book})


def refused(content: bytes) -> QuarantinedDocument:
    with pytest.raises(QuarantinedDocument) as refusal:
        read_document(content, "文件")
    return refusal.value


def texts(content: bytes) -> list[str]:
    (grid,) = (one for one in read_document(content, "文件").blocks if isinstance(one, Grid))
    return [cell.text for cell in grid.cells]


def test_the_sound_workbook_is_read() -> None:
    cells = [label(0, 0, "甲"), number(0, 1, 3), label(1, 0, "乙"), number(1, 1, 4)]
    content = workbook([dimensions(0, 2, 0, 2), *cells], [(_CODE_PAGE, b"\xb0\x04")])
    assert texts(content) == ["甲", "3", "乙", "4"]


def test_a_panic_is_no_ordinary_exception() -> None:
    content = workbook([label(0, 0, "甲")], [(_CODE_PAGE, b"\xb0")])
    with pytest.raises(panic_exceptions()) as panic:
        CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert not isinstance(panic.value, Exception)


def test_a_panic_is_a_refusal() -> None:
    refusal = refused(workbook([label(0, 0, "甲")], [(_CODE_PAGE, b"\xb0")]))
    assert refusal.reason is QuarantineReason.READER_FAILED
    assert isinstance(refusal.__cause__, panic_exceptions())


def test_an_interrupt_is_no_panic() -> None:
    assert panic_exceptions()
    for other in (KeyboardInterrupt, SystemExit, GeneratorExit):
        assert not issubclass(other, panic_exceptions())


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([number(0, 0, 1), number(65_535, 255, 2)], QuarantineReason.TOO_LARGE),
        ([number(0, 0, 1), number(0, 65_535, 2)], QuarantineReason.READER_FAILED),
        ([dimensions(9, 1, 0, 1), number(0, 0, 1)], QuarantineReason.READER_FAILED),
        ([dimensions(0, 2**32 - 1, 0, 255), number(0, 0, 1)], QuarantineReason.READER_FAILED),
        ([(0x00BD, struct.pack("<HH", 0, 250) + bytes(6 * 9 + 2))], QuarantineReason.READER_FAILED),
        ([(0x0203, b"\0")], QuarantineReason.READER_FAILED),
    ],
)
def test_cells_that_cannot_be_laid_out_are_refused(
    cells: list[Record], reason: QuarantineReason
) -> None:
    assert refused(workbook(cells)).reason is reason


def test_more_shared_strings_than_there_are_bytes_are_refused() -> None:
    strings = (_SHARED_STRINGS, struct.pack("<II", 0, 2**31 - 1))
    assert refused(workbook([label(0, 0, "甲")], [strings]))


CHART = [(_START, struct.pack("<HHHHII", 0x0600, 0x20, 0, 0, 0, 0)), label(0, 1, "丙"), (_END, b"")]


def test_the_values_a_chart_keeps_are_no_cells() -> None:
    content = workbook([label(0, 0, "甲"), *CHART, label(1, 0, "乙")])
    assert texts(content) == ["甲", "乙"]


def test_cells_behind_a_chart_are_counted() -> None:
    cells = [number(0, 0, 1), *CHART, number(65_535, 255, 2)]
    assert refused(workbook(cells)).reason is QuarantineReason.TOO_LARGE
