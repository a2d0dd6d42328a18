"""The indicators of transparency (`data/indicator_definitions.csv`): what is divided by what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows

OUTSIDE = "outside"
"""Kind of an indicator that needs a number the lake does not hold; it is defined and never computed."""


@dataclass(frozen=True, slots=True)
class IndicatorDefinition:
    """One indicator; expressions are written like those of `rules.csv`.

    `kind`: amount (no denominator), share (0–1), ratio, flag (a condition: 1 or 0 of 1) or outside.
    `counted`: what its n counts, the denominator unless given. `least_counted`: an n below it is
    flagged; None where n is no sample. `additive`: numerators and denominators may be summed.
    """

    indicator: str
    kind: str
    unit: str
    zh_label: str
    en_label: str
    numerator: str
    denominator: str
    counted: str
    least_counted: int | None
    additive: bool
    zh_definition: str
    en_definition: str


@cache
def indicator_definitions() -> tuple[IndicatorDefinition, ...]:
    """Every indicator, in file order."""
    return tuple(
        IndicatorDefinition(
            indicator=row["indicator"],
            kind=row["kind"],
            unit=row["unit"],
            zh_label=row["zh_label"],
            en_label=row["en_label"],
            numerator=row["numerator"],
            denominator=row["denominator"],
            counted=row["counted"] or row["denominator"] or row["numerator"],
            least_counted=int(row["least_counted"]) if row["least_counted"] else None,
            additive=row["additive"] == "yes",
            zh_definition=row["zh_definition"],
            en_definition=row["en_definition"],
        )
        for row in read_data_rows("indicator_definitions.csv")
    )


def computed_indicators() -> tuple[IndicatorDefinition, ...]:
    """The indicators whose every term is in the lake."""
    return tuple(one for one in indicator_definitions() if one.kind != OUTSIDE)
