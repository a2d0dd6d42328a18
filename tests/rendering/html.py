"""HTML as government sites publish it: pasted from Word, from old editors, in layout tables, in any charset."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from html import escape

from tests.damage.physical import Drawn, Table

from . import Prose

CHARSETS = ("utf-8", "utf-8", "gb18030", "gbk", "utf-8-sig")
HIDDEN = (
    "",
    "",
    "",
    '<span style="display:none">7</span>',
    '<span style="DISPLAY: none; mso-hide: all">12</span>',
    "<!-- 9 -->",
    "<script>var n = 5;</script>",
    "<style>td{width:3pt}</style>",
    "<o:p></o:p>",
)
SPACES = ("", "", "", "&nbsp;", "\n   ", "\ufeff", "\u200b", "\u3000")
MSO = 'style="mso-bidi-font-size:10.5pt;font-family:宋体;mso-ascii-theme-font:minor-fareast"'
Wrap = Callable[[str, random.Random], str]


def render_html(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """A page with navigation and footer; the article holds the prose and the tables."""
    wrap = rng.choice((_plain, _paragraph, _word_runs, _old_editor))
    body = []
    for place, lines in enumerate(prose):
        body += [f"<p>{escape(line)}</p>" for line in lines]
        if place < len(tables):
            body.append(_table(tables[place], wrap, rng))
    return _page(prose[0][0], "\n".join(body), rng)


def _page(title: str, article: str, rng: random.Random) -> bytes:
    charset = rng.choice(CHARSETS)
    said = rng.choice((charset, charset, "gb2312", "utf-8", ""))
    meta = f'<meta charset="{said}">' if said else ""
    if rng.random() < 0.3:
        article = f"<table width=100%><tr><td>{article}</td></tr></table>"
    page = (
        f"<!DOCTYPE html><html><head>{meta}<title>{escape(title)}</title></head><body>"
        '<ul class="nav"><li><a href="/">首页</a></li><li><a href="/xxgk/">信息公开</a></li></ul>'
        f'<h1>{escape(title)}</h1><div class="article">{article}</div>'
        "<div class=footer>网站标识码 3311810001</div></body></html>"
    )
    return page.encode(charset, "xmlcharrefreplace")


def _table(table: Table, wrap: Wrap, rng: random.Random) -> str:
    closed = rng.random() < 0.8
    tag = "th" if rng.random() < 0.2 else "td"
    rows = []
    for row in table:
        cells = [_cell(cell, wrap, tag if cell.key is None else "td", closed, rng) for cell in row]
        rows.append(f"<tr>{''.join(cells)}" + ("</tr>" if closed else ""))
    inside = "\n".join(rows)
    if rng.random() < 0.5:
        inside = f"<tbody>{inside}</tbody>"
    return f'<table border="1" cellspacing=0>{inside}</table>'


def _cell(cell: Drawn, wrap: Wrap, tag: str, closed: bool, rng: random.Random) -> str:
    spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    spans += (
        rng.choice((f' rowspan="{cell.rows}"', f" rowspan={cell.rows}")) if cell.rows > 1 else ""
    )
    inside = rng.choice(SPACES) + wrap(cell.text, rng) + rng.choice(HIDDEN) + rng.choice(SPACES)
    return f"<{tag}{spans}>{inside}" + (f"</{tag}>" if closed else "")


def _plain(text: str, rng: random.Random) -> str:
    return escape(text).replace("\n", "<br>")


def _paragraph(text: str, rng: random.Random) -> str:
    return "".join(f"<p align=center>{escape(part)}</p>" for part in text.split("\n"))


def _word_runs(text: str, rng: random.Random) -> str:
    """Word breaks a text into runs anywhere, numbers included, and keeps each line in a paragraph."""
    parts = []
    for line in text.split("\n"):
        at = rng.randint(0, len(line))
        runs = (line[:at], line[at:])
        parts.append("".join(f"<span lang=EN-US {MSO}>{escape(run)}</span>" for run in runs if run))
    return "".join(f'<p class="MsoNormal" {MSO}>{part}<o:p></o:p></p>' for part in parts)


def _old_editor(text: str, rng: random.Random) -> str:
    broken = escape(text).replace("\n", "<br/>")
    return f'<div><font size="3"><b>{broken}</b></font></div>'
