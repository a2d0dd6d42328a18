"""What each address answered, from the observations: the frame that says when a page said what."""

from __future__ import annotations

import polars as pl

from annual_reports.lake.sightings import SIGHT_SCHEMA, SIGHTING_SCHEMA, sightings
from tasks.documents import DocumentToRead, name_of_url
from tasks.observations import HAVING_BYTES, REPORTING, Outcome, Purpose


def sightings_of(observations: pl.DataFrame) -> pl.DataFrame:
    """Spans of time in which an address showed a document (SIGHTING_SCHEMA)."""
    outcome = pl.col("outcome")
    answers = observations.filter(
        pl.col("purpose").is_in([*REPORTING, Purpose.FILE]),
        (outcome.is_in(HAVING_BYTES) & pl.col("sha256").is_not_null()) | (outcome == Outcome.GONE),
    ).with_columns(
        address=pl.coalesce("url", "name"), shown_at=pl.coalesce("final_url", "url"), key=_KEY
    )
    if answers.is_empty():
        return SIGHTING_SCHEMA.to_frame()
    received = answers.filter(outcome != Outcome.GONE)
    ids = {
        key: DocumentToRead(sha256, name or name_of_url(url), url).document_id
        for key, sha256, url, name in received.select("key", "sha256", "shown_at", "name")
        .unique()
        .iter_rows()
    }
    return sightings(
        answers.with_columns(
            source_document_id=pl.when(outcome != Outcome.GONE).then(
                pl.col("key").replace_strict(ids, default=None, return_dtype=pl.String)
            )
        ).select(SIGHT_SCHEMA.names())
    )


_KEY = pl.concat_str(
    pl.col("sha256").fill_null(""),
    pl.coalesce("final_url", "url").fill_null(""),
    pl.col("name").fill_null(""),
    separator="\n",
)
