"""OpenDocument texts and spreadsheets (ODT, ODS) to content."""

from __future__ import annotations

from annual_reports.reading.blanks import tidy_line
from annual_reports.reading.content import Content
from annual_reports.reading.office.archive import Archive
from annual_reports.reading.office.opendocument_sheets import read_sheets
from annual_reports.reading.office.opendocument_styles import read_odf_styles
from annual_reports.reading.office.opendocument_text import OdfWalk
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.sheets import Doubts, workbook_content
from annual_reports.reading.office.titled import document_content
from annual_reports.reading.office.xml_parts import Node, child, parse_xml

MEDIA_TYPE = "application/vnd.oasis.opendocument"
_KIND = "OpenDocument"


def read_opendocument(content: bytes) -> Content:
    """Blocks and titles; raises QuarantinedDocument."""
    archive = Archive(content, _KIND)
    if b"encryption-data" in (archive.read_if_present("META-INF/manifest.xml") or b""):
        raise office_refusal("encrypted")
    root = parse_xml(archive.read("content.xml"), _KIND)
    common = _part(archive, "styles.xml")
    styles = read_odf_styles([one for one in (common, root) if one is not None])
    title = _title(_part(archive, "meta.xml"))
    if (text := child(root, "body", "text")) is not None:
        flow = list(OdfWalk(styles).flow(text))
        return document_content(flow, f"{MEDIA_TYPE}.text", title)
    if (book := child(root, "body", "spreadsheet")) is not None:
        doubts = Doubts()
        sheets = list(read_sheets(book, styles, doubts))
        return workbook_content(sheets, doubts, f"{MEDIA_TYPE}.spreadsheet", title)
    raise office_refusal("unknown_drawing")


def _part(archive: Archive, name: str) -> Node | None:
    data = archive.read_if_present(name)
    return None if data is None else parse_xml(data, _KIND)


def _title(meta: Node | None) -> str | None:
    title = None if meta is None else child(meta, "meta", "title")
    return None if title is None else (tidy_line(title.text or "") or None)
