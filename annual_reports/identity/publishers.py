"""Who speaks: the publisher as printed, taken apart into place and organ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from annual_reports.identity.page_text import FoldedText, PageText, folded_text
from annual_reports.identity.place_names import (
    PlaceName,
    read_place,
    read_zone,
    units_within,
)
from annual_reports.identity.titles import (
    ReportTitle,
    publisher_words,
    read_related_title,
    read_title,
)
from schemas.divisions import TOWN, load_gazetteer
from schemas.organs import (
    RelativeLevel,
    central_organs,
    organ_types,
    relative_levels,
    zone_hosts,
)

_LONGEST_PUBLISHER = 40
_REPORT_NAME = r"(?:20\d\d|二[〇零○].{2})年?度?(?:政府|政务|的?信息)"
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
    r"^.{0,24}?(?:人民政府(?:办公[厅室])?|街道办事处|地区办事处|管理委员会|管委会|委员会|街道|镇|乡|苏木|局|厅)"
)
_CONTACT = re.compile(
    r"请?(?:与|向|联系)([^,.;。\n《》:()]{3,30}?)(?:政府信息公开办公室|政务公开办公室|办公室)?(?:联系|咨询|反映)"
)
_BRANCH = re.compile(r"(?:局|委员会|委|支队|海关|公司)([^局委]{2,8})(?:分局|支局|派出所|大队)$")
_PUBLISHER_LINE = re.compile(
    r"(?:发布机构|发布机关|公开机构|信息发布单位|发布单位|发文机关|编制单位|公开主体|责任单位|发布部门)[::]\n?([^\n:;,]{2,30})"
)
_SOURCE_LINE = re.compile(r"(?:信息来源|文章来源|稿件来源|来源)[::]\n?([^\n:;,\d\[]{2,30})")
_SOURCE_KEYS = ("ContentSource", "Source", "source", "来源")
_SELF = re.compile(r"^[我本该全各]")
_XPCC = re.compile(r"^(?:新疆生产建设兵团|新疆兵团|兵团)")
_XPCC_DIVISION = re.compile(
    r"^(?:新疆生产建设兵团|新疆兵团|兵团)?(?:农|建工)?第?[一二三四五六七八九十]{1,3}师"
)
_MASKED = re.compile(
    r"[xX×*＊ＸхХ╳某]{1,6}(?=[省市县区州镇乡局街委])|\[[^\]]{1,12}\]|[_＿]{2,}|某某"
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher's name and what its words say.

    `source`: title | statement | publisher_line | subject | contact. `place` is the chain of place names at
    its head, `zone_host` the unit a named zone lies in, `organ` the folded name without the place,
    `relative` the level a leading 市 or 县 gives, `is_central` for organs of the State Council,
    `is_xpcc` for the 兵团 outside its cities.
    """

    printed: str
    folded: str
    source: str
    place: PlaceName | None
    zone_host: int | None
    organ: str
    organ_type: str | None
    relative: RelativeLevel | None
    is_central: bool
    is_xpcc: bool


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
    for title in titles:
        if title.publisher.folded:
            found = read_publisher(title.publisher, "title", year)
            if found is not None:
                return found
    fallback = None
    for source, name in _names_in_text(page):
        found = read_publisher(publisher_words(name), source, year)
        if found is None or found.organ_type is None or _SELF.match(found.folded):
            continue
        if found.place is not None or found.zone_host is not None or found.is_central:
            return found
        fallback = fallback or found
    return fallback


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
    names += [("contact", _span(opening, match, 1)) for match in _CONTACT.finditer(opening.folded)]
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


def is_masked(name: str) -> bool:
    """Whether a folded name is a template's blank: xx镇, ××县, [具体地名]."""
    return _MASKED.search(name) is not None


@lru_cache(maxsize=4096)
def read_publisher(name: FoldedText, source: str, year: int | None) -> Publisher | None:
    """A publisher's name taken apart; None where it can be none (too long, masked, empty)."""
    folded = name.folded
    if not folded or len(folded) > _LONGEST_PUBLISHER or is_masked(folded):
        return None
    if central := _central_remainder(folded):
        return _central_publisher(name, source, year, central)
    return _local_publisher(name, source, folded, year)


def _central_remainder(folded: str) -> tuple[str, bool] | None:
    """What follows a central organ's name at the head, and whether local organs carry the name too."""
    for organ in central_organs():
        if folded.startswith(organ.name):
            return folded[len(organ.name) :], organ.leads_local_organs
    return None


def _central_publisher(
    name: FoldedText, source: str, year: int | None, central: tuple[str, bool]
) -> Publisher | None:
    rest, leads_local_organs = central
    place = read_place(rest, 0, year) if rest else None
    if place is None and re.fullmatch(r"(?:\(.*\)|办公厅|办公室|机关|本级|政府网站)*", rest):
        return Publisher(
            name.printed,
            name.folded,
            source,
            None,
            None,
            name.folded,
            "department",
            None,
            True,
            False,
        )
    if place is None or not leads_local_organs:
        return None
    shift = len(name.folded) - len(rest)
    moved = PlaceName(
        place.start + shift,
        place.end + shift,
        place.units,
        place.links,
        place.spelled_out,
        place.level,
    )
    return Publisher(
        name.printed,
        name.folded,
        source,
        moved,
        None,
        name.folded[:shift] + rest[place.end :],
        "vertical_agency",
        None,
        False,
        False,
    )


def _local_publisher(
    name: FoldedText, source: str, folded: str, year: int | None
) -> Publisher | None:
    begin = match.end() if (match := _XPCC_DIVISION.match(folded) or _XPCC.match(folded)) else 0
    zone = read_zone(folded[begin:])
    place = read_place(folded, begin, year)
    if place is None and zone is None and begin == 0:
        place = _official_place_inside(folded, year)
    if zone is not None and (place is None or zone[0] + begin >= place.end):
        place, rest, host = None, folded[begin:], zone[1]
    else:
        rest, host = folded[place.end if place else begin :], None
        place = _branch_place(place, rest, year)
    relative = _relative_level(rest) if place is None and host is None else None
    organ_type = classify_organ(folded, rest, place, host)
    return Publisher(
        printed=name.printed,
        folded=folded,
        source=source,
        place=place,
        zone_host=host,
        organ=rest or folded,
        organ_type="xpcc" if begin and place is None else organ_type,
        relative=relative,
        is_central=False,
        is_xpcc=bool(begin) and place is None,
    )


def _branch_place(place: PlaceName | None, organ: str, year: int | None) -> PlaceName | None:
    """The county a branch serves: 郧阳 in 十堰市生态环境局郧阳分局."""
    branch = _BRANCH.search(organ)
    if place is None or branch is None:
        return place
    served = read_place(branch.group(1), 0, year)
    if served is None or served.end != len(branch.group(1)):
        return place
    units = units_within(served.units, place.units)
    if not units:
        return place
    return PlaceName(
        place.start, place.end, units, place.links + 1, place.spelled_out, served.level
    )


def _official_place_inside(folded: str, year: int | None) -> PlaceName | None:
    """A chain of official names after foreign words (a brand spliced in before the name)."""
    for start in range(1, min(len(folded) - 3, 16)):
        place = read_place(folded, start, year)
        if place is None or place.level == TOWN or not place.spelled_out:
            continue
        if place.end - place.start > 2:
            return place
    return None


def _relative_level(organ: str) -> RelativeLevel | None:
    for level in relative_levels():
        if organ.startswith(level.prefix):
            return level
    return None


def classify_organ(
    folded: str, organ: str, place: PlaceName | None, zone_host: int | None
) -> str | None:
    """The organ type of a folded name, by `organ_types.csv`; None where the words name no organ."""
    if not organ and place is not None and place.level < TOWN:
        return "zone_committee" if _is_zone(place) else "government"
    if zone_host is not None and organ in zone_hosts():
        return "zone_committee"
    if organ in ("市", "县", "区", "省", "州", "旗", "盟", "自治区", "市本级", "县本级"):
        return "government"
    for kind in organ_types():
        if kind.pattern.search(folded):
            return kind.organ_type
    return None


def _is_zone(place: PlaceName) -> bool:
    table = load_gazetteer().units
    return all(table[unit].kind == "统计用功能区" for unit in place.units)
