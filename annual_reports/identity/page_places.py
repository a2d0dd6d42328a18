"""Places named by the page: in the publisher's name, the navigation, the opening, the body."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annual_reports.identity.evidence import PlaceEvidence, place_evidence
from annual_reports.identity.page_text import PageText, folded_text
from annual_reports.identity.place_names import PlaceName, find_places, read_place
from annual_reports.identity.publisher_search import source_names
from annual_reports.identity.publishers import Publisher
from annual_reports.identity.titles import ReportTitle
from schemas.divisions import COUNTY, TOWN, fold, load_gazetteer

_SITE_NAME_KEYS = ("SiteName", "sitename", "siteName", "网站名称")
_SITE_NAME = re.compile(
    r"^(.{2,30}?)(?:人民政府|政府|行政公署)?(?:门户|政务|公众)?(?:网站|网|门户)?$"
)
_NAVIGATION = re.compile(r"(?:^|\n)[^\n]*?(?:当前位置|您(?:现在)?的位置|所在位置|首页)[::]?[^\n]*")
_NAVIGATION_STEP = re.compile(r">+|»|/|→|\||-")
_COUNTY_COMMITTEES = (
    ("县委", ("县", "自治县")),
    ("区委", ("市辖区", "特区", "林区")),
    ("旗委", ("旗", "自治旗")),
)
_MOST_BODY_PLACES = 60
_WEBSITE = re.compile(
    r"(?:人民政府|政府)?(?:信息公开|政务公开|政务|门户|公众信息|官方|信息|中文)*(?:网站|网(?![格络点]))"
)
_VISITED = re.compile(
    r"(?:赴|前往|考察|学习|借鉴|对标|参照|来自|帮扶|对口|交流|转发)[^,.;。\n]{0,4}$"
)
_SPEAKS_OF_MORE = re.compile(
    r"全[市省州盟]|[我本][市省州盟]|各县|各区|县区|区县|[市州省](?:委|人民政府|政府|直)|州直|行署|盟委"
)
_NAMED_AS_COUNTY = re.compile(r"(?:县|旗)(?!.*(?:市|区))")


def find_named_places(
    page: PageText,
    publisher: Publisher | None,
    titles: tuple[ReportTitle, ...],
    year: int | None,
    is_copy: bool,
) -> Iterator[PlaceEvidence]:
    """All evidence from names on the page, strongest first."""
    if publisher is not None:
        yield from publisher_evidence(publisher)
        yield from _autonomous_region_evidence(page, publisher)
    if not is_copy:
        yield from _site_evidence(page, titles, year)
    yield from _navigation_evidence(page, year)
    for name in source_names(page):
        place = read_place(name, 0, year)
        if place is not None:
            yield place_evidence("source_line", name, place.units, _certainty(place))
    named = publisher.place if publisher is not None else None
    yield from _running_text_evidence(page, named, year)


def publisher_evidence(publisher: Publisher) -> Iterator[PlaceEvidence]:
    """The place in the publisher's own name: worth most in a title, less where only a town is named."""
    if publisher.place_source == "decision":
        if publisher.units:
            yield place_evidence("decision", publisher.printed, publisher.units)
        return
    family = "title" if publisher.place_source == "title" else "statement"
    if publisher.zone_host is not None:
        yield place_evidence(f"{family}_place", publisher.printed, (publisher.zone_host,))
    if publisher.namesake is not None:
        yield place_evidence("statement_place", publisher.printed, publisher.namesake.units)
    if publisher.place is not None:
        yield place_evidence(
            f"{family}_{_strength(publisher.place)}", publisher.printed, publisher.place.units
        )


def _autonomous_region_evidence(page: PageText, publisher: Publisher) -> Iterator[PlaceEvidence]:
    """自治区人民政府 in a text that names just one of the five by its short name."""
    if publisher.relative is None or publisher.relative.prefix != "自治区":
        return
    provinces = load_gazetteer().provinces.values()
    regions = [p for p in provinces if p.name.endswith(publisher.relative.prefix)]
    spoken_of = [region for region in regions if region.short_name in page.body.folded]
    if len(spoken_of) == 1:
        yield place_evidence("autonomous_region", spoken_of[0].short_name, (spoken_of[0].unit,))


def _strength(place: PlaceName) -> str:
    if place.level == TOWN and place.links == 1:
        return "town"
    return "place" if place.spelled_out or place.links > 1 else "short_place"


def _certainty(place: PlaceName) -> float:
    return 0.6 if place.level == TOWN and place.links == 1 else 1.0


def _site_evidence(
    page: PageText, titles: tuple[ReportTitle, ...], year: int | None
) -> Iterator[PlaceEvidence]:
    names = [folded_text(page.metadata[k]).folded for k in _SITE_NAME_KEYS if page.metadata.get(k)]
    names += [name for title in titles for name in title.site_names]
    names += [
        line
        for line in page.opening.folded.split("\n")[:3]
        if re.search(r"(?:人民政府|政府网|门户网站|公署)(?:网|网站)?$", line) and len(line) < 25
    ]
    for name in dict.fromkeys(names):
        match = _SITE_NAME.match(name)
        place = read_place(name, 0, year) if match else None
        if place is not None and place.level < TOWN:
            yield place_evidence("site_name", name, place.units)


def _navigation_evidence(page: PageText, year: int | None) -> Iterator[PlaceEvidence]:
    """The lowest place named by a step of the navigation path."""
    match = _NAVIGATION.search(page.opening.folded)
    if match is None:
        return
    steps = [step.strip(" :") for step in _NAVIGATION_STEP.split(match.group())]
    for step in reversed(steps):
        place = read_place(step, 0, year)
        if place is not None and place.end - place.start >= 3 and len(step) - place.end <= 8:
            yield place_evidence("breadcrumb", step, place.units, _certainty(place))
            return


def _running_text_evidence(
    page: PageText, named: PlaceName | None, year: int | None
) -> Iterator[PlaceEvidence]:
    """Official names in the opening and the body, each meaning counted once.

    `named`: the place of the publisher's name. Where the text spells that out with its county
    (杭州市滨江区长河街道 for 长河街道), it says which one is meant.
    """
    places: dict[tuple[int, ...], PlaceName] = {}
    for place in find_places(page.body.folded, year):
        if len(places) == _MOST_BODY_PLACES:
            break
        if place.units not in places:
            if _VISITED.search(page.body.folded, max(0, place.start - 6), place.start):
                continue
            places[place.units] = place
        if place.level < TOWN and _WEBSITE.match(page.body.folded, place.end):
            yield place_evidence("own_website", _printed(page, place), place.units)
    for place in places.values():
        yield _mention(page, place, named)
    if named is None:
        yield from _only_county(page, list(places.values()), year)


def _mention(page: PageText, place: PlaceName, named: PlaceName | None) -> PlaceEvidence:
    if named is not None and _spells_out(place, named):
        return place_evidence("own_name_spelled_out", _printed(page, place), place.units)
    zone = "opening" if place.start < len(page.opening.folded) else "body"
    what = "town" if place.level == TOWN and place.links == 1 else "place"
    return place_evidence(f"{zone}_{what}", _printed(page, place), place.units)


def _printed(page: PageText, place: PlaceName) -> str:
    return page.body.printed[place.start : place.end]


def _only_county(
    page: PageText, places: list[PlaceName], year: int | None
) -> Iterator[PlaceEvidence]:
    """The one 县 or 旗 the text names, where everything else it names holds it or lies in it.

    A name that has ended counts only where the report's year is known. Organs of a prefecture sit in districts or cities, and their reports speak of the whole city.
    """
    if _SPEAKS_OF_MORE.search(page.body.folded):
        return
    gazetteer = load_gazetteer()
    spelled = [place for place in places if place.links > 1 or place.level < TOWN]
    counties = {area for place in spelled for unit in place.units for area in _county_of(unit)}
    if len(counties) != 1 or any(len(place.units) > 1 for place in spelled):
        return
    (county,) = counties
    if any(
        not gazetteer.is_within(place.units[0], county)
        and not gazetteer.is_within(county, place.units[0])
        for place in spelled
    ):
        return
    lowest = max(spelled, key=lambda place: place.level)
    words = page.body.folded[lowest.start : lowest.end]
    is_known = year is not None or fold(gazetteer.units[county].name) in words
    if is_known and _NAMED_AS_COUNTY.search(words):
        yield place_evidence("only_county", _printed(page, lowest), (county,))


def _county_of(unit: int) -> list[int]:
    gazetteer = load_gazetteer()
    return [area for area in gazetteer.path(unit) if gazetteer.units[area].level == COUNTY]


def _spells_out(place: PlaceName, named: PlaceName) -> bool:
    return place.links > named.links and set(place.units) < set(named.units)


def county_type_evidence(page: PageText, units: set[int]) -> Iterator[PlaceEvidence]:
    """Counties among `units` whose type is the one whose party committee the text speaks of."""
    text = page.body.folded
    spoken = [(word, kinds) for word, kinds in _COUNTY_COMMITTEES if word in text]
    if len(spoken) != 1:
        return
    word, kinds = spoken[0]
    table = load_gazetteer().units
    fitting = tuple(sorted(unit for unit in units if table[unit].kind in kinds))
    if fitting:
        yield place_evidence("county_type", word, fitting)
