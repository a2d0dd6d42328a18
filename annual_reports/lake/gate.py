"""The gate before publishing: a partition that is suddenly much worse keeps its last published tables.

Floors stop a partition, ceilings only warn. The bounds are rows of `publication_gate.csv`: a `ratio`
bounds now / last where at least `least` rows came or went; a `difference` bounds now - last where
both hold at least `least` reports. A measure that is not known on one side is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from annual_reports.lake.manifest import PartitionKey
from schemas.fields import read_data_rows

_RATIO = "ratio"
_HARD_RATE = "hard_consistency_rate"

Measures = Mapping[str, float | None]
"""Measure → value; None where it is not known."""


@dataclass(frozen=True, slots=True)
class GateBound:
    """One row of `publication_gate.csv`; a bound that is None does not apply."""

    measure: str
    compared: str
    floor: float | None
    ceiling: float | None
    least: int
    exempt: frozenset[str]
    zh_label: str
    en_label: str


@dataclass(frozen=True, slots=True)
class GateBreach:
    """A measure of a partition beyond its bound. `stops`: below a floor; else above a ceiling."""

    key: PartitionKey
    bound: GateBound
    last: float
    now: float
    stops: bool

    @property
    def words(self) -> str:
        """`报告数 reports 12 → 3`, as people write numbers."""
        return f"{self.bound.zh_label} {self.bound.en_label} {self.last:.4g} → {self.now:.4g}"


@cache
def gate_bounds() -> tuple[GateBound, ...]:
    """Every bound, in the order of the file."""
    return tuple(
        GateBound(
            measure=row["measure"],
            compared=row["compared"],
            floor=float(row["floor"]) if row["floor"] else None,
            ceiling=float(row["ceiling"]) if row["ceiling"] else None,
            least=int(row["least"]),
            exempt=frozenset(row["exempt"].split()),
            zh_label=row["zh_label"],
            en_label=row["en_label"],
        )
        for row in read_data_rows("publication_gate.csv")
    )


def partition_measures(reports: pl.DataFrame, indicators: pl.DataFrame) -> dict[str, float | None]:
    """What the gate compares, of the published `reports` and `indicators` of one partition."""
    counted = [name for name in reports.columns if name.startswith("cells_")]
    cells = sum(_sum(reports, name) for name in counted)
    hard = indicators.filter(indicator=_HARD_RATE)
    judged = _sum(hard, "denominator")
    return {
        "reports": float(reports.height),
        "cells": cells,
        "read_share": 1 - _sum(reports, "cells_unreadable") / cells if cells else None,
        "hard_pass_share": _sum(hard, "numerator") / judged if judged else None,
    }


def _sum(rows: pl.DataFrame, column: str) -> float:
    return float(rows.get_column(column).cast(pl.Float64).sum())


def gate_breaches(key: PartitionKey, last: Measures, now: Measures) -> tuple[GateBreach, ...]:
    """Every bound that a partition breaks against what is published of it."""
    return tuple(
        breach
        for bound in gate_bounds()
        if key.province not in bound.exempt
        and (breach := _breach(key, bound, last, now)) is not None
    )


def _breach(
    key: PartitionKey, bound: GateBound, last: Measures, now: Measures
) -> GateBreach | None:
    before, after = last.get(bound.measure), now.get(bound.measure)
    if before is None or after is None or not _is_enough(bound, last, now):
        return None
    moved = _moved(bound, before, after)
    if moved is None:
        return None
    if bound.floor is not None and moved < bound.floor:
        return GateBreach(key, bound, before, after, stops=True)
    if bound.ceiling is not None and moved > bound.ceiling:
        return GateBreach(key, bound, before, after, stops=False)
    return None


def _moved(bound: GateBound, before: float, after: float) -> float | None:
    if bound.compared == _RATIO:
        return after / before if before else None
    return after - before


def _is_enough(bound: GateBound, last: Measures, now: Measures) -> bool:
    """Whether the change is more than a single report may bring about."""
    if bound.compared == _RATIO:
        return abs((now[bound.measure] or 0) - (last[bound.measure] or 0)) >= bound.least
    return all((side.get("reports") or 0) >= bound.least for side in (last, now))
