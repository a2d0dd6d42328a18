"""Weighing evidence: which province, prefecture, county and town, each with a margin or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from annual_reports.identity.evidence import PlaceEvidence
from schemas.divisions import COUNTY, PREFECTURE, PROVINCE, TOWN, load_gazetteer

LOWEST_SCORE = 10.0
LOWEST_MARGIN = 6.0
LARGEST_RIVAL = 0.72
LOWEST_DIRECT_SCORE = 12.0
_TEXT_GROUPS = frozenset(("text", "contact"))
_CONTEXT_GROUP = "context"


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
        self._context: dict[int, float] = defaultdict(float)
        self._own: dict[int, float] = defaultdict(float)
        self._pieces: list[tuple[list[int], float]] = []
        self.paths: dict[int, tuple[int, ...]] = {}
        for piece in evidence:
            self._add(piece)

    def _add(self, piece: PlaceEvidence) -> None:
        meanings = self._widest_meanings(piece)
        touched = {area for unit in meanings for area in self.paths[unit]}
        for area in touched:
            self._inside[area] += piece.weight
            if piece.group not in _TEXT_GROUPS:
                self._direct[area] += piece.weight
            if piece.group == _CONTEXT_GROUP:
                self._context[area] += piece.weight
            if area not in self.paths:
                self.paths[area] = load_gazetteer().path(area)
        for unit in meanings:
            self._own[unit] += piece.weight
        self._pieces.append((meanings, piece.weight))

    def _widest_meanings(self, piece: PlaceEvidence) -> list[int]:
        """The meanings without those inside another meaning: 大理 is the prefecture, not its city."""
        gazetteer = load_gazetteer()
        for unit in piece.units:
            if unit not in self.paths:
                self.paths[unit] = gazetteer.path(unit)
        meanings = set(piece.units)
        return [unit for unit in piece.units if meanings.isdisjoint(self.paths[unit][1:])]

    def total(self, unit: int) -> float:
        """All weight that fits the unit."""
        above = self.paths[unit][1:]
        return self._inside[unit] + sum(self._own.get(area, 0.0) for area in above)

    def shared(self, unit: int, other: int) -> float:
        """Weight of the evidence that fits both units alike and so does not decide between them."""
        return sum(
            weight
            for meanings, weight in self._pieces
            if self._fits(meanings, unit) and self._fits(meanings, other)
        )

    def _fits(self, meanings: list[int], unit: int) -> bool:
        path = self.paths[unit]
        return any(meaning in path or unit in self.paths[meaning] for meaning in meanings)

    def direct(self, unit: int) -> float:
        """Weight for the unit or something in it, from evidence other than mentions in the text."""
        return self._direct.get(unit, 0.0)

    def firm(self, unit: int) -> float:
        """The direct weight without what only the text's silence about other places says."""
        return self._direct.get(unit, 0.0) - self._context.get(unit, 0.0)

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
    tops: dict[int, tuple[float, int]] = {}
    for unit in units:
        area = area_of(unit)
        if area is not None and (area not in tops or scores.total(unit) > tops[area][0]):
            tops[area] = (scores.total(unit), unit)
    ranked = sorted(tops.items(), key=lambda item: (-item[1][0], item[0]))
    if not ranked or ranked[0][1][0] < LOWEST_SCORE:
        return None
    if len(ranked) > 1 and not _leads(scores, ranked[0][1], ranked[1][1]):
        return None
    return ranked[0][0]


def _leads(scores: Scores, leader: tuple[float, int], rival: tuple[float, int]) -> bool:
    """Whether what speaks only for the leader outweighs what speaks only for the rival."""
    shared = scores.shared(leader[1], rival[1])
    own, rivals = leader[0] - shared, rival[0] - shared
    return own >= LOWEST_MARGIN + rivals and rivals <= LARGEST_RIVAL * own


def area_at(scores: Scores, unit: int, level: int) -> int | None:
    """What holds `unit` at `level` (or the unit itself), None where nothing does."""
    table = load_gazetteer().units
    return next((u for u in scores.paths[unit] if table[u].level == level), None)


def settle_place(
    scores: Scores, named: tuple[int, ...], lowest_level: int, accepts: Callable[[int, float], bool]
) -> Place:
    """Settle level after level, from the province down to `lowest_level`.

    `named`: what the publisher's own name can mean; if it names anything, the answer lies there
    or nowhere. `accepts(unit, direct score)` says whether a unit may be asserted that the name
    does not give.
    """
    province = best_by(scores, scores.units, lambda unit: area_at(scores, unit, PROVINCE))
    if province is None:
        return Place()
    meanings = tuple(u for u in named if area_at(scores, u, PROVINCE) == province)
    if named and best_by(scores, named, lambda unit: area_at(scores, unit, PROVINCE)) != province:
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
    scores: Scores, province: int, lowest_level: int, accepts: Callable[[int, float], bool]
) -> Place:
    """No name to go by: follow the page's other signs as far down as they are accepted."""
    settled: list[int | None] = [province, None, None, None]
    holder = province
    for level in (PREFECTURE, COUNTY):
        inside = [unit for unit in scores.units if unit != holder and holder in scores.paths[unit]]
        leader = best_by(scores, inside, _area_finder(scores, level))
        if leader is not None and level == PREFECTURE and _is_county(leader):
            continue
        if level > lowest_level or leader is None or not accepts(leader, scores.direct(leader)):
            break
        settled[level - 1] = holder = leader
    return Place(*settled)


def _area_finder(scores: Scores, level: int) -> Callable[[int], int | None]:
    """The area at `level`; a county directly under its province (仙桃) competes with prefectures."""

    def area_of(unit: int) -> int | None:
        area = area_at(scores, unit, level)
        return area_at(scores, unit, COUNTY) if area is None and level == PREFECTURE else area

    return area_of


def _is_county(unit: int) -> bool:
    return load_gazetteer().units[unit].level == COUNTY
