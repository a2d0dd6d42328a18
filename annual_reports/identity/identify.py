"""Whose report a document is: publisher, place, year and scope, each with its evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from annual_reports.identity.department_names import full_publisher_name
from annual_reports.identity.evidence import PlaceEvidence
from annual_reports.identity.hints import (
    NO_HINTS,
    IdentityHints,
    deciding,
    hint_evidence,
    settled_publisher,
    units_of_region,
)
from annual_reports.identity.host_names import find_host_evidence, is_government_host
from annual_reports.identity.national_organs import identify_national
from annual_reports.identity.page_places import county_type_evidence, find_named_places
from annual_reports.identity.page_text import PageText, page_text
from annual_reports.identity.places import Place, Scores, settle_place
from annual_reports.identity.places_in_year import fields_in_year, place_in_year
from annual_reports.identity.publisher_ids import publisher_id
from annual_reports.identity.publisher_search import find_publisher, find_titles
from annual_reports.identity.publishers import Publisher
from annual_reports.identity.report_scope import find_scope
from annual_reports.identity.report_years import decided_year, find_year
from annual_reports.identity.site_codes import find_code_evidence
from annual_reports.identity.titles import ReportTitle
from annual_reports.identity.voices import (
    Voice,
    decided_voice,
    hear_voice,
    is_settled,
    level_name,
    unit_test,
)
from annual_reports.model import DocumentText, Identity, IdentityEvidence
from schemas.divisions import COUNTY, TOWN, load_gazetteer

_MOST_EVIDENCE = 20


def identify_report(text: DocumentText, hints: IdentityHints = NO_HINTS) -> Identity:
    """Publisher, place, year, scope of a report. Never raises; what is not settled stays None or ZZ."""
    return identify_page(page_text(text), hints)


def identify_page(page: PageText, hints: IdentityHints = NO_HINTS) -> Identity:
    """The same for a page that is prepared already."""
    titles = find_titles(page)
    year = find_year(page, titles)
    found = find_publisher(page, titles, year.year)
    decision = deciding(hints, found)
    if decision is not None and decision.year is not None:
        year = decided_year(year, decision.year)
    publisher = settled_publisher(hints, found, year.year)
    voice = hear_voice(page, publisher)
    if decision is not None:
        voice = decided_voice(voice, decision, units_of_region(decision.region_code))
    host_is_gov = is_government_host(page.url)
    scope = find_scope(page, publisher, voice.organ_type)
    identity = Identity(
        publisher=found.printed if found else publisher.printed if publisher else None,
        organ_type=voice.organ_type,
        scope=scope.scope,
        scope_evidence=scope.words,
        year=year.year,
        year_candidates=year.candidates,
        publish_date=year.publish_date,
        is_correction=any(title.is_correction for title in titles),
        host_is_gov=host_is_gov,
    )
    if decision is not None and decision.scope is not None:
        identity = replace(identity, scope=decision.scope, scope_evidence=decision.reason)
    if publisher is not None and (publisher.is_central or publisher.is_xpcc):
        return identify_national(identity, publisher)
    evidence = _place_evidence(page, publisher, titles, year.year, is_copy=host_is_gov is False)
    evidence += hint_evidence(hints, found, year.year)
    return _placed_identity(identity, voice, evidence)


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


def _placed_identity(identity: Identity, voice: Voice, evidence: list[PlaceEvidence]) -> Identity:
    scores = Scores(evidence)
    lowest = max(voice.levels, default=COUNTY)
    place = settle_place(scores, voice.units, lowest, unit_test(voice))
    if not voice.is_township:
        place = replace(place, town=None)
    settled = is_settled(place, voice, scores)
    then = place_in_year(place, identity.year, voice.publisher.folded if voice.publisher else "")
    shown = sorted(evidence, key=lambda piece: (-piece.weight, piece.kind, piece.text))
    return replace(
        identity,
        **_place_fields(place),
        **fields_in_year(then),
        publisher_name=_full_name(place, then, voice) if settled else None,
        level=level_name(place, voice, settled),
        evidence=tuple(_shown(piece, place) for piece in shown[:_MOST_EVIDENCE]),
        publisher_id=publisher_id(place, voice, identity.year) if settled else None,
        confidence=_confidence(place, voice, evidence, settled),
    )


def _full_name(place: Place, then: Place, voice: Voice) -> str | None:
    if place.lowest is None or voice.publisher is None:
        return None
    is_same_level = (then.town is None) == (place.town is None)
    unit = then.lowest if is_same_level and then.lowest is not None else place.lowest
    holder = then.county or place.county or place.prefecture
    return full_publisher_name(voice.publisher, voice.organ_type, unit, holder)


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


def _confidence(place: Place, voice: Voice, evidence: list[PlaceEvidence], settled: bool) -> str:
    """high: the title spells the place out, or kinds of evidence that do not depend on each other agree.

    A township's name alone is medium at most; low is a place above the publisher's own level.
    """
    anchor = next(
        (u for u in (place.county, place.prefecture, place.province) if u is not None), None
    )
    if anchor is None:
        return "none"
    if not settled:
        return "low"
    if any(piece.group == "decision" for piece in evidence):
        return "high"
    if voice.publisher is not None and _is_spelled_out_in_title(voice.publisher):
        return "high"
    gazetteer = load_gazetteer()
    groups = {
        piece.group
        for piece in evidence
        if piece.group != "text" and any(gazetteer.is_within(unit, anchor) for unit in piece.units)
    }
    return "high" if len(groups) > 1 else "medium"


def _is_spelled_out_in_title(publisher: Publisher) -> bool:
    place = publisher.place
    if place is None or publisher.place_source != "title" or len(place.units) > 1:
        return False
    return place.spelled_out and (place.links > 1 or place.level < TOWN)
