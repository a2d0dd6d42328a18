"""What changed from one version of a report to the next, cell by cell."""

from __future__ import annotations

import polars as pl

from annual_reports.lake.extractions import long_cells
from schemas.tables import table

_CELL = ("table", "row_key", "column_key")
_REPORT = ("partition", "report_id")
_SAID = ("value", "status", "raw")


def cell_changes(versions: pl.DataFrame) -> pl.DataFrame:
    """One row per cell whose value or status differs from the version before.

    `versions` as of `with_revisions`. Picture versions say nothing and are passed over; a report
    of which no version is current (a reprint) has no changes. From the cells of the current version
    and the changes after a version follow the cells of that version.
    """
    followed = _followed(versions)
    said = long_cells(followed).join(
        followed.select(
            "document", *_REPORT, "document_id", "revision_order", "first_seen", "step"
        ),
        on="document",
        how="inner",
        validate="m:1",
    )
    after = said.select(*_REPORT, "step", *_CELL, **{f"{name}_after": name for name in _SAID})
    before = said.select(
        *_REPORT, pl.col("step") + 1, *_CELL, **{f"{name}_before": name for name in _SAID}
    )
    steps = followed.select(
        *_REPORT, "step", "document_id", "previous_document_id", "revision_order", "first_seen"
    ).filter(pl.col("step") > 1)
    keys = [*_REPORT, "step", *_CELL]
    return (
        after.filter(pl.col("step") > 1)
        .join(before, on=keys, how="full", coalesce=True, validate="1:1")
        .filter(
            pl.col("value_before").ne_missing(pl.col("value_after"))
            | pl.col("status_before").ne_missing(pl.col("status_after"))
        )
        .join(steps, on=[*_REPORT, "step"], how="inner", validate="m:1")
        .with_columns(seen_at="first_seen")
        .select("partition", *table("cell_changes").column_names)
    )


def _followed(versions: pl.DataFrame) -> pl.DataFrame:
    """The versions that are compared, each with the one before it and its `step` from 1."""
    return (
        versions.filter(pl.col("is_current").any().over(*_REPORT), pl.col("revisions") > 1)
        .filter(pl.col("duplicate_reason").ne_missing("picture_version"))
        .sort(*_REPORT, "revision_order")
        .with_columns(
            step=pl.int_range(1, pl.len() + 1).over(*_REPORT),
            previous_document_id=pl.col("document_id").shift(1).over(*_REPORT),
        )
    )
