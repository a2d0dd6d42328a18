"""Publisher, place, year and scope of made-up pages, one trait each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.identity.document_kind import refusal_of_kind
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.divisions import load_gazetteer
from schemas.organs import document_kinds
from schemas.tables import vocabulary


def titled(title: str, *lines: str, url: str | None = None, **metadata: str) -> Identity:
    return identify_report(DocumentText((title,), lines, url, metadata))


@pytest.mark.parametrize(
    ("title", "publisher", "organ_type", "level", "code"),
    [
        ("浑源县2023年政府信息公开工作年度报告", "浑源县", "government", "county", "140225"),
        (
            "浑源县人民政府办公室2023年政府信息公开工作年度报告",
            "浑源县人民政府办公室",
            "government_office",
            "county",
            "140225",
        ),
        (
            "2023年度大同市浑源县教育局政府信息公开年报",
            "大同市浑源县教育局",
            "department",
            "county",
            "140225",
        ),
        (
            "大同市公安局政府信息公开2023年度报告",
            "大同市公安局",
            "department",
            "prefecture",
            "140200",
        ),
        (
            "山西省教育厅政府信息公开工作2023年度报告",
            "山西省教育厅",
            "department",
            "province",
            None,
        ),
        (
            "国家税务总局浑源县税务局2023年政府信息公开工作年度报告",
            "国家税务总局浑源县税务局",
            "vertical_agency",
            "county",
            "140225",
        ),
        (
            "湛江海关2023年政府信息公开工作年度报告",
            "湛江海关",
            "vertical_agency",
            "prefecture",
            "440800",
        ),
        (
            "仙桃市彭场镇人民政府2023年政府信息公开工作年度报告",
            "仙桃市彭场镇人民政府",
            "township_government",
            "township",
            "429004",
        ),
        (
            "平潭综合实验区管委会2023年政府信息公开工作年度报告",
            "平潭综合实验区管委会",
            "zone_committee",
            "county",
            "350128",
        ),
        (
            "十堰市生态环境局郧阳分局2023年政府信息公开工作年度报告",
            "十堰市生态环境局郧阳分局",
            "department",
            "county",
            "420304",
        ),
        (
            "义乌市廿三里街道办事处2022年政府信息公开工作年度报告",
            "义乌市廿三里街道办事处",
            "subdistrict_office",
            "township",
            "330782",
        ),
    ],
)
def test_titles_name_publisher_type_and_level(
    title: str, publisher: str, organ_type: str, level: str, code: str | None
) -> None:
    identity = titled(title)
    assert (identity.publisher, identity.organ_type, identity.level) == (
        publisher,
        organ_type,
        level,
    )
    assert (identity.county_code or identity.prefecture_code) == code


def test_central_organs_have_a_partition_of_their_own() -> None:
    identity = titled("国家机关事务管理局2021年政府信息公开工作年度报告")
    assert (identity.province, identity.level, identity.organ_type) == (
        "CN",
        "national",
        "department",
    )
    elsewhere = titled(
        "交通运输部2015年政府信息公开工作年度报告", url="https://jtj.cq.gov.cn/a/t20160328_1.html"
    )
    assert elsewhere.province == "CN"


def test_the_production_corps_is_no_province_but_its_cities_lie_in_xinjiang() -> None:
    assert titled("新疆生产建设兵团教育局2023年政府信息公开工作年度报告").province == "CN-XPCC"
    city = titled("第一师阿拉尔市十六团新开岭镇2021年政府信息公开工作年度报告")
    assert (city.province, city.county_code) == ("CN-XJ", "659002")


def test_prefectures_without_counties_and_districts_of_municipalities() -> None:
    town = titled("中山市大涌镇2023年政府信息公开工作年度报告")
    assert (town.prefecture_code, town.county_code, town.town_name) == ("442000", None, "大涌镇")
    district = titled("上海市宝山区2023年政府信息公开工作年度报告")
    assert (district.prefecture_code, district.county_code, district.level) == (
        None,
        "310113",
        "county",
    )


def test_a_common_town_name_needs_more_evidence() -> None:
    title = "城关镇2023年政府信息公开工作年度报告"
    assert titled(title).province == "ZZ"
    assert titled(title).publisher_id is None
    placed = titled(title, "如有疑问，请与华亭市城关镇人民政府联系")
    assert placed.province in ("ZZ", "CN-GS")


def test_codes_and_site_names_settle_a_common_town_name() -> None:
    identity = titled("驼峰乡2023年政府信息公开工作年度报告", "正文", "晋公网安备 14022502000101号")
    assert identity.county_code == "140225"
    by_site = titled("驼峰乡2023年政府信息公开工作年度报告", SiteName="东海县人民政府")
    assert by_site.county_code == "320722"


def test_a_foreign_host_is_flagged_and_gives_no_evidence() -> None:
    identity = titled(
        "驼峰乡2023年政府信息公开工作年度报告", "晋ICP备1号", url="http://hunyuan.example.com/"
    )
    assert identity.host_is_gov is False
    assert identity.province == "ZZ"


def test_government_hosts_are_read_by_their_pinyin() -> None:
    identity = titled(
        "城关镇2023年政府信息公开工作年度报告", url="http://www.gztongzi.gov.cn/a.html"
    )
    assert identity.host_is_gov is True
    assert not [
        e for e in identity.evidence if e.kind.startswith("host") and e.code not in (None, "520322")
    ]


def test_an_address_is_no_proof_of_a_county() -> None:
    identity = titled(
        "云南省人民政府办公厅2023年政府信息公开工作年度报告", "地址：昆明市五华区某路78号"
    )
    assert (identity.province, identity.prefecture_code, identity.county_code) == (
        "CN-YN",
        None,
        None,
    )


def test_short_names_do_not_catch_zones_of_the_same_name() -> None:
    zone = titled("武汉东湖新技术开发区管委会2023年政府信息公开工作年度报告")
    assert zone.prefecture_code == "420100"
    unknown = titled("东湖高新区教育局2023年政府信息公开工作年度报告")
    assert unknown.province in ("ZZ", "CN-HB")


def test_the_police_bureau_is_not_the_county_of_that_name() -> None:
    assert titled("公安局2019年政府信息公开年度工作报告").province == "ZZ"


@pytest.mark.parametrize(
    ("title", "lines", "year"),
    [
        (
            "X县 2022 年政府信息公开工作年度报告",
            ("统计期限自2021年1月1日起至2021年12月31日止",),
            2022,
        ),
        ("政府信息公开工作年度报告", ("统计期限自2021年1月1日起至2021年12月31日止",), 2021),
        ("政府信息公开工作年度报告", ("20211月1日起至202112月31日止",), 2021),
        ("政府信息公开工作年度报告", ("2020年全年平稳，2020年收到申请，较2019年增长",), 2020),
        ("政府信息公开工作年度报告", ("发布日期：2023-01-16",), 2022),
        ("二〇二一年政府信息公开工作年度报告", (), 2021),
        ("政府信息公开工作年度报告", ("2019年做了甲，2020年做了乙",), None),
        ("政府信息公开工作年度报告", ("上一条：某镇2018年政府信息公开工作年度报告",), None),
    ],
)
def test_year_by_the_order_of_trust(title: str, lines: tuple[str, ...], year: int | None) -> None:
    assert titled(title, *lines).year == year


def test_all_year_candidates_are_kept() -> None:
    identity = titled(
        "某县2022年政府信息公开工作年度报告",
        "统计期限自2021年1月1日至2021年12月31日",
        "发布时间：2023-01-05",
    )
    assert identity.year_candidates[:2] == ((2022, "title"), (2021, "period_statement"))
    assert (2022, "publish_date") in identity.year_candidates
    assert identity.publish_date == "2023-01-05"


def test_scope_words_make_a_consolidated_report() -> None:
    identity = titled(
        "浑源县人民政府2023年政府信息公开工作年度报告",
        "本报告综合各乡镇、县政府各部门年度报告编制。",
    )
    assert identity.scope == "consolidated"
    assert identity.scope_evidence and "各乡镇" in identity.scope_evidence
    assert titled("浑源县2023年政府信息公开工作年度报告").scope == "unknown"
    assert titled("浑源县教育局2023年政府信息公开工作年度报告").scope == "own"


def test_publisher_ids_are_stable_over_spellings_and_former_names() -> None:
    now = titled("禄丰市自然资源局2022年政府信息公开工作年度报告").publisher_id
    former = titled("楚雄彝族自治州禄丰县自然资源局2019年政府信息公开工作年度报告").publisher_id
    assert now is not None and now == former
    short = titled("禄丰市卫健局2022年政府信息公开工作年度报告").publisher_id
    assert short == titled("禄丰市卫生健康局2022年政府信息公开工作年度报告").publisher_id
    assert (
        titled("浑源县驼峰乡2022年政府信息公开工作年度报告").publisher_id
        == "140225204-township_government"
    )


def test_a_publisher_without_place_takes_that_of_its_namesake_in_the_text() -> None:
    identity = titled(
        "农业农村局2020年度政府信息公开工作年度报告",
        "如有疑问，请与资溪县农业农村局联系（地址：建设中路52号）。",
    )
    assert (identity.publisher, identity.county_code) == ("农业农村局", "361028")
    other = titled("农业农村局2020年度政府信息公开工作年度报告", "如有疑问，请与资溪县教育局联系。")
    assert other.publisher_id is None


def test_words_that_begin_like_a_level_are_none() -> None:
    market = titled(
        "市场监督管理局2022年政府信息公开工作年度报告",
        "县委领导下",
        "山西省大同市浑源县永安镇某路1号",
    )
    assert (market.province, market.publisher_id, market.level) == ("CN-SX", None, None)


def test_everyday_names_of_prefectures_are_not_districts_called_alike() -> None:
    assert titled("巴州2022年政府信息公开工作年度报告").prefecture_code == "652800"
    assert titled("国家统计局大同调查队2022年政府信息公开工作年度报告").county_code is None


def test_an_autonomous_region_is_told_by_the_one_the_text_names() -> None:
    title = "自治区人民政府办公厅2022年政府信息公开工作年度报告"
    assert titled(title).province == "ZZ"
    assert titled(title, "深入推进新疆政务公开").province == "CN-XJ"
    assert titled(title, "新疆、西藏等地").province == "ZZ"


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("新疆生产建设兵团财政局2022年政府信息公开年度报告", "province"),
        ("第八师2022年政府信息公开年度报告", "prefecture"),
        ("第八师143团2022年政府信息公开年度报告", "township"),
    ],
)
def test_levels_of_the_production_corps(title: str, level: str) -> None:
    identity = titled(title)
    assert (identity.province, identity.organ_type, identity.level) == ("CN-XPCC", "xpcc", level)


def test_a_site_code_in_the_metadata_counts() -> None:
    identity = titled("驼峰乡2023年政府信息公开工作年度报告", SiteIDCode="3207220001")
    assert identity.county_code == "320722"


def test_a_date_in_a_title_is_no_report_year() -> None:
    assert titled("县政府信息公开年报2025-03-28").year is None


def test_corrections_are_marked() -> None:
    assert titled("浑源县2023年政府信息公开工作年度报告（更正）").is_correction
    assert not titled("浑源县2023年政府信息公开工作年度报告").is_correction


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("《莘县王庄集镇人民政府2023年政府信息公开工作年度报告》解读", "interpretation"),
        ("关于做好2018年政府信息公开工作年度报告编制公布工作的通知", "notice"),
        ("浑源县政府信息公开指南", "guide"),
        ("浑源县政府信息公开工作年度报告制度", "rules"),
        ("市水利局2024年度政务公开工作总结及2025年工作计划", "plan"),
        ("市水利局2024年度政务公开工作总结", "work_summary"),
        ("xx镇2023年政府信息公开工作年度报告", "masked_template"),
        ("某某县2023年政府信息公开工作年度报告", "masked_template"),
        ("浑源县政府网站工作年度报表（2023年度）", "website_report"),
        ("浑源县政府信息公开情况统计表", "statistics_form"),
        ("《浑源县2023年政府信息公开工作年度报告》发布", "news"),
        ("浑源县政府信息公开目录", "catalogue"),
        ("2014年浑源县政府工作报告", "other_report"),
        ("浑源县人民政府关于印发突发事件应急预案的通知", "other_document"),
    ],
)
def test_other_documents_are_named(title: str, kind: str) -> None:
    refusal = refusal_of_kind(DocumentText((title,), ()))
    assert refusal is not None and refusal.kind == kind


def test_every_kind_of_document_has_a_label() -> None:
    named = {kind.kind for kind in document_kinds()}
    assert named <= set(vocabulary("document_kinds"))


@pytest.mark.parametrize(
    ("title", "line", "kind"),
    [
        ("浑源县2023年政府信息公开工作年度报告", "德赢棋牌", "injected_copy"),
        ("2022环保局信息公开工作年度报告.doc", "", "document_shop"),
    ],
)
def test_copies_on_foreign_hosts_are_named(title: str, line: str, kind: str) -> None:
    refusal = refusal_of_kind(DocumentText((title,), (line,), "https://example.com/a.html"))
    assert refusal is not None and refusal.kind == kind
    assert refusal_of_kind(DocumentText((title,), (line,), "https://hy.gov.cn/a.html")) is None


@pytest.mark.parametrize(
    "title",
    [
        "浑源县2023年政府信息公开工作年度报告",
        "浑源县规划和自然资源局2023年政府信息公开年报",
        "国家卫生和计划生育委员会2016年政府信息公开工作年度报告",
        "浑源县指南镇2023年政府信息公开工作年度报告",
        "临潭县卫生健康局2022年度政府信息公开工作的报告",
    ],
)
def test_reports_are_not_refused(title: str) -> None:
    assert refusal_of_kind(DocumentText((title,), ())) is None


def test_a_list_of_reports_is_refused() -> None:
    lines = tuple(f"浑源县{year}年政府信息公开工作年度报告" for year in range(2018, 2024))
    assert refusal_of_kind(DocumentText(("政府信息公开年报",), lines)) is not None


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("乡镇政府信息公开年报", "淳安县枫树岭镇2025年政府信息公开工作年度报告2026-01-19"),
        ("政府信息公开年报", "县政府信息公开年报2025-03-28"),
        ("乡镇（街道）政府信息公开年报", "凤仪街道2024年政府信息公开工作年度…2025-01-16"),
    ],
)
def test_columns_with_links_are_refused(title: str, line: str) -> None:
    assert refusal_of_kind(DocumentText((title, line), ("首页", title, line))) is not None


def test_a_report_without_a_year_in_its_title_is_no_list() -> None:
    lines = (
        "鹿固乡政府信息公开工作年度报告",
        "一、总体情况",
        "2022年，我乡主动公开",
        "二、主动公开政府信息情况",
    )
    assert refusal_of_kind(DocumentText(lines[:1], lines)) is None


_NAMES = st.sampled_from([unit.name for unit in load_gazetteer().units][::97])
_WORDS = st.sampled_from(
    [
        "年度",
        "2022年",
        "政府信息公开",
        "工作",
        "年度报告",
        "（",
        "）",
        "公网安备",
        "14022502000101",
        "来源：",
        "由",
        "编制",
        "索引号：",
        "0352-8322222",
        "自2021年1月1日至2021年12月31日",
        "首页 > ",
        "\n",
        "xx镇",
        "第一师",
        "国家税务总局",
        "管委会",
        " ",
    ]
)
_TEXTS = st.lists(st.one_of(_NAMES, _WORDS, st.text(max_size=8)), max_size=12).map("".join)
_URLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(
        [
            "http://www.zjxj.gov.cn/a",
            "http://[",
            "//",
            "http://1.2.3.4:80/x/t20240101_1.html",
            "http://gov.cn",
            "http://.gov.cn/",
        ]
    ),
)


@settings(max_examples=300)
@given(
    st.lists(_TEXTS, max_size=3).map(tuple),
    st.lists(_TEXTS, max_size=6).map(tuple),
    _URLS,
    st.dictionaries(st.sampled_from(["SiteName", "PubDate", "ContentSource"]), _TEXTS),
)
def test_any_document_gets_an_answer(
    titles: tuple[str, ...], lines: tuple[str, ...], url: str | None, metadata: dict[str, str]
) -> None:
    document = DocumentText(titles, lines, url, metadata)
    first, second = identify_report(document), identify_report(document)
    assert first == second
    assert (first.province == "ZZ") == (first.confidence == "none")
    assert first.county_code is None or first.province_code == first.county_code[:2]
    refusal_of_kind(document)
