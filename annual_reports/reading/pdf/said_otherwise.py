"""Glyphs that a PDF says stand for another text (ActualText), which pdfium's text page gives instead of them.

What is printed is the glyphs: 26 that is said to be 260 is 26. Without the mark the text page reads them by their font,
and those of a font that does not tell are in doubt as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable

from annual_reports.reading.pdf.quick_calls import (
    count_marks,
    kind_of_mark_value,
    mark_of,
    remove_mark,
)

_SAID = b"ActualText"


def unsay(marked: Iterable[int]) -> None:
    """Take such marks off text objects, in memory; to be done before the text page is loaded."""
    for one in marked:
        for index in reversed(range(count_marks(one))):
            mark = mark_of(one, index)
            if mark and kind_of_mark_value(mark, _SAID):
                remove_mark(one, mark)
