"""What is known about a document before it is read: the source that listed it, what people decided.

Both are data and reach identification as an argument; their digest says when a document has to
be identified anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from annual_reports.identity.evidence import PlaceEvidence, place_evidence
from annual_reports.identity.page_text import folded_text
from annual_reports.identity.place_names import read_place
from annual_reports.identity.publishers import Publisher, read_publisher
from annual_reports.identity.site_codes import units_of_code
from schemas.decisions import IdentityDecision
from schemas.divisions import load_gazetteer


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """The entry of `sources/*.yml` under which a report was listed. `province` is a partition key."""

    publisher: str
    province: str
    county_code: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IdentityHints:
    """`decisions`: those whose guard holds for the document, in the order of their files.

    `linking_title`: under which title the page was listed that only leads to this file.
    """

    decisions: tuple[IdentityDecision, ...] = ()
    source: SourceEntry | None = None
    linking_title: str | None = None

    @property
    def digest(self) -> str:
        """Eight hex digits over everything here; empty where nothing is known."""
        if not self.decisions and self.source is None and self.linking_title is None:
            return ""
        entry = self.source
        known: list[object] = [
            [decision.model_dump(mode="json") for decision in self.decisions],
            None
            if entry is None
            else [entry.publisher, entry.province, entry.county_code, entry.aliases],
        ]
        if self.linking_title is not None:
            known.append(self.linking_title)
        written = json.dumps(known, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()[:8]


NO_HINTS = IdentityHints()


def deciding(hints: IdentityHints, publisher: Publisher | None) -> IdentityDecision | None:
    """The last decision that touches a page with this publisher."""
    printed = publisher.folded if publisher else None
    fitting = [
        decision
        for decision in hints.decisions
        if decision.printed is None or folded_text(decision.printed).folded == printed
    ]
    return fitting[-1] if fitting else None


def settled_publisher(
    hints: IdentityHints, publisher: Publisher | None, year: int | None
) -> Publisher | None:
    """The publisher after what people decided, what an alias stands for, and who was expected."""
    decision = deciding(hints, publisher)
    if decision is not None and decision.publisher is not None:
        return read_publisher(folded_text(decision.publisher), "decision", year)
    entry = hints.source
    if entry is None:
        return publisher
    aliases = {folded_text(alias).folded for alias in entry.aliases}
    if publisher is None or publisher.folded in aliases:
        return read_publisher(folded_text(entry.publisher), "source_entry", year) or publisher
    return publisher


def hint_evidence(
    hints: IdentityHints, publisher: Publisher | None, year: int | None
) -> Iterator[PlaceEvidence]:
    """What the hints say about the place."""
    decision = deciding(hints, publisher)
    if decision is not None and decision.region_code is not None:
        yield place_evidence(
            "decision", decision.region_code, units_of_region(decision.region_code)
        )
    if hints.source is not None and (units := _units_of_entry(hints.source, year)):
        yield place_evidence("source_entry", hints.source.publisher, units)


def units_of_region(code: str | None) -> tuple[int, ...]:
    """Units of today behind a code of six or nine digits; () without one or if it is unknown."""
    gazetteer = load_gazetteer()
    if code is None:
        return ()
    if len(code) == 6:
        return gazetteer.code_holders.get(code, ())
    return tuple(
        unit
        for unit, division in enumerate(gazetteer.units)
        if division.code == code[:9] and division.valid_to is None
    )


def why_unusable(decision: IdentityDecision) -> str | None:
    """What keeps a decision from being carried out (Chinese and English), None if nothing does."""
    if decision.region_code is not None and not units_of_region(decision.region_code):
        return f"没有区划代码 no division has the code {decision.region_code}"
    if decision.publisher is None:
        return None
    publisher = read_publisher(folded_text(decision.publisher), "decision", decision.year)
    if publisher is None or publisher.organ_type is None:
        return f"看不出机关 this names no organ: {decision.publisher}"
    if not publisher.units and not publisher.is_central and not publisher.is_xpcc:
        if decision.region_code is None:
            return f"请写明上级行政区或 region_code name the division too: {decision.publisher}"
    elif decision.region_code is not None and not _meet(decision.region_code, publisher.units):
        return f"机关名称与 region_code 不符 name and code differ: {decision.publisher}"
    return None


def _meet(code: str, units: tuple[int, ...]) -> bool:
    gazetteer = load_gazetteer()
    return any(
        gazetteer.is_within(one, other) or gazetteer.is_within(other, one)
        for one in units_of_region(code)
        for other in units
    )


def _units_of_entry(entry: SourceEntry, year: int | None) -> tuple[int, ...]:
    if entry.county_code is not None:
        return units_of_code(entry.county_code[:6])
    place = read_place(folded_text(entry.publisher).folded, 0, year)
    if place is not None and place.spelled_out:
        return place.units
    provinces = load_gazetteer().provinces.values()
    return tuple(p.unit for p in provinces if p.iso_code == entry.province)
