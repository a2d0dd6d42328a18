"""Scope `unknown`: what other reports suggest it is. A proposal with its evidence, never applied."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from annual_reports.checking.expressions import NUMBER
from annual_reports.checking.finding_rows import FINDING_SCHEMA
from annual_reports.checking.levels import MISSING_BELOW, SUM_PRESENT
from schemas.fields import read_data_rows

UNKNOWN = "unknown"
_RECEIVED = "requests.new_received.total"
_PLACE = "report.scope"


def scope_proposals(wide: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """A finding (FINDING_SCHEMA) per report of unknown scope of which the evidence says one thing.

    `wide`: as of `with_reports_below`. `before`: the reports of the year before, with the number of
    the partition that follows theirs. Evidence: the scope of the same publisher a year earlier; fewer
    requests than the own reports below add up to (own); exactly their sum, none of them missing
    (consolidated). Evidence that disagrees proposes nothing.
    """
    unsettled = wide.filter(pl.col("scope") == UNKNOWN)
    if unsettled.is_empty():
        return FINDING_SCHEMA.to_frame()
    if SUM_PRESENT not in unsettled.columns:
        unsettled = unsettled.with_columns(pl.lit(None, NUMBER).alias(SUM_PRESENT))
    weighed = unsettled.join(
        _scopes_before(before),
        on=["partition", "publisher_id"],
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    found = [
        weighed.filter(condition).select(
            "document",
            proposal_value=value,
            left=pl.col(_RECEIVED).cast(NUMBER),
            right=pl.col(SUM_PRESENT).cast(NUMBER),
            evidence=pl.lit(name),
        )
        for name, (condition, value) in _evidence().items()
    ]
    agreed = pl.concat(found).filter(pl.col("proposal_value").n_unique().over("document") == 1)
    return _findings(agreed.unique("document", keep="first", maintain_order=True))


def _scopes_before(before: pl.DataFrame) -> pl.DataFrame:
    """Publishers that had one scope only in the year before."""
    return (
        before.filter(pl.col("scope") != UNKNOWN)
        .drop_nulls("publisher_id")
        .group_by("partition", "publisher_id")
        .agg(scope_before=pl.col("scope").first(), scopes=pl.col("scope").n_unique())
        .filter(pl.col("scopes") == 1)
        .drop("scopes")
    )


def _evidence() -> Mapping[str, tuple[pl.Expr, pl.Expr]]:
    received, below = pl.col(_RECEIVED), pl.col(SUM_PRESENT)
    is_complete = pl.col(MISSING_BELOW).is_null()
    return {
        "year_before": (pl.col("scope_before").is_not_null(), pl.col("scope_before")),
        "less_than_below": (received < below, pl.lit("own")),
        "sum_of_below": (
            (received == below) & (below > 0) & is_complete,
            pl.lit("consolidated"),
        ),
    }


def _findings(proposed: pl.DataFrame) -> pl.DataFrame:
    frames = [FINDING_SCHEMA.to_frame()]
    for worded in read_data_rows("scope_findings.csv"):
        of_kind = proposed.filter(pl.col("evidence") == worded["evidence"])
        has_sides = worded["evidence"] != "year_before"
        sides = ["left", "right"] if has_sides else []
        frames.append(
            of_kind.select(
                "document",
                rule_id=pl.lit(worded["rule_id"]),
                place=pl.lit(_PLACE),
                severity=pl.lit(worded["severity"]),
                status=pl.lit("proposal"),
                **{"class": pl.lit(worded["class"])},
                **{side: side for side in sides},
                proposal_place=pl.lit(_PLACE),
                proposal_value="proposal_value",
                operands=pl.format("scope={}", "proposal_value"),
                message=pl.lit(f"{worded['message_zh']}。{worded['message_en']}."),
            )
        )
    return pl.concat(frames, how="diagonal")
