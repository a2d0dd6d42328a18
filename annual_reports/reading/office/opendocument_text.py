"""The flow of an OpenDocument text: paragraphs, lists, tables, notes behind their paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annual_reports.reading.office.laid_out import DraftCell, DraftTable, Flow, Paragraph
from annual_reports.reading.office.lists import LEVELS, Lists
from annual_reports.reading.office.opendocument_styles import OUTLINE, OdfStyles
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.office.xml_parts import Node, attribute, local_name
from schemas.office import MAX_CELLS, MAX_COLUMNS, MAX_NESTING, office_words

_UNPRINTED = frozenset(
    [
        "tracked-changes",
        "annotation",
        "annotation-end",
        "note-citation",
        "ruby-text",
        "hidden-text",
        "hidden-paragraph",
        "forms",
        "sequence-decls",
        "variable-decls",
        "user-field-decls",
        "change",
        "change-start",
        "change-end",
        "table-of-content-source",
        "desc",
        "title",
        "object",
    ]
)
_PICTURE = office_words("placeholder")["picture"]


@dataclass(slots=True)
class OdfWalk:
    """Walks a text body or the contents of a cell."""

    styles: OdfStyles
    _lists: Lists | None = None
    _depth: int = 0

    def flow(self, parent: Node, list_style: str = "", level: int = -1) -> Iterator[Flow]:
        """Paragraphs and tables of a container; `level` counts from 0 inside lists."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise office_refusal("too_deep", limit=MAX_NESTING)
        is_first = True
        for node in parent:
            name = local_name(node)
            if name in ("p", "h"):
                numbered = is_first and local_name(parent) == "list-item"
                yield from self._paragraph(node, list_style if numbered else "", level)
                is_first = False
            elif name == "list":
                own = attribute(node, "style-name") or list_style
                if level < 0 and not _continues(node):
                    self._numbering().restart(own)
                yield from self.flow(node, own, level + 1)
            elif name == "table":
                yield self._table(node)
            elif name not in _UNPRINTED and attribute(node, "display") != "none":
                yield from self.flow(node, list_style, level)
        self._depth -= 1

    def _numbering(self) -> Lists:
        if self._lists is None:
            self._lists = Lists(self.styles.levels, {})
        return self._lists

    def _paragraph(self, node: Node, list_style: str, level: int) -> Iterator[Flow]:
        texts: list[str] = []
        boxes: list[Node] = []
        style = attribute(node, "style-name") or ""
        if style not in self.styles.hidden:
            self._inline(node, texts, boxes)
        text = "".join(texts)
        label = ""
        if text.strip() and list_style:
            own = self.styles.list_of.get(style, list_style)
            label = self._numbering().label(own, min(level, LEVELS - 1))
        elif text.strip() and local_name(node) == "h":
            depth = attribute(node, "outline-level") or "1"
            if depth.isdecimal() and 1 <= int(depth) <= LEVELS:
                label = self._numbering().label(OUTLINE, int(depth) - 1)
        yield Paragraph(text, label, style in self.styles.titles)
        for box in boxes:
            yield from self.flow(box)

    def _inline(self, node: Node, texts: list[str], boxes: list[Node]) -> None:
        if node.text:
            texts.append(" ".join(node.text.split("\n")))
        for part in node:
            name = local_name(part)
            if name == "s":
                count = attribute(part, "c") or "1"
                texts.append(" " * min(int(count), 200) if count.isdecimal() else " ")
            elif name == "tab":
                texts.append("\t")
            elif name == "line-break":
                texts.append("\n")
            elif name in ("note-body", "text-box"):
                boxes.append(part)
            elif name == "image":
                texts.append(_PICTURE)
            elif name not in _UNPRINTED:
                self._span(part, texts, boxes)
            if part.tail:
                texts.append(" ".join(part.tail.split("\n")))

    def _span(self, node: Node, texts: list[str], boxes: list[Node]) -> None:
        style = attribute(node, "style-name") or ""
        if style in self.styles.hidden:
            return
        apart = style in self.styles.apart
        if apart:
            texts.append("\n")
        self._inline(node, texts, boxes)
        if apart:
            texts.append("\n")

    def _table(self, node: Node) -> DraftTable:
        rows: list[list[DraftCell]] = []
        for row in table_rows(node):
            cells: list[DraftCell] = []
            column = 0
            for cell in row:
                kind = local_name(cell)
                if kind not in ("table-cell", "covered-table-cell"):
                    continue
                times = repetition(cell, "number-columns-repeated")
                if column + times > MAX_COLUMNS:
                    raise office_refusal("too_many_cells", limit=MAX_CELLS)
                if kind == "table-cell":
                    cells += self._cells(cell, column, times)
                column += times
            rows += [cells] * min(repetition(row, "number-rows-repeated"), 1000)
        return DraftTable(rows)

    def _cells(self, cell: Node, column: int, times: int) -> list[DraftCell]:
        columns = repetition(cell, "number-columns-spanned")
        rows = repetition(cell, "number-rows-spanned")
        flow = list(self.flow(cell))
        return [DraftCell(flow, column + at, columns, rows) for at in range(times)]


def table_rows(table: Node) -> Iterator[Node]:
    """Rows of a table, groups and headers entered, nested tables not."""
    for node in table:
        name = local_name(node)
        if name == "table-row":
            yield node
        elif name in ("table-rows", "table-header-rows", "table-row-group"):
            yield from table_rows(node)


def repetition(node: Node, name: str) -> int:
    """A repeat or span count; anything but a sensible number is damage."""
    text = attribute(node, name)
    if text is None:
        return 1
    if not text.isdecimal() or len(text) > 8:
        raise office_refusal("damaged", kind="OpenDocument")
    return max(1, int(text))


def _continues(node: Node) -> bool:
    return attribute(node, "continue-numbering") == "true" or (
        attribute(node, "continue-list") is not None
    )
