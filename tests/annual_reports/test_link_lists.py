"""Lists of links that are no pages: JSON endpoints, XML data and sitemaps."""

from __future__ import annotations

import json

import pytest

from annual_reports.links import find_report_links

URL = "https://www.example.gov.cn/api/list?channel=12&pageNo=1&pageSize=2"
TITLE = "石桥镇{}年政府信息公开工作年度报告"


def listed(content: str, url: str = URL) -> tuple[list[tuple[str, int | None]], tuple[str, ...]]:
    page = find_report_links(content.encode(), url)
    return [(link.url, link.year) for link in page.report_links], page.next_pages


@pytest.mark.parametrize(
    "keys", [("title", "url"), ("docTitle", "docPubUrl"), ("TITLE", "linkUrl"), ("bt", "href")]
)
def test_a_json_list_is_read_by_the_keys_of_common_site_builders(keys: tuple[str, str]) -> None:
    rows = [
        {keys[0]: f"<em>{TITLE.format(year)}</em>", keys[1]: f"/a/{year}.html", "id": year}
        for year in (2022, 2023)
    ] + [{keys[0]: "石桥镇防汛工作总结", keys[1]: "/a/other.html"}]
    content = json.dumps({"code": 200, "data": {"total": 5, "pageSize": 2, "rows": rows}})
    found, further = listed(content)
    assert found == [
        ("https://www.example.gov.cn/a/2022.html", 2022),
        ("https://www.example.gov.cn/a/2023.html", 2023),
    ]
    assert further == tuple(URL.replace("pageNo=1", f"pageNo={page}") for page in (2, 3))


def test_a_json_list_may_be_wrapped_in_a_call() -> None:
    rows = [{"title": TITLE.format(2021), "url": "http://b.gov.cn/1.html"}]
    assert listed(f"callback({json.dumps(rows)});")[0] == [("http://b.gov.cn/1.html", 2021)]


def test_the_last_pages_of_a_json_list_lead_nowhere_further() -> None:
    content = json.dumps({"pages": 3, "list": []})
    assert listed(content, URL.replace("pageNo=1", "pageNo=2")) == ([], ())


def test_records_in_xml_are_links() -> None:
    record = f"<li><a href='/art/2024/1/3/a.html' title='{TITLE.format(2023)}'>{TITLE.format(2023)[:8]}…</a></li>"
    content = f"<datastore><recordset><record><![CDATA[{record}]]></record></recordset></datastore>"
    assert listed(content)[0] == [("https://www.example.gov.cn/art/2024/1/3/a.html", 2023)]


def test_a_sitemap_gives_the_addresses_in_columns_of_reports() -> None:
    places = (
        "https://www.example.gov.cn/zwgk/zfxxgknb/202401/t20240112_1.html",
        "https://www.example.gov.cn/zwgk/zfxxgknb/index.html?x=1&amp;y=2",
        "https://www.example.gov.cn/news/202401/t20240112_2.html",
    )
    body = "".join(f"<url><loc>{place}</loc></url>" for place in places)
    found, _ = listed(f'<?xml version="1.0"?><urlset>{body}</urlset>')
    assert found[0] == (places[0], None)
    assert all("news" not in url for url, _ in found)
    index = f"<sitemapindex><sitemap><loc>{places[0][:26]}/map1.xml</loc></sitemap></sitemapindex>"
    assert listed(index) == ([], ("https://www.example.gov.cn/map1.xml",))


@pytest.mark.parametrize("content", ["{", "[1, 2", '{"title": 1, "url": null}', "[" * 3000])
def test_a_broken_list_lists_nothing(content: str) -> None:
    assert listed(content) == ([], ())
