"""Word markup to paragraphs and tables: what the document prints once all revisions are accepted.

One walk serves DOCX (transitional and strict), flat OPC and Word 2003 XML: they share local names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from annual_reports.reading.office.laid_out import DraftCell, DraftTable, Flow, Paragraph
from annual_reports.reading.office.lists import Lists
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.word_numbering import list_level
from annual_reports.reading.office.word_styles import Styles
from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    child,
    child_value,
    is_on,
    local_name,
)
from schemas.office import MAX_COLUMNS, MAX_NESTING, office_words

_UNPRINTED = frozenset(
    [
        "pPr",
        "rPr",
        "tblPr",
        "tblGrid",
        "tcPr",
        "trPr",
        "sectPr",
        "sdtPr",
        "sdtEndPr",
        "del",
        "moveFrom",
        "delText",
        "delInstrText",
        "instrText",
        "fldData",
        "rt",
        "rubyPr",
        "docPr",
        "cNvPr",
        "binData",
        "proofErr",
        "bookmarkStart",
        "bookmarkEnd",
        "customXmlPr",
        "smartTagPr",
        "Fallback",
        "listPr",
    ]
)
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
_PICTURES = frozenset({"drawing", "pict", "object"})
_LOOKS = frozenset({"vanish", "rStyle", "strike", "dstrike", "vertAlign"})
_SHAPES = frozenset(["cellIns", "cellDel", "gridSpan", "vMerge", "vmerge", "hMerge", "hmerge"])
_DELETION = "Word.Deletion"
_SYMBOL_FONT_START = 0xF000


@dataclass(slots=True)
class WordWalk:
    """Walks one story after another; field codes may reach over several paragraphs."""

    styles: Styles
    lists: Lists
    notes: Callable[[str, str], Node | None] = lambda _kind, _id: None
    unread: list[str] = field(default_factory=list)
    _fields: list[bool] = field(default_factory=list)
    _notes_called: list[tuple[str, str]] = field(default_factory=list)
    _depth: int = 0

    def read_story(self, body: Node) -> list[Flow]:
        """The body and behind it the notes it calls, in the order of their calls."""
        flow = list(self.flow(body))
        for kind, number in self._notes_called:
            if (note := self.notes(kind, number)) is not None:
                flow += self.flow(note)
        return flow

    def flow(self, parent: Node) -> Iterator[Flow]:
        """Paragraphs and tables of a container, wrappers such as content controls entered."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise office_refusal("too_deep", limit=MAX_NESTING)
        for node in parent:
            name = local_name(node)
            if name == "p":
                yield from self._paragraph(node)
            elif name == "tbl":
                yield self._table(node)
            elif name == "altChunk":
                self.unread.append(name)
            elif name == "AlternateContent":
                yield from self.flow(_choice(node))
            elif name not in _UNPRINTED and not _is_deletion(node):
                yield from self.flow(node)
        self._depth -= 1

    def _paragraph(self, node: Node) -> Iterator[Flow]:
        properties = child(node, "pPr")
        style_id = child_value(properties, "pStyle") if properties is not None else None
        style = self.styles.of(style_id)
        texts: list[str] = []
        boxes: list[Node] = []
        self._runs(node, texts, boxes, style.hidden is True)
        text = "".join(texts)
        label = self._label(properties, style.list_id, style.level) if text.strip() else ""
        yield Paragraph(text, label, style.is_title)
        for box in boxes:
            yield from self.flow(box)

    def _label(self, properties: Node | None, list_id: str | None, level: str | None) -> str:
        numbered = None
        if properties is not None:
            numbered = child(properties, "numPr")
            if numbered is None:
                numbered = child(properties, "listPr")
        if numbered is not None:
            if (printed := child(numbered, "t")) is not None and attribute(printed, "val"):
                return attribute(printed, "val") or ""  # Word 2003 writes the number it shows
            list_id = child_value(numbered, "numId") or child_value(numbered, "ilfo") or list_id
            level = child_value(numbered, "ilvl") or level
        if not list_id or list_id == "0":
            return ""
        return self.lists.label(list_id, list_level(level))

    def _runs(self, parent: Node, texts: list[str], boxes: list[Node], hidden: bool) -> None:
        """Text of all runs below, in order; text boxes are put aside with their anchor's paragraph."""
        for node in parent:
            name = local_name(node)
            if name == "r":
                self._run(node, texts, boxes, hidden)
            elif name == "txbxContent":
                boxes.append(node)
            elif name == "AlternateContent":
                self._runs(_choice(node), texts, boxes, hidden)
            elif name == "fldSimple" or (name not in _UNPRINTED and not _is_deletion(node)):
                self._runs(node, texts, boxes, hidden)

    def _run(self, node: Node, texts: list[str], boxes: list[Node], hidden: bool) -> None:
        apart = False
        properties = child(node, "rPr")
        if properties is not None and not _LOOKS.isdisjoint(map(local_name, properties)):
            if child(properties, "vanish") is not None:
                hidden = is_on(properties, "vanish")
            elif (style_id := child_value(properties, "rStyle")) is not None:
                own = self.styles.of(style_id).hidden
                hidden = hidden if own is None else own
            apart = _stands_apart(properties)
        own_texts: list[str] = []
        for part in node:
            self._run_part(part, own_texts, boxes, hidden)
        if own_texts:
            texts += ["\n", *own_texts, "\n"] if apart else own_texts

    def _run_part(self, node: Node, texts: list[str], boxes: list[Node], hidden: bool) -> None:
        name = local_name(node)
        if name == "fldChar":
            self._field_mark(node, texts)
        elif hidden or not all(self._fields):
            return
        elif name in ("footnoteReference", "endnoteReference"):
            self._notes_called.append((name.removesuffix("Reference"), attribute(node, "id") or ""))
        elif name in ("footnote", "endnote"):
            boxes.append(node)  # Word 2003 keeps a note where it is called
        elif name == "AlternateContent":
            for part in _choice(node):
                self._run_part(part, texts, boxes, hidden)
        elif name in _PICTURES:
            self._picture(node, texts, boxes)
        elif name == "t":
            texts.append(node.text or "")
        elif name in _BREAKS:
            texts.append(_BREAKS[name])
        elif name == "sym":
            texts.append(_symbol(attribute(node, "char")))
        elif name == "ruby":
            self._runs(node, texts, boxes, hidden)

    def _field_mark(self, node: Node, texts: list[str]) -> None:
        """A field prints its result only: what stands between its separator and its end."""
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
            if (chosen := _chosen_entry(node)) and all(self._fields[:-1]):
                texts.append(chosen)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _picture(self, node: Node, texts: list[str], boxes: list[Node]) -> None:
        found = list(node.iter("{*}txbxContent"))
        inner = {
            id(box) for outer in found for box in outer.iter("{*}txbxContent") if box is not outer
        }
        boxes += [box for box in found if id(box) not in inner]
        if not found and _is_image(node):
            texts.append(_PICTURE_MARK)

    def _table(self, node: Node) -> DraftTable:
        rows = []
        for row in _wrapped(node, "tr"):
            cells, is_deleted = self._row(row)
            if not is_deleted:
                rows.append(cells)
        return DraftTable(rows)

    def _row(self, row: Node) -> tuple[list[DraftCell], bool]:
        properties = child(row, "trPr")
        column, is_deleted = 0, False
        if properties is not None:
            column = _count(child_value(properties, "gridBefore"), 0)
            is_deleted = child(properties, "del") is not None or any(map(_is_deletion, properties))
        cells: list[DraftCell] = []
        for cell in _wrapped(row, "tc"):
            settings = child(cell, "tcPr")
            span, continues = 1, False
            if settings is not None and _SHAPES.isdisjoint(map(local_name, settings)):
                settings = None
            if settings is not None:
                if child(settings, "cellIns") is not None or child(settings, "cellDel") is not None:
                    raise office_refusal("tracked_cells")
                span = _count(child_value(settings, "gridSpan"), 1)
                continues = _continues(settings, "vMerge", "vmerge")
            flow = list(self.flow(cell))
            if settings is not None and cells and _continues(settings, "hMerge", "hmerge"):
                cells[-1].column_span += span
                cells[-1].flow += flow
            else:
                cells.append(DraftCell(flow, column, span, continues=continues))
            column += span
        return cells, is_deleted


_PICTURE_MARK = office_words("placeholder")["picture"]


def _wrapped(parent: Node, wanted: str) -> Iterator[Node]:
    """Rows or cells of a table, also those inside content controls and revisions."""
    for node in parent:
        name = local_name(node)
        if name == wanted:
            yield node
        elif name not in _UNPRINTED and name not in ("tbl", "p") and not _is_deletion(node):
            yield from _wrapped(node, wanted)


def _continues(settings: Node, *names: str) -> bool:
    return any(
        (value := child_value(settings, name)) is not None and value != "restart" for name in names
    )


def _is_deletion(node: Node) -> bool:
    """Word 2003 marks revisions as annotations."""
    return local_name(node) == "annotation" and attribute(node, "type") == _DELETION


def _choice(node: Node) -> Node:
    """The variant a modern Word shows; the fallback where there is only that."""
    if local_name(node) != "AlternateContent":
        return node
    chosen = child(node, "Choice")
    if chosen is None:
        chosen = child(node, "Fallback")
    return node if chosen is None else chosen


def _stands_apart(properties: Node) -> bool:
    """A struck or raised digit is no part of the number beside it."""
    if is_on(properties, "strike") or is_on(properties, "dstrike"):
        return True
    return child_value(properties, "vertAlign") in ("superscript", "subscript")


def _is_image(node: Node) -> bool:
    return any(local_name(one) in ("blip", "imagedata", "OLEObject") for one in node.iter("{*}*"))


def _chosen_entry(node: Node) -> str:
    """What a drop-down form field shows: it has no result of its own."""
    choices = child(node, "ffData", "ddList")
    if choices is None:
        return ""
    entries = [attribute(one, "val") or "" for one in choices if local_name(one) == "listEntry"]
    place = _count(child_value(choices, "result") or child_value(choices, "default"), 0)
    return entries[place] if place < len(entries) else ""


def _symbol(code: str | None) -> str:
    """A character of a symbol font; fonts such as Wingdings keep it in the private use area."""
    try:
        number = int(code or "", 16)
    except ValueError:
        return ""
    ascii_code = number - _SYMBOL_FONT_START
    if 0x30 <= ascii_code <= 0x39 or not 0x20 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return chr(number)


def _count(text: str | None, default: int) -> int:
    """A span as Word reads it; nothing or nonsense gives `default`."""
    if text is None or not text.isdecimal():
        return default
    number = int(text[:6])
    if number > MAX_COLUMNS:
        raise office_refusal("too_deep", limit=MAX_COLUMNS)
    return max(number, default)
