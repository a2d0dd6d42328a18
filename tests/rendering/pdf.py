"""Drawn tables and prose as PDF files in the manner of several producers (reportlab, STSong-Light).

`render_pdf(tables, prose, style, source)` is all a harness needs. The font is one of Adobe's that
files name without embedding it, as many published reports do.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.damage.physical import Drawn, Table

FONT = "STSong-Light"
_LEADING = 1.35
_PADDING = 2.5


@dataclass(frozen=True)
class PdfStyle:
    """How a PDF is made. `rules`: lines | boxes | dashes | none. `header` is printed on every page.

    `rules_lost`: the share of the rules between two corners that is not drawn. `numbers`: a key of NUMBERS, how the text
    layer holds the numbers of several digits.
    """

    rules: str = "lines"
    page: tuple[float, float] = (595.0, 842.0)
    size: float = 9.0
    frame: bool = False
    bold_drawn_twice: bool = False
    in_form: bool = False
    upside_down: bool = False
    header: str = ""
    numbered: bool = True
    cut_label_rows: bool = False
    hidden_text: str = ""
    shaded: bool = False
    open_sides: bool = False
    rules_lost: float = 0.0
    numbers: str = ""


STYLES: dict[str, PdfStyle] = {
    "ruled": PdfStyle(),
    "thin_boxes": PdfStyle(rules="boxes", size=10.0),
    "dashed": PdfStyle(rules="dashes"),
    "short_pages": PdfStyle(page=(595.0, 470.0), header="政府信息公开工作年度报告 公开版"),
    "rows_cut_by_pages": PdfStyle(page=(595.0, 430.0), cut_label_rows=True),
    "framed": PdfStyle(frame=True),
    "drawn_twice": PdfStyle(bold_drawn_twice=True),
    "in_a_form": PdfStyle(in_form=True),
    "turned_page": PdfStyle(upside_down=True),
    "hidden_numbers": PdfStyle(hidden_text="12345 678 9"),
    "shaded": PdfStyle(shaded=True),
    "open_sides": PdfStyle(open_sides=True),
    "unruled": PdfStyle(rules="none", numbered=False),
}

FLAWED: dict[str, PdfStyle] = {
    "few_rules_lost": PdfStyle(rules_lost=0.01),
    "rules_lost": PdfStyle(rules_lost=0.1),
    "half_the_rules_lost": PdfStyle(rules_lost=0.5),
    **{name: PdfStyle(numbers=name) for name in ("last_first", "point_last", "swapped")},
    **{name: PdfStyle(numbers=name) for name in ("point_moved", "point_lost", "said_otherwise")},
}
"""Styles in which not every cell can be read."""


def render_pdf(
    tables: Sequence[Table],
    prose: Sequence[Sequence[str]],
    style: str,
    source: random.Random,
) -> bytes:
    """One PDF: `prose[i]` (paragraphs) stands before `tables[i]`, what is left after the last table.

    `style` is a key of STYLES or FLAWED; `source` varies sizes and margins a little.
    """
    chosen = {**STYLES, **FLAWED}[style]
    paper = _Paper(replace(chosen, size=chosen.size * source.uniform(0.92, 1.08)), source)
    for index, table in enumerate(tables):
        for number, paragraph in enumerate(prose[index] if index < len(prose) else ()):
            paper.write(paragraph, is_title=index == number == 0)
        paper.draw(table)
    for group in prose[len(tables) :]:
        for paragraph in group:
            paper.write(paragraph, is_title=False)
    return paper.finished()


class _Paper:
    """A canvas that is written from top to bottom, page after page."""

    def __init__(self, style: PdfStyle, source: random.Random) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self.style = style
        self.width, self.height = style.page
        self.margin = source.uniform(48, 60)
        self.source = source
        self.lost: dict[tuple[int, ...], bool] = {}
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=style.page, invariant=1)
        self.page = 0
        self.start_page()

    def start_page(self) -> None:
        self.page += 1
        self.y = self.height - self.margin
        canvas = self.canvas
        if self.style.upside_down:
            canvas.setPageRotation(180)
            canvas.translate(self.width, self.height)
            canvas.rotate(180)
        canvas.setFont(FONT, self.style.size)
        if self.style.in_form:
            canvas.beginForm(f"page{self.page}")
            canvas.setFont(FONT, self.style.size)
        if self.style.frame:
            inset = self.margin - 14
            canvas.rect(inset, inset, self.width - 2 * inset, self.height - 2 * inset)
        if self.style.header:
            canvas.setFont(FONT, 8)
            canvas.drawString(self.margin, self.height - 24, self.style.header)
        if self.style.numbered:
            canvas.setFont(FONT, 8)
            canvas.drawCentredString(self.width / 2, 20, f"- {self.page} -")
        if self.style.hidden_text:
            hidden = canvas.beginText(self.margin, self.height / 2)
            hidden.setFont(FONT, 8)
            hidden.setTextRenderMode(3)
            hidden.textOut(self.style.hidden_text)
            hidden.setTextRenderMode(0)
            canvas.drawText(hidden)
        canvas.setFont(FONT, self.style.size)

    def end_page(self) -> None:
        if self.style.in_form:
            self.canvas.endForm()
            self.canvas.doForm(f"page{self.page}")
        self.canvas.showPage()

    def next_page(self) -> None:
        self.end_page()
        self.start_page()

    def finished(self) -> bytes:
        self.end_page()
        self.canvas.save()
        return self.buffer.getvalue()

    def text(self, x: float, y: float, text: str, size: float) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, text)
        if self.style.bold_drawn_twice:
            self.canvas.drawString(x + 0.25, y, text)

    def write(self, paragraph: str, is_title: bool) -> None:
        """One paragraph, wrapped and indented; a title large and centred."""
        size = self.style.size + (7 if is_title else 1.5)
        indent = "" if is_title else "\u3000\u3000"
        room = self.width - 2 * self.margin
        for line in wrapped(indent + paragraph, room, size):
            if self.y - size * 1.6 < self.margin:
                self.next_page()
            self.y -= size * 1.6
            offset = (room - width_of(line, size)) / 2 if is_title else 0
            self.text(self.margin + offset, self.y, line, size)

    def draw(self, table: Table) -> None:
        """A table, broken between rows where a page ends."""
        layout = laid_out(table, self.width - 2 * self.margin, self.style.size)
        self.y -= 8
        first = 0
        while first < len(layout.heights):
            last = self._rows_that_fit(layout, first)
            if last == first:
                self.next_page()
                self.y -= 8
                last = max(first + 1, self._rows_that_fit(layout, first))
            self._draw_rows(layout, first, last)
            first = last
            if first < len(layout.heights):
                self.next_page()
                self.y -= 8
        self.y -= 8

    def _rows_that_fit(self, layout: Layout, first: int) -> int:
        room, row = self.y - self.margin - 4, first
        while row < len(layout.heights) and layout.heights[row] <= room:
            room -= layout.heights[row]
            row += 1
        return row

    def _draw_rows(self, layout: Layout, first: int, last: int) -> None:
        tops = [self.y]
        for height in layout.heights[first:last]:
            tops.append(tops[-1] - height)
        for cell in layout.cells:
            start, end = max(cell.row, first), min(cell.row + cell.drawn.rows, last)
            if start >= end:
                continue
            left, right = layout.xs[cell.column], layout.xs[cell.column + cell.drawn.columns]
            top, bottom = tops[start - first], tops[end - first]
            if self.style.shaded and cell.drawn.key is None:
                self._shade(self.margin + left, bottom, right - left, top - bottom)
            self._box(self.margin + left, bottom, right - left, top - bottom)
            if cell.row >= first:
                self._fill(cell, self.margin + left, right - left, top, bottom)
        self.y = tops[-1]

    def _fill(self, cell: PlacedCell, x: float, width: float, top: float, bottom: float) -> None:
        size = self.style.size
        lines = wrapped(cell.drawn.text, width - 2 * _PADDING, size)
        y = (top + bottom) / 2 + len(lines) * size * _LEADING / 2 - size
        for line in lines:
            offset = (width - width_of(line, size)) / 2 if cell.drawn.key else _PADDING
            if cell.drawn.key and self.style.numbers and sum(map(str.isdigit, line)) > 1:
                self.canvas.setFont(FONT, size)
                NUMBERS[self.style.numbers](self.canvas, x + offset, y, line, size)
            else:
                self.text(x + offset, y, line, size)
            y -= size * _LEADING

    def _box(self, x: float, y: float, width: float, height: float) -> None:
        rules = self.style.rules
        if rules == "none":
            return
        if rules == "boxes":
            for left, low, wide, high in (
                (x, y, width, 0.5),
                (x, y + height, width, 0.5),
                (x, y, 0.5, height),
                (x + width, y, 0.5, height),
            ):
                self.canvas.rect(left, low, wide, high, stroke=0, fill=1)
            return
        self.canvas.setLineWidth(0.5)
        if self.style.open_sides:
            self._lines_within(x, y, width, height)
            return
        if self.style.rules_lost:
            self._lines_left(x, y, width, height)
            return
        self.canvas.setDash((1, 1) if rules == "dashes" else ())
        self.canvas.rect(x, y, width, height)
        self.canvas.setDash()

    def _lines_left(self, x: float, y: float, width: float, height: float) -> None:
        """The four rules of a cell without those that are lost, for the cell beside it as well."""
        left, right, low, high = x, x + width, y, y + height
        for ends in (
            (left, low, right, low),
            (left, high, right, high),
            (left, low, left, high),
            (right, low, right, high),
        ):
            place = (self.page, *map(round, ends))
            if place not in self.lost:
                self.lost[place] = self.source.random() < self.style.rules_lost
            if not self.lost[place]:
                self.canvas.line(*ends)

    def _shade(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.setFillGray(0.85)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)
        self.canvas.setFillGray(0)

    def _lines_within(self, x: float, y: float, width: float, height: float) -> None:
        """The rules of a cell but those at the left and right end of the table, as offices draw them that like open tables."""
        for level in (y, y + height):
            self.canvas.line(x, level, x + width, level)
        for side in (x, x + width):
            if self.margin + 1 < side < self.width - self.margin - 1:
                self.canvas.line(side, y, side, y + height)


def _glyph_places(x: float, text: str, size: float) -> list[tuple[float, str]]:
    return [(x + width_of(text[:at], size), char) for at, char in enumerate(text)]


def _last_first(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """Each glyph in its place, the last one first in the text layer."""
    for left, char in reversed(_glyph_places(x, text, size)):
        canvas.drawString(left, y, char)


def _point_last(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """Each glyph in its place, a point behind all digits in the text layer."""
    for left, char in sorted(_glyph_places(x, text, size), key=lambda glyph: glyph[1] == "."):
        canvas.drawString(left, y, char)


def _swapped(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """One text whose first glyph is drawn where the second belongs, then back: 23 is printed, the layer has 32."""
    one, two = (width_of(char, size) for char in text[:2])
    rest = text[2:].encode("utf-16-be").hex()
    shown = f"<{ord(text[1]):04x}> {(one + two) / size * 1000:.3f} <{ord(text[0]):04x}>"
    spaced = f"[{shown} {-two / size * 1000:.3f} <{rest}>]"
    drawn = canvas.beginText(x + one, y)
    drawn.setFont(FONT, size)
    drawn._code.append(f"{spaced} TJ")
    canvas.drawText(drawn)


def _point_moved(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """One text in order, its point drawn behind the last digit: 4517. is printed, the layer has 45.17."""
    whole, point, part = text.partition(".")
    if not point:
        canvas.drawString(x, y, text)
        return
    drawn = canvas.beginText(x, y)
    drawn.setFont(FONT, size)
    back = width_of(part, size) / size * 1000
    codes = [piece.encode("utf-16-be").hex() for piece in (whole, ".", part)]
    ahead = back + width_of(".", size) / size * 1000
    drawn._code.append(f"[<{codes[0]}> {-back:.3f} <{codes[1]}> {ahead:.3f} <{codes[2]}>] TJ")
    canvas.drawText(drawn)


def _point_lost(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """The room of a point behind the first digit, and no point in it."""
    canvas.drawString(x, y, text[0])
    canvas.drawString(x + width_of(f"{text[0]}.", size), y, text[1:])


def _said_otherwise(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """Marked as standing for another text (ActualText), which text extraction gives instead of the glyphs."""
    canvas._code.append(f"/Span <</ActualText ({text}0)>> BDC")
    canvas.drawString(x, y, text)
    canvas._code.append("EMC")


NUMBERS: dict[str, Callable[[Canvas, float, float, str, float], None]] = {
    "last_first": _last_first,
    "point_last": _point_last,
    "swapped": _swapped,
    "point_moved": _point_moved,
    "point_lost": _point_lost,
    "said_otherwise": _said_otherwise,
}


@dataclass(frozen=True)
class PlacedCell:
    drawn: Drawn
    row: int
    column: int


@dataclass(frozen=True)
class Layout:
    """`xs` are column positions from 0, `heights` those of the rows."""

    cells: tuple[PlacedCell, ...]
    xs: tuple[float, ...]
    heights: tuple[float, ...]


def laid_out(table: Table, width: float, size: float) -> Layout:
    """Places of the cells, and rows as high as their texts need."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, drawn in enumerate(table):
        column = 0
        for cell in drawn:
            while (row, column) in taken:
                column += 1
            rows = min(cell.rows, len(table) - row)
            taken |= {(row + r, column + c) for r in range(rows) for c in range(cell.columns)}
            cells.append(PlacedCell(replace(cell, rows=rows), row, column))
            column += cell.columns
    columns = 1 + max(column for _, column in taken)
    weights = _weights(cells, columns)
    xs = [0.0]
    for weight in weights:
        xs.append(xs[-1] + width * weight / sum(weights))
    heights = [size * _LEADING + 2 * _PADDING] * len(table)
    for cell in cells:
        room = xs[cell.column + cell.drawn.columns] - xs[cell.column] - 2 * _PADDING
        need = len(wrapped(cell.drawn.text, room, size)) * size * _LEADING + 2 * _PADDING
        share = need / cell.drawn.rows
        for row in range(cell.row, cell.row + cell.drawn.rows):
            heights[row] = max(heights[row], share)
    return Layout(tuple(cells), tuple(xs), tuple(heights))


def _weights(cells: Sequence[PlacedCell], columns: int) -> list[float]:
    """Label columns wider than value columns; the third of table three is the widest."""
    if columns == 10:
        return [0.9, 1.2, 2.6, *[1.0] * 7]
    return [1.4 if columns == 4 and c == 0 else 1.0 for c in range(columns)]


def width_of(text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines no wider than `width`, broken anywhere but inside a number."""
    lines, line = [], ""
    for part in _unbreakable(text):
        if line and width_of(line + part, size) > width:
            lines.append(line)
            line = ""
        line += part
    return [*lines, line] if line else lines


def _unbreakable(text: str) -> list[str]:
    parts: list[str] = []
    for char in text:
        if parts and (char.isdigit() or char == ".") and parts[-1][-1:].isdigit():
            parts[-1] += char
        else:
            parts.append(char)
    return parts
