"""XLS by xlwt, as spreadsheets of Excel 97 to 2003 and of WPS are."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any

import xlwt

from tests.damage.physical import Table

from . import Prose
from .placing import slots_of
from .xlsx import FORMATS


def render_xls(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """One sheet, or one a table; hidden sheets and rows hold other numbers."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet, row = book.add_sheet("年报"), 0
    apart = rng.random() < 0.5
    for place, lines in enumerate(prose):
        if place and apart and place < len(tables):
            sheet, row = book.add_sheet(f"表{place}"), 0
        for line in lines:
            sheet.write(row, 0, line)
            row += 1
        if place < len(tables):
            if rng.random() < 0.3:
                sheet.write(row, 0, 7)
                sheet.row(row).hidden = True
                row += 1
            row = _write_table(sheet, tables[place], row, rng)
    hidden = book.add_sheet("底稿")
    hidden.write(0, 0, 12)
    hidden.visibility = 1
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write_table(sheet: Any, table: Table, top: int, rng: random.Random) -> int:
    for r, row in enumerate(slots_of(table)):
        for slot in row:
            if slot.continues:
                continue
            value, look = _value(slot.cell.text, rng)
            style = xlwt.easyxf(num_format_str=look)
            area = (
                top + r,
                top + r + slot.rows - 1,
                slot.column,
                slot.column + slot.cell.columns - 1,
            )
            if slot.rows * slot.cell.columns > 1:
                sheet.write_merge(*area, value, style)
            elif slot.cell.text:
                sheet.write(top + r, slot.column, value, style)
    return top + len(table)


def _value(text: str, rng: random.Random) -> tuple[Any, str]:
    if text.lstrip("-").isdecimal() and len(text) < 10 and str(int(text)) == text:
        number = int(text)
        look = rng.choice(FORMATS if number >= 0 else ("General", "0", "0_ "))
        return rng.choice(
            (number, float(number), text)
        ), "General" if "," in look and number > 999 else look
    if text.replace(".", "", 1).isdecimal() and "." in text and text[-1] != "0":
        return float(text), "General"
    return text, "General"
