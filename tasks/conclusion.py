"""How a run ends: the pages an operator reads in the UI, alerts, and one line with the state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

import polars as pl
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed, Failed

from schemas.parameters import province_names
from tasks.lake_paths import LakePaths
from tasks.lake_summary import read_manifest
from tasks.night_plan import today_in_china
from tasks.observations import read_observations
from tasks.open_run import OpenRun
from tasks.progress import announce
from tasks.run_history import read_runs
from tasks.story.alerts import Alert, RunFacts, alerts_of
from tasks.story.changes import changes_between
from tasks.story.coverage import coverage_page, province_page
from tasks.story.failures import failures_page
from tasks.story.partitions import MOST_ROWS, last_news, partition_rows
from tasks.story.picture import (
    FailingFindings,
    LakePicture,
    take_failing_findings,
    take_picture,
)
from tasks.story.quality import quality_page
from tasks.story.retries import retries_section
from tasks.story.summary import RunStory, summary_page

ALERT = "gongkai.alert"
_TITLES = {
    "nightly": "每夜 nightly",
    "backfill": "补采 backfill",
    "ingest": "导入 ingest",
    "publish": "发布 publish",
    "verify": "核对 verify",
    "review": "审核 review",
    "release": "版本 release",
}


def conclude_part(run: OpenRun) -> State[None]:
    """The end of a part of another run, which tells the story of both."""
    done = (
        f"生成分区 partitions built {run.counts['built']}"
        if run.record.flow == "build"
        else f"识读 read {run.counts['read']}, 隔离 quarantined {run.counts['quarantined']}"
    )
    return Failed(message=run.message) if run.problems else Completed(message=done)


def conclude(run: OpenRun) -> State[None]:
    """Leave the story of the run as pages; Failed when the run met problems a person should see."""
    today = today_in_china(datetime.now(UTC))
    after, findings = take_picture(run.lake), take_failing_findings(run.lake)
    changes = changes_between(run.before, after)
    observations = read_observations(run.lake.observations)
    last = _run_before(run)
    facts = RunFacts(
        today,
        today_in_china(last["started_at"]) if last else None,
        last_news(observations),
        len(run.warnings),
    )
    story = RunStory(
        title=_TITLES.get(run.record.flow, run.record.flow),
        message=run.message,
        counts=run.counts,
        last=last,
        problems=run.problems,
        warnings=run.warnings,
        retries=retries_section(observations, run.record.run_id, run.failed_attempts),
        alerts=alerts_of(run.before, after, changes, facts),
        before=run.before,
        after=after,
        changes=changes,
        unreadable=(*after.unreadable, *findings.unreadable),
        today=today,
        lake=str(run.lake.root),
        run_id=run.record.run_id,
    )
    pages = _leave_pages(run.lake, after, findings, observations, today)
    _leave(
        f"{run.record.flow}-summary", f"{story.title} 运行小结 summary", summary_page(story, pages)
    )
    emit_alerts(run, story.alerts)
    if run.record.flow == "nightly":
        emit_event("gongkai.night.ended", resource={"prefect.resource.id": "gongkai.night"})
    announce("%s", run.message)
    return Failed(message=run.message) if run.problems else Completed(message=run.message)


def conclude_plan(run: OpenRun, words: str) -> State[None]:
    """The end of a dry run: the plan stands in its artifact, and nothing else was done."""
    run.plan_only = words
    announce("%s", run.message)
    return Completed(message=run.message)


def _leave_pages(
    lake: LakePaths,
    picture: LakePicture,
    findings: FailingFindings,
    observations: pl.DataFrame,
    today: date,
) -> dict[str, str]:
    """The pages beside the summary; title → address inside the UI."""
    names = province_names()
    provinces = sorted({*picture.expected["province"], *picture.reports["province"]})
    by_province = {
        province: _leave(
            f"province-{province.lower()}",
            f"{province} {names.get(province, '')}",
            province_page(picture, province),
        )
        for province in provinces
    }
    rows = partition_rows(read_manifest(lake), observations, picture, today)
    return {
        "覆盖：省份 × 年度 coverage": _leave(
            "coverage", "覆盖：省份 × 年度", coverage_page(picture, by_province, today)
        ),
        "取不到和读不了，按原因 failures": _leave(
            "failures", "失败原因与处理", failures_page(picture)
        ),
        "通过率和不符 quality": _leave(
            "quality", "核对通过率与不符", quality_page(picture, findings)
        ),
        "分区：新旧与由来 partitions": _leave_table("partitions", "分区：新旧与由来", rows),
    }


def _leave(key: str, description: str, page: str) -> str:
    left = create_markdown_artifact(page, key=key, description=description)
    return f"/artifacts/artifact/{cast('UUID', left)}"


def _leave_table(key: str, description: str, rows: list[dict[str, object]]) -> str:
    more = len(rows) - MOST_ROWS
    if more > 0:
        description += f"（另有 {more} 行未列出，见 manifest.json more rows not shown）"
    left = create_table_artifact(rows[:MOST_ROWS], key=key, description=description)
    return f"/artifacts/artifact/{cast('UUID', left)}"


def emit_alerts(run: OpenRun, alerts: list[Alert]) -> None:
    """Each alert as an event, so that an automation can carry it to a person."""
    for alert in alerts:
        announce("提醒 alert: %s: %s", alert.title, alert.measured)
        emit_event(
            event=f"{ALERT}.{alert.kind.alert}",
            resource={"prefect.resource.id": f"gongkai.alert.{alert.kind.alert}"},
            payload={
                "title": alert.title,
                "message": alert.measured,
                "remedy": alert.remedy,
                "flow": run.record.flow,
                "run_id": run.record.run_id,
            },
        )


def _run_before(run: OpenRun) -> dict[str, Any] | None:
    """The last run of this flow that ended."""
    ended = read_runs(run.lake).filter(
        pl.col("flow") == run.record.flow,
        pl.col("run_id") != run.record.run_id,
        pl.col("outcome").is_in(["completed", "failed"]),
    )
    return None if ended.is_empty() else ended.row(-1, named=True)
