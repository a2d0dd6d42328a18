"""Printed lines to paragraphs: a line that fills its width goes on in the next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annual_reports.narrative.headings import recognise_heading
from annual_reports.reading.pdf.pages import PrintedLine, PrintedPage, PrintedTable

_FEWEST_CHARACTERS = 15
_NEAR_MARGIN = 1.6  # of a line's height
_INDENT = 1.2
_WIDEST_PITCH = 2.6
_SAME_SIZE = 0.25


class Paragraph:
    """Text that stands together, the page it begins on, and its last line as printed."""

    def __init__(self, line: PrintedLine, page: int) -> None:
        self.text = line.text
        self.page = page
        self.last = line
        self.last_page = page

    def take(self, line: PrintedLine, page: int) -> None:
        latin = self.text[-1:].isascii() and line.text[:1].isascii()
        both_words = latin and self.text[-1:].isalpha() and line.text[:1].isalpha()
        self.text = f"{self.text} {line.text}" if both_words else f"{self.text}{line.text}"
        self.last, self.last_page = line, page


def paragraphs_and_tables(
    pages: Sequence[PrintedPage],
) -> Iterable[tuple[Paragraph | PrintedTable, int]]:
    """Paragraphs and tables in reading order with the page they begin on."""
    margins = _margins(pages)
    open_paragraph: Paragraph | None = None
    for page in pages:
        for part in page.parts:
            if isinstance(part, PrintedTable):
                if open_paragraph:
                    yield open_paragraph, open_paragraph.page
                open_paragraph = None
                yield part, page.number
            elif open_paragraph and _goes_on(open_paragraph, part, page.number, margins):
                open_paragraph.take(part, page.number)
            else:
                if open_paragraph:
                    yield open_paragraph, open_paragraph.page
                open_paragraph = Paragraph(part, page.number)
    if open_paragraph:
        yield open_paragraph, open_paragraph.page


def _margins(pages: Sequence[PrintedPage]) -> tuple[float, float] | None:
    """Left and right edge of the prose of the whole document; None where nothing tells."""
    lines = [
        part
        for page in pages
        for part in page.parts
        if isinstance(part, PrintedLine) and _is_prose(part.text)
    ]
    if len(lines) < 2:
        return None
    return _usual_edge([line.box[0] for line in lines], 0), _usual_edge(
        [line.box[2] for line in lines], -1
    )


def _usual_edge(edges: list[float], side: int) -> float:
    """The outermost edge that a tenth of the lines share; a stray line does not move it."""
    ordered = sorted(edges)
    skipped = len(ordered) // 20
    return ordered[skipped] if side == 0 else ordered[-1 - skipped]


def _is_prose(text: str) -> bool:
    return len(text) >= _FEWEST_CHARACTERS and "\t" not in text


def _goes_on(
    paragraph: Paragraph, line: PrintedLine, page: int, margins: tuple[float, float] | None
) -> bool:
    last = paragraph.last
    if margins is None or "\t" in last.text or "\t" in line.text:
        return False
    size = max(last.size, line.size)
    if abs(last.size - line.size) > _SAME_SIZE * size:
        return False
    fills = last.box[2] >= margins[1] - _NEAR_MARGIN * size
    is_flush = line.box[0] <= margins[0] + _INDENT * size
    follows = page != paragraph.last_page or line.box[1] - last.box[1] <= _WIDEST_PITCH * size
    if not (fills and is_flush and follows):
        return False
    heading = recognise_heading(line.text)
    return heading is None or heading.number is None
