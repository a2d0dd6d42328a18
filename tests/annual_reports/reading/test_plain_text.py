"""Text and Markdown: lines as printed, regular pipe tables as grids, glued chapters cut apart."""

from __future__ import annotations

from annual_reports.model import Grid, TextLine
from annual_reports.reading.plain_text import read_plain_text


def test_lines_keep_tabs_pipes_and_blank_lines() -> None:
    blocks = read_plain_text("规章\t0\t\t\n\n|\n0 |\r\n末").blocks
    assert [(b.text, b.line) for b in blocks if isinstance(b, TextLine)] == [
        ("规章\t0\t\t", 0), ("", 1), ("|", 2), ("0 |", 3), ("末", 4),
    ]  # fmt: skip


def test_a_regular_pipe_table_is_a_grid() -> None:
    text = "前\n| 项目 | 数量 |\n|---|:--:|\n| 行政许可 | 3 |\n| 行政处罚 | |\n后"
    before, grid, after = read_plain_text(text).blocks
    assert isinstance(grid, Grid)
    assert [(c.text, c.row, c.column) for c in grid.cells] == [
        ("项目", 0, 0), ("数量", 0, 1), ("行政许可", 1, 0), ("3", 1, 1), ("行政处罚", 2, 0), ("", 2, 1),
    ]  # fmt: skip
    assert isinstance(before, TextLine) and isinstance(after, TextLine)


def test_an_irregular_pipe_table_stays_text() -> None:
    text = "| 项目 | 数量 |\n|---|---|\n| 行政许可 | 3 | 4 |\n"
    assert all(isinstance(block, TextLine) for block in read_plain_text(text).blocks)


def test_html_tables_inside_markdown_are_read() -> None:
    blocks = read_plain_text(
        "# 标题\n\n<table><tr><td>甲</td><td>1</td></tr></table>\n\n后文\n"
    ).blocks
    assert [type(b).__name__ for b in blocks if not isinstance(b, TextLine) or b.text] == [
        "TextLine",
        "Grid",
        "TextLine",
    ]


def test_glued_chapters_are_cut_apart_on_one_line_number() -> None:
    glued = "某镇2020年报告" + "述" * 120 + "一、总体情况正文" + "二、主动公开政府信息情况第二十条"
    blocks = read_plain_text(glued).blocks
    assert [b.text[:4] for b in blocks if isinstance(b, TextLine)] == [
        "某镇20",
        "一、总体",
        "二、主动",
    ]
    assert {b.line for b in blocks if isinstance(b, TextLine)} == {0}
