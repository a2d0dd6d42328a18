"""One piece of evidence about the place of a publisher."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.organs import evidence_kinds


@dataclass(frozen=True, slots=True)
class PlaceEvidence:
    """`units`: the units of today that the words can mean, sorted; all are supported alike."""

    kind: str
    text: str
    units: tuple[int, ...]
    weight: float
    group: str


def place_evidence(
    kind: str, text: str, units: tuple[int, ...], share: float = 1.0
) -> PlaceEvidence:
    """Evidence with the weight of its kind times `share` (0–1)."""
    known = evidence_kinds()[kind]
    return PlaceEvidence(kind, text, units, round(known.weight * share, 2), known.group)
