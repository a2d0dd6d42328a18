"""A decision about whose report a document is holds as long as the reader says what it said then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from annual_reports.extract import extract_document
from annual_reports.identity.hints import IdentityHints
from annual_reports.model import Extraction
from schemas.decisions import IdentityDecision
from tests.conftest import ROOT

NAME = "word_table_gb18030.html"
CONTENT = (ROOT / "tests" / "golden" / NAME).read_bytes()


def read(**decided: Any) -> Extraction:
    decision = IdentityDecision.model_validate(
        {
            "id": "record-1",
            "guard": {"url": "http://www.example.gov.cn/*"},
            "decided_by": "张三",
            "decided_on": date(2026, 11, 1),
            "reason": "对照原文",
            "year": 2011,
            **decided,
        }
    )
    return extract_document(
        CONTENT, NAME, "http://www.example.gov.cn/a.html", IdentityHints((decision,))
    )


@pytest.fixture(scope="module")
def undecided() -> Extraction:
    return extract_document(CONTENT, NAME, "http://www.example.gov.cn/a.html")


def test_a_decision_holds_while_the_reader_says_the_same(undecided: Extraction) -> None:
    seen = {"publisher": undecided.identity.publisher, "year": undecided.identity.year}
    decided = read(expect=seen)
    assert decided.identity.year == 2011
    assert not [one for one in decided.findings if one.rule_id == "G02"]


@pytest.mark.parametrize(
    "seen", [{"year": 2012}, {"year": None}, {"publisher": "另一个局"}, {"scope": "consolidated"}]
)
def test_a_decision_made_on_another_identity_is_left_out_and_told(
    undecided: Extraction, seen: dict[str, Any]
) -> None:
    broken = read(expect=seen)
    assert broken.identity == undecided.identity
    (told,) = (one for one in broken.findings if one.rule_id == "G02")
    assert (told.severity, told.status, told.scope) == ("hard", "fail", "identity.record-1")
    assert "record-1" in told.message and "撤回" in told.message
    assert broken.status == "needs_review"


def test_only_what_is_told_is_compared_and_no_guard_compares_nothing() -> None:
    assert read().identity.year == read(expect={}).identity.year == 2011


def test_the_alias_of_another_publisher_is_no_broken_decision(undecided: Extraction) -> None:
    other = read(expect={"year": 2012}, printed="另一个局")
    assert other.identity == undecided.identity
    assert not [one for one in other.findings if one.rule_id == "G02"]
