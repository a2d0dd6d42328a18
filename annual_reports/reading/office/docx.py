"""DOCX to content: the parts of the archive, found by their relations, read by one walk."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, join, normpath

from annual_reports.reading.blanks import tidy_line
from annual_reports.reading.content import Content
from annual_reports.reading.office.archive import Archive
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.titled import document_content
from annual_reports.reading.office.word_numbering import read_lists
from annual_reports.reading.office.word_styles import read_styles
from annual_reports.reading.office.word_xml import WordWalk
from annual_reports.reading.office.xml_parts import Node, attribute, child, local_name, parse_xml

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KIND = "DOCX"

ReadPart = Callable[[str], Node | None]
"""A part parsed, by its name; None where the package has none of the name."""


def read_docx(content: bytes) -> Content:
    """Blocks and titles of a DOCX; raises QuarantinedDocument."""
    archive = Archive(content, _KIND)

    def read_part(name: str) -> Node | None:
        data = archive.read_if_present(name)
        return None if data is None else parse_xml(data, _KIND)

    return read_parts(read_part, MEDIA_TYPE)


def read_parts(read_part: ReadPart, media_type: str) -> Content:
    """A package of Word parts, however it is stored; names have no leading slash."""
    package = _relations(read_part, "")
    main = package.get("officeDocument", "word/document.xml")
    document = read_part(main)
    if document is None or (body := child(document, "body")) is None:
        raise office_refusal("no_document", kind=_KIND)
    related = _relations(read_part, main)

    def part(relation: str) -> Node | None:
        return read_part(related[relation]) if relation in related else None

    notes: dict[str, dict[str, Node]] = {}

    def note(kind: str, number: str) -> Node | None:
        if kind not in notes:
            found = part(f"{kind}s")
            notes[kind] = {attribute(n, "id") or "": n for n in found} if found is not None else {}
        return notes[kind].get(number)

    walk = WordWalk(read_styles(part("styles")), read_lists(part("numbering")), note)
    flow = walk.read_story(body)
    core = package.get("core-properties")
    properties = read_part(core) if core else None
    return document_content(flow, media_type, _title_in(properties), walk.unread)


def _title_in(properties: Node | None) -> str | None:
    title = None if properties is None else child(properties, "title")
    return None if title is None else (tidy_line(title.text or "") or None)


def _relations(read_part: ReadPart, source: str) -> dict[str, str]:
    """The parts that the relations of `source` lead to, the first of each kind; the package is ''."""
    folder = dirname(source)
    name = source.rpartition("/")[2]
    relations = read_part(join(folder, "_rels", f"{name}.rels"))
    found: dict[str, str] = {}
    for node in () if relations is None else relations:
        _, slash, kind = (node.get("Type") or "").rpartition("/")
        if local_name(node) == "Relationship" and slash:
            target = node.get("Target") or ""
            path = target.lstrip("/") if target.startswith("/") else join(folder, target)
            found.setdefault(kind, normpath(path))
    return found
