"""Claims in prose: what is stated about this report, and the many sentences that state nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annual_reports.model import Section
from annual_reports.narrative.claims import find_claims
from annual_reports.narrative.context import Reporter

CITY = Reporter(2023)


def test_headlines_before_the_first_chapter_are_no_prose() -> None:
    preface = "我县收到政府信息公开申请9件\n本年度全县收到政府信息公开申请13件。"
    claims = find_claims((Section(None, "", preface),), CITY)
    assert [claim.value for claim in claims] == [13]


def claims_of(
    text: str, number: int | None = 1, year: int | None = 2023
) -> list[tuple[str, object]]:
    """The exact facts of the whole report and its year, which the tables may confirm."""
    claims = find_claims((Section(number, "", text),), replace(CITY, year=year))
    return [(c.metric, c.value) for c in claims if c.is_of_report and not c.is_approximate]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年，全县共收到政府信息公开申请13件。", [("requests_received", 13)]),
        ("全年受理依申请公开申请 1,204 件。", [("requests_received", 1204)]),
        ("我局收到两件政府信息公开申请。", [("requests_received", 2)]),
        ("共收到政府信息公开申请十二件，办结11件，结转下年度继续办理1件。",
         [("requests_received", 12), ("requests_answered", 11), ("requests_carried_out", 1)]),
        ("本镇未收到政府信息公开申请。", [("no_requests", True)]),
        ("2023年度，我单位没有收到依申请公开事项。", [("no_requests", True)]),
        ("全年无依申请公开办件。", [("no_requests", True)]),
        ("全年收到政府信息公开申请0件。", [("requests_received", 0), ("no_requests", True)]),
        ("受理政府信息公开申请20件（含上年度结转申请3件），答复政府信息公开申请18件，"
         "另有5件申请依法顺延至下年度答复。",
         [("requests_received", 20), ("requests_carried_in", 3), ("requests_answered", 18),
          ("requests_carried_out", 5)]),
        ("依申请公开政府信息办理事项7条。", [("requests_answered", 7)]),
        ("共收到政府信息公开申请9件。其中，予以公开5件、部分公开1件，不予公开1件，无法提供2件，不予处理0件，其他处理0件。",
         [("requests_received", 9), ("disclosed_full", 5), ("disclosed_partial", 1), ("not_disclosed", 1),
          ("unable_to_provide", 2), ("not_processed", 0), ("other_handling", 0)]),
        ("收到政府信息公开申请6件，其中网上申请4件，信函申请1件，当面申请1件。",
         [("requests_received", 6), ("channel_online", 4), ("channel_mail", 1), ("channel_in_person", 1)]),
        ("因政府信息公开引发的行政复议3件、行政诉讼2件。",
         [("reconsideration_cases", 3), ("litigation_cases", 2)]),
        ("未发生因政府信息公开引起的行政复议、行政诉讼。", [("no_disputes", True)]),
        ("无因政府信息公开申请行政复议和提起行政诉讼情况。", [("no_disputes", True)]),
        ("制发行政规范性文件4件，现行有效11件。", [("normative_documents_made", 4)]),
        ("全年主动公开政府信息244条。", [("proactive_items", 244)]),
        ("政府门户网站发布信息54条，“山水某镇”微信公众号推送50条。", [("website_items", 54), ("wechat_items", 50)]),
        ("发布政策解读15篇，召开新闻发布会2场。", [("policy_interpretations", 15), ("press_conferences", 2)]),
        ("本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。",
         [("period_start", "2023-01-01"), ("period_end", "2023-12-31")]),
        ("数据统计期限为2023 年1 月1 日—12 月31 日。",
         [("period_start", "2023-01-01"), ("period_end", "2023-12-31")]),
        ("本年度未收取政府信息处理费。", [("no_information_fee", True)]),
        ("按照《政府信息公开信息处理费管理办法》规定，2023年未产生信息公开处理费。", [("no_information_fee", True)]),
        ("本单位无收取信息处理费情况。", [("no_information_fee", True)]),
        ("全年收取信息处理费1200.5元。", [("information_fee_yuan", 1200.5)]),
        ("收取信息处理费0.3万元。", [("information_fee_yuan", 3000)]),
    ],
)  # fmt: skip
def test_stated_facts(text: str, expected: list[tuple[str, object]]) -> None:
    assert claims_of(text) == expected


def test_figures_of_a_quoted_account() -> None:
    assert claims_of("“山水某镇”微信公众号推送50条。") == [("wechat_items", 50)]


@pytest.mark.parametrize(
    "text",
    [
        "12345政府热线转办75件，办结率100%。",
        "共受理12345热线工单130件，答复130件。",
        "网站访问量达120万人次，网站留言答复32条。",
        "办理人大代表建议15件、政协提案8件。",
        "收到政府信息公开申请，同时办理群众来信21件，答复21件。",
        "累计主动公开各类信息1200余条。",
        "主动公开政府信息约300条。",
        "2022年收到政府信息公开申请8件。",
        "上年同期收到政府信息公开申请8件。",
        "自条例施行以来累计收到政府信息公开申请90件。",
        "上半年收到政府信息公开申请4件。",
        "2023年收到政府信息公开申请较多，其中，县公安局收到政府信息公开申请8件。",
        "未收到重复的政府信息公开申请。",
        "未收到通过信函方式提交的政府信息公开申请。",
        "未收到信访举报投诉类申请。",
        "未收到有关政府信息公开申请的行政复议决定。",
        "未出现逾期未办理的依申请公开情况。",
        "予以公开及部分公开258件，占33.9%。",
        "收到政府信息公开申请若干，予以公开和部分公开共258件。",
        "不予公开占4.34%。",
        "全年办理行政复议案件56件，行政诉讼案件12件。",
        "全年办理行政复议案件56件，其中涉及政府信息公开的较少。",
        "未发生因政府信息公开引起的行政复议纠错、行政诉讼败诉情况。",
        "每件申请收取信息处理费100元。",
        "信息处理费按件计收，超过10件的每件100元。",
        "清理规范性文件5件，废止行政规范性文件2件。",
        "制发、废止行政规范性文件5件。",
        "通过政府网站、微信公众号发布信息300条。",
        "政府网站和政务新媒体发布信息108条。",
        "力争全年主动公开政府信息500条。",
        "发布政策文件、政策解读20篇。",
        "关于政府信息公开的培训3次，培训147人次。",
        "《国务院办公厅关于印发〈政府信息公开信息处理费管理办法〉的通知》（国办函〔2020〕109号）。",
        "一、本年新收政府信息公开申请数量\t3\t0\t0\t0\t0\t0\t3",
        "指标\t受理政府信息公开申请5件",
    ],
)  # fmt: skip
def test_sentences_that_state_nothing_of_this_report(text: str) -> None:
    assert claims_of(text) == []


def test_a_figure_of_reconsideration_needs_its_subject_or_its_chapter() -> None:
    assert claims_of("本年度行政复议3件。", number=1) == []
    assert claims_of("本年度行政复议3件。", number=4) == [("reconsideration_cases", 3)]


def test_without_a_known_year_the_stated_year_is_believed() -> None:
    text = "2022年收到政府信息公开申请8件。"
    assert claims_of(text, year=None) == claims_of(text, year=2022) == [("requests_received", 8)]


def test_spans_point_at_the_printed_text() -> None:
    text = (
        "前文。\n2023 年，我局共收到 政府信息公开申请（含转办）若干；受理政府信息公开申请 １３ 件。"
    )
    (claim,) = find_claims((Section(3, "", text),), CITY)
    assert (claim.value, claim.unit, claim.section) == (13, "件", 3)
    assert text[claim.start : claim.end] == claim.text
    assert claim.text.endswith("１３ 件")


def test_an_impossible_day_is_no_period() -> None:
    assert claims_of("统计期限自2023年1月1日起至2023年13月31日止。") == []


@given(
    st.text(
        alphabet="政府信息公开申请收到未无件条0123456789，。、（）年行政复议诉讼2023 处理费元",
        max_size=80,
    )
)
def test_any_text_is_read_and_spans_stay_inside(text: str) -> None:
    for claim in find_claims((Section(None, "", text),), CITY):
        assert claim.text == text[claim.start : claim.end] != ""
