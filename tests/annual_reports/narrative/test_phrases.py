"""One sentence and more for every kind of phrase: values, ranges, time, scope, shares, refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from prose_generator import BUREAU, CITY, TOWN

from annual_reports.model import Claim, Section
from annual_reports.narrative.claims import find_claims
from annual_reports.narrative.context import Reporter
from schemas.claims import claim_patterns
from schemas.fields import all_fields

ANY = Reporter(2023)


def claims_of(text: str, reporter: Reporter = ANY, chapter: int = 1) -> tuple[Claim, ...]:
    return find_claims((Section(chapter, "", text),), reporter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本年度全文电子化的主动公开政府信息320条。", [("proactive_items_digital", 320)]),
        ("新增行政规范性文件12件。", [("normative_documents_new", 12)]),
        ("信息公开专栏访问量达12345人次。", [("website_column_visits", 12345)]),
        ("为公众查阅政府信息提供便利，接待现场查阅35人次。", [("visitors_on_site", 35)]),
        ("围绕政府信息公开，网上咨询数41人次，咨询电话接听52人次。",
         [("consultations_online", 41), ("consultations_phone", 52)]),
        ("收到政府信息公开申请20件，其中当面申请3件，传真申请2件，电子邮件申请4件，网上申请5件，信函申请5件，其他形式1件。",
         [("requests_received", 20), ("channel_in_person", 3), ("received_fax", 2), ("received_email", 4),
          ("channel_online", 5), ("channel_mail", 5), ("received_other", 1)]),
        ("收到政府信息公开申请5件，其中：当面3件、网络2件。",
         [("requests_received", 5), ("channel_in_person", 3), ("channel_online", 2)]),
        ("对政府信息公开申请的答复如下：同意公开8件，同意部分公开2件，不同意公开1件，信息不存在3件，不属于本机关公开范围4件，"
         "申请内容不明确1件，重复申请2件。",
         [("reply_agreed", 8), ("reply_partially_agreed", 2), ("reply_refused", 1), ("reply_not_exist", 3),
          ("reply_not_this_agency", 4), ("reply_unclear", 1), ("reply_repeated", 2)]),
        ("政府信息公开申请中，属于国家秘密1件，商业秘密2件，个人隐私3件，内部信息4件，过程性信息5件，"
         "执法信息6件，非政府信息7件，其他原因8件，已主动公开9件，通过其他途径办理2件，作出更改补充1件。",
         [("exempt_1_state_secret", 1), ("exempt_2_commercial_secret", 2), ("exempt_3_privacy", 3),
          ("exempt_4_internal", 4), ("exempt_5_process", 5), ("exempt_6_enforcement", 6),
          ("refused_not_government_information", 7), ("reply_other_reason", 8), ("reply_already_public", 9),
          ("reply_other_channel", 2), ("reply_correction_requested", 1)]),
        ("因政府信息公开引起的行政申诉2件。", [("appeals_total", 2)]),
        ("依申请提供政府信息收取检索、复制费用130元，减免费用20.5元。",
         [("fees_collected_yuan", 130), ("fees_waived_yuan", Decimal("20.5"))]),
        ("依申请提供政府信息未收取任何费用。", [("fees_collected_yuan", 0)]),
        ("从事政府信息公开工作，配备3名专职人员，5名兼职人员。", [("staff_full_time", 3), ("staff_part_time", 5)]),
        ("设立政府信息公开查阅点4个。", [("reading_points", 4)]),
        ("政务微博发布信息31条，政府公报公开信息7条。", [("weibo_items", 31), ("gazette_items", 7)]),
        ("收到政府信息公开申请一千零五件。", [("requests_received", 1005)]),
        ("收到政府信息公开申请１２件。", [("requests_received", 12)]),
    ],
)  # fmt: skip
def test_facts(text: str, expected: list[tuple[str, object]]) -> None:
    assert [(c.metric, c.value) for c in claims_of(text) if c.is_of_report] == expected


@pytest.mark.parametrize(
    ("text", "value", "least", "most"),
    [
        ("主动公开政府信息1200余条。", 1200, 1200, 1299),
        ("主动公开政府信息约300条。", 300, 270, 330),
        ("主动公开政府信息近300条。", 300, 270, 300),
        ("主动公开政府信息超过300条。", 300, 300, None),
        ("主动公开政府信息300条以上。", 300, 300, None),
        ("主动公开政府信息300条左右。", 300, 270, 330),
        ("主动公开政府信息1.2万条。", 12000, 11500, 12999),
        ("主动公开政府信息1万余条。", 10000, 10000, 19999),
        ("主动公开政府信息300至320条。", 320, 300, 320),
        ("主动公开政府信息不足300条。", 300, 0, 300),
        ("主动公开政府信息1,234条。", 1234, None, None),
    ],
)  # fmt: skip
def test_how_exact_a_number_is(text: str, value: int, least: int | None, most: int | None) -> None:
    (claim,) = claims_of(text)
    assert (claim.value, claim.least, claim.most) == (value, least, most)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023年收到政府信息公开申请8件。", "reported_year"),
        ("收到政府信息公开申请8件。", None),
        ("2022年收到政府信息公开申请8件。", "earlier_year"),
        ("去年收到政府信息公开申请8件。", "earlier_year"),
        ("与2022年收到的政府信息公开申请8件相比略有增加。", "earlier_year"),
        ("条例施行以来收到政府信息公开申请8件。", "cumulative"),
        ("自2008年起收到政府信息公开申请8件。", "cumulative"),
        ("截至2023年底，累计收到政府信息公开申请8件。", "cumulative"),
        ("累计收到政府信息公开申请8件。", "cumulative"),
        ("2023年累计收到政府信息公开申请8件。", "reported_year"),
        ("近三年来收到政府信息公开申请8件。", "cumulative"),
        ("上半年收到政府信息公开申请8件。", "part_of_year"),
        ("1至6月收到政府信息公开申请8件。", "part_of_year"),
        ("6月3日收到政府信息公开申请8件。", "part_of_year"),
        ("2023年1月1日至12月31日收到政府信息公开申请8件。", "reported_year"),
        ("按照《2022年政务公开工作要点》，收到政府信息公开申请8件。", None),
        ("收到政府信息公开申请8件，含上年结转3件。", None),
    ],
)  # fmt: skip
def test_the_time_a_number_is_about(text: str, period: str | None) -> None:
    assert claims_of(text)[0].period == period


@pytest.mark.parametrize(
    ("text", "reporter", "covers", "words"),
    [
        ("全市共收到政府信息公开申请8件。", CITY, "report", "全市"),
        ("全市各级行政机关共收到政府信息公开申请8件。", CITY, "report", "全市各级行政机关"),
        ("全市共收到政府信息公开申请8件。", BUREAU, "wider", "全市"),
        ("全镇共收到政府信息公开申请8件。", TOWN, "report", "全镇"),
        ("白塔镇收到政府信息公开申请8件。", TOWN, "report", "白塔镇"),
        ("红旗镇收到政府信息公开申请8件。", TOWN, "part", "红旗镇"),
        ("我局收到政府信息公开申请8件。", BUREAU, "report", "我局"),
        ("我局收到政府信息公开申请8件。", CITY, "part", "我局"),
        ("市政府办公室收到政府信息公开申请8件。", CITY, "part", "市政府办公室"),
        ("各乡镇收到政府信息公开申请8件。", CITY, "part", "各乡镇"),
        ("市直部门收到政府信息公开申请8件。", CITY, "part", "市直部门"),
        ("各单位积极配合，收到政府信息公开申请8件。", CITY, "part", "各单位"),
        ("其中，市公安局收到政府信息公开申请8件。", CITY, "part", "市公安局"),
        ("全国收到政府信息公开申请8件。", CITY, "wider", "全国"),
    ],
)  # fmt: skip
def test_the_scope_of_a_number(text: str, reporter: Reporter, covers: str, words: str) -> None:
    (claim,) = claims_of(text, reporter)
    assert (claim.covers, claim.scope_words) == (covers, words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收到政府信息公开申请25件，同比增长25%。", [("requests_received_growth", Decimal(25), ())]),
        ("收到政府信息公开申请25件，较上年增加5件，增长25%。",
         [("requests_received_change", 5, ()), ("requests_received_growth", Decimal(25), (25, 20))]),
        ("上年收到20件，今年收到政府信息公开申请25件，同比增长25%。",
         [("requests_received_growth", Decimal(25), (25, 20))]),
        ("2022年收到政府信息公开申请9件，2023年收到政府信息公开申请2件，同比下降77.8%。",
         [("requests_received_growth", Decimal("-77.8"), (2, 9))]),
        ("收到政府信息公开申请15件，比上年减少5件。", [("requests_received_change", -5, ())]),
        ("收到政府信息公开申请859件，申请数量较去年回落12.3%。",
         [("requests_received_growth", Decimal("-12.3"), ())]),
        ("政府信息公开申请办理中，予以公开5件，占答复总数的50%。",
         [("disclosed_full_share", Decimal(50), (5,))]),
        ("收到政府信息公开申请8件，答复率100%。", [("answered_rate", Decimal(100), ())]),
        ("对政府信息公开申请均已答复，公开率为62.5%。", [("disclosure_rate", Decimal("62.5"), ())]),
    ],
)  # fmt: skip
def test_shares_and_growth(text: str, expected: list[tuple[str, object, tuple[int, ...]]]) -> None:
    ratios = [c for c in claims_of(text) if c.unit == "%" or c.metric.endswith("_change")]
    assert [(c.metric, c.value, c.operands) for c in ratios] == expected


@pytest.mark.parametrize(
    "text",
    [
        "收到政府信息公开申请___件，答复___件。",
        "收到政府信息公开申请X件。",
        "收到政府信息公开申请件。",
        "现行有效的规范性文件。",
        "收到政府信息公开申请三四件。",
        "收到政府信息公开申请几十件。",
        "收到政府信息公开申请3.5件。",
        "根据国令第711号和国办发〔2023〕9号文件，主动公开政府信息。",
        "联系电话0570-7043307，邮编324406，政府信息公开申请请致电。",
        "税收减免费用500元。",
        "专职消防人员12名。",
        "全市接待游客35万人次。",
        "12345热线按时答复率99%。",
        "计划新增行政规范性文件12件。",
        "信息公开工作信访申诉3件均为旧案，减免租金200元。",
    ],
)  # fmt: skip
def test_what_states_nothing(text: str) -> None:
    assert claims_of(text) == ()


def test_every_pattern_states_a_fact_of_the_narrative() -> None:
    keys = {field.row_key for field in all_fields() if field.table == "narrative"}
    assert {wording.metric for wording in claim_patterns()} <= keys


def test_every_key_of_the_form_of_2008_has_a_claim() -> None:
    """Where the newer narrative has a key for the same fact, that one is used."""
    twins = {
        "received_in_person": "channel_in_person",
        "received_online": "channel_online",
        "received_mail": "channel_mail",
        "requests_replied": "requests_answered",
        "reconsideration_total": "reconsideration_cases",
        "litigation_total": "litigation_cases",
    }
    wanted = [field.row_key for field in all_fields() if field.template == "t2008"]
    stated = {wording.metric for wording in claim_patterns()}
    assert len(wanted) == 38
    assert {twins.get(key, key) for key in wanted} <= stated


@pytest.mark.parametrize("size", [2_000, 60_000])
@pytest.mark.parametrize(
    ("before", "again", "after"),
    [
        ("收到政府信息公开申请", "1", "件"),
        ("收到政府信息公开申请", "一", "件"),
        ("收到", "公民、法人和其他组织", "政府信息公开申请8件"),
        ("", "（", "政府信息公开申请3件"),
        ("未发生", "因政府信息公开", "行政复议、行政诉讼"),
        ("未", "我局", "行政诉讼"),
        ("", "其中，网上", "申请3件"),
        ("", "信息公开", "处理费5元未收取费用"),
        ("收取", "政府信息公开", "信息处理费"),
        ("", "自2008年", "收到政府信息公开申请8件"),
        ("", "全市各部门、", "收到政府信息公开申请8件"),
        ("", "2023年1月1日至", "收到政府信息公开申请8件"),
        ("", "收到政府信息公开申请8件，占", "5%"),
        ("", "上年的为是共收到", "8件，同比增长5%，收到政府信息公开申请9件"),
        ("网站", "公开信息", "8条"),
    ],
    ids=range(15),
)  # fmt: skip
def test_long_texts_are_read_to_their_end(before: str, again: str, after: str, size: int) -> None:
    claims_of(before + again * (size // len(again) - 10) + after + "。")
