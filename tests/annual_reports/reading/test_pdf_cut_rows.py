"""Rows that a page break cuts inside their label, and rows that only seem so."""

from __future__ import annotations

import pytest

from annual_reports.model import GridCell
from annual_reports.reading.pdf.cut_rows import joined_at_break
from annual_reports.reading.pdf.pages import PrintedTable

XS = (0.0, 10.0, 20.0, 30.0)


def table(label: str, *values: str) -> PrintedTable:
    texts = (label, *values)
    cells = tuple(GridCell(text, 0, column) for column, text in enumerate(texts))
    return PrintedTable(cells, (0.0, 0.0, 30.0, 10.0), XS)


@pytest.mark.parametrize(
    ("head", "tail", "whole"),
    [
        ("3.补\n正后", "申请\n内容仍不明确", "3.补\n正后\n申请\n内容仍不明确"),
        ("2.没有现成信息需", "要另行制作", "2.没有现成信息需\n要另行制作"),
        ("（一）予以", "公开", "（一）予以\n公开"),
    ],
)
def test_halves_become_the_row_that_holds_the_values(head: str, tail: str, whole: str) -> None:
    upper = joined_at_break(table(head, "1", "2"), table(tail, "", ""))
    lower = joined_at_break(table(head, "", ""), table(tail, "1", "2"))
    assert upper is not None and lower is not None
    assert [t.cells[0].text for t in upper] == [whole, ""]
    assert [t.cells[0].text for t in lower] == ["", whole]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (("2.没有现成信息需要另行制作", "1", "2"), ("3.补正后申请内容仍不明确", "", "")),
        (("2.没有现成信息", "1", "2"), ("3.补正后申请内容仍不明确", "", "")),
        (("3.补正", "1", "2"), ("3.补正后申请内容仍不明确", "", "")),
        (("3.补正后", "1", "2"), ("申请内容仍不明确", "3", "")),
    ],
)
def test_a_blank_row_below_keeps_its_own_label(
    above: tuple[str, ...], below: tuple[str, ...]
) -> None:
    assert joined_at_break(table(*above), table(*below)) is None
