"""Titles made from the gazetteer: what is said is right, what is ambiguous stays open.

The suite takes every eleventh township; `GONGKAI_WHOLE_GAZETTEER=1` before the command takes all.
"""

import os
from collections.abc import Iterable, Iterator

from annual_reports.identity.identify import identify_report
from annual_reports.model import DocumentText, Identity
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, TOWN, Division, load_gazetteer

_TITLE = "{}{}年政府信息公开工作年度报告"
_ORDINARY_TOWNS = frozenset(("镇", "乡", "街道", "民族乡", "苏木"))
_EVERY = 1 if os.environ.get("GONGKAI_WHOLE_GAZETTEER") else 11


def identity_of(name: str, year: int) -> Identity:
    return identify_report(DocumentText((_TITLE.format(name, year),), ()))


def current(level: int) -> Iterator[tuple[int, Division]]:
    for unit, division in enumerate(load_gazetteer().units):
        if division.level == level and division.valid_to is None:
            yield unit, division


def codes_by_level(unit: int) -> dict[int, set[str | None]]:
    """The codes that are right at each level: today's, and those the unit itself was listed under."""
    gazetteer = load_gazetteer()
    own = gazetteer.units[unit].code
    codes: dict[int, set[str | None]] = {
        PROVINCE: {own[:2] + "0000"},
        PREFECTURE: {own[:4] + "00"},
        COUNTY: {own[:6]},
        TOWN: {own},
    }
    for step in gazetteer.path(unit):
        codes[gazetteer.units[step].level].add(gazetteer.units[step].code)
    return codes


def wrong_parts(identity: Identity, unit: int) -> list[str]:
    """Which levels the identity asserts although the unit lies elsewhere."""
    codes = codes_by_level(unit)
    given = {
        PROVINCE: identity.province_code and identity.province_code + "0000",
        PREFECTURE: identity.prefecture_code,
        COUNTY: identity.county_code,
        TOWN: identity.town_code,
    }
    level = load_gazetteer().units[unit].level
    return [
        str(code)
        for below, code in given.items()
        if code is not None and (below > level or code not in codes[below])
    ]


def wrong_ones(cases: Iterable[tuple[str, int, int]]) -> tuple[list[tuple[str, list[str]]], float]:
    """Wrong answers among (name, year, unit), and the share of answers with a province."""
    wrong, placed, count = [], 0, 0
    for name, year, unit in cases:
        identity = identity_of(name, year)
        count += 1
        placed += identity.province != "ZZ"
        if parts := wrong_parts(identity, unit):
            wrong.append((name, parts))
    return wrong, placed / count


def parent_name(unit: int) -> str:
    gazetteer = load_gazetteer()
    return gazetteer.units[gazetteer.parent[unit]].name


def holder_names(unit: int) -> list[str]:
    gazetteer = load_gazetteer()
    return [gazetteer.units[step].name for step in gazetteer.path(unit)[1:]]


def towns() -> list[int]:
    return [unit for unit, town in current(TOWN) if town.kind in _ORDINARY_TOWNS][::_EVERY]


def test_county_and_town_name_the_town() -> None:
    units = load_gazetteer().units
    wrong, placed = wrong_ones((parent_name(u) + units[u].name, 2023, u) for u in towns())
    assert not wrong
    assert placed > 0.999


def test_a_town_alone_is_never_placed_wrongly_nor_with_high_confidence() -> None:
    units = load_gazetteer().units
    wrong, placed = wrong_ones((units[u].name, 2023, u) for u in towns())
    assert not wrong
    assert placed > 0.65
    assert identity_of("鹿固乡", 2023).confidence == "medium"


def test_county_titles() -> None:
    counties = [(d.name, 2023, unit) for unit, d in current(COUNTY) if d.kind != "统计用功能区"]
    wrong, placed = wrong_ones(counties)
    assert not wrong
    assert placed > 0.97


def test_departments_of_counties() -> None:
    counties = [
        (d.name + "自然资源局", 2023, unit)
        for unit, d in current(COUNTY)
        if d.kind != "统计用功能区"
    ]
    wrong, placed = wrong_ones(counties[::3])
    assert not wrong
    assert placed > 0.97


def test_prefecture_titles() -> None:
    wrong, placed = wrong_ones((d.name, 2023, unit) for unit, d in current(PREFECTURE))
    assert not wrong
    assert placed == 1


def test_former_county_names_in_their_last_year() -> None:
    former = [
        (division.name, division.valid_to, unit)
        for unit, division in enumerate(load_gazetteer().units)
        if division.level == COUNTY
        and division.valid_to is not None
        and division.kind != "统计用功能区"
    ]
    wrong, placed = wrong_ones(former)
    assert not wrong
    assert placed > 0.95


def former_towns() -> list[tuple[str, int, int]]:
    """Name, last year and unit of townships that ended, but for those of statistical zones.

    Some are listed with their county's name before their own.
    """
    gazetteer = load_gazetteer()
    return [
        (town.name, town.valid_to, unit)
        for unit, town in enumerate(gazetteer.units)
        if town.level == TOWN
        and town.valid_to is not None
        and town.kind in _ORDINARY_TOWNS
        and gazetteer.units[gazetteer.parent[unit]].kind != "统计用功能区"
        and (gazetteer.units[gazetteer.parent[unit]].valid_from or 0) <= town.valid_to
        and not any(town.name.startswith(name) for name in holder_names(unit))
        and "-" not in town.name
    ][::_EVERY]


def test_former_townships_in_their_last_year() -> None:
    """By county and name; the heir, where there is one, is the answer."""
    former = [(parent_name(unit) + name, year, unit) for name, year, unit in former_towns()]
    wrong, placed = wrong_ones(former)
    assert not [parts for _, parts in wrong if any(len(code) < 9 for code in parts)], wrong
    assert len(wrong) < 0.001 * len(former), wrong
    assert placed > 0.99


def test_former_townships_alone_in_their_last_year() -> None:
    wrong, _ = wrong_ones(former_towns())
    assert not wrong
