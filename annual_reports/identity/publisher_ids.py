"""Stable identifiers of publishers: the division of today, the kind of organ, and where needed its name."""

from __future__ import annotations

import hashlib

from annual_reports.identity.department_names import lasting_name
from annual_reports.identity.places import Place
from annual_reports.identity.places_in_year import lasting_unit
from annual_reports.identity.voices import Voice
from schemas.divisions import QUASI_TOWNSHIP, Division, fold, load_gazetteer

_NAMED_BY_PLACE = frozenset(("government", "government_office"))
_SUBDISTRICT = "街道"


def publisher_id(place: Place, voice: Voice, year: int | None) -> str | None:
    """140225204-township_government, 411203-department-1a2b3c4d; None without a place or publisher.

    A town that has become a sub-district is one publisher: the kind of today's unit counts.
    Merged divisions stay apart, and None is the answer where it is not told which is meant.
    """
    if place.lowest is None or voice.publisher is None:
        return None
    unit = lasting_unit(place.lowest, year, voice.publisher.folded)
    if unit is None:
        return None
    division = load_gazetteer().units[unit]
    if place.town is not None:
        return _township_id(unit, division)
    base = f"{division.code}-{voice.organ_type}"
    if voice.organ_type in _NAMED_BY_PLACE:
        return base
    return f"{base}-{name_hash(voice.publisher.organ)}"


def _township_id(unit: int, division: Division) -> str:
    """By today's code; by county and name where there is none, for the two numberings overlap."""
    kind = "subdistrict_office" if division.kind == _SUBDISTRICT else "township_government"
    if division.valid_to is None and division.kind != QUASI_TOWNSHIP:
        return f"{division.code}-{kind}"
    gazetteer = load_gazetteer()
    holder = gazetteer.units[gazetteer.parent[unit]]
    return f"{holder.code}-{kind}-{_short_hash(fold(division.name))}"


def name_hash(organ: str) -> str:
    """Eight hex digits of the organ's lasting name."""
    return _short_hash(lasting_name(organ))


def _short_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
