"""What a person sees of one report: the forms as printed, blanks, doubts, local tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.extract import extract_document
from gongkai.extraction_view import show_extraction

GOLDEN = Path(__file__).parents[1] / "golden"


def shown(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    show_extraction(extract_document((GOLDEN / name).read_bytes(), name))
    return capsys.readouterr().out


def test_the_form_of_2014_in_chinese_without_the_tables_it_has_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown("statistics_form_of_2014.html", capsys)
    assert "政府信息公开情况统计表" in text
    assert "未找到" not in text
    assert "空" in text


def test_local_tables_with_their_heads_and_doubts(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown("statistics_form_with_parts.txt", capsys)
    assert "地方统计表" in text
    assert "区政府" in text
    assert "？2 2 0" in text


def test_rows_stand_under_the_headings_of_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown("word_table_gb18030.html", capsys)
    headings = (
        "三、本年度办理结果",
        "（三）不予公开",
        "1.属于国家秘密",
        "（四）无法提供",
        "（五）不予处理",
        "（七）总计",
    )
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
