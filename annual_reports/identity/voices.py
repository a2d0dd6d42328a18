"""Who speaks in a document, and at which level: the publisher, or only 我镇 and the like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from annual_reports.identity.page_text import PageText
from annual_reports.identity.places import LOWEST_DIRECT_SCORE, Place, Scores
from annual_reports.identity.publishers import Publisher
from schemas.decisions import IdentityDecision
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, TOWN, load_gazetteer
from schemas.organs import SelfReference, self_references

_LEVEL_NAMES = {PROVINCE: "province", PREFECTURE: "prefecture", COUNTY: "county", TOWN: "township"}
_TOWNSHIP_TYPES = frozenset(("township_government", "subdistrict_office"))


@dataclass(frozen=True, slots=True)
class Voice:
    """The publisher as far as words tell. `levels`: those the words allow, empty if they say nothing.

    `decided`: the division a person named, in place of what the publisher's name can mean.
    """

    publisher: Publisher | None
    organ_type: str | None
    levels: frozenset[int]
    decided: tuple[int, ...] = ()

    @property
    def units(self) -> tuple[int, ...]:
        """What the place in the publisher's name can mean."""
        return self.decided or (self.publisher.units if self.publisher else ())

    @property
    def is_township(self) -> bool:
        """Whether a township or sub-district office speaks."""
        return self.organ_type in _TOWNSHIP_TYPES


def hear_voice(page: PageText, publisher: Publisher | None) -> Voice:
    """The publisher with its level, or what the text says about itself."""
    if publisher is not None:
        return Voice(publisher, publisher.organ_type, _levels(publisher))
    spoken = _self_reference(page.body.folded)
    if spoken is None:
        return Voice(None, None, frozenset())
    return Voice(None, spoken.organ_type, spoken.levels)


def decided_voice(voice: Voice, decision: IdentityDecision, units: tuple[int, ...]) -> Voice:
    """The voice after a person said what kind of organ it is or which division (`units`) it belongs to."""
    organ_type = decision.organ_type or voice.organ_type
    levels = frozenset((TOWN,)) if organ_type in _TOWNSHIP_TYPES else voice.levels
    return Voice(voice.publisher, organ_type, levels, units)


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


def unit_test(voice: Voice) -> Callable[[int, float], bool]:
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


def level_name(place: Place, voice: Voice, is_settled: bool) -> str | None:
    """national … township; None where the publisher's level is not known."""
    if voice.is_township:
        return "township"
    if not is_settled or place.lowest is None:
        return None
    return _LEVEL_NAMES[load_gazetteer().units[place.lowest].level]


def is_settled(place: Place, voice: Voice, scores: Scores) -> bool:
    """Whether the place reaches down to the publisher's own level.

    Where the publisher's name gives no place, mentions in the text are not enough: a bureau of a
    city may speak of the city above it.
    """
    lowest = place.lowest
    if lowest is None or voice.publisher is None or voice.organ_type is None:
        return False
    level = load_gazetteer().units[lowest].level
    named = voice.units
    if voice.is_township:
        return level == TOWN or (bool(named) and place.county is not None)
    if named:
        return level >= min(load_gazetteer().units[unit].level for unit in named)
    if scores.firm(lowest) < LOWEST_DIRECT_SCORE:
        return False
    return level in voice.levels if voice.levels else level == COUNTY
