"""Whether a run found something a person should be told of. Pure: pictures, days and counts in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from schemas.alerts import AlertKind, alert_kinds
from schemas.polling import SEASON_MONTHS
from tasks.story.changes import Changes
from tasks.story.markdown import percent, section
from tasks.story.picture import LakePicture

FEWEST_NEW_REPORTS = 10
"""Below this many new reports a share of them says nothing."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to be told of. `measured` says in words what was found."""

    kind: AlertKind
    measured: str

    @property
    def title(self) -> str:
        return f"{self.kind.zh_label} {self.kind.en_label}"

    @property
    def remedy(self) -> str:
        return f"{self.kind.zh_remedy} {self.kind.en_remedy}"


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What alerts are judged by beside the two pictures. Days in China.

    `last_run`: the day of the run before, null for the first. `last_news`: the last day on which any
    address gave something new.
    """

    today: date
    last_run: date | None
    last_news: date | None
    failed_batches: int


def alerts_of(
    before: LakePicture, after: LakePicture, changes: Changes, facts: RunFacts
) -> list[Alert]:
    """Every alert that is due, in the order of `alerts.csv`."""
    found = {
        "pass_rate_down": _pass_rate_down(before, after),
        "coverage_down": _coverage_down(before, after),
        "schema_drift": _schema_drift(changes),
        "no_news": _no_news(facts),
        "overdue": _newly_overdue(before, after, facts),
        "batch_failed": _failed_batches(facts),
    }
    return [Alert(kind, words) for name, kind in alert_kinds().items() if (words := found[name])]


def _pass_rate_down(before: LakePicture, after: LakePicture) -> str | None:
    if before.reports.is_empty() or after.reports.is_empty():
        return None
    was, now = before.passing / before.reports.height, after.passing / after.reports.height
    if (was - now) * 100 <= alert_kinds()["pass_rate_down"].threshold:
        return None
    return f"{percent(was)} → {percent(now)}"


def _coverage_down(before: LakePicture, after: LakePicture) -> str | None:
    if before.covered - after.covered <= alert_kinds()["coverage_down"].threshold:
        return None
    return f"{before.covered:,} → {after.covered:,}"


def _schema_drift(changes: Changes) -> str | None:
    new = changes.rows.filter(pl.col("kind") == "new")
    doubtful = int((new["status"] == "needs_review").sum())
    share = doubtful / new.height if new.height else 0.0
    beyond = share * 100 > alert_kinds()["schema_drift"].threshold
    if new.height < FEWEST_NEW_REPORTS or not beyond:
        return None
    return f"新读 new {new.height:,}, 待核 need review {doubtful:,} ({percent(share)})"


def _no_news(facts: RunFacts) -> str | None:
    if facts.today.month not in SEASON_MONTHS or facts.last_news is None:
        return None
    days = (facts.today - facts.last_news).days
    if days <= alert_kinds()["no_news"].threshold:
        return None
    return f"最近一次新内容 last news {facts.last_news}, {days} 天前 days ago"


def _newly_overdue(before: LakePicture, after: LakePicture, facts: RunFacts) -> str | None:
    if facts.last_run is None:
        return None
    key = ["province", "year", "publisher"]
    late = after.overdue(facts.today).join(before.overdue(facts.last_run), on=key, how="anti")
    # One that no source listed before is new to us, not newly late.
    late = late.join(before.expected, on=key, how="semi")
    if late.height <= alert_kinds()["overdue"].threshold:
        return None
    return f"{late.height:,} 份 reports: {'、'.join(late['publisher'].head(3))}"


def _failed_batches(facts: RunFacts) -> str | None:
    if facts.failed_batches <= alert_kinds()["batch_failed"].threshold:
        return None
    return f"{facts.failed_batches} 批 batches"


def alerts_section(alerts: list[Alert]) -> str:
    """The alerts with what to do, for the top of the summary."""
    lines = [f"- **{alert.title}**: {alert.measured}。{alert.remedy}" for alert in alerts]
    return section("提醒 Alerts", "\n".join(lines))
