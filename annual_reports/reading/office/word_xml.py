"""Word markup to paragraphs and tables: what the document prints once all revisions are accepted.

One walk serves DOCX (transitional and strict), flat OPC and Word 2003 XML: they share local names.
Every element's children and their names are read once: the walk is most of the time a document takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from annual_reports.reading.office.laid_out import DraftCell, DraftTable, Flow, Paragraph
from annual_reports.reading.office.lists import Lists
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.word_counts import shown_count
from annual_reports.reading.office.word_names import UNPRINTED, is_deletion, variant_shown
from annual_reports.reading.office.word_numbering import list_level
from annual_reports.reading.office.word_runs import RunReader
from annual_reports.reading.office.word_styles import Style, Styles
from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    bare_name,
    child_value,
    children_by_name,
    first_named,
    value_of,
)
from schemas.office import MAX_NESTING


@dataclass(slots=True)
class WordWalk:
    """Walks one story after another; field codes may reach over several paragraphs."""

    styles: Styles
    lists: Lists
    notes: Callable[[str, str], Node | None] = lambda _kind, _id: None
    unread: list[str] = field(default_factory=list)
    _runs: RunReader = field(init=False)
    _depth: int = 0

    def __post_init__(self) -> None:
        self._runs = RunReader(self.styles)

    def read_story(self, body: Node) -> list[Flow]:
        """The body and behind it the notes it calls, in the order of their calls."""
        flow: list[Flow] = []
        self._read_flow(body[:], flow)
        for kind, number in self._runs.notes_called:
            if (note := self.notes(kind, number)) is not None:
                self._read_flow(note[:], flow)
        return flow

    def _read_flow(self, parts: Iterable[Node], flow: list[Flow]) -> None:
        """Paragraphs and tables of a container, wrappers such as content controls entered."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise office_refusal("too_deep", limit=MAX_NESTING)
        for node in parts:
            name = bare_name(node.tag)
            if name == "p":
                self._read_paragraph(node[:], flow)
            elif name == "tbl":
                flow.append(self._table(node))
            elif name == "altChunk":
                self.unread.append(name)
            elif name == "AlternateContent":
                self._read_flow(variant_shown(node)[:], flow)
            elif name not in UNPRINTED and not is_deletion(name, node):
                self._read_flow(node[:], flow)
        self._depth -= 1

    def _read_paragraph(self, parts: list[Node], flow: list[Flow]) -> None:
        properties = children_by_name(first_named(parts, "pPr"))
        style = self.styles.of(value_of(properties.get("pStyle")))
        texts: list[str] = []
        boxes: list[Node] = []
        self._runs.read(parts, texts, boxes, style.hidden is True)
        text = "".join(texts)
        label = self._label(properties, style) if text.strip() else ""
        flow.append(Paragraph(text, label, style.is_title))
        for box in boxes:
            self._read_flow(box[:], flow)

    def _label(self, properties: dict[str, Node], style: Style) -> str:
        list_id, level = style.list_id, style.level
        numbered = children_by_name(properties.get("numPr", properties.get("listPr")))
        if numbered:
            if (printed := numbered.get("t")) is not None and (shown := attribute(printed, "val")):
                return shown  # Word 2003 writes the number it shows
            list_id = value_of(numbered.get("numId")) or value_of(numbered.get("ilfo")) or list_id
            level = value_of(numbered.get("ilvl")) or level
        if not list_id or list_id == "0":
            return ""
        return self.lists.label(list_id, list_level(level))

    def _table(self, node: Node) -> DraftTable:
        rows = []
        for row in _wrapped(node[:], "tr"):
            cells, is_deleted = self._row(row[:])
            if not is_deleted:
                rows.append(cells)
        return DraftTable(rows)

    def _row(self, parts: list[Node]) -> tuple[list[DraftCell], bool]:
        column, is_deleted = 0, False
        if (properties := first_named(parts, "trPr")) is not None:
            column = shown_count(child_value(properties, "gridBefore"), 0)
            is_deleted = any(map(_deletes_row, properties))
        cells: list[DraftCell] = []
        for cell in _wrapped(parts, "tc"):
            content = cell[:]
            shape = children_by_name(first_named(content, "tcPr"))
            if "cellIns" in shape or "cellDel" in shape:
                raise office_refusal("tracked_cells")
            span = shown_count(value_of(shape.get("gridSpan")), 1)
            flow: list[Flow] = []
            self._read_flow(content, flow)
            if cells and shape and _continues(shape, "hMerge", "hmerge"):
                cells[-1].column_span += span
                cells[-1].flow += flow
            else:
                continues = bool(shape) and _continues(shape, "vMerge", "vmerge")
                cells.append(DraftCell(flow, column, span, continues=continues))
            column += span
        return cells, is_deleted


def _wrapped(parts: Iterable[Node], wanted: str) -> Iterator[Node]:
    """Rows or cells of a table, also those inside content controls and revisions."""
    for node in parts:
        name = bare_name(node.tag)
        if name == wanted:
            yield node
        elif name not in UNPRINTED and name not in ("tbl", "p") and not is_deletion(name, node):
            yield from _wrapped(node[:], wanted)


def _deletes_row(property_: Node) -> bool:
    name = bare_name(property_.tag)
    return name == "del" or is_deletion(name, property_)


def _continues(shape: dict[str, Node], *names: str) -> bool:
    return any(name in shape and value_of(shape[name]) != "restart" for name in names)
