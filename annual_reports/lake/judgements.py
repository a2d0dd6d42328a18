"""What people judged findings to be, laid beside them: kept while the values stay, else reopened."""

from __future__ import annotations

import polars as pl

from schemas.decision_book import DecisionBook
from schemas.decision_records import REOPENED

_SPOT = ("report_id", "rule_id", "place")
JUDGEMENT_SCHEMA = pl.Schema(
    {
        "report_id": pl.String(),
        "rule_id": pl.String(),
        "place": pl.String(),
        "judged": pl.String(),
        "verdict": pl.String(),
        "judgement_record": pl.String(),
        "judgement_reason": pl.String(),
    }
)


def judgement_rows(book: DecisionBook) -> pl.DataFrame:
    """The judgements of a book, columns of JUDGEMENT_SCHEMA; `judged` is the fingerprint judged."""
    rows = [(*one.spot, one.finding, one.verdict, one.id, one.reason) for one in book.judgements]
    return pl.DataFrame(rows, schema=JUDGEMENT_SCHEMA, orient="row")


def with_judgements(findings: pl.DataFrame, judgements: pl.DataFrame) -> pl.DataFrame:
    """The findings (report_id, rule_id, place, fingerprint) with what people judged them to be.

    A judgement of the same spot made on other values stands as `reopened`, with its record.
    """
    joined = findings.join(judgements, on=_SPOT, how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(
        judgement=pl.when(pl.col("judged").is_null())
        .then(pl.lit(None, pl.String))
        .when(pl.col("judged") == pl.col("fingerprint"))
        .then("verdict")
        .otherwise(pl.lit(REOPENED))
    ).drop("judged", "verdict")
