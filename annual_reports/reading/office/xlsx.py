"""XLSX to content, with the number formats, so that a cell says what Excel shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from annual_reports.reading.content import Content
from annual_reports.reading.office.archive import Archive
from annual_reports.reading.office.cell_names import cell_area, cell_place
from annual_reports.reading.office.number_formats import BUILT_IN_FORMATS, printed_number
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.sheets import UNKNOWN, Doubts, Sheet, workbook_content
from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    child,
    children,
    is_on,
    local_name,
    parse_xml,
)
from schemas.office import MAX_CELLS, MAX_COLUMNS, office_words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KIND = "XLSX"


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets of a workbook share; `formats` by the index a cell names as its style."""

    strings: tuple[str, ...]
    formats: tuple[str | None, ...]
    from_1904: bool


def read_xlsx(content: bytes) -> Content:
    """Blocks and titles of a workbook; raises QuarantinedDocument."""
    archive = Archive(content, _KIND)
    if "xl/workbook.xml" not in archive.names:
        raise office_refusal("no_document", kind=_KIND)
    workbook = parse_xml(archive.read("xl/workbook.xml"), _KIND)
    book = _Book(_strings(archive), _formats(archive), is_1904(workbook))
    doubts = Doubts()
    sheets = [_sheet(*found, book, doubts) for found in _shown_sheets(archive, workbook, doubts)]
    return workbook_content(sheets, doubts, MEDIA_TYPE, _title(archive))


def is_1904(workbook: Node) -> bool:
    """Whether days are counted from 1904, as old Macintosh files do."""
    properties = child(workbook, "workbookPr")
    return properties is not None and attribute(properties, "date1904") in ("1", "true")


def _title(archive: Archive) -> str | None:
    data = archive.read_if_present("docProps/core.xml")
    title = None if data is None else child(parse_xml(data, _KIND), "title")
    return None if title is None else ((title.text or "").strip() or None)


def _shown_sheets(archive: Archive, workbook: Node, doubts: Doubts) -> Iterator[tuple[str, Node]]:
    relations = parse_xml(archive.read("xl/_rels/workbook.xml.rels"), _KIND)
    targets = {one.get("Id"): one.get("Target") or "" for one in relations}
    for one in children(workbook, "sheets"):
        if attribute(one, "state") in ("hidden", "veryHidden"):
            doubts.hidden_sheets += 1
            continue
        target = targets.get(attribute(one, "id"), "")
        name = normpath(target.lstrip("/") if target.startswith("/") else join("xl", target))
        root = parse_xml(archive.read(name), _KIND)
        if local_name(root) == "worksheet":
            yield attribute(one, "name") or "", root


def _strings(archive: Archive) -> tuple[str, ...]:
    data = archive.read_if_present("xl/sharedStrings.xml")
    return () if data is None else tuple(map(_text, parse_xml(data, _KIND)))


def _text(node: Node) -> str:
    """The runs of a string; readings of characters are no text, a struck run stands apart."""
    texts = []
    for part in node:
        name = local_name(part)
        if name == "t":
            texts.append(part.text or "")
        elif name == "r":
            run = "".join(one.text or "" for one in part if local_name(one) == "t")
            texts.append(f"\n{run}\n" if _stands_apart(part) else run)
    return "".join(texts)


def _stands_apart(run: Node) -> bool:
    raised = child(run, "rPr", "vertAlign")
    return is_on_attribute(run, "strike") or (
        raised is not None and attribute(raised, "val") in ("superscript", "subscript")
    )


def is_on_attribute(run: Node, name: str) -> bool:
    """A toggle below the run's properties."""
    properties = child(run, "rPr")
    return properties is not None and is_on(child(properties, name))


def _formats(archive: Archive) -> tuple[str | None, ...]:
    data = archive.read_if_present("xl/styles.xml")
    if data is None:
        return ()
    root = parse_xml(data, _KIND)
    codes: dict[int, str] = dict(BUILT_IN_FORMATS)
    for one in children(root, "numFmts"):
        codes[_integer(attribute(one, "numFmtId"))] = attribute(one, "formatCode") or "General"
    styles = children(root, "cellXfs")
    return tuple(codes.get(_integer(attribute(one, "numFmtId"))) for one in styles)


def _sheet(name: str, root: Node, book: _Book, doubts: Doubts) -> Sheet:
    sheet = Sheet(name)
    view = child(root, "sheetViews", "sheetView")
    zeros_hidden = view is not None and attribute(view, "showZeros") in ("0", "false")
    for column in children(root, "cols"):
        if attribute(column, "hidden") in ("1", "true"):
            first, last = (_integer(attribute(column, end)) for end in ("min", "max"))
            sheet.hidden_columns |= set(range(first - 1, min(last, MAX_COLUMNS)))
    next_row = 0
    for row in children(root, "sheetData"):
        number = _integer(attribute(row, "r")) - 1 if attribute(row, "r") else next_row
        next_row = number + 1
        if attribute(row, "hidden") in ("1", "true"):
            sheet.hidden_rows.add(number)
        sheet.texts.update(_row_texts(row, number, book, doubts, zeros_hidden))
        if len(sheet.texts) > MAX_CELLS:
            raise office_refusal("too_many_cells", limit=MAX_CELLS)
    areas = (cell_area(attribute(one, "ref")) for one in children(root, "mergeCells"))
    sheet.merged = [area for area in areas if area is not None]
    _drop_empty_margin(sheet)
    return sheet


def _row_texts(
    row: Node, number: int, book: _Book, doubts: Doubts, zeros_hidden: bool
) -> Iterator[tuple[tuple[int, int], str]]:
    next_column = 0
    for cell in row:
        place = cell_place(attribute(cell, "r")) or (number, next_column)
        next_column = place[1] + 1
        if zeros_hidden and _is_zero(cell):
            continue
        if text := _shown(cell, book, doubts):
            yield place, text


def _drop_empty_margin(sheet: Sheet) -> None:
    """Hidden rows and columns behind the last text hide nothing and are not counted."""
    last_row = max((row for row, _ in sheet.texts), default=-1)
    last_column = max((column for _, column in sheet.texts), default=-1)
    sheet.hidden_rows = {row for row in sheet.hidden_rows if row <= last_row}
    sheet.hidden_columns = {one for one in sheet.hidden_columns if one <= last_column}


def _is_zero(cell: Node) -> bool:
    value = child(cell, "v")
    return attribute(cell, "t") in (None, "n") and value is not None and _float(value.text) == 0


def _shown(cell: Node, book: _Book, doubts: Doubts) -> str | None:
    """The text shown; None for an empty cell. A formula without a stored result is no blank."""
    kind = attribute(cell, "t") or "n"
    if kind == "inlineStr":
        inline = child(cell, "is")
        return None if inline is None else _text(inline)
    value = child(cell, "v")
    if value is None or not value.text:
        if child(cell, "f") is None or kind == "str":
            return None
        doubts.formulas_without_result += 1
        return UNKNOWN
    if kind == "n":
        return _number(value.text, _integer(attribute(cell, "s")), book, doubts)
    return _words(kind, value.text, book)


def _words(kind: str, text: str, book: _Book) -> str:
    """Shared strings by their place, truth values, and what is stored as shown: str, e (#REF!), d."""
    if kind == "b":
        return office_words("truth")["true" if text == "1" else "false"]
    if kind != "s":
        return text
    place = _integer(text)
    if place >= len(book.strings):
        raise office_refusal("damaged", kind=_KIND)
    return book.strings[place]


def _number(text: str, style: int, book: _Book, doubts: Doubts) -> str:
    number = _float(text)
    code = book.formats[style] if style < len(book.formats) else "General"
    shown = None if number is None or code is None else printed_number(number, code, book.from_1904)
    if shown is None:
        doubts.unknown_formats += 1
        return UNKNOWN
    return shown


def _float(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _integer(text: str | None) -> int:
    """An index or count; nothing counts as 0, nonsense is damage."""
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 9:
        raise office_refusal("damaged", kind=_KIND)
    return int(text)
