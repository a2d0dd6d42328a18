"""ODS sheets: the text that stands in the file beside each value is the text that is shown."""

from __future__ import annotations

from collections.abc import Iterator

from annual_reports.reading.office.laid_out import Paragraph
from annual_reports.reading.office.opendocument_styles import OdfStyles
from annual_reports.reading.office.opendocument_text import OdfWalk, repetition, table_rows
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.sheets import UNKNOWN, Doubts, Sheet
from annual_reports.reading.office.xml_parts import Node, attribute, local_name
from schemas.office import MAX_CELLS, MAX_COLUMNS

_HIDDEN = ("collapse", "filter")
_FURTHEST_ROW = 1_048_576


def read_sheets(book: Node, styles: OdfStyles, doubts: Doubts) -> Iterator[Sheet]:
    """Shown sheets in order."""
    for node in book:
        if local_name(node) != "table":
            continue
        if attribute(node, "style-name") in styles.hidden:
            doubts.hidden_sheets += 1
        else:
            yield _sheet(node, styles, doubts)


def _sheet(node: Node, styles: OdfStyles, doubts: Doubts) -> Sheet:
    sheet = Sheet(attribute(node, "name") or "")
    _read_columns(node, sheet)
    row_number = 0
    for row in table_rows(node):
        times = repetition(row, "number-rows-repeated")
        texts = _read_row(row, row_number, sheet, OdfWalk(styles), doubts)
        if texts:
            if times * len(texts) > MAX_CELLS:
                raise office_refusal("too_many_cells", limit=MAX_CELLS)
            for at in range(row_number, row_number + times):
                sheet.texts.update({(at, column): text for column, text in texts.items()})
        if attribute(row, "visibility") in _HIDDEN and times < MAX_COLUMNS:
            sheet.hidden_rows |= set(range(row_number, row_number + times))
        row_number += times
        if row_number > _FURTHEST_ROW or len(sheet.texts) > MAX_CELLS:
            raise office_refusal("too_many_cells", limit=MAX_CELLS)
    last_row = max((row for row, _ in sheet.texts), default=-1)
    last_column = max((column for _, column in sheet.texts), default=-1)
    sheet.hidden_rows = {row for row in sheet.hidden_rows if row <= last_row}
    sheet.hidden_columns = {column for column in sheet.hidden_columns if column <= last_column}
    return sheet


def _read_columns(node: Node, sheet: Sheet) -> None:
    column = 0
    for one in node.iter("{*}table-column"):
        times = repetition(one, "number-columns-repeated")
        if attribute(one, "visibility") in _HIDDEN:
            sheet.hidden_columns |= set(range(column, min(column + times, MAX_COLUMNS)))
        column += times


def _read_row(
    row: Node, row_number: int, sheet: Sheet, walk: OdfWalk, doubts: Doubts
) -> dict[int, str]:
    """Texts by column; spans are added to the sheet."""
    texts: dict[int, str] = {}
    column = 0
    for cell in row:
        kind = local_name(cell)
        if kind not in ("table-cell", "covered-table-cell"):
            continue
        times = repetition(cell, "number-columns-repeated")
        if kind == "table-cell" and (text := _shown(cell, walk, doubts)):
            if column + times > MAX_COLUMNS:
                raise office_refusal("too_many_cells", limit=MAX_CELLS)
            texts.update(dict.fromkeys(range(column, column + times), text))
        rows, columns = (repetition(cell, f"number-{axis}-spanned") for axis in ("rows", "columns"))
        if rows * columns > 1:
            if columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
                raise office_refusal("too_many_cells", limit=MAX_CELLS)
            sheet.merged.append((row_number, column, row_number + rows - 1, column + columns - 1))
        column += times
    return texts


def _shown(cell: Node, walk: OdfWalk, doubts: Doubts) -> str:
    """The cell's paragraphs; a value or formula without any has an unknown print."""
    flow = walk.flow(cell)
    text = "\n".join(one.text for one in flow if isinstance(one, Paragraph))
    if text or len(cell):  # an empty paragraph is a value that its format hides
        return text
    if attribute(cell, "value") is not None:
        doubts.unknown_formats += 1
    elif attribute(cell, "formula") is not None and attribute(cell, "string-value") is None:
        doubts.formulas_without_result += 1
    else:
        return ""
    return UNKNOWN
