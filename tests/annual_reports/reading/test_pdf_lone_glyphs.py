"""Characters that stand alone in a cell, of a font that is not embedded, are never lost."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from annual_reports.model import Grid
from annual_reports.reading.document import read_document

FONT = "STSong-Light"
LONE = ("零", "〇", "一", "无", "0", "7", "12", "", " ", "三件")
"""What cells hold; blank ones stay blank."""


def drawn_row(canvas: Canvas, show: Callable[[float, float, str], None]) -> None:
    """A ruled row of the cells of LONE, and lines enough for the page to be no picture."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    for line in range(4):
        canvas.setFont(FONT, 11)
        canvas.drawString(60, 760 - 20 * line, "政府信息公开工作年度报告的表格如下列示说明")
    for column, text in enumerate(LONE):
        canvas.rect(50 + 48 * column, 600, 48, 24)
        canvas.setFont(FONT, 10)
        if text:
            show(60 + 48 * column, 608, text)


def texts_of(content: bytes) -> list[str]:
    (grid,) = (b for b in read_document(content, "a.pdf").blocks if isinstance(b, Grid))
    return [cell.text for cell in grid.cells]


def finished(canvas: Canvas, buffer: io.BytesIO) -> bytes:
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("in_form", [False, True])
@pytest.mark.parametrize("is_turned", [False, True])
def test_every_lone_character_is_read(times: int, in_form: bool, is_turned: bool) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    if is_turned:
        canvas.translate(595, 842)
        canvas.rotate(180)
    if in_form:
        canvas.beginForm("f", 0, 0, 595, 842)

    def show(x: float, y: float, text: str) -> None:
        for again in range(times):
            canvas.drawString(x + 0.2 * again, y, text)

    drawn_row(canvas, show)
    if in_form:
        canvas.endForm()
        canvas.doForm("f")
    assert texts_of(finished(canvas, buffer)) == [text.strip() for text in LONE]


def test_an_invisible_lone_character_stays_unseen() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))

    def show(x: float, y: float, text: str) -> None:
        line = canvas.beginText(x, y)
        line.setTextRenderMode(3 if len(text) == 1 else 0)
        line.textOut(text)
        line.setTextRenderMode(0)
        canvas.drawText(line)

    drawn_row(canvas, show)
    assert texts_of(finished(canvas, buffer)) == [t.strip() if len(t) > 1 else "" for t in LONE]
