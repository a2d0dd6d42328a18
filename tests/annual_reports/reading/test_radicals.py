"""Browsers that print PDF write code points of radicals; words and chapters are found all the same."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from annual_reports.model import Grid, TextLine
from annual_reports.narrative.headings import recognise_heading
from annual_reports.reading.document import read_document
from schemas.labels import radical_forms
from tests.damage.physical import Drawn
from tests.rendering.docx import render_docx
from tests.rendering.raw_pdf import mapped_page
from tests.rendering.rtf import render_rtf

LINES = ("⼀、总体情况", "⽹⻚公开⼈⺠政府⻓期⼯作⻅附件", "⼆、主动公开政府信息情况")
PRINTED = ("一、总体情况", "网页公开人民政府长期工作见附件", "二、主动公开政府信息情况")
TABLE = ((Drawn("⾏政许可"), Drawn("⼀"), Drawn("12")),)
WRITERS: dict[str, Callable[[], bytes]] = {
    "pdf": lambda: mapped_page(LINES),
    "text": lambda: "\n".join(LINES).encode(),
    "gb18030": lambda: "\n".join(LINES).encode("gb18030"),
    "html": lambda: "".join(f"<p>{line}</p>" for line in LINES).encode(),
    "docx": lambda: render_docx([TABLE], (LINES,), random.Random(1)),
    "rtf": lambda: render_rtf([TABLE], (LINES,), random.Random(1)),
}


@pytest.mark.parametrize("medium", WRITERS)
def test_lines_hold_the_ideographs_that_are_printed(medium: str) -> None:
    blocks = read_document(WRITERS[medium](), "a").blocks
    lines = [block.text for block in blocks if isinstance(block, TextLine) and block.text]
    assert lines == list(PRINTED)
    first = recognise_heading(lines[0])
    assert first is not None and first.number == 1
    for grid in (block for block in blocks if isinstance(block, Grid)):
        assert [cell.text for cell in grid.cells] == ["行政许可", "一", "12"]


def test_every_radical_has_an_ideograph_and_no_ideograph_is_a_radical() -> None:
    forms = radical_forms()
    assert set(range(0x2F00, 0x2FD6)) < set(forms)
    for ideograph in forms.values():
        assert len(ideograph) == 1 and not 0x2E80 <= ord(ideograph) < 0x2FD6
