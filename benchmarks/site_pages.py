"""Made reports inside pages as heavy as real ones: menus, style sheets, scripts, and what Word leaves behind.

The pages measured in the field were 58 KB (hand-made tables) and 231 KB (tables pasted from Word).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

MENU = (
    "首页", "走进本地", "机构概况", "领导之窗", "政务动态", "通知公告", "政策文件", "政策解读",
    "规划计划", "财政预决算", "建议提案", "应急管理", "重点领域", "公共服务", "乡村振兴", "营商环境",
    "网上办事", "互动交流", "意见征集", "在线访谈", "县长信箱", "投诉建议", "数据开放", "专题专栏",
)  # fmt: skip
_HIDDEN_CODE = '<div id="qr" class="popup" style="display:none"><img src="/images/qr.png"></div>'


def site_page(report: str, size: int, from_word: bool) -> str:
    """A page of `report` (HTML) filled up to about `size` bytes with what surrounds reports on real sites."""
    missing = size - len(report.encode())
    head = f"<style>\n{_first(_style_rules(), missing // 4)}</style>\n"
    if from_word:
        head += f"<style>\n<!--\n{_first(_word_styles(), missing // 3)}-->\n</style>\n"
    links = _first(_menu_links(), missing // 5)
    above = f'{_HIDDEN_CODE}\n<div class="nav"><ul>\n{links}</ul></div>\n'
    script_size = missing - len((head + above).encode())
    script = f'<script type="text/javascript">\n{_first(_script_lines(), script_size)}</script>\n'
    opened = report.index("<body")
    body = report.index(">", opened) + 1
    page = report.replace("</head>", f"{head}</head>", 1)
    body += len(head)
    closed = page.rindex("</body>")
    return page[:body] + above + page[body:closed] + script + page[closed:]


def _first(lines: Iterator[str], size: int) -> str:
    kept: list[str] = []
    length = 0
    while length < size:
        kept.append(next(lines))
        length += len(kept[-1].encode())
    return "".join(kept)


def _menu_links() -> Iterator[str]:
    """Entries of drop-down menus and side columns, every one a line of the page."""
    for number in count():
        name = MENU[number % len(MENU)]
        part = MENU[(number // len(MENU)) % len(MENU)]
        text = name if number < len(MENU) else f"{part}·{name}"
        yield (
            f'<li class="item"><a href="/zwgk/c{number + 1000}/index.html" target="_blank" '
            f'title="{text}"><span>{text}</span></a></li>\n'
        )


def _style_rules() -> Iterator[str]:
    for number in count():
        yield (
            f".box{number} .list li a{{display:block;float:left;width:{100 + number}px;height:32px;"
            f"line-height:32px;background:url(../images/bg{number}.png) no-repeat 0 0;color:#333}}\n"
            f".box{number} .more{{display:none}}\n"
        )


def _word_styles() -> Iterator[str]:
    for number in count():
        yield (
            f" p.MsoNormal{number}, li.MsoNormal{number}\n\t{{mso-style-unhide:no;mso-style-qformat:yes;"
            "margin:0cm;margin-bottom:.0001pt;text-align:justify;mso-pagination:none;font-size:10.5pt;"
            '\n\tmso-bidi-font-size:12.0pt;font-family:"Times New Roman","serif";mso-font-kerning:1.0pt;}\n'
        )


def _script_lines() -> Iterator[str]:
    for number in count():
        yield (
            f'  $(".tab{number} li").mouseover(function(){{ var i = $(this).index(); if (i < {number + 3}) '
            f'{{ $(this).addClass("on").siblings().removeClass("on"); $(".con{number}").eq(i).show(); }} }});\n'
        )
