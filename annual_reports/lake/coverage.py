"""Which reports were expected, and what became of each."""

from __future__ import annotations

import polars as pl

from annual_reports.checking.wide import publisher_facts
from schemas.divisions import fold
from schemas.fields import read_data_rows
from schemas.organs import organ_types
from schemas.tables import table

EXPECTED_SCHEMA = pl.Schema(
    {
        "province": pl.String(),
        "year": pl.Int64(),
        "publisher": pl.String(),
        "level": pl.String(),
        "county_code": pl.String(),
    }
)
"""What the source files expect: one row per publisher and year. `province` is the partition key."""

ATTEMPTS_SCHEMA = pl.Schema(
    {
        "province": pl.String(),
        "year": pl.Int64(),
        "publisher": pl.String(),
        "url": pl.String(),
        "outcome": pl.String(),
        "document_id": pl.String(),
        "reason": pl.String(),
        "fetch_state": pl.String(),
        "cause": pl.String(),
    }
)
"""The last request for each address: its outcome, or `quarantined` where the bytes were set aside.
`fetch_state` is one of the vocabulary `fetch_states`, `cause` one of `fetch_causes.csv`."""

_KEY = ["province", "year", "publisher"]
_FOREIGN = (
    "取得的文档不是该机关该年度的报告 what was received is no report of this publisher and year"
)


def build_coverage(
    reports: pl.DataFrame, revisions: pl.DataFrame, expected: pl.DataFrame, attempts: pl.DataFrame
) -> pl.DataFrame:
    """One row per expected publisher and year, then one per report nobody expected.

    Every frame says in `partition` which province and year a row is of; `reports` and `revisions`
    as published. A report belongs to an expected publisher when it came from the address tried for it, or bears its name
    and no other report does. No clock: whether a missing report is overdue is for the reader to
    say, by `due_date` against today. Raises ValueError for an outcome that is not declared.
    """
    wanted = expected.unique(_KEY, maintain_order=True)
    # Versions of a report that is not in the lake (a reprint of another's) make nothing published.
    revisions = revisions.join(reports, on=["partition", "report_id"], how="semi")
    settled = wanted.join(
        _best_attempts(attempts, revisions), on=_KEY, how="left", validate="1:1"
    ).join(_reports_by_name(reports), on=["partition", "publisher"], how="left", validate="m:1")
    settled = settled.with_columns(report_id=pl.coalesce("report_of_attempt", "report_of_name"))
    rows = _expected_rows(settled, reports)
    unexpected = reports.join(
        rows.drop_nulls("report_id"), on=["partition", "report_id"], how="anti"
    )
    return pl.concat([rows, _seen_rows(unexpected)])


def _best_attempts(attempts: pl.DataFrame, revisions: pl.DataFrame) -> pl.DataFrame:
    """Per expected report the attempt that came furthest; the address settles ties."""
    outcomes = pl.DataFrame(read_data_rows("attempt_outcomes.csv")).select(
        "outcome", "coverage_status"
    )
    undeclared = attempts.join(outcomes, on="outcome", how="anti")
    if not undeclared.is_empty():
        raise ValueError(f"attempt_outcomes.csv lacks {undeclared.get_column('outcome').to_list()}")
    published = revisions.select(
        "partition", document_id="source_document_id", report_of_attempt="report_id"
    ).filter(pl.len().over("partition", "document_id") == 1)
    order = {"published": 0, "unreadable": 1, "received": 2, "fetch_failed": 3, "not_found": 4}
    return (
        attempts.join(published, on=["partition", "document_id"], how="left", validate="m:1")
        .join(outcomes, on="outcome", how="inner", validate="m:1")
        .with_columns(
            attempt_status=pl.when(pl.col("report_of_attempt").is_not_null())
            .then(pl.lit("published"))
            .otherwise("coverage_status")
        )
        .sort(pl.col("attempt_status").replace_strict(order), "url", nulls_last=True)
        .unique(_KEY, keep="first", maintain_order=True)
        .select(
            *_KEY,
            "url",
            "document_id",
            "reason",
            "fetch_state",
            "cause",
            "attempt_status",
            "report_of_attempt",
        )
    )


def _reports_by_name(reports: pl.DataFrame) -> pl.DataFrame:
    """Publisher name → report, for names that only one report bears."""
    return (
        reports.drop_nulls("publisher")
        .filter(pl.len().over("partition", "publisher") == 1)
        .select("partition", "publisher", report_of_name="report_id")
    )


def _expected_rows(settled: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    of_report = reports.select(
        "partition",
        "report_id",
        "publisher_id",
        "province_code",
        "scope",
        "publish_date",
        "organ_type",
        report_level="level",
        report_county="county_code",
        report_document="document_id",
        report_url="url",
    )
    joined = settled.join(
        of_report, on=["partition", "report_id"], how="left", validate="m:1"
    ).with_columns(status=_status(), report_year="year", level=pl.coalesce("report_level", "level"))
    named = _organ_types_by_name(joined.get_column("publisher").unique(maintain_order=True))
    joined = joined.join(named, on="publisher", how="left", validate="m:1").with_columns(
        organ_type=pl.coalesce("organ_type", "organ_type_of_name")
    )
    return _with_deadline(joined).select(
        "partition",
        coverage_id=pl.concat_str("province", "publisher", "year", separator="-"),
        publisher_id="publisher_id",
        publisher="publisher",
        province_code="province_code",
        county_code=pl.coalesce("report_county", "county_code"),
        level="level",
        organ_type="organ_type",
        scope="scope",
        report_year="report_year",
        is_expected=pl.lit(True),
        status="status",
        report_id="report_id",
        document_id=pl.coalesce("report_document", "document_id"),
        url=pl.coalesce("report_url", "url"),
        reason=_reason(),
        fetch_state="fetch_state",
        cause="cause",
        due_date="report.deadline",
        due_basis="report.deadline_basis",
        publish_date="publish_date",
        days_late=_days_late(),
    )


def _organ_types_by_name(publishers: pl.Series) -> pl.DataFrame:
    """Publisher name → the kind of organ its words say; null where they name none."""
    rows = [
        (
            name,
            next(
                (kind.organ_type for kind in organ_types() if kind.pattern.search(fold(name))), None
            ),
        )
        for name in publishers
    ]
    return pl.DataFrame(
        rows, schema={"publisher": pl.String, "organ_type_of_name": pl.String}, orient="row"
    )


def _status() -> pl.Expr:
    tried = pl.col("attempt_status")
    return (
        pl.when(pl.col("report_id").is_not_null())
        .then(pl.lit("published"))
        .when(tried.is_in(["unreadable", "fetch_failed"]))
        .then(tried)
        .otherwise(pl.lit("not_found"))
    )


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("report_id").is_not_null())
        .then(None)
        .when(pl.col("attempt_status") == "received")
        .then(pl.lit(_FOREIGN))
        .otherwise("reason")
    )


def _with_deadline(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.join(
        publisher_facts(rows),
        on=["report_year", "level", "organ_type"],
        how="left",
        nulls_equal=True,
        validate="m:1",
    )


def _days_late() -> pl.Expr:
    return (pl.col("publish_date") - pl.col("report.deadline")).dt.total_days()


def _seen_rows(reports: pl.DataFrame) -> pl.DataFrame:
    return reports.with_columns(
        coverage_id="report_id",
        is_expected=pl.lit(False),
        status=pl.lit("published"),
        reason=pl.lit(None, pl.String),
        fetch_state=pl.lit(None, pl.String),
        cause=pl.lit(None, pl.String),
    ).select("partition", *table("coverage").column_names)
