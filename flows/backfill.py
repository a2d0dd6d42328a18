"""Filling the gaps of the grid province × year: planned first, shown, and only then done."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import FIRST_YEAR, LAST_YEAR, Hours, Parts, Province, Stage, Year
from tasks.backfill import fetch_planned, plan_and_show, plan_in_words, years_between
from tasks.conclusion import conclude, conclude_plan
from tasks.night import parse_window
from tasks.open_run import recorded_run
from tasks.review import list_waiting
from tasks.run_names import backfill_run_name
from tasks.source_files import chosen_sources, keep_sources, read_sources
from tasks.spread import extract_in_parts, publish_in_parts
from tasks.stages import BATCH_THREADS, follow_attachments


@flow(
    name="backfill",
    description="补采：按省份和年度补齐缺失的报告 (fill what is missing, by province and year)",
    flow_run_name=backfill_run_name,
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def backfill(
    *,
    sources: str = "sources",
    provinces: list[Province] = [],  # noqa: B006 - Prefect copies defaults; the form shows a list
    first_year: Year = FIRST_YEAR,
    last_year: Year = LAST_YEAR,
    stages: list[Stage] = list(Stage),  # noqa: B006
    only_failed: bool = True,
    dry_run: bool = False,
    hours: Hours = "",
    parts: Parts = 1,
    lake: str = "",
) -> State[None]:
    """Plan the cells, show the plan as a table, then do the stages asked for.

    Args:
        sources: 来源文件夹或单个来源文件，相对于项目根目录；示例站点为 sample_site/source.yml (folder of source files, or one file, relative to the project)
        provinces: 只补这些省份；留空为全部 (only these provinces; empty means all)
        first_year: 报告年度从哪年起 (first year reported on)
        last_year: 报告年度到哪年止 (last year reported on)
        stages: 做哪几步；默认全做 (which stages; the default does all)
        only_failed: 只补没有发布的报告，已齐的省份和年度跳过；不勾则全部重问 (only what is not published yet; otherwise everything is asked again)
        dry_run: 只出计划表，不访问网站，不改数据湖 (only show the plan; nothing is asked, nothing is changed)
        hours: 只在这个时段访问网站，北京时间，如 22:00-07:00；留空不限 (hours in which sites are asked, by the clock of Beijing; empty means any)
        parts: 识读和生成分区分给几个运行并行，不超过工作进程数；1 为不分 (into how many runs reading and building are split, at most as many as there are workers; 1 does not split)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run(
        "backfill",
        flow_run.get_id(),
        lake,
        flow_run.get_parameters(),
        window=parse_window(hours),
    ) as run:
        listed = read_sources(sources)
        found = chosen_sources(listed, provinces)
        plan = plan_and_show(run, found, years_between(first_year, last_year), only_failed)
        if dry_run:
            return conclude_plan(run, plan_in_words(plan))
        keep_sources(run.lake, listed)
        fetch_planned(run, found, plan, set(stages))
        if Stage.EXTRACT in stages:
            extract_in_parts(run, parts)
            follow_attachments(run)
        if Stage.PUBLISH in stages:
            publish_in_parts(run, parts)
            list_waiting(run)
        return conclude(run)
