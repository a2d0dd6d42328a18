"""Which division a place was in the year reported on: 禄丰县 532331 in 2019, 禄丰市 532302 since 2021."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from annual_reports.identity.places import Place
from schemas.divisions import COUNTY, PREFECTURE, fold, load_gazetteer

_OPEN = 9999
_LEVELS = ("prefecture", "county", "town")


@cache
def _former_units() -> Mapping[int, tuple[int, ...]]:
    """Unit of today → the units that it took over."""
    former: dict[int, list[int]] = defaultdict(list)
    for unit, heir in enumerate(load_gazetteer().today):
        if unit != heir:
            former[heir].append(unit)
    return {heir: tuple(units) for heir, units in former.items()}


def _held_in(unit: int, year: int) -> list[int]:
    return [one for one in (unit, *_former_units().get(unit, ())) if _is_in_force(one, year)]


def unit_in_year(unit: int, year: int | None, words: str) -> int | None:
    """The unit that held the place of `unit` at the end of `year`.

    Where today's unit took over several, the one that `words` (folded) name; None where that
    does not decide, where the tables do not reach back, or without a year.
    """
    if year is None:
        return None
    held = _held_in(unit, year)
    return held[0] if len(held) == 1 else _named_in(held, words)


def lasting_unit(unit: int, year: int | None, words: str) -> int | None:
    """The unit that stands for a publisher of `year` over time.

    Today's where it took over from one unit alone. A unit that was merged (宣武区 into 西城区) stands
    for itself; None where the words do not tell which of the merged ones is meant.
    """
    if year is None or not _former_units().get(unit):
        return unit
    held = _held_in(unit, year)
    if all(_is_same_place(unit, one) for one in held):
        return unit
    then = unit_in_year(unit, year, words)
    if then is None:
        return None
    others = [one for one in (unit, *_former_units()[unit]) if one != then]
    is_merged = then != unit and any(_shared_years(then, other) > 1 for other in others)
    return then if is_merged else unit


def _is_same_place(unit: int, other: int) -> bool:
    """Whether a unit is the other under its former county's code: one name, one holder of today."""
    gazetteer = load_gazetteer()
    names = {fold(gazetteer.units[one].name) for one in (unit, other)}
    return len(names) == 1 and gazetteer.parent[unit] == gazetteer.parent[other]


def _shared_years(unit: int, other: int) -> int:
    table = load_gazetteer().units
    begins = max(table[u].valid_from or 0 for u in (unit, other))
    ends = min(table[u].valid_to or _OPEN for u in (unit, other))
    return ends - begins + 1


def _is_in_force(unit: int, year: int) -> bool:
    division = load_gazetteer().units[unit]
    begins, ends = division.valid_from, division.valid_to
    return (begins is None or begins <= year) and (ends is None or ends >= year)


def _named_in(units: Sequence[int], words: str) -> int | None:
    """The only unit whose name stands in the words; a name inside another's does not count."""
    table = load_gazetteer().units
    named = {unit: fold(table[unit].name) for unit in units if fold(table[unit].name) in words}
    longest = [
        unit
        for unit, name in named.items()
        if not any(name != other and name in other for other in named.values())
    ]
    return longest[0] if len(longest) == 1 else None


def place_in_year(place: Place, year: int | None, words: str) -> Place:
    """The levels of a place below the province as of the year; None where that is not settled.

    A unit that has changed its level (儋州, a county until 2014) stands at the level of that year. A
    township's code goes with what held it in that year or is left out.
    """
    table = load_gazetteer().units
    upper = {
        table[unit].level: unit
        for today in (place.prefecture, place.county)
        if today is not None and (unit := unit_in_year(today, year, words)) is not None
    }
    prefecture, county = upper.get(PREFECTURE), upper.get(COUNTY)
    holder = county if county is not None or place.county is not None else prefecture
    town = None
    if place.town is not None and holder is not None and year is not None:
        below = table[holder].code.removesuffix("00")
        held = [unit for unit in _held_in(place.town, year) if table[unit].code.startswith(below)]
        town = held[0] if len(held) == 1 else _named_in(held, words)
    return Place(place.province, prefecture, county, town)


def fields_in_year(then: Place) -> dict[str, Any]:
    """Codes and names of `place_in_year` as fields of `Identity`."""
    table = load_gazetteer().units
    fields: dict[str, Any] = {}
    for level in _LEVELS:
        unit = getattr(then, level)
        if unit is not None:
            fields[f"{level}_code_in_year"] = table[unit].code
            fields[f"{level}_name_in_year"] = table[unit].name
    return fields
