"""A finding's name that stays the same as long as the report prints the same values."""

from __future__ import annotations

import hashlib

import polars as pl

_PARTS = ("report_id", "rule_id", "place", "left", "right")
_DIGITS = 16


def with_fingerprints(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings with `fingerprint`: 16 hex digits over report, rule, place and values.

    The values are both sides; where there are none, the operands, what is missing, or for a doubt
    of the reader its words.
    """
    has_sides = pl.col("left").is_not_null() | pl.col("right").is_not_null()
    told = pl.when(~has_sides).then(pl.coalesce("operands", "missing", "message"))
    parts = findings.select(pl.col(_PARTS).cast(pl.String).fill_null(""), told=told.fill_null(""))
    named = [fingerprint(*part, values=values) for *part, values in parts.iter_rows()]
    return findings.with_columns(fingerprint=pl.Series(named, dtype=pl.String))


def fingerprint(
    report_id: str, rule_id: str, place: str, left: str, right: str, *, values: str = ""
) -> str:
    """`left` and `right` as decimals with eight places, empty where there is none."""
    parts = (report_id, rule_id, place, left, right, *([values] if values else []))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]
