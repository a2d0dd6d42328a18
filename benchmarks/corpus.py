"""Reports made for measuring: real township names, random tables whose sums hold, the sample site's styles."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from benchmarks.site_pages import site_page
from sample_site.page_styles import html_report, text_report
from schemas.divisions import COUNTY, TOWN, load_gazetteer
from schemas.fields import table_form
from tests.damage.physical import drawn_tables
from tests.damage.truths import random_truth
from tests.rendering import REPORT_PROSE, TITLE
from tests.rendering.media import MEDIA
from tests.rendering.pdf import render_pdf

HTML_STYLES = ("clean", "word", "old_editor")
TEXT_STYLES = ("pipe_lines", "pipe_ends", "spread_tabs", "blank_line_cells", "markdown_table")
OFFICE_STYLES = ("docx", "xlsx", "ruled pdf", "thin_boxes pdf")
MIXED_STYLES = (
    *HTML_STYLES, *TEXT_STYLES, "docx", *HTML_STYLES, "word", "xlsx",
    *HTML_STYLES, "ruled pdf", "word", "docx", "thin_boxes pdf",
)  # fmt: skip
"""Of twenty-two reports eleven pages (five pasted from Word), five flattened texts, two DOCX, two PDF, one XLSX."""
SITE = {
    "name": "示例政府门户网站",
    "folder": "bench",
    "footer": ["主办：示例政府办公室", "版权所有　不得转载"],
}
CHAPTERS = {
    1: (
        "{year}年，我镇围绕群众关心的事项持续推进政府信息公开，全年收到政府信息公开申请{{received}}件，"
        "上年结转{{carried_in}}件，办结{{handled}}件，结转下年度继续办理{{carried_out}}件。"
    ),
    5: "公开内容的针对性还需加强，解读形式比较单一；下一年将增加图文解读，定期核对栏目。",
    6: "本年度未收取信息处理费。",
}


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A document as it would arrive, and the numbers its table three prints."""

    name: str
    content: bytes
    style: str


def made_reports(
    count: int, styles: tuple[str, ...], seed: int = 7, first: int = 0
) -> Iterator[MadeReport]:
    """`count` reports of different townships and years, the styles in turn; the same for a seed.

    `first`: the number of the first one, so that parts of one corpus can be made apart.
    """
    draw = random.Random(seed + first)
    towns = _towns()
    for number in range(first, first + count):
        style = styles[number % len(styles)]
        county, town = towns[number * 37 % len(towns)]
        year = 2021 + number % 5
        if style in OFFICE_STYLES:
            content = _office_file(draw, f"{county}{town}", year, style)
            yield MadeReport(f"report-{number:06d}.{style.split()[-1]}", content, style)
            continue
        page = _page(draw, f"{county}{town}", year, style)
        if style in HTML_STYLES:
            text, suffix = html_report(SITE, page), "html"
        else:
            text, suffix = text_report(page), "txt"
        yield MadeReport(f"report-{number:06d}.{suffix}", text.encode(), style)


def neighbouring_reports(
    count: int, styles: tuple[str, ...], seed: int = 7
) -> Iterator[MadeReport]:
    """As `made_reports` of towns that follow each other, so that they fall into few provinces and years."""
    towns = len(_towns())
    for number in range(count):
        yield from made_reports(1, styles, seed, number * pow(37, -1, towns) % towns)


def site_reports(count: int, style: str, size: int, seed: int = 7) -> Iterator[MadeReport]:
    """As `made_reports` in one HTML style, each inside a page of about `size` bytes."""
    for report in made_reports(count, (style,), seed):
        page = site_page(report.content.decode(), size, from_word=style == "word")
        yield MadeReport(report.name, page.encode(), style)


def _office_file(draw: random.Random, publisher: str, year: int, style: str) -> bytes:
    """A file as Word, Excel or a printer driver writes it; of each report its own numbers."""
    title = f"{publisher}{year}年政府信息公开工作年度报告"
    prose = tuple(
        tuple(line.replace(TITLE, title).replace("2023年", f"{year}年") for line in lines)
        for lines in REPORT_PROSE
    )
    tables = drawn_tables(random_truth(draw))
    if style.endswith("pdf"):
        return render_pdf(tables, prose, style.split(maxsplit=1)[0], draw)
    return MEDIA[style](tables, prose, draw)


def _page(draw: random.Random, publisher: str, year: int, style: str) -> dict[str, Any]:
    return {
        "title": f"{publisher}{year}年政府信息公开工作年度报告",
        "published": f"{year + 1}-01-20",
        "preface": f"本报告的统计期限自{year}年1月1日起至{year}年12月31日止。",
        "style": style,
        "chapters": {number: text.format(year=year) for number, text in CHAPTERS.items()},
        "active_disclosure": {
            "normative_documents": [draw.randint(0, 9), draw.randint(0, 3), draw.randint(9, 40)],
            "licensing": draw.randint(0, 4000),
            "penalty": draw.randint(0, 300),
            "coercion": draw.randint(0, 30),
            "administrative_fees": f"{draw.randint(0, 90000) / 100:.2f}",
        },
        "requests": _requests(draw),
        "review_litigation": {
            "reconsideration": [draw.choice((0, 0, 0, 1, 2)) for _ in range(4)],
            "litigation_direct": [draw.choice((0, 0, 0, 1)) for _ in range(4)],
        },
    }


def _requests(draw: random.Random) -> dict[str, list[int]]:
    """Six applicant counts a row such that received + carried in = handled + carried out."""
    flow = ("new_received", "carried_in", "handled_total", "carried_out")
    leaves = [row for row in table_form("t2021", "requests").row_keys if row not in flow]
    busy = draw.random() < 0.5
    rows = {row: [draw.choice((0, 0, 0, 1, 3)) if busy else 0 for _ in range(6)] for row in leaves}
    handled = [sum(column) for column in zip(*rows.values(), strict=True)]
    carried_out = [draw.choice((0, 0, 1)) if busy else 0 for _ in range(6)]
    due = [done + left for done, left in zip(handled, carried_out, strict=True)]
    carried_in = [draw.randint(0, min(1, number)) for number in due]
    rows["carried_out"] = carried_out
    rows["carried_in"] = carried_in
    rows["new_received"] = [number - old for number, old in zip(due, carried_in, strict=True)]
    return rows


@cache
def _towns() -> list[tuple[str, str]]:
    """(county, town) names of today, in the order of their codes."""
    book = load_gazetteer()
    units = book.units
    towns = [
        (division.code, units[book.parent[unit]].name, division.name)
        for unit, division in enumerate(units)
        if division.level == TOWN
        and division.valid_to is None
        and book.today[unit] == unit
        and units[book.parent[unit]].level == COUNTY
    ]
    return [(county, town) for _, county, town in sorted(towns)]
