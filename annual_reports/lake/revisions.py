"""Which version of a report is the current one."""

from __future__ import annotations

import polars as pl

from annual_reports.checking.wide import publication_day
from annual_reports.lake.sightings import SIGHTING_SCHEMA, sight_of_documents

REPORT_ID = (
    pl.when(pl.col("publisher_id").is_not_null())
    .then(
        pl.concat_str("publisher_id", pl.col("report_year").cast(pl.String), "scope", separator="-")
    )
    .otherwise(pl.lit("doc-") + pl.col("document_id").str.slice(0, 16))
)
"""Publisher, year and scope; a document whose publisher is unresolved stands for itself."""


_PICTURE_MARK = r"[（(\[【](?:图解|图片版?|图说|长图)[）)\]】]|^(?:图解|一图读懂)"
_GOVERNMENTS = ("government", "government_office")
_FEWEST_NUMBERS_TO_COMPARE = 12
_IN_GROUP = ("partition", "report_id")


def with_revisions(extractions: pl.DataFrame, spans: pl.DataFrame | None = None) -> pl.DataFrame:
    """The extractions with report_id, revision_order (from 1), is_current and revisions (count).

    Each `partition` counts for itself. `spans` (SIGHTING_SCHEMA) say when a document was shown;
    from them come first_seen, superseded_at, withdrawn_at and revision_reason.

    A text comes after a picture version, what an address shows now after what was withdrawn and
    that after what it showed before, a corrected version after an uncorrected one, a government
    host after a foreign one, a later date after an earlier or absent one, one seen later after one
    seen earlier, and the document id settles the rest; the last is current. `duplicate_of` and `duplicate_reason` link what says the
    same as a later one. A department's page that reprints the report of its government is not current
    either: it says nothing of the department.
    """
    order = [*_IN_GROUP, "is_text", "shown_rank", "is_correction", "host_rank", "published"]
    order += ["first_seen", "document_id"]
    ordered = (
        _with_sights(extractions, spans)
        .with_columns(
            report_id=REPORT_ID,
            published=publication_day(),
            is_text=~pl.col("title").fill_null("").str.contains(_PICTURE_MARK),
            host_rank=pl.col("host_is_gov").cast(pl.Int8).fill_null(1) * 2 - 1,
        )
        .sort(order, nulls_last=False)
        .with_columns(
            revision_order=pl.int_range(1, pl.len() + 1).over(*_IN_GROUP),
            revisions=pl.len().cast(pl.Int64).over(*_IN_GROUP),
        )
        .with_columns(
            is_current=pl.col("revision_order") == pl.col("revisions"),
            revision_reason=_revision_reason(),
        )
    )
    passing = ("published", "is_text", "host_rank", "shown_rank", "ended_by", "ended_at")
    return _without_reprints(_with_duplicates(ordered).drop(passing))


_SHOWN_RANKS = {"replaced": 0, "withdrawn": 1, "shown": 2}


def _with_sights(extractions: pl.DataFrame, spans: pl.DataFrame | None) -> pl.DataFrame:
    """A document that no observation speaks of counts as shown."""
    sights = sight_of_documents(SIGHTING_SCHEMA.to_frame() if spans is None else spans)
    ended = pl.col("ended_by")
    return extractions.join(
        sights, on="source_document_id", how="left", validate="m:1", maintain_order="left"
    ).with_columns(
        shown_rank=ended.fill_null("shown").replace_strict(_SHOWN_RANKS, return_dtype=pl.Int8),
        superseded_at=pl.when(ended == "replaced").then("ended_at"),
        withdrawn_at=pl.when(ended == "withdrawn").then("ended_at"),
    )


def _revision_reason() -> pl.Expr:
    """Why there is this version beside the one before it."""
    same_address = pl.col("url").eq(pl.col("url").shift(1).over(*_IN_GROUP))
    return (
        pl.when(pl.col("revision_order") == 1)
        .then(pl.lit("first"))
        .when(pl.col("is_correction"))
        .then(pl.lit("correction"))
        .when(same_address.fill_null(False))
        .then(pl.lit("page_changed"))
        .otherwise(pl.lit("other_address"))
    )


def _without_reprints(versions: pl.DataFrame) -> pl.DataFrame:
    """Current reports of other organs with all the numbers of their government's, linked to it.

    Only reports with many numbers above zero are compared: small ones agree by chance.
    """
    likely = versions.filter("is_current").with_columns(_likeness())
    alike = likely.filter(
        pl.col("above_zero") >= _FEWEST_NUMBERS_TO_COMPARE,
        pl.len().over("partition", "above_zero", "sum") > 1,
    ).with_columns(numbers=_numbers())
    governments = (
        alike.filter(pl.col("organ_type").is_in(_GOVERNMENTS))
        .filter(pl.len().over("partition", "numbers") == 1)
        .select("partition", "numbers", "prefecture_code", original="document_id")
    )
    reprints = (
        alike.filter(~pl.col("organ_type").is_in(_GOVERNMENTS))
        .join(
            governments,
            on=["partition", "numbers", "prefecture_code"],
            nulls_equal=True,
            validate="m:1",
        )
        .select("partition", "document_id", "original")
    )
    return (
        versions.join(
            reprints,
            on=["partition", "document_id"],
            how="left",
            validate="1:1",
            maintain_order="left",
        )
        .with_columns(
            is_current=pl.col("is_current") & pl.col("original").is_null(),
            duplicate_of=pl.coalesce("original", "duplicate_of"),
            duplicate_reason=pl.when(pl.col("original").is_not_null())
            .then(pl.lit("reprint"))
            .otherwise("duplicate_reason"),
        )
        .drop("original")
    )


def _likeness() -> list[pl.Expr]:
    """How many numbers of a report are above zero, and their sum: equal in equal reports."""
    values = pl.col("cells").list.eval(pl.element().struct.field("value"))
    above = values.list.eval(pl.element().filter(pl.element() > 0))
    return [above.list.len().alias("above_zero"), above.list.sum().alias("sum")]


def _with_duplicates(ordered: pl.DataFrame) -> pl.DataFrame:
    """`duplicate_of` and `duplicate_reason` for the versions of one report that say the same."""
    last = pl.col("document_id", "sha256").last()
    several = ordered.filter(pl.col("revisions") > 1).with_columns(numbers=_numbers())
    same = several.select(
        *_IN_GROUP,
        "document_id",
        last.over(*_IN_GROUP, "numbers").name.prefix("same_"),
        last.over(*_IN_GROUP).name.prefix("current_"),
        has_numbers=pl.col("numbers") != "",
    )
    is_picture = ~pl.col("is_text") & (pl.col("document_id") != pl.col("current_document_id"))
    is_same = pl.col("has_numbers") & (pl.col("document_id") != pl.col("same_document_id"))
    return (
        ordered.join(
            same,
            on=[*_IN_GROUP, "document_id"],
            how="left",
            validate="1:1",
            maintain_order="left",
        )
        .with_columns(
            duplicate_of=pl.when(is_same)
            .then("same_document_id")
            .when(is_picture)
            .then("current_document_id"),
            duplicate_reason=pl.when(is_picture)
            .then(pl.lit("picture_version"))
            .when(is_same & (pl.col("sha256") == pl.col("same_sha256")))
            .then(pl.lit("same_bytes"))
            .when(is_same)
            .then(pl.lit("same_numbers")),
        )
        .drop(
            "same_document_id",
            "same_sha256",
            "current_document_id",
            "current_sha256",
            "has_numbers",
        )
    )


def _numbers() -> pl.Expr:
    """The cells with a number as one text, in canonical order; empty without any."""
    cell = pl.element().struct
    written = pl.concat_str(
        cell.field("table"),
        cell.field("row_key"),
        cell.field("column_key"),
        cell.field("value").cast(pl.String),
        separator=".",
        ignore_nulls=False,
    )
    return pl.col("cells").list.eval(written).list.drop_nulls().list.sort().list.join("|")
