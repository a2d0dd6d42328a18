"""Whole pages for random units of the gazetteer: nothing wrong, most placed, whatever the noise."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from annual_reports.identity.document_kind import refusal_of_kind
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from tests.annual_reports.identity.made_up_pages import MadeUpPage, PageMaker
from tests.annual_reports.identity.test_gazetteer_titles import wrong_parts

_PAGES = 90_000 if os.environ.get("GONGKAI_WHOLE_GAZETTEER") else 3_600


@pytest.fixture(scope="module")
def read_pages() -> list[tuple[MadeUpPage, Identity]]:
    return [(page, identify_report(page.text)) for page in PageMaker(20261124).pages(_PAGES)]


def test_no_page_is_placed_wrongly(read_pages: list[tuple[MadeUpPage, Identity]]) -> None:
    wrong = [
        (page.trait, page.text.titles, page.text.url, parts)
        for page, identity in read_pages
        if (parts := wrong_parts(identity, page.unit))
    ]
    assert not wrong[:5], len(wrong)


def test_no_year_is_wrong(read_pages: list[tuple[MadeUpPage, Identity]]) -> None:
    assert all(identity.year == page.year for page, identity in read_pages)


def test_most_are_placed(read_pages: list[tuple[MadeUpPage, Identity]]) -> None:
    placed = Counter(page.trait for page, identity in read_pages if identity.province != "ZZ")
    made = Counter(page.trait for page, _ in read_pages)
    assert all(placed[trait] >= 0.96 * made[trait] for trait in made), placed


def test_none_is_refused(read_pages: list[tuple[MadeUpPage, Identity]]) -> None:
    assert not [page.text.titles for page, _ in read_pages if refusal_of_kind(page.text)]


def test_a_foreign_host_is_flagged(read_pages: list[tuple[MadeUpPage, Identity]]) -> None:
    copies = [identity for page, identity in read_pages if page.trait == "copy"]
    assert copies and all(identity.host_is_gov is False for identity in copies)


def identity_of(title: str, *lines: str, url: str | None = None) -> Identity:
    return identify_report(DocumentText((title,), lines, url))


@pytest.mark.parametrize(
    ("title", "lines", "url", "expected"),
    [
        # A lake in 武汉 and a district of 南昌.
        ("东湖高新区教育局2021年政府信息公开工作年度报告", (), None, ("CN-HB", "420100", None)),
        # A county's name inside a word.
        ("教育局2021年政府信息公开工作年度报告", ("规范县级单位公开，和县委部署",), None, ("ZZ", None, None)),
        ("教育局2021年政府信息公开工作年度报告", ("任县长担任组长，云县域信息",), None, ("ZZ", None, None)),
        # A management zone listed below a county-level city.
        ("洪江区新街街道办事处2022年政府信息公开工作年度报告", (), None, ("CN-HN", "431200", "431281")),
        # A zone across two cities; on paper the street is that of a district.
        ("正阳街道办事处2023年政府信息公开工作年度报告", (), "http://www.xixianxinqu.gov.cn/a.html", ("CN-SN", "610400", "610404")),
        # A prefecture without districts of its own.
        ("大兴安岭地区行政公署办公室2021年政府信息公开工作年度报告", (), None, ("CN-HL", "232700", None)),
        # Twins in pinyin, and nothing else.
        ("教育局2022年政府信息公开工作年度报告", (), "http://www.qinglong.gov.cn/a.html", ("ZZ", None, None)),
        # A ministry, its local organ, and its address in a district.
        ("国家税务总局2022年政府信息公开工作年度报告", ("地址：北京市海淀区羊坊店西路5号",), None, ("CN", None, None)),
        ("国家税务总局浑源县税务局2022年政府信息公开工作年度报告", ("国家税务总局",), "http://www.chinatax.gov.cn/a", ("CN-SX", "140200", "140225")),
        # The seat of a city's bureau.
        ("大同市教育局2022年政府信息公开工作年度报告", ("驻地：平城区东关街道",), None, ("CN-SX", "140200", None)),
        # A province's name inside a town's, a city's inside a sub-district's.
        ("龙泉市湖南镇2022年政府信息公开工作年度报告", (), None, ("CN-ZJ", "331100", "331181")),
        ("越秀区北京街道办事处2020年政府信息公开工作年度报告", (), None, ("CN-GD", "440100", "440104")),
        # A copy whose host and foot are somebody else's.
        ("驼峰乡2022年政府信息公开工作年度报告", ("晋公网安备14022502000101号",), "http://hunyuan.com/a", ("ZZ", None, None)),
        # A visit says nothing about the visitor.
        ("城关镇2022年政府信息公开工作年度报告", ("赴浙江省安吉县学习",), None, ("ZZ", None, None)),
        # 乡村 is a word.
        ("古县乡村振兴局2022年政府信息公开工作年度报告", (), None, ("CN-SX", "141000", "141025")),
        # A county of two characters before its town.
        ("青龙镇2022年政府信息公开工作年度报告", ("地址：渠县青龙镇",), None, ("CN-SC", "511700", "511725")),
        # Variant and traditional characters.
        ("三門峽市陝州區硤石鄉2023年政府信息公開工作年度報告", (), None, ("CN-HA", "411200", "411203")),
        # Shared initials: a host of two letters proves nothing.
        ("水利局2022年政府信息公开工作年度报告", ("湖北省",), "http://hbxt.gov.cn/a.html", ("CN-HB", None, None)),
    ],
)  # fmt: skip
def test_traps(
    title: str, lines: tuple[str, ...], url: str | None, expected: tuple[str, str, str]
) -> None:
    identity = identity_of(title, *lines, url=url)
    assert (identity.province, identity.prefecture_code, identity.county_code) == expected
