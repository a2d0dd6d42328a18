"""Documents that stop in the middle, and documents that only look so."""

from __future__ import annotations

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import QuarantinedDocument, QuarantineReason
from sample_site.page_styles import text_report

PAGE = {
    "title": "浑源县驼峰乡人民政府2023年政府信息公开工作年度报告",
    "style": "spread_tabs",
    "chapters": {1: "全年收到申请{received}件。", 5: "人手偏少。", 6: "无。"},
    "requests": {"new_received": [3, 0, 0, 0, 0, 0], "disclosed_full": [3, 0, 0, 0, 0, 0]},
}
TEXT = text_report(PAGE)
STYLES = ("spread_tabs", "pipe_lines", "blank_line_cells", "markdown_table")


def outcome(text: str) -> str:
    try:
        return extract_document(text.encode(), "report.txt").status
    except QuarantinedDocument as refusal:
        return refusal.reason.value


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "torn_before", ["予以公开", "部分公开", "要求提供公开", "缴纳费用", "（七）总计", "复议后起诉"]
)
def test_a_document_torn_inside_a_table_is_cut_off(style: str, torn_before: str) -> None:
    text = text_report({**PAGE, "style": style})
    assert outcome(text[: text.index(torn_before)]) == QuarantineReason.CUT_OFF


@pytest.mark.parametrize(
    "chapter", ["三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议"]
)
def test_a_document_that_ends_with_the_heading_of_a_table_is_cut_off(chapter: str) -> None:
    end = TEXT.index("\n", TEXT.index(chapter))
    assert outcome(TEXT[:end]) == QuarantineReason.CUT_OFF


def test_a_whole_report_is_not_cut_off() -> None:
    assert outcome(TEXT) == "ok"


def test_a_table_that_was_left_out_while_the_report_goes_on_is_for_review() -> None:
    start = TEXT.index("行政复议", TEXT.index("四、政府信息公开行政复议") + 20)
    without = TEXT[:start] + TEXT[TEXT.index("五、存在") :]
    assert outcome(without) == "needs_review"


def test_a_report_that_stops_after_its_tables_is_read() -> None:
    assert outcome(TEXT[: TEXT.index("五、存在")].rstrip("# \n")) == "ok"
