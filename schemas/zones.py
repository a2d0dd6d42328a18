"""Development zones by name, and the division each lies in.

Zones have no code of GB/T 2260. Those with names of their own (东湖高新区 in 武汉) stand in `zones.csv`;
those called after the county that runs them are in the statistical tables of the gazetteer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from schemas.divisions import (
    COUNTY,
    QUASI_TOWNSHIP,
    STATISTICAL_ZONE,
    Gazetteer,
    fold,
    load_gazetteer,
    read_csv_rows,
)

_ZONE = re.compile(
    r"(?:经济技术开发区|高新技术产业开发区|高新技术产业园区|经济开发区|工业园区|高新区|经开区)"
    r"(?=管理委员会$|管委会$|$)"
)


@cache
def zone_hosts() -> Mapping[str, int]:
    """Folded name of a zone → the division of today that it lies in (its unit number)."""
    holders = load_gazetteer().code_holders
    named = {
        fold(row["name"]): holders[row["host_code"]][0]
        for row in read_csv_rows("zones.csv", "identity")
        if row["host_code"] in holders
    }
    return _zones_of_counties(load_gazetteer()) | named


def _zones_of_counties(gazetteer: Gazetteer) -> dict[str, int]:
    """海门经济技术开发区 → 海门区, for zones the tables list below the county they are called after.

    Left out where the county's short name means something else too, or heads the name of a
    zone of another county (东湖, 滨海).
    """
    listed = [
        (fold(unit.name), gazetteer.parent[number])
        for number, unit in enumerate(gazetteer.units)
        if unit.kind in (QUASI_TOWNSHIP, STATISTICAL_ZONE) and _ZONE.search(fold(unit.name))
    ]
    hosts: dict[str, int] = {}
    heads = _heads(gazetteer, [name for name, _ in listed])
    for name, county in listed:
        bare = gazetteer.bare_names.get(county, "")
        zone = _ZONE.search(name)
        if zone is None or len(bare) < 2 or gazetteer.units[county].level != COUNTY:
            continue
        if name.find(bare) < 0 or not _means_only(gazetteer, bare, county):
            continue
        if heads[bare] <= _counties_called(listed, bare, county):
            hosts[bare + zone.group()] = county
    return hosts


def _heads(gazetteer: Gazetteer, names: list[str]) -> Mapping[str, int]:
    """How many zones' names carry a short name right before the zone's words."""
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        zone = _ZONE.search(name)
        head = name[: zone.start()] if zone else ""
        for end in {head[-2:], head[-3:], head[-4:]}:
            counts[end] += 1
    return counts


def _counties_called(listed: list[tuple[str, int]], bare: str, county: int) -> int:
    return sum(1 for name, holder in listed if holder == county and bare in name)


def _means_only(gazetteer: Gazetteer, bare: str, county: int) -> bool:
    return {gazetteer.today[unit] for unit in gazetteer.short_names.get(bare, ())} == {county}
