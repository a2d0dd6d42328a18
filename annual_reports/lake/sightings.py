"""When each address showed which document: what a page said on a date follows from it.

Times are those of the requests in `raw/observations`; nothing here reads a clock.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

_TIME = pl.Datetime("us", "UTC")
SIGHTING_SCHEMA = pl.Schema(
    {
        "source_document_id": pl.String(),
        "address": pl.String(),
        "seen_from": _TIME,
        "seen_until": _TIME,
        "ended_by": pl.String(),
    }
)
"""One row per address and time without a change. `seen_until` is null while it lasts; `ended_by`:
replaced (other bytes stood there) or withdrawn (the address was gone, and stayed gone)."""

SIGHT_SCHEMA = pl.Schema(
    {"address": pl.String(), "source_document_id": pl.String(), "requested_at": _TIME}
)
"""One row per answer of an address: the document it gave, or null where it said it is gone."""

GONE_FOR_GOOD_AFTER = timedelta(days=7)
"""An address that says 404 or 410 for so long, at every request, is taken to be withdrawn."""

_RUN = ("address", "run")


def sightings(sights: pl.DataFrame) -> pl.DataFrame:
    """Spans of time (SIGHTING_SCHEMA) from single answers (SIGHT_SCHEMA)."""
    ordered = sights.sort("address", "requested_at", "source_document_id", nulls_last=True)
    spans = _spans(_without_passing_absence(ordered))
    following = pl.col("seen_from").shift(-1).over("address")
    next_is_gone = pl.col("source_document_id").shift(-1).over("address").is_null()
    return (
        spans.with_columns(seen_until=following)
        .with_columns(
            ended_by=pl.when(pl.col("seen_until").is_null())
            .then(None)
            .when(next_is_gone)
            .then(pl.lit("withdrawn"))
            .otherwise(pl.lit("replaced"))
        )
        .drop_nulls("source_document_id")
        .select(SIGHTING_SCHEMA.names())
        .cast(dict(SIGHTING_SCHEMA))  # type: ignore[arg-type]
        .sort("source_document_id", "address", "seen_from")
    )


def _without_passing_absence(ordered: pl.DataFrame) -> pl.DataFrame:
    """Absences that did not last are taken out: the page was there all the time as far as is known."""
    runs = _with_runs(ordered).with_columns(
        lasted=(pl.col("requested_at").max() - pl.col("requested_at").min()).over(*_RUN)
    )
    is_passing = pl.col("source_document_id").is_null() & (pl.col("lasted") < GONE_FOR_GOOD_AFTER)
    return runs.filter(~is_passing).select(ordered.columns)


def _with_runs(ordered: pl.DataFrame) -> pl.DataFrame:
    said = pl.col("source_document_id")
    is_new = said.ne_missing(said.shift(1)).fill_null(True).cast(pl.Int64)
    return ordered.with_columns(run=is_new.cum_sum().over("address"))


def _spans(ordered: pl.DataFrame) -> pl.DataFrame:
    return (
        _with_runs(ordered)
        .group_by(*_RUN, maintain_order=True)
        .agg(pl.col("source_document_id").first(), seen_from=pl.col("requested_at").first())
    )


def sight_of_documents(spans: pl.DataFrame) -> pl.DataFrame:
    """Per `source_document_id`: first_seen, ended_at and ended_by; the last two null while it is shown."""
    latest = pl.col("seen_until").arg_max()
    return spans.group_by("source_document_id", maintain_order=True).agg(
        first_seen=pl.col("seen_from").min(),
        ended_at=pl.when(pl.col("seen_until").null_count() == 0).then(pl.col("seen_until").max()),
        ended_by=pl.when(pl.col("seen_until").null_count() == 0).then(
            pl.col("ended_by").get(latest, null_on_oob=True)
        ),
    )
