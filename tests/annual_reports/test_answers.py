"""A page that only says that it is not there, or that one must prove oneself first."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.answers import is_sent_home, judge_answer

ROOT = Path(__file__).resolve().parents[2]
ERROR_PAGE = ROOT / "sample_site" / "pages" / "jinshan" / "langxia2023.html"
REPORTS = sorted(
    path
    for folder in (ROOT / "tests" / "golden", ROOT / "sample_site" / "pages")
    for path in folder.rglob("*")
    if path.suffix in {".html", ".txt", ".md"}
    and "refused" not in path.parts
    and path != ERROR_PAGE
    and path.stat().st_size
)
URL = "https://www.example.gov.cn/zwgk/nb/2024.html"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name)
def test_no_report_and_no_list_is_ever_turned_away(path: Path) -> None:
    assert judge_answer(path.read_bytes(), URL, URL) is None


def test_an_error_page_is_known_by_its_title_whatever_stands_round_it() -> None:
    assert judge_answer(ERROR_PAGE.read_bytes(), URL, URL) == "soft_404"


@pytest.mark.parametrize(
    ("title", "text", "cause"),
    [
        ("", "您访问的页面不存在", "soft_404"), ("", "抱歉，您要查看的文章已被删除！", "soft_404"),
        ("404", "", "soft_404"), ("Not Found", "", "soft_404"), ("页面找不到了", "", "soft_404"),
        ("提示", "该信息已下线，5秒后返回首页", "soft_404"),
        ("", "请完成滑块验证", "challenge"), ("安全验证", "", "challenge"),
        ("", "检测到异常访问，请求已被拦截", "challenge"), ("Just a moment...", "", "challenge"),
        ("用户登录", "", "login"), ("", "登录后才能查看本页内容", "login"),
        ("某镇", "石桥镇", None), ("公告", "关于春节放假的通知", None),
        ("石桥镇2023年政府信息公开工作年度报告", "报告正文见附件，页面不存在的附件请来电", None),
    ],
)  # fmt: skip
def test_wordings(title: str, text: str, cause: str | None) -> None:
    html = f"<html><head><title>{title}</title></head><body><div>{text}</div></body></html>"
    for charset in ("utf-8", "gb18030"):
        assert judge_answer(html.encode(charset), URL, URL) == cause


def test_long_pages_are_no_notices() -> None:
    text = "政务公开工作情况介绍。" * 200 + "您访问的页面不存在"
    assert judge_answer(f"<html><body>{text}</body></html>".encode(), URL, URL) is None


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf\n"])
def test_nothing_is_no_answer(content: bytes) -> None:
    assert judge_answer(content, URL, URL) == "empty_body"


@pytest.mark.parametrize(
    ("final", "home"),
    [
        ("https://www.example.gov.cn/", True), ("https://other.gov.cn/index.html", True),
        ("https://www.example.gov.cn", True), ("https://www.example.gov.cn/zwgk/", False),
        ("https://www.example.gov.cn/?id=7", False), (URL, False),
    ],
)  # fmt: skip
def test_the_front_page_in_place_of_a_page(final: str, home: bool) -> None:
    assert is_sent_home(URL, final) is home
    assert is_sent_home("https://www.example.gov.cn/", final) is False
