"""Title candidates, most trusted first."""

from __future__ import annotations

import pytest

from annual_reports.reading.document import read_document
from schemas.narrative import report_title_patterns


def titles(text: str) -> tuple[str, ...]:
    return read_document(text.encode(), "x").titles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# 白水县林皋镇 2023 年政府信息公开工作年度报告\n\n正文", ("白水县林皋镇 2023 年政府信息公开工作年度报告",)),
        ("标题: 某局政府信息公开2021年度报告\n发布时间: 2022-01-02\n", ("某局政府信息公开2021年度报告",)),
        ("青山乡政府信息公开工作年度报告\n", ("青山乡政府信息公开工作年度报告",)),
        ("青山县人民政府\n2019年政府信息公开工作年度报告\n", ("青山县人民政府2019年政府信息公开工作年度报告",)),
        ("宿松县人民政府2016年政府信息公开\n工作年度报告\n", ("宿松县人民政府2016年政府信息公开工作年度报告",)),
        ("首页 > 政府信息公开年报\n现将2022年政府信息公开年度报告公布如下：\n", ()),
        ("一、总体情况\n某镇2022年政府信息公开工作年度报告\n", ()),
    ],
)  # fmt: skip
def test_title_lines(text: str, expected: tuple[str, ...]) -> None:
    assert titles(text) == expected


def test_links_to_other_years_are_no_titles() -> None:
    text = "红岩镇2022年政府信息公开工作年度报告\n上一条：红岩镇2023年政府信息公开工作年度报告\n"
    assert titles(text) == ("红岩镇2022年政府信息公开工作年度报告",)


def test_order_of_trust_on_a_page() -> None:
    html = (
        '<html><head><meta name="ArticleTitle" content="甲镇2024年政府信息公开工作年度报告">'
        "<title>甲镇2024年政府信息公开工作年度报告_某县人民政府</title></head>"
        "<body><h1>某县人民政府</h1><p>甲镇 2024年政府信息公开工作年度报告</p></body></html>"
    )
    assert titles(html) == (
        "甲镇2024年政府信息公开工作年度报告",
        "某县人民政府",
        "甲镇 2024年政府信息公开工作年度报告",
        "甲镇2024年政府信息公开工作年度报告_某县人民政府",
    )


def test_every_name_of_a_report_ends_in_the_character_lines_are_sought_by() -> None:
    for pattern in report_title_patterns():
        endings = pattern.pattern.rpartition("(?:")[2].removesuffix(")").split("|")
        assert all("报" in ending or "報" in ending for ending in endings), pattern.pattern
