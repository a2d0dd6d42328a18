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
    # Both sides as decimals with eight places, empty where there is none.
    parts = pl.concat_str(pl.col(_PARTS).cast(pl.String).fill_null(""), separator="\n")
    values = pl.when(told != "").then(pl.concat_str(pl.lit("\n"), told)).otherwise(pl.lit(""))
    named = findings.select(pl.concat_str(parts, values.fill_null(""))).to_series()
    hashed = [hashlib.sha256(name.encode()).hexdigest()[:_DIGITS] for name in named]
    return findings.with_columns(fingerprint=pl.Series(hashed, dtype=pl.String))
