"""Reading place names: a chain like 三门峡市陕州区硤石乡 means the units that fit all its links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from schemas.divisions import (
    COUNTY,
    PROVINCE,
    QUASI_TOWNSHIP,
    STATISTICAL_ZONE,
    TOWN,
    Gazetteer,
    load_gazetteer,
)
from schemas.organs import ordinary_words
from schemas.zones import zone_hosts

_LONGEST_NAME = 25
_LINKS = ("", "人民政府", "政府")
_ZONE_WORDS = (
    "高新",
    "经开",
    "经济",
    "开发",
    "工业",
    "新区",
    "保税",
    "科技",
    "风景",
    "产业",
    "旅游",
    "生态",
)
_BROKEN_WORDS = re.compile(r"乡村(?!民委|委)|市场(?:监|局|发展)|市容|区域|镇街道?办|街道路")
_SECOND_OF_BROKEN = frozenset("村场容域街道")
_YEARS_OF_GRACE = 1


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A chain of names at one place of a text.

    `units`: the units of today it can mean (lowest link only), sorted. `spelled_out`: every link
    is an official name. `links`: number of names. `level`: of the widest meaning.
    """

    start: int
    end: int
    units: tuple[int, ...]
    links: int
    spelled_out: bool
    level: int


@dataclass(frozen=True, slots=True)
class _Chain:
    """The links read so far: where the chain begins, what it can mean."""

    begin: int
    units: tuple[int, ...]
    links: int
    spelled_out: bool


def name_holders(name: str, year: int | None) -> tuple[int, ...]:
    """Units called `name` officially; those that ended before `year` only if no other is left."""
    return _in_force(load_gazetteer(), load_gazetteer().full_names.get(name, ()), year)


def _in_force(gazetteer: Gazetteer, units: tuple[int, ...], year: int | None) -> tuple[int, ...]:
    if len(units) < 2 or year is None:
        return units
    kept = tuple(
        unit
        for unit in units
        if (last := gazetteer.units[unit].valid_to) is None or last + _YEARS_OF_GRACE >= year
    )
    return kept or units


def units_of_today(units: tuple[int, ...]) -> tuple[int, ...]:
    """The same places as of today, each once, sorted."""
    today = load_gazetteer().today
    return tuple(sorted({today[unit] for unit in units}))


def read_place(text: str, start: int = 0, year: int | None = None) -> PlaceName | None:
    """The longest chain of place names that begins at `start`, or None.

    `text` is folded. Short names (浑源, 黔东南) are accepted here because a caller gives only places
    where a name has to begin.
    """
    return _longest_chain(text, start, _Chain(start, (), 0, True), year)


def _longest_chain(text: str, start: int, above: _Chain, year: int | None) -> PlaceName | None:
    best: PlaceName | None = None
    for end, units, is_full in _names_at(text, start, year):
        fitting = units_within(units, above.units) if above.links else units_of_today(units)
        if not fitting:
            continue
        chain = _Chain(above.begin, fitting, above.links + 1, above.spelled_out and is_full)
        found = _continue_chain(text, end, chain, year)
        if best is None or _rank(found) > _rank(best):
            best = found
    return best


def _rank(place: PlaceName) -> tuple[int, bool, int]:
    return place.end, place.spelled_out, -place.links


def _continue_chain(text: str, end: int, chain: _Chain, year: int | None) -> PlaceName:
    """The chain with the names that follow, or as it is."""
    found = PlaceName(
        chain.begin, end, chain.units, chain.links, chain.spelled_out, _level(chain.units)
    )
    if found.level == TOWN:
        return found
    for link in _LINKS:
        if text.startswith(link, end):
            longer = _longest_chain(text, end + len(link), chain, year)
            if longer:
                return longer
    return found


def _names_at(
    text: str, start: int, year: int | None
) -> Iterator[tuple[int, tuple[int, ...], bool]]:
    """Every name that begins at `start`: its end, its holders, whether it is an official name."""
    gazetteer = load_gazetteer()
    for end in range(min(len(text), start + _LONGEST_NAME), start + 1, -1):
        name = text[start:end]
        if name in gazetteer.full_names and not breaks_a_word(text, end):
            yield end, _in_force(gazetteer, gazetteer.full_names[name], year), True
        if name in gazetteer.short_names and not _is_plain_word(name, text, end):
            units = _in_force(gazetteer, gazetteer.short_names[name], year)
            if text.startswith(_ZONE_WORDS, end):
                units = _prefectures_and_above(gazetteer, units)
            if units:
                yield end, _as_commonly_meant(gazetteer, units), False


def breaks_a_word(text: str, end: int) -> bool:
    """Whether a name ending here cuts a word in two: 古县乡 in 古县乡村振兴局, 津市 in 津市场监管."""
    if text[end : end + 1] not in _SECOND_OF_BROKEN:  # true of nearly every name
        return False
    return _BROKEN_WORDS.match(text, end - 1) is not None


def _is_plain_word(name: str, text: str, end: int) -> bool:
    """公安 in 公安局 is no county."""
    return name in ordinary_words() and not text.startswith(("县", "人民政府"), end)


def _as_commonly_meant(gazetteer: Gazetteer, units: tuple[int, ...]) -> tuple[int, ...]:
    """A short name means the province or prefecture rather than a district far away called alike."""
    highest = min(gazetteer.units[unit].level for unit in units)
    if highest == COUNTY:
        return units
    leading = [unit for unit in units if gazetteer.units[unit].level == highest]
    return tuple(
        unit
        for unit in units
        if unit in leading
        or (gazetteer.units[unit].kind != "市辖区" and highest > PROVINCE)
        or any(gazetteer.is_within(gazetteer.today[unit], area) for area in leading)
    )


def _prefectures_and_above(gazetteer: Gazetteer, units: tuple[int, ...]) -> tuple[int, ...]:
    """What a short name before a zone's words can mean: 葫芦岛高新区 yes, but 东湖高新区 is not 东湖区's."""
    return tuple(unit for unit in units if gazetteer.units[unit].level < COUNTY)


def units_within(units: tuple[int, ...], areas: tuple[int, ...]) -> tuple[int, ...]:
    """The units, as of today, that lie below one of the areas; sorted."""
    gazetteer = load_gazetteer()
    inside = {
        gazetteer.today[unit]
        for unit in units
        if any(
            gazetteer.today[unit] != area and gazetteer.is_within(gazetteer.today[unit], area)
            for area in areas
        )
    }
    return tuple(sorted(inside))


@lru_cache(maxsize=8192)
def _level(units: tuple[int, ...]) -> int:
    table = load_gazetteer().units
    return min(table[unit].level for unit in units)


def read_zone(text: str) -> tuple[int, int] | None:
    """A zone named at the head of an organ's name: (end of the name, unit it lies in)."""
    zones = zone_hosts()
    for end in range(min(len(text), _LONGEST_NAME), 2, -1):
        if text[:end] in zones:
            return end, zones[text[:end]]
    return None


class _Endings(NamedTuple):
    """The characters on which official names end, and by their last two characters how long they are."""

    characters: re.Pattern[str]
    lengths: Mapping[str, tuple[int, ...]]


@cache
def _endings() -> _Endings:
    """Endings of the names of three characters or more that running text can carry."""
    gazetteer = load_gazetteer()
    lengths: dict[str, set[int]] = {}
    for name, units in gazetteer.full_names.items():
        if len(name) > 2 and any(_is_ordinary(gazetteer, unit) for unit in units):
            lengths.setdefault(name[-2:], set()).add(len(name))
    characters = sorted({ending[1] for ending in lengths})
    return _Endings(
        re.compile("[" + "".join(characters) + "]"),
        {ending: tuple(sorted(found, reverse=True)) for ending, found in lengths.items()},
    )


def _is_ordinary(gazetteer: Gazetteer, unit: int) -> bool:
    return gazetteer.units[unit].kind not in (QUASI_TOWNSHIP, STATISTICAL_ZONE)


def find_places(text: str, year: int | None) -> Iterator[PlaceName]:
    """Chains of official names anywhere in folded running text, left to right, longest first.

    Short names are no evidence in running text: 范县 stands in 规范县级 and 和平 is a word.
    """
    chain: PlaceName | None = None
    for start, end in _official_names(text):
        name = text[start:end]
        if chain is None or chain.end < start:
            if chain:
                yield chain
            chain = _first_link(text, start, name, year)
            continue
        fitting = _meant_within(name, year, chain.units)
        if fitting:
            chain = PlaceName(chain.start, end, fitting, chain.links + 1, True, _level(fitting))
            continue
        yield chain
        chain = _first_link(text, start, name, year)
    if chain:
        yield chain


def _first_link(text: str, start: int, name: str, year: int | None) -> PlaceName:
    """A chain of one name, or of two where a county of two characters stands before what lies in it.

    渠县 counts before 青龙镇 only: such names are parts of words elsewhere.
    """
    end = start + len(name)
    county = text[max(0, start - 2) : start]
    if county in load_gazetteer().full_names:
        fitting = _meant_within(name, year, _meant(county, year))
        if fitting:
            return PlaceName(start - 2, end, fitting, 2, True, _level(fitting))
    today = _meant(name, year)
    return PlaceName(start, end, today, 1, True, _level(today))


@lru_cache(maxsize=8192)
def _meant(name: str, year: int | None) -> tuple[int, ...]:
    return units_of_today(name_holders(name, year))


@lru_cache(maxsize=8192)
def _meant_within(name: str, year: int | None, areas: tuple[int, ...]) -> tuple[int, ...]:
    return units_within(name_holders(name, year), areas)


def _official_names(text: str) -> list[tuple[int, int]]:
    """Spans of official names of three characters or more, without overlaps.

    Looked up backwards from the characters names end on; this beats an automaton over all
    names by far, because few characters end a name. A name that holds the one before it
    replaces it; one that only overlaps it gives way.
    """
    full_names = load_gazetteer().full_names
    endings = _endings()
    lengths_of = endings.lengths.get
    spans: list[tuple[int, int]] = []
    for match in endings.characters.finditer(text):
        end = match.end()
        lengths = lengths_of(text[end - 2 : end])
        if lengths is None:
            continue
        for length in lengths:
            start = end - length
            if start >= 0 and text[start:end] in full_names and not breaks_a_word(text, end):
                while spans and spans[-1][0] >= start:
                    spans.pop()
                if not spans or spans[-1][1] <= start:
                    spans.append((start, end))
                break
    return spans
