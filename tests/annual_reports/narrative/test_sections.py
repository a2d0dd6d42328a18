"""Chapters of a report, tables and page furniture left out, nothing dropped."""

from __future__ import annotations

import pytest

from annual_reports.model import Grid, GridCell, TextLine
from annual_reports.narrative.furniture import is_furniture
from annual_reports.narrative.headings import recognise_heading
from annual_reports.narrative.sections import (
    count_form_sections,
    find_sections,
    narrative_lines,
)


def lines(text: str) -> list[TextLine]:
    return [TextLine(line, number) for number, line in enumerate(text.split("\n"))]


def found(text: str) -> list[tuple[int | None, str]]:
    return [(s.number, s.text) for s in find_sections(narrative_lines(lines(text), frozenset()))]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("一、总体情况", 1), ("总体情况", 1), ("## 一、总体情况", 1), ("**一、总体情况**", 1), ("一、概述", 1),
        ("二、主动公开政府信息情况", 2), ("二 主动公开政府信息情况", 2), ("（二）主动公开政府信息情况", 2),
        ("三、收到和处理政府信息公开申请情况（由各科室填写）", 3), ("五、收到和处理政府信息公开申请情况", 3),
        ("四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", 4), ("四、政府信息公开行政复议(法规科)、行政诉讼情况(法规科填", 4),
        ("五、政府信息公开工作存在的主要问题及改进情况", 5), ("五．存在的主要问题和改进措施", 5),
        ("六、其它需要报告的情况", 6), ("六、其他需要报告的事项：", 6),
        ("1、总体情况", 1), ("1.总体情况", 1), ("①总体情况", 1), ("第一部分 总体情况", 1), ("第一章　总体情况", 1),
        ("一）总体情况", 1), ("二、 主动公开政府信息 情况", 2), ("三、收到和处理政府信息公开申请 情况", 3),
    ],
)  # fmt: skip
def test_chapters_of_the_form_in_their_many_forms(line: str, number: int) -> None:
    heading = recognise_heading(line)
    assert heading is not None and heading.number == number and heading.rest == ""


@pytest.mark.parametrize(
    "line",
    ["(一)主动公开情况", "（二）依申请公开情况", "一是部分栏目更新不及时", "总体情况良好", "1.属于国家秘密", "其他", "无", "", "一般情况",
     "一方面，总体情况较好"],
)  # fmt: skip
def test_running_text_and_sub_headings_are_no_chapters(line: str) -> None:
    assert recognise_heading(line) is None


def test_a_chapter_unknown_to_the_form_is_kept_without_number() -> None:
    assert found("一、概述\n甲\n四、政府信息公开的收费及减免情况\n乙") == [(1, "甲"), (None, "乙")]


def test_the_preface_is_kept_and_text_glued_to_a_heading_too() -> None:
    assert found("标题\n前言\n一、总体情况 正文一\n六、其他需要报告的事项：无") == [
        (None, "标题\n前言"), (1, "正文一"), (6, "无"),
    ]  # fmt: skip


def test_a_heading_printed_twice_counts_once() -> None:
    sections = find_sections(
        narrative_lines(lines("## 一、总体情况\n\n### 一、总体情况\n正文"), frozenset())
    )
    assert [(s.number, s.title, s.text) for s in sections] == [(1, "总体情况", "正文")]


def test_chapters_out_of_order_or_repeated_later_drop_nothing() -> None:
    text = "六、其他需要报告的事项\n甲\n一、总体情况\n乙\n一、总体情况\n丙"
    assert found(text) == [(6, "甲"), (1, "乙"), (1, "丙")]
    assert count_form_sections(find_sections(narrative_lines(lines(text), frozenset()))) == 2


def test_furniture_is_no_narrative_and_the_trailer_ends_the_report() -> None:
    text = "首页 >> 乡镇\n一、总体情况\n正文\n【打印】\n六、其他需要报告的事项\n无\n扫一扫在手机打开当前页面\n某某APP\n上一条：2021年报告"
    assert found(text) == [(1, "正文"), (6, "无")]
    assert "某某APP" in list(narrative_lines(lines(text), frozenset()))


@pytest.mark.parametrize(
    "line",
    [
        "上一条：甲镇2021年报告",
        "下一篇",
        "【关闭】",
        "京ICP备05000000号",
        "字体：大 中 小",
        "当前位置：首页",
    ],
)
def test_furniture_lines(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line", ["", "二〇二三年一月", "关闭渠道不畅的问题已经整改", "打印机等设备已配齐"]
)
def test_lines_that_only_look_like_furniture(line: str) -> None:
    assert not is_furniture(line)


def test_statutory_tables_are_left_out_and_other_tables_kept_as_rows() -> None:
    local = Grid(0, 1, 2, (GridCell("指标\n名称", 0, 0), GridCell("", 0, 1), GridCell("5", 0, 1)))
    blocks = [
        TextLine("二、主动公开政府信息情况", 0),
        local,
        TextLine("规章", 1),
        TextLine("尾", 2),
    ]
    (section,) = find_sections(narrative_lines(blocks, frozenset({2})))
    assert section.text == "指标 名称\t5\n尾"


def test_a_chapter_glued_to_its_table_is_still_a_chapter() -> None:
    blocks = lines(
        "一、总体情况\n正文\n二、主动公开政府信息情况第二十条第（一）项信息内容\n六、其他需要报告的事项\n无"
    )
    sections = find_sections(narrative_lines(blocks, frozenset({2})))
    assert [(s.number, s.text) for s in sections] == [(1, "正文"), (2, ""), (6, "无")]


def test_a_list_of_contents_before_the_chapters_is_no_chapter() -> None:
    titles = [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    chapters = "\n".join(f"{title}\n第{number}段。" for number, title in enumerate(titles, 1))
    assert found("\n".join(titles) + "\n" + chapters) == [
        (number, f"第{number}段。") for number in range(1, 7)
    ]


def test_bare_headings_that_do_not_come_again_are_kept() -> None:
    text = (
        "二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n六、其他需要报告的事项\n无。"
    )
    assert found(text) == [(2, ""), (3, ""), (6, "无。")]


@pytest.mark.parametrize(
    "line", ["1、总体情况良好", "2.总体情况见下表", "第一章总体情况说明", "（一）主动公开"]
)
def test_other_numbering_needs_the_wording_of_the_form(line: str) -> None:
    assert recognise_heading(line) is None
