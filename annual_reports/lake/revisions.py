"""Which version of a report is the current one."""

from __future__ import annotations

import polars as pl

from annual_reports.checking.wide import publication_day

REPORT_ID = (
    pl.when(pl.col("publisher_id").is_not_null())
    .then(
        pl.concat_str("publisher_id", pl.col("report_year").cast(pl.String), "scope", separator="-")
    )
    .otherwise(pl.lit("doc-") + pl.col("document_id").str.slice(0, 16))
)
"""Publisher, year and scope; a document whose publisher is unresolved stands for itself."""


def with_revisions(extractions: pl.DataFrame) -> pl.DataFrame:
    """The extractions with report_id, revision_order (from 1), is_current and revisions (count).

    Each `partition` counts for itself.

    A corrected version comes after an uncorrected one, a later date after an earlier or absent
    one, and the document id settles the rest; the last is current.
    """
    order = ["partition", "report_id", "is_correction", "published", "document_id"]
    return (
        extractions.with_columns(report_id=REPORT_ID, published=publication_day())
        .sort(order, nulls_last=False)
        .drop("published")
        .with_columns(
            revision_order=pl.int_range(1, pl.len() + 1).over("partition", "report_id"),
            revisions=pl.len().cast(pl.Int64).over("partition", "report_id"),
        )
        .with_columns(is_current=pl.col("revision_order") == pl.col("revisions"))
    )
