"""XLSX by openpyxl: numbers as numbers or as text, with the formats offices use."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from tests.damage.physical import Table

from . import Prose
from .placing import slots_of

_HIDDEN_COLUMN = 40
"""Behind the columns of every table of the sheet: what stands in a hidden column is not shown."""
FORMATS = ("General", "0", "0_ ", "#,##0;-#,##0", "0_);[Red](0)", "@")


def render_xlsx(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """One sheet, or one a table; hidden sheets and columns hold other numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "年报"
    row = 1
    apart = rng.random() < 0.5
    for place, lines in enumerate(prose):
        if place and apart and place < len(tables):
            sheet, row = book.create_sheet(f"表{place}"), 1
        for line in lines:
            sheet.cell(row, 1, line)
            row += 1
        if place < len(tables):
            row = write_table(sheet, tables[place], row + rng.randint(0, 1), rng)
    if rng.random() < 0.3:
        hidden = book.create_sheet("底稿")
        hidden.sheet_state = "hidden"
        hidden.cell(1, 1, 12)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_table(sheet: Any, table: Table, top: int, rng: random.Random) -> int:
    """Write from row `top` (from 1); the first row behind the table."""
    for r, row in enumerate(slots_of(table)):
        for slot in row:
            if slot.continues:
                continue
            place = sheet.cell(top + r, slot.column + 1)
            write_value(place, slot.cell.text, rng)
            if slot.cell.columns > 1 or slot.rows > 1:
                sheet.merge_cells(
                    start_row=place.row, start_column=place.column,
                    end_row=place.row + slot.rows - 1,
                    end_column=place.column + slot.cell.columns - 1,
                )  # fmt: skip
    if rng.random() < 0.2:
        for r in range(len(table)):
            sheet.cell(top + r, _HIDDEN_COLUMN, 7)
        sheet.column_dimensions[sheet.cell(1, _HIDDEN_COLUMN).column_letter].hidden = True
    return top + len(table)


def write_value(place: Any, text: str, rng: random.Random) -> None:
    """A number where the text is one that the number prints, under a format that prints it."""
    if text.lstrip("-").isdecimal() and len(text) < 10 and str(int(text)) == text:
        number = int(text)
        place.value = rng.choice((number, number, float(number), text))
        wanted = rng.choice(FORMATS if number >= 0 else ("General", "0", "0_ "))
        place.number_format = "General" if "," in wanted and number > 999 else wanted
    elif text.replace(".", "", 1).isdecimal() and "." in text and text[-1] != "0":
        place.value = float(text)
    elif text:
        place.value = text
