"""Where a page names its publisher: title, heading, compiler, announcement, publisher line, contact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from annual_reports.identity.page_text import FoldedText, PageText, folded_text
from annual_reports.identity.place_names import read_place
from annual_reports.identity.publishers import Publisher, read_publisher
from annual_reports.identity.titles import (
    ReportTitle,
    publisher_words,
    read_related_title,
    read_title,
)
from schemas.divisions import TOWN

_COMPILER = re.compile(
    r"(?:报告|年报)(?:是|系)?由([^,.;。\n《》由]{2,36}?)(?:根据|按照|依据|依照|编制|编写|负责|,)"
    r"|由([^,.;。\n《》由]{2,36}?)(?:根据[^。\n]{4,60}编制|编制)"
)
_ANNOUNCED = re.compile(
    r"(?:现将|现公布|现发布|现公开|特公布|特向社会公布|特发布|公布|发布|公开|编写|编制|总结|结合)《?([^,.;。\n《》:]{2,36}?)"
    r"(?:20\d\d年?度?|20\d\d年以来)?(?:的)?(?:(?<!人民)政府信息|政务公开|信息公开|工作实际|各科室)"
)
_SUBJECT_OF_FIRST_SENTENCE = re.compile(
    r"(?:^|[。\n])(?:[(（]?[一1][)）、.].{0,12}\n?)?(?:20\d\d)年?(?:度|以来|来)?[,，]?([^,，.;；。\n:：《》\d]{2,36})"
)
_ORGAN_HEAD = re.compile(
    r"^.{0,24}?(?:人民政府(?:办公[厅室])?|街道办事处|地区办事处|管理委员会|管委会|委员会"
    r"|街道|镇(?!街)|乡(?![村镇])|苏木|局|厅)"
)
_CONTACT = re.compile(
    r"请?(?:与|向|联系)([^,.;。\n《》:()]{3,30}?)(?:政府信息公开办公室|政务公开办公室|办公室)?(?:联系|咨询|反映)"
    r"|请联系([^,.;。\n《》:()]{3,30})(?=[(,。])"
)
_PUBLISHER_LINE = re.compile(
    r"(?:发布机构|发布机关|公开机构|信息发布单位|发布单位|发文机关|编制单位|公开主体|责任单位|发布部门)[::]\n?([^\n:;,]{2,30})"
)
_SOURCE_LINE = re.compile(r"(?:信息来源|文章来源|稿件来源|来源)[::]\n?([^\n:;,\d\[]{2,30})")
_SOURCE_KEYS = ("ContentSource", "Source", "source", "来源")
_SELF = re.compile(r"^[我本该全各]")
_DATE_LINE = re.compile(r"[(（]?20\d\d(?:年|-|/|\.)\d{1,2}(?:月|-|/|\.)\d{1,2}日?[)）]?")
_FEW_LINES = 2
_OFFICE = re.compile(r"(?:人民政府|政府|办事处)$")
_LETTERHEAD_TYPES = frozenset(
    (
        "department",
        "government_office",
        "zone_committee",
        "subdistrict_office",
        "township_government",
    )
)
_INNER_BODY = re.compile(r"领导小组|信息公开|政务公开")


def find_titles(page: PageText) -> tuple[ReportTitle, ...]:
    """Report titles of the page, most trusted first; a heading line stands in where there is none."""
    found = tuple(t for t in map(read_title, page.titles) if t is not None)
    headings = found or tuple(_heading_lines(page.opening))
    return headings or tuple(t for t in map(read_related_title, page.titles) if t is not None)


def _heading_lines(opening: FoldedText) -> list[ReportTitle]:
    titles = []
    for printed in opening.printed.split("\n")[:14]:
        if 8 <= len(printed) <= 50 and printed[-1] not in "。，；、：":
            title = read_title(folded_text(printed))
            if title is not None and not _is_sentence(printed):
                titles.append(title)
    return titles


def _is_sentence(line: str) -> bool:
    return re.search(r"^(?:现|特|按照|根据|为|本)|[，。；]|结合|编制并", line) is not None


def find_publisher(
    page: PageText, titles: tuple[ReportTitle, ...], year: int | None
) -> Publisher | None:
    """The publisher from the title, else from the text, else from the page's own lines."""
    titled = _publisher_of_titles(titles, year)
    if titled is not None and len(titled.units) > 1:
        return _with_namesake(titled, _publishers_in_text(page, year))
    if titled is not None and (titled.units or titled.is_central or titled.is_xpcc):
        return titled
    spoken = _publishers_in_text(page, year)
    if titled is not None:
        return _with_place_of_namesake(titled, spoken)
    placed = [publisher for publisher in spoken if publisher.units or publisher.is_central]
    return next(iter([*placed, *_signatures(page, year), *spoken]), None)


def _signatures(page: PageText, year: int | None) -> list[Publisher]:
    """The organ whose name is a line of its own: a letterhead, or the last line before the date.

    Links to other organs are such lines as well, so there must be just one.
    """
    found = dict.fromkeys(_lone_names(page, year))
    return list(found) if len({publisher.folded for publisher in found}) == 1 else []


def _lone_names(page: PageText, year: int | None) -> Iterator[Publisher]:
    printed, folded = (text.split("\n") for text in (page.body.printed, page.body.folded))
    for at, line in enumerate(folded):
        is_signed = at + 1 < len(folded) and _DATE_LINE.fullmatch(folded[at + 1]) is not None
        at_an_end = at < _FEW_LINES or (at == len(folded) - 1 and not page.footer)
        if not 4 <= len(line) <= 30 or not (is_signed or at_an_end) or _INNER_BODY.search(line):
            continue
        publisher = read_publisher(FoldedText(printed[at], line), "signature", year)
        if publisher is None or not publisher.units or publisher.is_central:
            continue
        if publisher.organ_type in _LETTERHEAD_TYPES or (is_signed and publisher.organ_type):
            yield publisher


def _publisher_of_titles(titles: tuple[ReportTitle, ...], year: int | None) -> Publisher | None:
    for title in titles:
        found = read_publisher(title.publisher, "title", year)
        if found is not None:
            return found
    return None


def _publishers_in_text(page: PageText, year: int | None) -> list[Publisher]:
    found = [
        read_publisher(publisher_words(name), source, year) for source, name in _names_in_text(page)
    ]
    return [p for p in found if p is not None and p.organ_type and not _SELF.match(p.folded)]


def _with_place_of_namesake(titled: Publisher, spoken: list[Publisher]) -> Publisher:
    """农业农村局 of the title is the 资溪县农业农村局 of the text, if the text names just one place."""
    core = titled.organ.removeprefix(titled.relative.prefix) if titled.relative else titled.organ
    namesakes = [p for p in spoken if p.place is not None and p.folded.endswith(core)]
    if len(core) < 2 or len({p.units for p in namesakes}) != 1:
        return titled
    return replace(titled, place=namesakes[0].place, place_source=namesakes[0].source)


def _with_namesake(titled: Publisher, spoken: list[Publisher]) -> Publisher:
    """向阳街道 of the title is that of the text's 三门峡经济开发区向阳街道, if the text names just one place."""
    name = _OFFICE.sub("", titled.folded)
    places = [p.place for p in spoken if p.place and name in p.folded and p.units != titled.units]
    return replace(titled, namesake=places[0]) if len({p.units for p in places}) == 1 else titled


def _names_in_text(page: PageText) -> list[tuple[str, FoldedText]]:
    opening = page.opening
    names = []
    for pattern in (_COMPILER, _ANNOUNCED):
        for match in pattern.finditer(opening.folded):
            group = 1 if match.group(1) else 2
            names.append(("statement", _span(opening, match, group)))
    if line := _PUBLISHER_LINE.search(opening.folded):
        names.append(("publisher_line", _span(opening, line, 1)))
    for match in _SUBJECT_OF_FIRST_SENTENCE.finditer(opening.folded):
        head = _organ_at_head(_span(opening, match, 1))
        if head is not None:
            names.append(("subject", head))
    for match in _CONTACT.finditer(opening.folded):
        names.append(("contact", _span(opening, match, 1 if match.group(1) else 2)))
    return names


def _span(text: FoldedText, match: re.Match[str], group: int) -> FoldedText:
    begin, end = match.span(group)
    return FoldedText(text.printed[begin:end], text.folded[begin:end])


def _organ_at_head(text: FoldedText) -> FoldedText | None:
    """The organ a sentence begins with: the place chain and what follows it up to an organ's ending."""
    place = read_place(text.folded)
    begin = place.end if place else 0
    if place is not None and place.level == TOWN:
        rest = re.match(r"(?:人民政府|办事处)?", text.folded[begin:])
        end = begin + (rest.end() if rest else 0)
        return FoldedText(text.printed[:end], text.folded[:end])
    head = _ORGAN_HEAD.match(text.folded[begin:])
    if head is None or head.end() > 16:
        return None
    end = begin + head.end()
    return FoldedText(text.printed[:end], text.folded[:end])


def source_names(page: PageText) -> tuple[str, ...]:
    """Folded names in 来源 lines and metadata."""
    names = [
        folded_text(page.metadata[key]).folded for key in _SOURCE_KEYS if page.metadata.get(key)
    ]
    names += [match.group(1) for match in _SOURCE_LINE.finditer(page.opening.folded)]
    return tuple(dict.fromkeys(name for name in names if name))
