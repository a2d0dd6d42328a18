"""Reading place names: a chain like 三门峡市陕州区硤石乡 means the units that fit all its links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick

from schemas.divisions import (
    COUNTY,
    QUASI_TOWNSHIP,
    STATISTICAL_ZONE,
    TOWN,
    Gazetteer,
    load_gazetteer,
)
from schemas.organs import zone_hosts

_LONGEST_NAME = 25
_LINKS = ("人民政府", "政府")
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
_YEARS_OF_GRACE = 1


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A chain of names at one place of a text.

    `units`: the units of today it can mean (lowest link only), sorted. `spelled_out`: every link
    is an official name. `links`: number of names. `is_former`: it names only units that had
    ended before the report's year, or `year` was not known and all have ended.
    """

    start: int
    end: int
    units: tuple[int, ...]
    links: int
    spelled_out: bool
    level: int


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
    return _longest_chain(text, start, start, (), 0, True, year)


def _longest_chain(
    text: str,
    begin: int,
    start: int,
    above: tuple[int, ...],
    links: int,
    spelled_out: bool,
    year: int | None,
) -> PlaceName | None:
    best: PlaceName | None = None
    for end, units, is_full in _names_at(text, start, year):
        fitting = _within_any(units, above) if above else units_of_today(units)
        if not fitting:
            continue
        found = PlaceName(begin, end, fitting, links + 1, spelled_out and is_full, _level(fitting))
        following = _continue_chain(text, found, year)
        candidate = following or found
        if best is None or _rank(candidate) > _rank(best):
            best = candidate
    return best


def _rank(place: PlaceName) -> tuple[int, bool, int]:
    return place.end, place.spelled_out, -place.links


def _continue_chain(text: str, place: PlaceName, year: int | None) -> PlaceName | None:
    if place.level == TOWN:
        return None
    for link in ("", *_LINKS):
        if text.startswith(link, place.end):
            longer = _longest_chain(
                text,
                place.start,
                place.end + len(link),
                place.units,
                place.links,
                place.spelled_out,
                year,
            )
            if longer:
                return longer
    return None


def _names_at(
    text: str, start: int, year: int | None
) -> Iterator[tuple[int, tuple[int, ...], bool]]:
    """Every name that begins at `start`: its end, its holders, whether it is an official name."""
    gazetteer = load_gazetteer()
    for end in range(min(len(text), start + _LONGEST_NAME), start + 1, -1):
        name = text[start:end]
        if name in gazetteer.full_names:
            yield end, _in_force(gazetteer, gazetteer.full_names[name], year), True
        if name in gazetteer.short_names:
            units = _in_force(gazetteer, gazetteer.short_names[name], year)
            if text.startswith(_ZONE_WORDS, end):
                units = _prefectures_and_above(gazetteer, units)
            if units:
                yield end, units, False


def _prefectures_and_above(gazetteer: Gazetteer, units: tuple[int, ...]) -> tuple[int, ...]:
    """What a short name before a zone's words can mean: 葫芦岛高新区 yes, but 东湖高新区 is not 东湖区's."""
    return tuple(unit for unit in units if gazetteer.units[unit].level < COUNTY)


def _within_any(units: tuple[int, ...], areas: tuple[int, ...]) -> tuple[int, ...]:
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


@cache
def _name_automaton() -> Any:
    """Automaton over official names of three characters or more that running text can carry."""
    gazetteer = load_gazetteer()
    automaton = ahocorasick.Automaton()
    for name, units in gazetteer.full_names.items():
        if len(name) > 2 and any(_is_ordinary(gazetteer, unit) for unit in units):
            automaton.add_word(name, name)
    automaton.make_automaton()
    return automaton


def _is_ordinary(gazetteer: Gazetteer, unit: int) -> bool:
    return gazetteer.units[unit].kind not in (QUASI_TOWNSHIP, STATISTICAL_ZONE)


def find_places(text: str, year: int | None) -> Iterator[PlaceName]:
    """Chains of official names anywhere in folded running text, left to right, longest first.

    Short names are no evidence in running text: 范县 stands in 规范县级 and 和平 is a word.
    """
    chain: PlaceName | None = None
    for last, name in _name_automaton().iter_long(text):
        start = last + 1 - len(name)
        units = name_holders(name, year)
        if chain is not None and start == chain.end:
            fitting = _within_any(units, chain.units)
            if fitting:
                chain = PlaceName(
                    chain.start, last + 1, fitting, chain.links + 1, True, _level(fitting)
                )
                continue
        if chain is not None:
            yield chain
        today = units_of_today(units)
        chain = PlaceName(start, last + 1, today, 1, True, _level(today))
    if chain is not None:
        yield chain


def is_county_or_above(unit: int) -> bool:
    """Whether a unit is no township."""
    return load_gazetteer().units[unit].level <= COUNTY
