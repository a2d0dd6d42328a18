"""An operator reads why a report stands where it does, and what is missing."""

from __future__ import annotations

from dataclasses import replace

from annual_reports.identity.explanation import (
    evidence_lines,
    identity_facts,
    what_is_missing,
    year_lines,
)
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.organs import year_sources


def identity_of(title: str, *lines: str, url: str | None = None) -> Identity:
    return identify_report(DocumentText((title,), lines, url))


def test_a_settled_report_lacks_nothing() -> None:
    identity = identity_of(
        "浑源县驼峰乡2023年政府信息公开工作年度报告", "晋公网安备14022502000101号"
    )
    assert list(what_is_missing(identity)) == []
    facts = dict(identity_facts(identity))
    assert facts["全称 in full"] == "浑源县驼峰乡人民政府"
    assert "浑源县（140225）" in facts["地方 place"]
    evidence = list(evidence_lines(identity))
    assert any("公网安备号" in line and "140225" in line for line in evidence)
    assert list(year_lines(identity)) == ["2023：标题 title"]


def test_a_code_that_has_changed_is_shown_beside_todays() -> None:
    facts = dict(identity_facts(identity_of("禄丰县2019年政府信息公开工作年度报告")))
    assert "禄丰市（532302）" in facts["地方 place"]
    assert facts["当年区划 in that year"] == "禄丰县（532331）"


def test_what_is_missing_is_said() -> None:
    ambiguous = list(what_is_missing(identity_of("城关镇2023年政府信息公开工作年度报告")))
    assert any("同名" in line for line in ambiguous)
    silent = list(what_is_missing(identity_of("政府信息公开工作年度报告")))
    assert any("缺少机关名称" in line for line in silent)
    assert any("没有任何地方线索" in line for line in silent)
    assert any("年度不明" in line for line in silent)
    above = identity_of("水利局2022年政府信息公开工作年度报告", url="http://www.sjz.gov.cn/a.html")
    assert above.confidence == "low"
    assert any("只能确定上级" in line for line in what_is_missing(above))


def test_a_foreign_host_is_pointed_out() -> None:
    identity = identity_of("浑源县2023年政府信息公开工作年度报告", url="http://example.com/a")
    assert "网址 address" in dict(identity_facts(identity))


def test_every_source_of_a_year_has_a_label() -> None:
    labelled = set(year_sources())
    full = identity_of(
        "浑源县2022年政府信息公开工作年度报告",
        "统计期限自2021年1月1日至2021年12月31日",
        "发布时间：2023-01-05，2020年度",
        url="http://hy.gov.cn/a/t20230105_1.html?year=2022",
    )
    assert {source for _, source in full.year_candidates} <= labelled
    every = replace(full, year_candidates=tuple((2020, source) for source in sorted(labelled)))
    assert len(list(year_lines(every))) == len(labelled)
