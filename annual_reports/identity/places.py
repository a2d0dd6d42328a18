"""Weighing evidence: which province, prefecture, county and town, each with a margin or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from annual_reports.identity.evidence import PlaceEvidence
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, TOWN, load_gazetteer

LOWEST_SCORE = 10.0
LOWEST_MARGIN = 4.0
LARGEST_RIVAL = 0.72
LOWEST_DIRECT_SCORE = 12.0
_TEXT_GROUPS = frozenset(("text", "contact"))


@dataclass(frozen=True, slots=True)
class Place:
    """Units of today by level; None where the evidence does not settle the level."""

    province: int | None = None
    prefecture: int | None = None
    county: int | None = None
    town: int | None = None

    @property
    def lowest(self) -> int | None:
        """The lowest settled unit."""
        for unit in (self.town, self.county, self.prefecture, self.province):
            if unit is not None:
                return unit
        return None


class Scores:
    """Support for every unit that some evidence speaks for or lies above.

    A unit's total is the weight of all evidence that fits it: evidence for the unit itself, for
    something inside it, and for something that holds it. Ambiguous evidence fits all its
    meanings alike, so it never decides between them.
    """

    def __init__(self, evidence: Iterable[PlaceEvidence]) -> None:
        """Sum up the evidence once."""
        self._inside: dict[int, float] = defaultdict(float)
        self._direct: dict[int, float] = defaultdict(float)
        self._own: dict[int, float] = defaultdict(float)
        gazetteer = load_gazetteer()
        self.paths: dict[int, tuple[int, ...]] = {}
        for piece in evidence:
            touched: set[int] = set()
            for unit in piece.units:
                path = self.paths.get(unit)
                if path is None:
                    path = self.paths[unit] = gazetteer.path(unit)
                touched.update(path)
            for unit in touched:
                self._inside[unit] += piece.weight
                if piece.group not in _TEXT_GROUPS:
                    self._direct[unit] += piece.weight
            for unit in piece.units:
                if touched.isdisjoint(()) and not self._meaning_above(piece, unit):
                    self._own[unit] += piece.weight
        for unit in list(self._inside):
            if unit not in self.paths:
                self.paths[unit] = gazetteer.path(unit)

    def _meaning_above(self, piece: PlaceEvidence, unit: int) -> bool:
        """Whether the same piece already speaks for something above (朝阳市 and its 朝阳县)."""
        return len(piece.units) > 1 and any(
            other in self.paths[unit][1:] for other in piece.units if other != unit
        )

    def total(self, unit: int) -> float:
        """All weight that fits the unit."""
        above = self.paths[unit][1:]
        return self._inside[unit] + sum(self._own.get(area, 0.0) for area in above)

    def direct(self, unit: int) -> float:
        """Weight for the unit or something in it, from evidence other than mentions in the text."""
        return self._direct.get(unit, 0.0)

    def inside(self, unit: int) -> float:
        """Weight for the unit or something in it."""
        return self._inside.get(unit, 0.0)

    @property
    def units(self) -> Sequence[int]:
        """Every unit with support, sorted."""
        return sorted(self._inside)


def best_by(
    scores: Scores, units: Iterable[int], area_of: Callable[[int], int | None]
) -> int | None:
    """The area whose best unit leads the best unit of every other area by the margin, or None.

    `area_of` names the area a unit counts for (None: it takes no part).
    """
    tops: dict[int, float] = {}
    for unit in units:
        area = area_of(unit)
        if area is not None:
            tops[area] = max(tops.get(area, 0.0), scores.total(unit))
    if not tops:
        return None
    ranked = sorted(tops.items(), key=lambda item: (-item[1], item[0]))
    leader, score = ranked[0]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    if score < LOWEST_SCORE or score - rival < LOWEST_MARGIN or rival > LARGEST_RIVAL * score:
        return None
    return leader


def area_at(scores: Scores, unit: int, level: int) -> int | None:
    """What holds `unit` at `level` (or the unit itself), None where nothing does."""
    table = load_gazetteer().units
    return next((u for u in scores.paths[unit] if table[u].level == level), None)


def settle_place(
    scores: Scores, named: tuple[int, ...], lowest_level: int, accepts: Callable[[int], bool]
) -> Place:
    """Settle level after level, from the province down to `lowest_level`.

    `named`: what the publisher's own name can mean; if it names anything, the answer lies there
    or nowhere. `accepts` says whether a county may be asserted that the name does not give.
    """
    province = best_by(scores, scores.units, lambda unit: area_at(scores, unit, PROVINCE))
    if province is None:
        return Place()
    meanings = tuple(u for u in named if area_at(scores, u, PROVINCE) == province)
    if named and not meanings:
        return Place()
    if meanings:
        return _settle_among(scores, meanings, province, lowest_level)
    return _settle_freely(scores, province, lowest_level, accepts)


def _settle_among(
    scores: Scores, meanings: tuple[int, ...], province: int, lowest_level: int
) -> Place:
    """Choose among the meanings of the publisher's name, within the province."""
    settled: list[int | None] = [province, None, None, None]
    for level in (PREFECTURE, COUNTY, TOWN):
        if level > lowest_level:
            break
        areas = {area_at(scores, unit, level) for unit in meanings}
        if areas == {None}:
            continue
        if len(areas) == 1:
            settled[level - 1] = areas.pop()
            continue
        leader = _leader_of(scores, meanings, level)
        if leader is None:
            break
        settled[level - 1] = leader
        meanings = tuple(u for u in meanings if area_at(scores, u, level) == leader)
    return Place(*settled)


def _leader_of(scores: Scores, meanings: tuple[int, ...], level: int) -> int | None:
    """The leading area at `level`; a meaning without an area there competes under its own number."""
    leader = best_by(
        scores,
        meanings,
        lambda unit: area if (area := area_at(scores, unit, level)) is not None else unit,
    )
    table = load_gazetteer().units
    return leader if leader is not None and table[leader].level == level else None


def _settle_freely(
    scores: Scores, province: int, lowest_level: int, accepts: Callable[[int], bool]
) -> Place:
    """No name to go by: follow the page's other signs as far down as they are direct."""
    settled: list[int | None] = [province, None, None, None]
    holder = province
    for level in (PREFECTURE, COUNTY):
        if level > lowest_level:
            break
        inside = [u for u in scores.units if holder in scores.paths[u] and u != holder]
        leader = best_by(
            scores,
            inside,
            lambda unit, level=level: area_at(scores, unit, level),  # type: ignore[misc]
        )
        if leader is None:
            if level == PREFECTURE and any(
                area_at(scores, u, COUNTY) and not area_at(scores, u, PREFECTURE) for u in inside
            ):
                continue
            break
        if scores.direct(leader) < LOWEST_DIRECT_SCORE and not accepts(leader):
            break
        if level == COUNTY and not accepts(leader):
            break
        settled[level - 1] = holder = leader
    return Place(*settled)
