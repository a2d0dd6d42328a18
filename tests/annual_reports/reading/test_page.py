"""HTML as shown: cells at their origins, text in order, nothing hidden read as a value."""

from __future__ import annotations

import pytest

from annual_reports.model import Grid, TextLine
from annual_reports.reading.page import read_page


def blocks_of(html: str) -> list[Grid | TextLine]:
    return read_page(html).blocks.blocks


def only_grid(html: str) -> Grid:
    (grid,) = [block for block in blocks_of(html) if isinstance(block, Grid)]
    return grid


def cell_text(inner: str, around: str = "<td>甲</td>") -> str:
    return only_grid(f"<table><tr>{around}<td>{inner}</td></tr></table>").cells[1].text


def lines_of(html: str) -> list[str]:
    return [block.text for block in blocks_of(html) if isinstance(block, TextLine)]


def places(html: str) -> list[tuple[str, int, int, int, int]]:
    return [(c.text, c.row, c.column, c.row_span, c.column_span) for c in only_grid(html).cells]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<p>1</p><p>2</p>", "1\n2"),
        ("3<span>001</span>", "3001"),
        ("<p><b>3</b><span lang=EN-US>0</span><o:p></o:p></p>", "30"),
        ("科研<br>机构", "科研\n机构"),
        ("<ol><li>5</li></ol>", "5"),
        ("1\n   2", "1 2"),
        ("<p>&nbsp;</p>", ""),
        ("&#12288;&#65279;&#8203;", ""),
        ("&#8203;7&nbsp;", "7"),
        ("<!-- 9 -->8", "8"),
        ("<script>var n = 3</script>4", "4"),
        ("<style>.a{}</style>4", "4"),
    ],
)
def test_cell_text_follows_the_layout(inner: str, text: str) -> None:
    assert cell_text(inner) == text


@pytest.mark.parametrize(
    "inner",
    [
        '<span style="display:none">4</span>5',
        '<span style="color:red; DISPLAY: none;">4</span>5',
        "<span hidden>4</span>5",
        '<span style="visibility: hidden">4</span>5',
        '<input type="hidden" value="4">5',
    ],
)
def test_hidden_text_is_no_value(inner: str) -> None:
    assert cell_text(inner) == "5"


def test_a_hidden_row_is_no_row() -> None:
    html = '<table><tr><td>甲<td>1<tr style="display:none"><td>乙<td>2<tr><td>丙<td>3</table>'
    assert [c.text for c in only_grid(html).cells] == ["甲", "1", "丙", "3"]


def test_tables_in_a_tab_that_starts_hidden_are_read_and_flagged() -> None:
    page = read_page('<h1>标题</h1><div style="display:none"><table><tr><td>甲<td>1</table></div>')
    assert page.hidden_text_read
    assert any(isinstance(block, Grid) for block in page.blocks.blocks)


@pytest.mark.parametrize(
    "inner",
    ["<del>7</del>8", "<s>7</s>8", "8<sup>1</sup>", '<span style="display:block">7</span>8'],
)
def test_struck_raised_or_stacked_digits_never_join_the_number(inner: str) -> None:
    assert sorted(cell_text(inner).split("\n")) in (["7", "8"], ["1", "8"])


def test_a_typed_field_shows_its_value_and_a_picture_is_not_blank() -> None:
    assert cell_text('<input type="text" value="12">') == "12"
    assert cell_text('<img src="n.png">') == "[图片]"
    assert cell_text('<img src="dot.gif">3') == "3"


def test_spans_keep_their_origin_only() -> None:
    html = """<table><tr><td colspan=2>a<td rowspan=2>b<tr><td>c<td>d</table>"""
    assert places(html) == [
        ("a", 0, 0, 1, 2),
        ("b", 0, 2, 2, 1),
        ("c", 1, 0, 1, 1),
        ("d", 1, 1, 1, 1),
    ]


def test_rowspan_zero_reaches_the_end_of_its_group() -> None:
    html = "<table><tbody><tr><td rowspan=0>a<td>1<tr><td>2<tr><td>3</tbody><tbody><tr><td>b<td>4</table>"
    assert places(html)[0] == ("a", 0, 0, 3, 1)
    assert places(html)[-2:] == [("b", 3, 0, 1, 1), ("4", 3, 1, 1, 1)]


def test_span_values_are_parsed_as_the_standard_says() -> None:
    html = (
        '<table><tr><td colspan="3px">a<td colspan="x">b<td colspan="0">c<td colspan="-2">d</table>'
    )
    assert [(text, column, span) for text, _, column, _, span in places(html)] == [
        ("a", 0, 3), ("b", 3, 1), ("c", 4, 1), ("d", 5, 1),
    ]  # fmt: skip


def test_a_rowspan_past_the_end_invents_no_rows() -> None:
    grid = only_grid("<table><tr><td rowspan=9>a<td>1<tr><td>2</table>")
    assert (grid.row_count, grid.column_count) == (2, 2)
    assert grid.cells[0].row_span == 2


def test_overlapping_spans_add_no_column() -> None:
    html = "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>"
    grid = only_grid(html)
    assert grid.column_count == 2
    assert places(html)[-1] == ("c", 1, 0, 1, 2)


def test_huge_spans_are_cut() -> None:
    assert (
        only_grid('<table><tr><td colspan="99999999999">a<td colspan=65534>b</table>').column_count
        <= 2001
    )


def test_unclosed_cells_and_text_in_the_table_are_read_as_browsers_do() -> None:
    html = "<table>散落<tr><td>甲<td>1<tr><td>乙<td>2"
    assert lines_of(html) == ["散落"]
    assert [c.text for c in only_grid(html).cells] == ["甲", "1", "乙", "2"]


def test_of_nested_tables_only_the_leaves_are_grids_and_order_is_kept() -> None:
    html = """<table><tr><td>导航</td><td><p>正文一</p><table><tr><td>甲<td>1</table><p>正文二</p>
    <table><tr><td>乙<td>2</table></td></tr></table>"""
    shown = [
        b.text if isinstance(b, TextLine) else tuple(c.text for c in b.cells)
        for b in blocks_of(html)
    ]
    assert shown == ["导航", "正文一", ("甲", "1"), "正文二", ("乙", "2")]
    assert [b.table_index for b in blocks_of(html) if isinstance(b, Grid)] == [0, 1]


def test_a_frame_of_one_cell_is_text() -> None:
    assert lines_of("<table><tr><td><p>一、总体情况</p><p>正文</p></td></tr></table>") == [
        "一、总体情况",
        "正文",
    ]


def test_paragraphs_beside_a_menu_are_text() -> None:
    prose = "本镇认真落实条例要求，及时公开各类信息。" * 15
    assert lines_of(f"<table><tr><td>首页栏目<td>{prose}</table>")[-1] == prose


def test_a_report_pasted_into_one_table_is_cut_at_headings_and_paragraphs() -> None:
    prose = "本乡全年通过公示栏和网站及时公开财政、项目、救助等信息，方便群众查阅，并按要求更新目录和指南，接受各方面的监督和评议。"
    html = f"""<table>
    <tr><td colspan=2>一、总体情况</td></tr><tr><td colspan=2>{prose}</td></tr>
    <tr><td colspan=2>二、主动公开政府信息情况</td></tr>
    <tr><td>规章</td><td>0</td></tr><tr><td>行政许可</td><td>12</td></tr></table>"""
    assert lines_of(html) == ["一、总体情况", prose, "二、主动公开政府信息情况"]
    assert [(c.text, c.row) for c in only_grid(html).cells] == [
        ("规章", 0),
        ("0", 0),
        ("行政许可", 1),
        ("12", 1),
    ]


def test_flattened_text_in_paragraphs_gives_lines_and_keeps_blank_ones() -> None:
    assert lines_of("<div><p>规章</p><p>0</p><p>&nbsp;</p><p>1<br>2</p></div>") == [
        "规章",
        "0",
        "",
        "1",
        "2",
    ]


def test_metadata_keeps_the_names_of_government_sites() -> None:
    page = read_page(
        '<meta name="sitename" content="某县"><meta name="ArticleTitle" content="标题"><title>窗</title><h1>头</h1>'
    )
    assert page.metadata == {"SiteName": "某县", "ArticleTitle": "标题"}
    assert (page.article_title, page.headings, page.window_title) == ("标题", ("头",), "窗")


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "span", "ul><li", "b"])
def test_deep_nesting_is_read(tag: str) -> None:
    text = f"<{tag}>" * 3000 + "底"
    assert (
        any(
            "底" in (b.text if isinstance(b, TextLine) else b.cells[0].text)
            for b in blocks_of(text)
        )
        or tag == "table><tr><td"
    )
