"""The gazetteer: every unit leads to a place of today, names fold alike, codes find their holders."""

import pytest

from schemas.divisions import COUNTY, PROVINCE, TOWN, fold, load_gazetteer
from schemas.organs import (
    central_organs,
    document_kinds,
    evidence_kinds,
    known_hosts,
    organ_types,
    relative_levels,
    scope_wordings,
    self_references,
)
from schemas.zones import zone_hosts


def unit_names(units: tuple[int, ...]) -> set[str]:
    return {load_gazetteer().units[unit].name for unit in units}


def test_every_path_leads_up_to_a_province() -> None:
    gazetteer = load_gazetteer()
    for unit in range(len(gazetteer.units)):
        path = gazetteer.path(unit)
        levels = [gazetteer.units[step].level for step in path]
        assert levels == sorted(levels, reverse=True)
        assert levels[-1] == PROVINCE


def test_units_of_today_are_their_own_successors() -> None:
    gazetteer = load_gazetteer()
    assert all(
        gazetteer.today[gazetteer.today[unit]] == gazetteer.today[unit]
        for unit in range(len(gazetteer.units))
    )


def test_there_are_34_provinces_with_distinct_partition_keys() -> None:
    provinces = load_gazetteer().provinces.values()
    assert len({province.iso_code for province in provinces}) == 34


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("禄丰县", {"532302"}),
        ("陕县", {"411203"}),
        ("宣武区", {"110102"}),
        ("硤石乡", {"411203207"}),
        ("黄腊乡", {"520402205"}),
    ],
)
def test_former_variant_and_everyday_names_lead_to_the_unit_of_today(
    name: str, codes: set[str]
) -> None:
    gazetteer = load_gazetteer()
    held = gazetteer.full_names[fold(name)]
    assert codes <= {gazetteer.units[gazetteer.today[unit]].code for unit in held}


@pytest.mark.parametrize(
    ("code", "name"),
    [("532331", "禄丰市"), ("140225", "浑源县"), ("332500", "丽水市"), ("411222", "陕州区")],
)
def test_codes_in_force_and_former_ones_find_their_holder(code: str, name: str) -> None:
    assert name in unit_names(load_gazetteer().code_holders[code])


def test_folding_keeps_the_length_of_every_name() -> None:
    assert all(len(fold(unit.name)) == len(unit.name) for unit in load_gazetteer().units)


def test_folding_is_settled_after_one_pass() -> None:
    names = load_gazetteer().full_names
    assert all(fold(name) == name for name in names)


def test_short_names_of_districts_ending_in_lin_keep_it() -> None:
    gazetteer = load_gazetteer()
    assert "碑林区" in unit_names(gazetteer.short_names["碑林"])


def test_townships_of_prefectures_without_counties_hang_on_the_prefecture() -> None:
    gazetteer = load_gazetteer()
    town = next(
        unit for unit in gazetteer.full_names["大涌镇"] if gazetteer.units[unit].level == TOWN
    )
    assert [gazetteer.units[step].name for step in gazetteer.path(town)] == [
        "大涌镇",
        "中山市",
        "广东省",
    ]


def test_tables_of_organs_load_and_point_at_known_divisions() -> None:
    assert len(organ_types()) > 10
    assert len(central_organs()) > 100
    assert all(kind.weight > 0 for kind in evidence_kinds().values())
    assert all(load_gazetteer().units[unit].level <= COUNTY for unit in zone_hosts().values())
    assert all(load_gazetteer().units[unit].level < COUNTY for unit in known_hosts().values())
    assert relative_levels() and self_references() and document_kinds() and scope_wordings()
