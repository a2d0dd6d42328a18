"""Whose report a document is: publisher, place, year and scope, each with its evidence."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from annual_reports.identity.evidence import PlaceEvidence
from annual_reports.identity.host_names import find_host_evidence, is_government_host
from annual_reports.identity.page_places import county_type_evidence, find_named_places
from annual_reports.identity.page_text import PageText, page_text
from annual_reports.identity.places import Place, Scores, settle_place
from annual_reports.identity.publishers import Publisher, find_publisher, find_titles
from annual_reports.identity.report_scope import find_scope
from annual_reports.identity.report_years import find_year
from annual_reports.identity.site_codes import find_code_evidence
from annual_reports.identity.titles import ReportTitle
from annual_reports.model import DocumentText, Identity, IdentityEvidence
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, TOWN, load_gazetteer
from schemas.organs import (
    SelfReference,
    department_full_names,
    relative_levels,
    self_references,
)

_LEVEL_NAMES = {PROVINCE: "province", PREFECTURE: "prefecture", COUNTY: "county", TOWN: "township"}
_TOWNSHIP_TYPES = frozenset(("township_government", "subdistrict_office"))
_NAMED_BY_PLACE = frozenset(("government", "government_office"))
_MOST_EVIDENCE = 20
LOWEST_DIRECT_SCORE = 12.0
_WITHOUT_MEANING = re.compile(r"\(.*?\)|(?:管理委员会|管委会)(?:办公室)?$|[()]")


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who speaks, as far as words tell: the publisher, or only 我镇 and the like."""

    publisher: Publisher | None
    organ_type: str | None
    levels: frozenset[int]


def identify_report(text: DocumentText) -> Identity:
    """Publisher, place, year, scope of a report. Never raises; what is not settled stays None or ZZ."""
    page = page_text(text)
    titles = find_titles(page)
    year = find_year(page, titles)
    publisher = find_publisher(page, titles, year.year)
    voice = _voice(page, publisher)
    host_is_gov = is_government_host(page.url)
    identity = Identity(
        publisher=publisher.printed if publisher else None,
        organ_type=voice.organ_type,
        year=year.year,
        year_candidates=year.candidates,
        publish_date=year.publish_date,
        is_correction=any(title.is_correction for title in titles),
        host_is_gov=host_is_gov,
    )
    scope = find_scope(page, publisher, voice.organ_type)
    identity = replace(identity, scope=scope.scope, scope_evidence=scope.words)
    if publisher is not None and (publisher.is_central or publisher.is_xpcc):
        return _national_identity(identity, publisher)
    evidence = _place_evidence(page, publisher, titles, year.year, is_copy=host_is_gov is False)
    return _placed_identity(identity, voice, evidence)


def _voice(page: PageText, publisher: Publisher | None) -> _Voice:
    if publisher is not None:
        return _Voice(publisher, publisher.organ_type, _levels(publisher))
    spoken = _self_reference(page.body.folded)
    if spoken is None:
        return _Voice(None, None, frozenset())
    return _Voice(None, spoken.organ_type, spoken.levels)


def _levels(publisher: Publisher) -> frozenset[int]:
    """Levels the publisher's name allows; empty where it says nothing."""
    if publisher.organ_type in _TOWNSHIP_TYPES:
        return frozenset((TOWN,))
    if publisher.relative is not None:
        return publisher.relative.levels
    return frozenset()


def _self_reference(text: str) -> SelfReference | None:
    """The way the text speaks of itself most often; None on a tie or where it never does."""
    counts = [(text.count(reference.words), reference) for reference in self_references()]
    ranked = sorted((c for c in counts if c[0]), key=lambda c: -c[0])
    if not ranked or (
        len(ranked) > 1
        and ranked[0][0] == ranked[1][0]
        and ranked[0][1].organ_type != ranked[1][1].organ_type
    ):
        return None
    return ranked[0][1]


def _place_evidence(
    page: PageText,
    publisher: Publisher | None,
    titles: tuple[ReportTitle, ...],
    year: int | None,
    is_copy: bool,
) -> list[PlaceEvidence]:
    evidence = [
        *find_named_places(page, publisher, titles, year, is_copy),
        *find_code_evidence(page, is_copy),
        *find_host_evidence(page),
    ]
    counties = {
        unit
        for piece in evidence
        for start in piece.units
        for unit in load_gazetteer().path(start)
        if load_gazetteer().units[unit].level == COUNTY
    }
    return [*evidence, *county_type_evidence(page, counties)]


def _named_units(publisher: Publisher | None) -> tuple[int, ...]:
    if publisher is None:
        return ()
    if publisher.zone_host is not None:
        return (publisher.zone_host,)
    return publisher.place.units if publisher.place else ()


def _placed_identity(identity: Identity, voice: _Voice, evidence: list[PlaceEvidence]) -> Identity:
    scores = Scores(evidence)
    lowest = max(voice.levels, default=COUNTY)
    place = settle_place(scores, _named_units(voice.publisher), lowest, _unit_test(voice))
    place = _kept_levels(place, voice)
    shown = sorted(evidence, key=lambda piece: (-piece.weight, piece.kind, piece.text))
    identity = replace(
        identity,
        **_place_fields(place),
        level=_level_name(place, voice),
        evidence=tuple(_shown(piece, place) for piece in shown[:_MOST_EVIDENCE]),
    )
    return replace(
        identity,
        publisher_id=_publisher_id(place, voice),
        confidence=_confidence(place, voice, evidence),
    )


def _unit_test(voice: _Voice) -> Callable[[int, float], bool]:
    """Whether a unit may be asserted that the publisher's own name does not give.

    A county needs more than an address in the text, unless the publisher calls itself one of
    a county or township; a 县 has to be a county, not a district.
    """
    table = load_gazetteer().units
    relative = voice.publisher.relative if voice.publisher else None
    speaks_of_county = bool(voice.levels & {COUNTY, TOWN}) and PREFECTURE not in voice.levels

    def accepts(unit: int, direct: float) -> bool:
        if table[unit].level < COUNTY:
            return True
        if (
            relative is not None
            and TOWN not in relative.levels
            and table[unit].kind not in relative.kinds
        ):
            return False
        return direct >= LOWEST_DIRECT_SCORE or speaks_of_county

    return accepts


def _kept_levels(place: Place, voice: _Voice) -> Place:
    """Only a township's own report is placed in a township."""
    if voice.organ_type not in _TOWNSHIP_TYPES:
        place = replace(place, town=None)
    return place


def _place_fields(place: Place) -> dict[str, Any]:
    gazetteer = load_gazetteer()
    fields: dict[str, Any] = {}
    if place.province is not None:
        province = gazetteer.provinces[gazetteer.units[place.province].province]
        fields = {
            "province": province.iso_code,
            "province_code": province.code[:2],
            "province_name": province.name,
        }
    for level in ("prefecture", "county", "town"):
        unit = getattr(place, level)
        if unit is not None:
            fields[f"{level}_code"] = gazetteer.units[unit].code
            fields[f"{level}_name"] = gazetteer.units[unit].name
    return fields


def _level_name(place: Place, voice: _Voice) -> str | None:
    if voice.organ_type in _TOWNSHIP_TYPES:
        return "township"
    named = _named_units(voice.publisher)
    lowest = place.lowest
    if lowest is None or voice.publisher is None:
        return None
    level = load_gazetteer().units[lowest].level
    if named or len(voice.levels) == 1 or level in voice.levels or not voice.levels:
        return _LEVEL_NAMES[level]
    return None


def _is_settled(place: Place, voice: _Voice) -> bool:
    """Whether the place reaches down to the publisher's own level."""
    lowest = place.lowest
    if lowest is None or voice.publisher is None or voice.organ_type is None:
        return False
    level = load_gazetteer().units[lowest].level
    named = _named_units(voice.publisher)
    if voice.organ_type in _TOWNSHIP_TYPES:
        return level == TOWN or (bool(named) and place.county is not None)
    if named:
        deepest = min(load_gazetteer().units[unit].level for unit in named)
        return level >= deepest
    return level in voice.levels if voice.levels else level == COUNTY


def _publisher_id(place: Place, voice: _Voice) -> str | None:
    if not _is_settled(place, voice) or place.lowest is None or voice.publisher is None:
        return None
    code = load_gazetteer().units[place.lowest].code
    base = f"{code}-{voice.organ_type}"
    if place.town is not None or voice.organ_type in _NAMED_BY_PLACE:
        return base
    return f"{base}-{_name_hash(voice.publisher.organ)}"


def _name_hash(organ: str) -> str:
    """Eight hex digits of the organ's name without place and form, short forms written out."""
    name = _WITHOUT_MEANING.sub("", organ)
    for prefix in relative_levels():
        if name.startswith(prefix.prefix) and len(name) > len(prefix.prefix) + 1:
            name = name.removeprefix(prefix.prefix)
            break
    name = department_full_names().get(name, name).replace("和", "").replace("与", "")
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _national_identity(identity: Identity, publisher: Publisher) -> Identity:
    """Organs of the State Council, and the 兵团 outside the cities of 新疆."""
    if publisher.is_xpcc:
        head, partition, code, name, level = (
            "660000",
            "CN-XPCC",
            "66",
            "新疆生产建设兵团",
            "province",
        )
    else:
        head, partition, code, name, level = "000000", "CN", "00", "中央", "national"
    organ = publisher.folded.split("(")[0]
    return replace(
        identity,
        province=partition,
        province_code=code,
        province_name=name,
        level=level,
        publisher_id=f"{head}-{publisher.organ_type}-{_name_hash(organ)}",
        confidence="high" if publisher.source == "title" else "medium",
        evidence=(
            IdentityEvidence(
                "central_organ" if publisher.is_central else "xpcc", publisher.printed, head, 60.0
            ),
        ),
    )


def _shown(piece: PlaceEvidence, place: Place) -> IdentityEvidence:
    table = load_gazetteer().units
    units = piece.units
    chosen = {
        u for u in (place.province, place.prefecture, place.county, place.town) if u is not None
    }
    meant = [unit for unit in units if unit in chosen] or (units if len(units) == 1 else ())
    return IdentityEvidence(
        piece.kind, piece.text, table[meant[0]].code if meant else None, piece.weight
    )


def _confidence(place: Place, voice: _Voice, evidence: list[PlaceEvidence]) -> str:
    if place.province is None:
        return "none"
    if not _is_settled(place, voice):
        return "low"
    lowest = place.lowest
    assert lowest is not None
    gazetteer = load_gazetteer()
    anchor = place.county or place.prefecture or place.province
    groups = {
        piece.group
        for piece in evidence
        if any(gazetteer.is_within(unit, anchor) for unit in piece.units)
    }
    own = voice.publisher.place if voice.publisher else None
    spelled_out = (
        own is not None
        and len(own.units) == 1
        and (own.links > 1 or own.level < TOWN)
        and own.spelled_out
    )
    if spelled_out and voice.publisher is not None and voice.publisher.source == "title":
        return "high"
    return "high" if len(groups - {"text"}) > 1 else "medium"
