"""What had to be asked or done more than once in a run, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from schemas.fetch_causes import fetch_causes
from tasks.observations import HAVING_BYTES, NOT_FINAL, OUTCOME_WORDS, Outcome
from tasks.story.markdown import link, one_line, section, table

_MOST_ADDRESSES = 10


def retries_section(
    observations: pl.DataFrame, run_id: str, failed_attempts: Mapping[str, Sequence[str]]
) -> str:
    """Addresses asked and batches begun more than once; nothing when nothing was.

    `observations`: those of the lake. `failed_attempts`: label of a batch → why each attempt that
    failed did, the last one included when the batch was given up.
    """
    parts = [_addresses(retried_addresses(observations, run_id)), _batches(failed_attempts)]
    return section("重试 Retries", *parts)


def retried_addresses(observations: pl.DataFrame, run_id: str) -> pl.DataFrame:
    """One row per address of which the run has a retried attempt: url, attempts, causes, outcome (null when none came)."""
    retried = pl.col("outcome") == Outcome.RETRIED
    last = pl.col("outcome").filter(~pl.col("outcome").is_in(NOT_FINAL)).last()
    return (
        observations.filter(pl.col("run_id") == run_id, pl.col("url").is_not_null())
        .group_by("url", maintain_order=True)
        .agg(
            attempts=pl.len(),
            retried=retried.sum(),
            causes=pl.col("cause").filter(retried).drop_nulls().unique(maintain_order=True),
            outcome=last,
        )
        .filter(pl.col("retried") > 0)
        .sort("attempts", "url", descending=[True, False])
    )


def _addresses(asked: pl.DataFrame) -> str:
    if asked.is_empty():
        return ""
    reached = asked["outcome"].is_in(HAVING_BYTES).sum()
    told = (
        f"{asked.height:,} 个网址问了不止一次，共重试 {asked['retried'].sum():,} 次，{reached:,} 个终于取到 "
        f"addresses asked again, reached in the end"
    )
    rows = [
        (
            link(one_line(row["url"], 80), row["url"]),
            row["attempts"],
            "、".join(fetch_causes()[cause].zh_label for cause in row["causes"]),
            OUTCOME_WORDS[row["outcome"]] if row["outcome"] else "没有答复 no answer",
        )
        for row in asked.head(_MOST_ADDRESSES + 1).iter_rows(named=True)
    ]
    header = ("网址 address", "次数 attempts", "原因 why", "结果 result")
    listed = table(header, rows[:_MOST_ADDRESSES])
    more = asked.height - _MOST_ADDRESSES
    if more > 0:
        listed += (
            f"\n\n… 另有 **{more:,}** 个 more addresses: `raw/observations`, outcome = retried"
        )
    return f"{told}\n\n{listed}"


def _batches(failed_attempts: Mapping[str, Sequence[str]]) -> str:
    lines = [
        f"- 批次 batch `{label}` 失败 {len(why)} 次 failed attempts: {one_line(why[-1], 200)}"
        for label, why in sorted(failed_attempts.items())
    ]
    return "\n".join(lines)
