"""The steps of a backfill: the plan as a table in the UI, then asking for what it names."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prefect.artifacts import create_table_artifact

from schemas.parameters import Stage
from schemas.sources import Source
from tasks.backfill_plan import (
    BackfillPlan,
    plan_backfill,
    plan_rows,
    requests_of_plan,
    sources_of_plan,
)
from tasks.discovery import known_report_requests
from tasks.lake_summary import scan_published
from tasks.observations import last_sights, read_observations
from tasks.open_run import OpenRun
from tasks.progress import announce
from tasks.stages import discover_reports, fetch_reports

MOST_ROWS = 1000
"""Prefect's table of more rows takes the browser seconds; 34 provinces × 18 years are 612."""


class YearsReversedError(ValueError):
    """Raised when the first year stands after the last one."""


def years_between(first: int, last: int) -> range:
    """The years of a form, both ends included. Raises YearsReversedError."""
    if first > last:
        raise YearsReversedError(
            f"起始年度 {first} 晚于截止年度 {last}，请对调 the first year is after the last: swap them"
        )
    return range(first, last + 1)


def plan_and_show(
    run: OpenRun,
    sources: Sequence[Source],
    years: range,
    only_failed: bool,
) -> BackfillPlan:
    """Plan the cells by what the lake holds, and leave the plan as an artifact before anything is done."""
    plan = plan_backfill(sources, scan_published(run.lake, "coverage"), years, only_failed)
    rows = plan_rows(plan)
    create_table_artifact(
        rows[:MOST_ROWS],
        key="backfill-plan",
        description=plan_in_words(plan, max(0, len(rows) - MOST_ROWS)),
    )
    announce("%s", plan_in_words(plan))
    return plan


def plan_in_words(plan: BackfillPlan, left_out: int = 0) -> str:
    """The plan in one line, Chinese first."""
    due = plan.due
    missing = sum(cell.expected - cell.published for cell in due)
    asked = missing if plan.only_failed else sum(cell.expected for cell in due)
    words = (
        f"补采计划 plan: {len(due)} 格要补 cells to do, {len(plan.cells) - len(due)} 格已齐 complete, "
        f"报告 reports {asked}, 列表页 lists {plan.lists}"
    )
    return f"{words}; 另有 {left_out} 格未列出 more cells not shown" if left_out else words


def fetch_planned(
    run: OpenRun, sources: Sequence[Source], plan: BackfillPlan, stages: Collection[Stage]
) -> None:
    """Read the lists and ask for the reports the plan lacks; each only when its stage was asked for."""
    wanted = sources_of_plan(sources, plan)
    if Stage.DISCOVER in stages:
        requests = discover_reports(run, wanted)
    else:
        requests = known_report_requests(wanted)
        run.count("found", len(requests))
    if Stage.FETCH in stages:
        seen = last_sights(read_observations(run.lake.observations))
        chosen = [r for r in requests if r.year is None or r.year in plan.years]
        fetch_reports(run, requests_of_plan(chosen, plan, seen))
