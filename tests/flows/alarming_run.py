"""A run that found everything alerts exist for: `python -m tests.flows.alarming_run LAKE`, in the server of PREFECT_API_URL."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import polars as pl
from prefect import flow

from tasks.conclusion import emit_alerts
from tasks.local_server import flush_logs
from tasks.open_run import recorded_run
from tasks.story.alerts import Alert, RunFacts, alerts_of
from tasks.story.changes import changes_between
from tests.tasks.test_story import picture

IN_SEASON, DAY_BEFORE = date(2026, 2, 20), date(2026, 2, 19)
LONG_AGO = date(2026, 2, 1)


def everything_at_once() -> list[Alert]:
    """Reports withdrawn, new ones doubtful, nothing new for weeks, a batch that failed, all in one night."""
    before = picture(100)
    after = picture(140)
    doubtful = after.reports.with_columns(
        status=pl.when(pl.int_range(pl.len()) < 50).then(pl.lit("ok")).otherwise(pl.lit("needs_review"))
    )  # fmt: skip
    withdrawn = picture(99, 1).expected
    after = replace(after, reports=doubtful, expected=withdrawn)
    facts = RunFacts(IN_SEASON, DAY_BEFORE, last_news=LONG_AGO, failed_batches=1)
    return alerts_of(before, after, changes_between(before, after), facts)


@flow(name="alarming", persist_result=False)
def alarming(lake: str) -> None:
    with recorded_run("alarming", None, lake, {}) as run:
        emit_alerts(run, everything_at_once())


if __name__ == "__main__":
    alarming(sys.argv[1])
    flush_logs()
