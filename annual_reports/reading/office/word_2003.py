"""Word documents stored as one XML file: flat OPC (`pkg:package`) and Word 2003 (`w:wordDocument`)."""

from __future__ import annotations

from annual_reports.reading.blanks import tidy_line
from annual_reports.reading.content import Content
from annual_reports.reading.office.docx import read_parts
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.titled import document_content
from annual_reports.reading.office.word_numbering import read_lists
from annual_reports.reading.office.word_styles import read_styles
from annual_reports.reading.office.word_xml import WordWalk
from annual_reports.reading.office.xml_parts import Node, attribute, child, local_name, parse_xml

MEDIA_TYPE = "application/xml"
_KIND = "Word XML"


def read_word_xml(content: bytes) -> Content:
    """Blocks and titles; raises QuarantinedDocument."""
    root = parse_xml(content, _KIND)
    if local_name(root) == "package":
        parts = {(attribute(one, "name") or "").lstrip("/"): one for one in root}
        return read_parts(lambda name: _part(parts.get(name)), MEDIA_TYPE)
    if local_name(root) != "wordDocument" or (body := child(root, "body")) is None:
        raise office_refusal("no_document", kind=_KIND)
    walk = WordWalk(read_styles(child(root, "styles")), read_lists(child(root, "lists")))
    title = child(root, "DocumentProperties", "Title")
    stored = None if title is None else (tidy_line(title.text or "") or None)
    return document_content(walk.read_story(body), MEDIA_TYPE, stored, walk.unread)


def _part(part: Node | None) -> Node | None:
    data = None if part is None else child(part, "xmlData")
    return None if data is None else next(iter(data), None)
