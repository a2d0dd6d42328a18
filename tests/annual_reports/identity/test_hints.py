"""What sources and people say about a document settles what its text leaves open, and no more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from annual_reports.identity.hints import IdentityHints, SourceEntry, why_unusable
from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.decisions import Guard, IdentityDecision

TOWN = "城关镇2023年政府信息公开工作年度报告"


def decision(**said: Any) -> IdentityDecision:
    return IdentityDecision(
        guard=Guard(url="https://a.gov.cn/*"),
        decided_by="甲",
        decided_on=date(2026, 1, 2),
        reason="页脚写明",
        **said,
    )


def identity_of(
    title: str, *decisions: IdentityDecision, source: SourceEntry | None = None
) -> Identity:
    return identify_report(DocumentText((title,), ()), IdentityHints(decisions, source))


def test_a_decided_publisher_is_placed_and_the_printed_name_kept() -> None:
    identity = identity_of(TOWN, decision(publisher="华亭市城关镇人民政府"))
    assert (identity.publisher, identity.county_code) == ("城关镇", "620881")
    assert identity.publisher_name is not None and identity.publisher_name.startswith("华亭市")
    assert identity.confidence == "high"
    assert identity.evidence[0].kind == "decision"


def test_a_decided_division_places_a_publisher_without_one() -> None:
    identity = identity_of("教育局2023年政府信息公开工作年度报告", decision(region_code="140225"))
    assert (identity.county_code, identity.level) == ("140225", "county")
    assert identity.publisher_id is not None


def test_year_scope_and_type_can_be_decided() -> None:
    identity = identity_of(
        "浑源县政府信息公开工作年度报告",
        decision(year=2019, scope="consolidated", organ_type="government_office"),
    )
    assert (identity.year, identity.scope, identity.organ_type) == (
        2019,
        "consolidated",
        "government_office",
    )
    assert identity.year_candidates[0] == (2019, "decision")


def test_an_alias_counts_only_where_the_page_uses_it() -> None:
    alias = decision(printed="东湖科创区管委会", publisher="武汉东湖新技术开发区管委会")
    used = identity_of("东湖科创区管委会2023年政府信息公开工作年度报告", alias)
    assert used.prefecture_code == "420100"
    other = identity_of("浑源县教育局2023年政府信息公开工作年度报告", alias)
    assert other.county_code == "140225"


def test_a_source_entry_helps_but_never_overrules_the_title() -> None:
    entry = SourceEntry("浑源县驼峰乡人民政府", "CN-SX", "140225")
    named = identity_of("驼峰乡2023年政府信息公开工作年度报告", source=entry)
    assert (named.county_code, named.confidence) == ("140225", "high")
    nameless = identity_of("2023年政府信息公开工作年度报告", source=entry)
    assert nameless.publisher_id == "140225204-township_government"
    other = identity_of("东海县驼峰乡2023年政府信息公开工作年度报告", source=entry)
    assert other.county_code in (None, "320722")


def test_an_alias_of_a_source_stands_for_its_publisher() -> None:
    entry = SourceEntry("浑源县驼峰乡人民政府", "CN-SX", "140225", ("驼峰便民服务区",))
    identity = identity_of("驼峰便民服务区2023年政府信息公开工作年度报告", source=entry)
    assert identity.publisher_id == "140225204-township_government"


def test_the_digest_changes_with_what_is_said_and_is_empty_without() -> None:
    assert IdentityHints().digest == ""
    said = [
        IdentityHints((decision(year=2019),)),
        IdentityHints((decision(year=2020),)),
        IdentityHints((), SourceEntry("甲县", "CN-SX")),
        IdentityHints((), SourceEntry("甲县", "CN-SX", None, ("乙",))),
    ]
    assert len({hints.digest for hints in said}) == len(said)
    assert IdentityHints((decision(year=2019),)).digest == said[0].digest


@pytest.mark.parametrize(
    "said",
    [
        {"region_code": "999999"},
        {"publisher": "城关镇人民政府附近", "region_code": "140225"},
        {"publisher": "教育局"},
        {"publisher": "浑源县教育局", "region_code": "320722"},
    ],
)
def test_decisions_that_cannot_be_carried_out_are_told(said: dict[str, str]) -> None:
    assert why_unusable(decision(**said)) is not None


@pytest.mark.parametrize(
    "said",
    [
        {"region_code": "140225204"},
        {"publisher": "教育局", "region_code": "140225"},
        {"publisher": "自然资源部"},
        {"year": 2019},
    ],
)
def test_usable_decisions_pass(said: dict[str, Any]) -> None:
    assert why_unusable(decision(**said)) is None
