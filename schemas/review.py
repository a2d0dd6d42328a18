"""The kinds of things that wait for a person, as listed in `data/review_kinds.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True)
class ReviewKind:
    """One kind: `letter` begins the number of an item, heavier kinds come first.

    `decisions`: which answers it takes, by the word before the space in `parameters.Decision`.
    """

    kind: str
    letter: str
    weight: int
    decisions: tuple[str, ...]
    zh_label: str
    en_label: str
    zh_remedy: str
    en_remedy: str


@cache
def review_kinds() -> Mapping[str, ReviewKind]:
    """Every kind by name, in the order of the file."""
    return {
        row["kind"]: ReviewKind(
            **{**row, "weight": int(row["weight"]), "decisions": tuple(row["decisions"].split())}  # type: ignore[arg-type]
        )
        for row in read_data_rows("review_kinds.csv")
    }
