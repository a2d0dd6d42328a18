"""A file of decisions says which documents it touches, or which line is wrong."""

from __future__ import annotations

import pytest

from schemas.decisions import DecisionError, DecisionFile, parse_decision_file

SIGNED = "    decided_by: 甲\n    decided_on: 2026-01-02\n    reason: 页脚写明\n"
GOOD = f"""\
identity:
  - guard: {{url: "https://a.gov.cn/x/*"}}
    printed: 城关镇
    publisher: 华亭市城关镇人民政府
{SIGNED}"""


def test_a_decision_touches_what_its_guard_names() -> None:
    (decision,) = parse_decision_file(GOOD, "a.yml").identity
    assert decision.guard.holds("0" * 64, "https://a.gov.cn/x/1.html")
    assert not decision.guard.holds("0" * 64, "https://a.gov.cn/y/1.html")
    assert not decision.guard.holds("0" * 64, None)


def test_a_hash_and_an_address_must_both_hold() -> None:
    text = GOOD.replace("{url:", f'{{sha256: "{"0" * 64}", url:')
    (decision,) = parse_decision_file(text, "a.yml").identity
    assert decision.guard.holds("0" * 64, "https://a.gov.cn/x/1.html")
    assert not decision.guard.holds("1" * 64, "https://a.gov.cn/x/1.html")


def test_a_file_may_hold_one_kind_of_record_only() -> None:
    assert parse_decision_file("cells: []\n", "a.yml") == DecisionFile()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (GOOD.replace('url: "https://a.gov.cn/x/*"', ""), "a.yml:2"),
        (GOOD.replace("https://a.gov.cn/x/*", "https://*"), "a.yml:2"),
        (GOOD.replace("    publisher: 华亭市城关镇人民政府\n", ""), "a.yml:2"),
        (GOOD.replace("    decided_by: 甲\n", ""), "decided_by"),
        (GOOD.replace("reason: 页脚写明", "reason: 好"), "a.yml:7"),
        (GOOD + "    organ_type: club\n", "club"),
        (GOOD + "    county: 1\n", "county"),
        ("identity: [", "a.yml:1"),
        ("- 1", "a.yml:1"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, place: str) -> None:
    with pytest.raises(DecisionError) as raised:
        parse_decision_file(text, "a.yml")
    assert place in str(raised.value)
