"""Which run first and which last saw a finding: kept beside the lake, since published files hold no clock.

A finding is named by its fingerprint, so the same values at the same place are the same finding,
whichever document says so; other values are another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from schemas.polars_schemas import polars_schema

SEEN_SCHEMA = polars_schema("findings_seen")
_TOLD = ("report_id", "rule_id", "place", "class", "status")


@dataclass(frozen=True, slots=True)
class SeenBy:
    """A run that published."""

    run_id: str
    started_at: datetime


def findings_seen_after(
    known: pl.DataFrame, standing: pl.DataFrame, now: SeenBy, before: SeenBy | None
) -> pl.DataFrame:
    """What is known of the findings of one partition once the run `now` has published it.

    `known`: SEEN_SCHEMA, up to the run `before`. `standing`: the published findings. A finding that
    is gone keeps its row with the run that saw it last; one that is back loses that mark and keeps
    how often it had gone.
    """
    present = standing.unique("fingerprint", keep="first", maintain_order=True)
    told = present.select("fingerprint", *_TOLD)
    back = known.drop(_TOLD).join(told, on="fingerprint", how="inner", validate="1:1")
    new = told.join(known, on="fingerprint", how="anti").with_columns(
        first_run=pl.lit(now.run_id), first_seen=pl.lit(now.started_at), times_gone=pl.lit(0)
    )
    absent = known.join(told, on="fingerprint", how="anti")
    leaving = pl.col("last_run").is_null()
    last = before or now
    gone = absent.with_columns(
        last_run=pl.coalesce("last_run", pl.lit(last.run_id)),
        last_seen=pl.coalesce("last_seen", pl.lit(last.started_at)),
        times_gone=pl.col("times_gone") + leaving.cast(pl.Int64),
    )
    present_again = back.with_columns(last_run=pl.lit(None), last_seen=pl.lit(None))
    parts = [_complete(rows) for rows in (present_again, new, gone)]
    return pl.concat(parts).sort("fingerprint")


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None).alias(name) for name in SEEN_SCHEMA if name not in rows.columns]
    return rows.with_columns(absent).select(SEEN_SCHEMA.names()).cast(dict(SEEN_SCHEMA))  # type: ignore[arg-type]
