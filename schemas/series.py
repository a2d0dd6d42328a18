"""Which cells of each form stand for one concept over the years (`data/series_crosswalk.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True)
class SeriesSource:
    """A concept in one form. `expression` is written like those of `rules.csv`; `comparability`: good | fair."""

    concept: str
    zh_label: str
    en_label: str
    unit: str
    template: str
    expression: str
    comparability: str
    note: str


@cache
def series_sources() -> tuple[SeriesSource, ...]:
    """Every concept in every form that has it."""
    return tuple(SeriesSource(**row) for row in read_data_rows("series_crosswalk.csv"))
