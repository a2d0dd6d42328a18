"""A finding's name that stays the same as long as the report prints the same values."""

from __future__ import annotations

import hashlib

import polars as pl

_PARTS = ("report_id", "rule_id", "place", "left", "right")
_DIGITS = 16


def with_fingerprints(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings with `fingerprint`: 16 hex digits over report, rule, place and both sides."""
    parts = findings.select(pl.col(_PARTS).cast(pl.String).fill_null("")).iter_rows()
    return findings.with_columns(
        fingerprint=pl.Series([fingerprint(*part) for part in parts], dtype=pl.String)
    )


def fingerprint(report_id: str, rule_id: str, place: str, left: str, right: str) -> str:
    """`left` and `right` as decimals with eight places, empty where there is none."""
    written = "\n".join((report_id, rule_id, place, left, right))
    return hashlib.sha256(written.encode()).hexdigest()[:_DIGITS]
