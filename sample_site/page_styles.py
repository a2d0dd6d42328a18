"""Whole pages: a report, a notice or an index page inside the furniture of a government site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sample_site.form_tables import FormTable
from sample_site.html_styles import HTML_TABLES
from sample_site.report_body import Block, Heading, report_blocks
from sample_site.text_styles import TABLE_LINES

Site = Mapping[str, Any]
Page = Mapping[str, Any]

DEFAULT_MENU = ("首页", "政务公开", "政务服务", "互动交流")


def text_report(report: Page) -> str:
    """A report as plain text: the flattened tables stand between the paragraphs."""
    lines = [report["title"], ""] if report.get("title") else []
    mark = "## " if report["style"] in ("spread_tabs", "markdown_table") else ""
    for block in report_blocks(report):
        if isinstance(block, FormTable):
            lines += [*TABLE_LINES[report["style"]](block), ""]
        elif isinstance(block, Heading):
            lines += [mark + block.text, ""] if mark else [block.text]
        else:
            lines += [block, ""] if mark else [block]
    return "\n".join(lines) + "\n"


def html_report(site: Site, report: Page) -> str:
    """A report as a page of its site."""
    body = "\n".join(_block_html(block, report["style"]) for block in report_blocks(report))
    return html_page(site, report, body)


def html_notice(site: Site, notice: Page) -> str:
    """A page of the same site that is no report: guide, interpretation, notice, error page."""
    paragraphs = [f"<p>{escape(line)}</p>" for line in notice["text"].splitlines() if line.strip()]
    return html_page(site, notice, "\n".join(paragraphs))


def html_page(site: Site, page: Page, body: str) -> str:
    """Head, breadcrumb, article and footer; `page["hides"]` names furniture that is left out."""
    furniture = _tables_layout if site.get("layout") == "tables" else _div_layout
    hides = page.get("hides", [])
    return "\n".join(
        [
            _head(site, page),
            furniture(
                "" if "breadcrumb" in hides else _breadcrumb(site, page),
                _article(page, body),
                "" if "footer" in hides else _footer(site),
            ),
            "</html>",
            "",
        ]
    )


def index_page(site: Site, column: Page, items: Sequence[Mapping[str, str]], paging: str) -> str:
    """A column page: links with dates, newest first, and the links to its other pages."""
    rows = [
        f'<li><a href="{item["href"]}" title="{escape(item["title"])}" target="_blank">'
        f"{escape(_shortened(item['title'], column))}</a><span>{item['date']}</span></li>"
        for item in items
    ]
    body = "\n".join(['<ul class="list">', *rows, "</ul>", paging])
    return html_page(site, {"title": column["title"], "kind": "column", **column}, body)


def _block_html(block: Block, style: str) -> str:
    if isinstance(block, Heading):
        return _heading_html(block.text, style)
    if isinstance(block, str):
        return _paragraph_html(block, style)
    if style in HTML_TABLES:
        return HTML_TABLES[style](block)
    return "\n".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in TABLE_LINES[style](block))


def _heading_html(text: str, style: str) -> str:
    if style == "word":
        return (
            "<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'>"
            f"<b><span style='font-family:黑体'>{escape(text)}</span></b></p>"
        )
    return (
        f"<h2>{escape(text)}</h2>"
        if style == "clean"
        else f"<p><strong>{escape(text)}</strong></p>"
    )


def _paragraph_html(text: str, style: str) -> str:
    if style == "word":
        return (
            "<p class=MsoNormal style='text-indent:32.0pt;line-height:28.0pt'>"
            f"<span style='font-family:仿宋_GB2312'>{escape(text)}<span lang=EN-US>"
            "<o:p></o:p></span></span></p>"
        )
    return f"<p>　　{escape(text)}</p>"


def _head(site: Site, page: Page) -> str:
    charset = page.get("declared_charset", site.get("declared_charset", "utf-8"))
    title = page.get("title")
    lines = ["<!DOCTYPE html>", '<html lang="zh-CN">', "<head>"]
    if charset:
        lines.append(f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">')
    lines.append(f"<title>{escape(title)}_{site['name']}</title>" if title else "<title></title>")
    if "meta" not in page.get("hides", []):
        lines += [
            f'<meta name="{name}" content="{escape(content)}">'
            for name, content in _metadata(site, page).items()
        ]
    return "\n".join([*lines, "</head>"])


def _metadata(site: Site, page: Page) -> dict[str, str]:
    found = {
        "SiteName": site["name"],
        "SiteIDCode": site.get("site_code", ""),
        "ColumnName": page.get(
            "column_title", page["title"] if page.get("kind") == "column" else ""
        ),
        "ArticleTitle": page.get("title", "") if page.get("kind") != "column" else "",
        "PubDate": str(page.get("published", "")),
        "ContentSource": page.get("source", ""),
    }
    return {name: content for name, content in found.items() if content}


def _breadcrumb(site: Site, page: Page) -> str:
    steps = page.get("breadcrumb", site.get("breadcrumb", []))
    home = f'<a href="/{site["folder"]}/index.html">首页</a>'
    return "当前位置：" + " &gt; ".join([home, *map(escape, steps)])


def _article(page: Page, body: str) -> str:
    info = [
        f"{label}：{page[key]}"
        for label, key in (("发布时间", "published"), ("来源", "source"))
        if page.get(key)
    ]
    lines = []
    if page.get("title"):
        lines.append(f"<h1>{escape(page['title'])}</h1>")
    if info:
        tools = "字体：[<a>大</a> <a>中</a> <a>小</a>]　<a>打印本页</a>"
        lines.append(f'<div class="info">{"　".join(info)}　{tools}</div>')
    lines += ['<div class="content">', body, "</div>"]
    lines += [
        f'<div class="near">{label}：<a href="{near["href"]}">{escape(near["title"])}</a></div>'
        for label, near in page.get("near", [])
    ]
    return "\n".join(lines)


def _footer(site: Site) -> str:
    return "\n".join(f"<p>{line}</p>" for line in site["footer"])


def _div_layout(breadcrumb: str, article: str, footer: str) -> str:
    menu = "".join(f"<li>{name}</li>" for name in DEFAULT_MENU)
    return "\n".join(
        [
            "<body>",
            f'<div class="header"><ul class="menu">{menu}</ul></div>',
            f'<div class="position">{breadcrumb}</div>',
            f'<div class="article">\n{article}\n</div>',
            '<div class="share">分享到：<a>微信</a> <a>微博</a>　扫一扫在手机打开</div>',
            f'<div class="footer">\n{footer}\n</div>',
            "</body>",
        ]
    )


def _tables_layout(breadcrumb: str, article: str, footer: str) -> str:
    """The page itself is a table in a table, as on sites built before style sheets."""
    menu = "".join(f"<tr><td>{name}</td></tr>" for name in DEFAULT_MENU)
    return "\n".join(
        [
            "<body bgcolor=#ffffff>",
            '<table width="1000" align="center" cellpadding="0"><tr><td colspan="2">',
            breadcrumb,
            f'</td></tr><tr><td width="180" valign="top"><table>{menu}</table></td>',
            '<td valign="top"><table width="100%"><tr><td>',
            article,
            "</td></tr></table></td></tr>",
            f'<tr><td colspan="2" align="center">{footer}</td></tr></table>',
            "</body>",
        ]
    )


def _shortened(title: str, column: Page) -> str:
    longest = column.get("title_characters", 60)
    return title if len(title) <= longest else title[: longest - 1] + "…"
