"""One document end to end: status, refusals, and no exception but the one that says why."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.extract import EXTRACTOR_VERSION, extract_document, report_status
from annual_reports.model import (
    Cell,
    CellEvidence,
    CellStatus,
    Extraction,
    Finding,
    FindingClass,
    Identity,
    QuarantinedDocument,
    QuarantineReason,
    extraction_to_object,
)

GOLDEN = sorted(p for p in (Path(__file__).parents[1] / "golden").iterdir() if p.is_file())
RESOLVED = Identity(publisher="石桥乡", province="CN-SN", year=2022)
FORMS = {"active_disclosure": "t2021", "requests": "t2021", "review_litigation": "t2021"}
PRINTED = Cell("requests", "new_received", "total", 0, CellStatus.PRINTED, "0", CellEvidence())
UNREADABLE = PRINTED._replace(value=None, status=CellStatus.UNREADABLE)


def finding(severity: str, status: str) -> Finding:
    return Finding(
        "R01", severity, status, FindingClass.SOURCE_CONTENT, "requests.total", 1, 0, 1, "…"
    )


def extraction_or_reason(content: bytes) -> Extraction | QuarantineReason:
    try:
        return extract_document(content, "document")
    except QuarantinedDocument as refusal:
        assert refusal.message and refusal.remedy
        return refusal.reason


@pytest.mark.parametrize(
    ("cell", "identity", "forms", "found", "status"),
    [
        (PRINTED, RESOLVED, FORMS, finding("soft", "fail"), "ok"),
        (PRINTED, RESOLVED, FORMS, finding("hard", "not_assessable"), "ok"),
        (PRINTED, RESOLVED, FORMS, finding("hard", "fail"), "inconsistent"),
        (
            PRINTED,
            RESOLVED,
            FORMS,
            replace(finding("hard", "fail"), scope="structure.requests_rows"),
            "needs_review",
        ),
        (UNREADABLE, RESOLVED, FORMS, finding("hard", "fail"), "needs_review"),
        (PRINTED, replace(RESOLVED, province="ZZ"), FORMS, finding("hard", "fail"), "needs_review"),
        (
            PRINTED,
            replace(RESOLVED, publisher=None),
            FORMS,
            finding("soft", "fail"),
            "needs_review",
        ),
        (PRINTED, replace(RESOLVED, year=None), FORMS, finding("soft", "fail"), "needs_review"),
        (PRINTED, RESOLVED, dict.fromkeys(FORMS), finding("soft", "fail"), "needs_review"),
        (PRINTED, RESOLVED, {**FORMS, "requests": None}, finding("soft", "fail"), "needs_review"),
    ],
)
def test_what_a_person_must_see_comes_before_what_is_wrong(
    cell: Cell, identity: Identity, forms: dict[str, str | None], found: Finding, status: str
) -> None:
    assert report_status([cell], forms, identity, [found]) == status


def test_a_report_of_a_later_year_needs_its_tables() -> None:
    text = "正安县瑞溪镇2022年政府信息公开工作年度报告\n一、总体情况\n本镇按月更新目录。\n"
    assert extract_document(text.encode(), "a.txt").status == "needs_review"


def test_a_text_without_table_is_a_report_of_the_older_years() -> None:
    text = """正安县瑞溪镇2016年政府信息公开工作年度报告
一、概述
本镇2016年主动公开政府信息58条。
二、依申请公开情况
全年未收到政府信息公开申请。
"""
    extraction = extract_document(text.encode(), "a.txt")
    assert set(extraction.templates.values()) == {None}
    assert (extraction.cells, extraction.status) == ((), "ok")
    assert [s.number for s in extraction.sections] == [None, 1, 3]
    assert extraction.title == "正安县瑞溪镇2016年政府信息公开工作年度报告"
    assert ("proactive_items", 58) in [(c.metric, c.value) for c in extraction.claims]


@pytest.mark.parametrize(
    "text",
    [
        "石桥乡召开春耕生产会议\n\n会议要求各村抓好备耕。\n",
        "<html><body><h1>政府信息公开指南</h1><p>为方便公民获取信息，编制本指南。</p></body></html>",
        "<html><head><title>政府信息公开年报</title></head><body><p>政府信息公开年报</p><p>暂无内容</p></body></html>",
        "《石桥乡2023年政府信息公开工作年度报告》解读\n\n报告已经公布，现解读如下。\n",
        "plain English text about something else\n",
        '{"code": 200, "data": []}',
    ],
)
def test_pages_that_are_no_report_are_refused(text: str) -> None:
    assert extraction_or_reason(text.encode()) is QuarantineReason.NOT_A_REPORT


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_an_extraction_is_a_pure_function_with_a_json_object(path: Path) -> None:
    first = extract_document(path.read_bytes(), path.name, "https://www.example.gov.cn/a.html")
    assert first == extract_document(
        path.read_bytes(), path.name, "https://www.example.gov.cn/a.html"
    )
    assert list(extraction_to_object(first))[:3] == ["document", "title", "identity"]
    assert EXTRACTOR_VERSION


def test_the_import_loads_no_validation_or_orchestration_library() -> None:
    """Workers import this module; what it loads is their start-up time."""
    import subprocess

    code = "import annual_reports.extract, sys; print([m for m in ('prefect','pandera','httpx') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@cache
def golden_bytes() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in GOLDEN)


@given(st.binary(max_size=600))
def test_random_bytes_give_an_extraction_or_a_reason(content: bytes) -> None:
    extraction_or_reason(content)


@settings(max_examples=60)
@given(st.integers(0, len(GOLDEN) - 1), st.floats(0, 1))
def test_truncated_reports_give_an_extraction_or_a_reason(which: int, share: float) -> None:
    content = golden_bytes()[which]
    extraction_or_reason(content[: int(len(content) * share)])


@settings(max_examples=80)
@given(st.integers(0, len(GOLDEN) - 1), st.randoms(use_true_random=False))
def test_mutated_reports_give_an_extraction_or_a_reason(which: int, chance: random.Random) -> None:
    content = bytearray(golden_bytes()[which])
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(content))
        end = start + chance.choice((1, 1, 2, 8, 200))
        inserted = chance.choice(
            (
                b"",
                b"<",
                b"</td>",
                b"<table>",
                b"<tr><td rowspan=0 colspan=9>",
                b"\t",
                b"|",
                b"\n",
                b"9",
                bytes(content[start:end]) * 2,
            )
        )
        content[start:end] = inserted
    extraction_or_reason(bytes(content))
