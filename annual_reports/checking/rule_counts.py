"""How many places of each rule hold, fail and cannot be judged, report by report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from annual_reports.checking.evaluation import FAIL, NOT_ASSESSABLE, PASS
from annual_reports.checking.expressions import NUMBER
from annual_reports.checking.finding_rows import JudgedRows, places_by_rule
from schemas.rules import RuleInstance

_COUNTS = (
    ("passed", False, PASS),
    ("failed", False, FAIL),
    ("not_assessable", False, NOT_ASSESSABLE),
    ("passed_blank_as_zero", True, PASS),
    ("failed_blank_as_zero", True, FAIL),
)
RULE_COUNT_SCHEMA = pl.Schema(
    {
        "document": pl.UInt32(),
        "rule_id": pl.String(),
        "severity": pl.String(),
        "places": pl.Int64(),
        **{name: pl.Int64() for name, _, _ in _COUNTS},
    }
)
"""One row per report and rule that applies to it; `places` is the sum of the first three counts."""

_SEVERITIES = ("hard", "soft")


def rule_counts(reports: JudgedRows, instances: Sequence[RuleInstance]) -> Iterator[pl.DataFrame]:
    """Frames of RULE_COUNT_SCHEMA, one per rule."""
    for rule, places in places_by_rule(instances).items():
        names = [str(place) for place in places]
        verdicts = {False: reports.judged.select(names), True: reports.as_zero.select(names)}
        counted = [
            verdicts[as_zero].select(_count(names, verdict).alias(name)).to_series()
            for name, as_zero, verdict in _COUNTS
        ]
        yield (
            reports.rows.select(
                "document",
                *counted,
                rule_id=pl.lit(rule.rule_id),
                severity=pl.lit(rule.severity),
            )
            .with_columns(places=pl.sum_horizontal("passed", "failed", "not_assessable"))
            .filter(pl.col("places") > 0)
            .select(RULE_COUNT_SCHEMA.names())
        )


def _count(names: Sequence[str], verdict: str) -> pl.Expr:
    return pl.sum_horizontal(
        (pl.col(name) == verdict).fill_null(False).cast(pl.Int64) for name in names
    )


def judged_places(counts: pl.DataFrame) -> pl.DataFrame:
    """Per `document` the columns `judged.hard.passed`, `judged.hard.total` and those of soft rules."""
    held = pl.col("passed").cast(NUMBER)
    judged = (pl.col("passed") + pl.col("failed")).cast(NUMBER)
    return counts.group_by("document", maintain_order=True).agg(
        number.filter(pl.col("severity") == severity).sum().alias(f"judged.{severity}.{what}")
        for severity in _SEVERITIES
        for what, number in (("passed", held), ("total", judged))
    )
