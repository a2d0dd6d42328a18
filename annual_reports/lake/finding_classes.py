"""The class of findings that an earlier reader kept in `extracted/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from annual_reports.model import FindingClass
from schemas.fields import read_data_rows

_FORMER_SOURCE = "source"


def with_current_classes(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings kept by an earlier reader, which told the publisher's numbers and form not apart."""
    current = pl.col("rule_id").replace_strict(
        _classes(), default=FindingClass.SOURCE_CONTENT.value, return_dtype=pl.String
    )
    was_source = pl.col("class") == _FORMER_SOURCE
    return findings.with_columns(
        pl.when(was_source).then(current).otherwise("class").alias("class")
    )


@cache
def _classes() -> Mapping[str, str]:
    reader = [row for name in _WORDED for row in read_data_rows(name)]
    rules = read_data_rows("rule_evaluation.csv")
    return {row["rule_id"]: row["class"] for row in reader} | {
        row["rule_id"]: row["finding_class"] for row in rules
    }


_WORDED = ("reader_findings.csv", "document_findings.csv")
