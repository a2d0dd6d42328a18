"""Index pages: links to reports, to more of the list, and the rest with reasons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annual_reports.links import find_report_links
from annual_reports.model import QuarantinedDocument, QuarantineReason

URL = "https://www.example.gov.cn/zwgk/nb/index.html"


def page(body: str, head: str = "") -> bytes:
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def reports(body: str, head: str = "", url: str = URL) -> list[tuple[str, str, int | None]]:
    return [(r.url, r.title, r.year) for r in find_report_links(page(body, head), url).report_links]


def test_lists_and_tables_are_read_alike() -> None:
    title = "青山县石桥镇2023年政府信息公开工作年度报告"
    for body in (
        f"<ul><li><a href='a.html'>{title}</a><span>2024-01-12</span></li></ul>",
        f"<table><tr><td>1</td><td><a href='a.html'>{title}</a></td><td>2024-01-12</td></tr></table>",
    ):
        assert reports(body) == [("https://www.example.gov.cn/zwgk/nb/a.html", title, 2023)]


def test_the_title_attribute_completes_a_shortened_text() -> None:
    full = "青山县石桥镇人民政府2022年政府信息公开工作年度报告"
    assert (
        reports(f"<a href='/b.html' title='{full}'>青山县石桥镇人民政府2022年…</a>")[0][1] == full
    )
    assert reports(f"<a href='/b.html' title='{full}'><img src=x></a>")[0][1] == full


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("青山县财政局政府信息公开2021年度报告", 2021), ("关于石桥乡政府信息公开工作年度报告", None), ("二〇二二年度石桥乡政府信息公开年报", 2022),
        ("石桥乡2020年政务公开年度报告", 2020), ("石桥乡2023年政府信息公开工作年度报告（更正）", 2023),
    ],
)  # fmt: skip
def test_wordings_of_titles(title: str, year: int | None) -> None:
    assert [(found, of) for _, found, of in reports(f"<a href=x.html>{title}</a>")] == [
        (title, year)
    ]


def test_short_titles_count_inside_a_column_of_reports_only() -> None:
    body = "<a href=x.html>2021年度报告</a>"
    assert reports(body, "<title>政府信息公开年报</title>")[0][2] == 2021
    assert reports(body, "<title>统计数据</title>") == []


def test_addresses_are_resolved_without_fragments_and_each_once() -> None:
    title = "石桥乡2020年政府信息公开工作年度报告"
    body = f"<a href='../x.html#top'><img></a><a href='../x.html#top'>{title}</a><a href='../x.html'>{title}</a>"
    assert reports(body) == [("https://www.example.gov.cn/zwgk/x.html", title, 2020)]
    assert (
        reports(f"<a href='x.html'>{title}</a>", "<base href='https://other.gov.cn/d/'>")[0][0]
        == "https://other.gov.cn/d/x.html"
    )


def test_paging_by_words_and_numbers() -> None:
    body = """<a href="index.html">首页</a><a href="index.html">1</a><a href="index_1.html">2</a>
    <a href="index_2.html">3</a><a href="index_1.html">下一页</a><a href="index_2.html">尾页</a>"""
    found = find_report_links(page(body), URL)
    assert found.next_pages == (
        "https://www.example.gov.cn/zwgk/nb/index_1.html", "https://www.example.gov.cn/zwgk/nb/index_2.html",
    )  # fmt: skip


def test_paging_written_by_a_script() -> None:
    body = '<script>createPageHTML(3, 0, "index", "html");</script>'
    assert find_report_links(page(body), URL).next_pages == (
        "https://www.example.gov.cn/zwgk/nb/index_1.html", "https://www.example.gov.cn/zwgk/nb/index_2.html",
    )  # fmt: skip


@pytest.mark.parametrize(
    "link",
    [
        "<a href='a.html'>《石桥乡2023年政府信息公开工作年度报告》解读</a>",
        "<a href='a.html'>石桥乡政府信息公开指南</a>",
        "<a href='a.html'>石桥乡2023年政府网站工作年度报表</a>",
        "<a href='a.html'>关于编制2023年政府信息公开工作年度报告的通知</a>",
        "<a href='a.html'>石桥乡召开会议</a>",
        "<a href='nb/index.html'>部门信息公开年报</a>",
        "<a href='javascript:void(0)'>石桥乡2023年政府信息公开工作年度报告</a>",
        "<a href='mailto:a@b.cn'>石桥乡2023年政府信息公开工作年度报告</a>",
        "<a href='#top'>返回顶部</a>",
        "<a href='http://[bad'>石桥乡2023年政府信息公开工作年度报告</a>",
        "<a href='a.html'></a>",
    ],
)
def test_other_links_are_left_with_a_reason(link: str) -> None:
    found = find_report_links(page(link), URL)
    assert found.report_links == found.next_pages == ()
    assert len(found.ignored_links) == 1 and " / " in found.ignored_links[0].reason


def test_a_gb18030_page_is_read() -> None:
    body = (
        "<a href=x.html>石桥乡2020年政府信息公开工作年度报告</a>"
        + "<p>政府信息公开专栏，信息公开年报列表</p>" * 3
    )
    assert len(find_report_links(page(body).decode().encode("gb18030"), URL).report_links) == 1


def test_bytes_that_are_no_page_are_refused() -> None:
    with pytest.raises(QuarantinedDocument) as refusal:
        find_report_links(b"%PDF-1.7", URL)
    assert refusal.value.reason is QuarantineReason.UNSUPPORTED_MEDIA


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_markup_gives_links_or_a_refusal(markup: str, href: str) -> None:
    try:
        found = find_report_links(f"<a href='{href}'>{markup}</a>".encode("utf-8", "replace"), URL)
    except QuarantinedDocument:
        return
    assert all(r.url.startswith(("http://", "https://")) for r in found.report_links)
