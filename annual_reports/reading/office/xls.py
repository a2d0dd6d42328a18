"""XLS to content: texts by calamine, numbers as their records and formats print them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from annual_reports.reading.content import Content
from annual_reports.reading.office.number_formats import general_number
from annual_reports.reading.office.ole import OleFile
from annual_reports.reading.office.panics import panic_exceptions
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.sheets import UNKNOWN, Doubts, Sheet, workbook_content
from annual_reports.reading.office.xls_extent import refuse_unsafe_extent
from annual_reports.reading.office.xls_records import SheetRecords, read_workbook_records

MEDIA_TYPE = "application/vnd.ms-excel"
_DAMAGE = (CalamineError, OSError, ValueError)


def read_xls(content: bytes, ole: OleFile) -> Content:
    """Blocks and titles; raises QuarantinedDocument."""
    doubts = Doubts()
    stream = ole.read("Workbook") or ole.read("Book")
    refuse_unsafe_extent(stream)
    records = read_workbook_records(stream, doubts)
    by_name = {} if records is None else {sheet.name: sheet for sheet in records.sheets}
    sheets = []
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for known in book.sheets_metadata:
            if known.visible is not SheetVisibleEnum.Visible:
                doubts.hidden_sheets += 1
                continue
            found = book.get_sheet_by_name(known.name)
            rows = found.to_python(skip_empty_area=False)
            sheets.append(_sheet(known.name, rows, by_name.get(known.name), doubts))
    except _DAMAGE as damage:
        raise office_refusal("damaged", kind="XLS") from damage
    except panic_exceptions() as damage:
        raise office_refusal("damaged", kind="XLS") from damage
    return workbook_content(sheets, doubts, MEDIA_TYPE, ole.title())


def _sheet(
    name: str, rows: Iterable[Iterable[object]], records: SheetRecords | None, doubts: Doubts
) -> Sheet:
    sheet = Sheet(name)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.texts[row, column] = value
            elif records is None:
                sheet.texts[row, column] = _without_format(value, doubts)
    if records is not None:
        sheet.texts.update(records.texts)
        sheet.merged = records.merged
        sheet.hidden_rows, sheet.hidden_columns = records.hidden_rows, records.hidden_columns
    return sheet


def _without_format(value: object, doubts: Doubts) -> str:
    """Whole numbers print as such under nearly every format; the rest is not known."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        return general_number(Decimal(int(value))) or UNKNOWN
    doubts.unknown_formats += 1
    return UNKNOWN
