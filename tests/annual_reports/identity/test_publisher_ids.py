"""One publisher, one identifier: over renamed departments and changed codes, never over a merger."""

from collections import defaultdict

import pytest

from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.divisions import COUNTY, STATISTICAL_ZONE, fold, load_gazetteer, read_csv_rows
from schemas.organs import department_full_names, department_successors


def identity_of(name: str, year: int) -> Identity:
    return identify_report(DocumentText((f"{name}{year}年政府信息公开工作年度报告",), ()))


@pytest.mark.parametrize(
    ("former", "now"),
    [
        (("禄丰县国土资源局", 2017), ("禄丰市自然资源局", 2022)),
        (("浑源县安监局", 2015), ("浑源县应急管理局", 2021)),
        (("山西省环境保护厅", 2016), ("山西省生态环境厅", 2020)),
        (("浑源县扶贫办", 2019), ("浑源县乡村振兴局", 2022)),
        (("国土资源部", 2015), ("自然资源部", 2023)),
        (("中国银保监会", 2020), ("国家金融监督管理总局", 2023)),
        (("三门峡市陕县硖石乡", 2014), ("三门峡市陕州区硖石乡", 2024)),
        (("儋州市", 2012), ("儋州市", 2022)),
        (("浑源县税务局", 2019), ("国家税务总局浑源县税务局", 2023)),
        (("浑源县经开区管委会", 2019), ("浑源县经济技术开发区管理委员会", 2023)),
    ],
)
def test_renamed_publishers_keep_their_identifier(
    former: tuple[str, int], now: tuple[str, int]
) -> None:
    before, after = identity_of(*former), identity_of(*now)
    assert before.publisher_id is not None
    assert before.publisher_id == after.publisher_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("北京市宣武区教育局", 2009), ("北京市西城区教育局", 2009)),
        (("邢台县教育局", 2017), ("邢台市桥西区教育局", 2017)),
        (("丰台区长辛店镇", 2018), ("丰台区长辛店街道", 2018)),
        (("浑源县工商行政管理局", 2017), ("浑源县市场监督管理局", 2019)),
        (("浑源县旅游局", 2017), ("浑源县文化和旅游局", 2019)),
        (("浑源县国家税务局", 2017), ("国家税务总局浑源县税务局", 2019)),
    ],
)
def test_what_was_merged_stays_apart(one: tuple[str, int], other: tuple[str, int]) -> None:
    assert identity_of(*one).publisher_id != identity_of(*other).publisher_id


def test_no_two_counties_of_one_year_share_an_identifier() -> None:
    holders: dict[tuple[str, int], set[str]] = defaultdict(set)
    for division in load_gazetteer().units:
        if division.level != COUNTY or division.kind == STATISTICAL_ZONE:
            continue
        for year in (2010, 2018, 2024):
            if (division.valid_from or 0) <= year <= (division.valid_to or year):
                key = identity_of(f"{division.name}教育局", year).publisher_id
                if key is not None:
                    holders[key, year].add(division.code)
    assert len(holders) > 8000
    assert not {key: codes for key, codes in holders.items() if len(codes) > 1}


@pytest.mark.parametrize(
    ("name", "year", "code", "county", "full"),
    [
        ("楚雄彝族自治州禄丰县国土局", 2017, "532331", "禄丰县", "禄丰县国土资源局"),
        ("禄丰市卫健局", 2022, "532302", "禄丰市", "禄丰市卫生健康局"),
        ("北京市宣武区教育局", 2009, "110104", "宣武区", "宣武区教育局"),
        ("儋州市", 2012, "469003", "儋州市", "儋州市人民政府"),
        ("浑源县驼峰乡", 2023, "140225", "浑源县", "浑源县驼峰乡人民政府"),
    ],
)
def test_codes_and_names_of_the_reports_year(
    name: str, year: int, code: str, county: str, full: str
) -> None:
    identity = identity_of(name, year)
    assert (identity.county_code_in_year, identity.county_name_in_year) == (code, county)
    assert identity.publisher_name == full


def test_a_former_township_carries_the_code_of_its_county_then() -> None:
    identity = identity_of("三门峡市陕县硖石乡", 2014)
    assert (identity.town_code, identity.town_code_in_year) == ("411203207", "411222207")


def test_successions_lead_forward_and_end() -> None:
    successors = department_successors()
    for row in read_csv_rows("department_succession.csv", "identity"):
        name, steps = fold(row["former"]), 0
        while name in successors:
            name, steps = successors[name], steps + 1
            assert steps < 4, row
    assert not set(successors) & set(department_full_names()), "a short form has no successor"
