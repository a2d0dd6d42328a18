"""Who speaks: the publisher as printed, taken apart into place and organ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from annual_reports.identity.page_text import FoldedText
from annual_reports.identity.place_names import (
    PlaceName,
    read_place,
    read_zone,
    units_within,
)
from schemas.divisions import STATISTICAL_ZONE, TOWN, load_gazetteer
from schemas.organs import (
    RelativeLevel,
    central_organs,
    organ_types,
    relative_levels,
)
from schemas.zones import zone_hosts

_LONGEST_PUBLISHER = 40
_BRANCH = re.compile(r"(?:局|委员会|委|支队|海关|公司)([^局委]{2,8})(?:分局|支局|派出所|大队)$")
_XPCC = re.compile(r"^(?:新疆生产建设兵团|新疆兵团|兵团)")
_XPCC_DIVISION = re.compile(
    r"^(?:新疆生产建设兵团|新疆兵团|兵团)?(?:农|建工)?第?[一二三四五六七八九十]{1,3}师"
)
_COLLECTIVE = re.compile(
    r"(?:各|全)?[省市县区州旗盟]?(?:直|级|属|直属)?(?:(?:乡|镇|乡镇|街道|街|部门|机关|单位|直属单位|县区|区县|机构|委办局|园区|国企)[(),、和及]*)+"
)
_CENTRAL_ENDING = re.compile(r"(?:\(.*\)|办公厅|办公室|机关|本级|政府网站)*")
_MASKED = re.compile(
    r"[xX×*＊ＸхХ╳某]{1,6}(?=[省市县区州镇乡局街委])|\[[^\]]{1,12}\]|[_＿]{2,}|某某"
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher's name and what its words say.

    `source`: title | statement | publisher_line | subject | contact | signature. `place` is the chain of place names at
    its head, `zone_host` the unit a named zone lies in, `organ` the folded name without the place,
    `relative` the level a leading 市 or 县 gives, `is_central` for organs of the State Council,
    `is_xpcc` for the 兵团 outside its cities. `place_source` is where the place was read, which
    may be the text where the title names only the organ. `namesake` is the place the text gives an
    organ of the same name, where the title's place means several.
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
    place_source: str = "title"
    namesake: PlaceName | None = None

    @property
    def units(self) -> tuple[int, ...]:
        """What the place in the name can mean; () where it names none."""
        if self.zone_host is not None:
            return (self.zone_host,)
        return self.place.units if self.place else ()


def is_masked(name: str) -> bool:
    """Whether a folded name is a template's blank: xx镇, ××县, [具体地名]."""
    return _MASKED.search(name) is not None


@lru_cache(maxsize=4096)
def read_publisher(name: FoldedText, source: str, year: int | None) -> Publisher | None:
    """A publisher's name taken apart; None where it can be none: too long, masked, 各乡镇."""
    folded = name.folded
    if not folded or len(folded) > _LONGEST_PUBLISHER:
        return None
    if is_masked(folded) or _COLLECTIVE.fullmatch(folded):
        return None
    if central := _central_remainder(folded):
        return _central_publisher(name, source, year, central)
    return _local_publisher(name, source, folded, year)


def _central_remainder(folded: str) -> tuple[str, bool] | None:
    """What follows a central organ's name at the head, and whether local organs carry the name too."""
    if not folded.startswith(_central_names()):
        return None
    for organ in central_organs():
        if folded.startswith(organ.name):
            return folded[len(organ.name) :], organ.leads_local_organs
    return None


@cache
def _central_names() -> tuple[str, ...]:
    return tuple(organ.name for organ in central_organs())


def _central_publisher(
    name: FoldedText, source: str, year: int | None, central: tuple[str, bool]
) -> Publisher | None:
    """The central organ itself, or its local organ (国家税务总局X县税务局), or None for anything else."""
    rest, leads_local_organs = central
    begin = len(name.folded) - len(rest)
    place = read_place(name.folded, begin, year) if rest else None
    is_central = place is None and _CENTRAL_ENDING.fullmatch(rest) is not None
    if not is_central and (place is None or not leads_local_organs):
        return None
    return Publisher(
        printed=name.printed,
        folded=name.folded,
        source=source,
        place=place,
        zone_host=None,
        organ=name.folded[:begin] + name.folded[place.end if place else begin :],
        organ_type="department" if is_central else "vertical_agency",
        relative=None,
        is_central=is_central,
        is_xpcc=False,
        place_source=source,
    )


def _local_publisher(
    name: FoldedText, source: str, folded: str, year: int | None
) -> Publisher | None:
    corps = _XPCC_DIVISION.match(folded) or _XPCC.match(folded)
    whole = read_place(folded, 0, year) if corps else None
    is_town = whole is not None and whole.spelled_out and whole.level == TOWN
    begin = corps.end() if corps and not is_town else 0
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
        place_source=source,
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
        if level.head.match(organ):
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
    return classify_words(folded)


def classify_words(folded: str) -> str | None:
    """The first type of `organ_types.csv` whose pattern the name matches."""
    return next((kind.organ_type for kind in organ_types() if kind.pattern.search(folded)), None)


def _is_zone(place: PlaceName) -> bool:
    table = load_gazetteer().units
    return all(
        table[unit].kind == STATISTICAL_ZONE and classify_words(table[unit].name) is not None
        for unit in place.units
    )
