"""The night: ask the sources what is new, read it, publish it."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import FIRST_YEAR, LAST_YEAR, Asked, Hours, Province, Stage, Year
from tasks.conclusion import conclude
from tasks.night import parse_window
from tasks.open_run import recorded_run
from tasks.review import list_waiting
from tasks.run_names import nightly_run_name
from tasks.source_files import chosen_sources, keep_sources, read_sources
from tasks.stages import (
    BATCH_THREADS,
    chosen_years,
    discover_reports,
    extract_documents,
    fetch_reports,
    follow_attachments,
    publish_tables,
)


@flow(
    name="nightly",
    description="每夜构建：发现、抓取、识读、发布 (discover, fetch, extract, publish)",
    flow_run_name=nightly_run_name,
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def nightly(
    *,
    sources: str = "sources",
    provinces: list[Province] = [],  # noqa: B006 - Prefect copies defaults; the form shows a list
    first_year: Year = FIRST_YEAR,
    last_year: Year = LAST_YEAR,
    last_stage: Stage = Stage.PUBLISH,
    asked: Asked = Asked.DUE,
    hours: Hours = "",
    lake: str = "",
) -> State[None]:
    """Discover, fetch, extract and publish; ends Failed when something needs a person.

    Args:
        sources: 来源文件夹或单个来源文件，相对于项目根目录；示例站点为 sample_site/source.yml (folder of source files, or one file, relative to the project)
        provinces: 只做这些省份；留空为全部 (only these provinces; empty means all)
        first_year: 报告年度从哪年起 (first year reported on)
        last_year: 报告年度到哪年止 (last year reported on)
        last_stage: 做完这一步就停；默认做到发布 (stop after this stage; the default goes all the way)
        asked: 只问到期的网址（一至三月勤，其余月份疏），或全部都问 (only addresses that are due, or all of them)
        hours: 只在这个时段访问网站，北京时间，如 22:00-07:00；留空不限 (hours in which sites are asked, by the clock of Beijing; empty means any)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run(
        "nightly",
        flow_run.get_id(),
        lake,
        flow_run.get_parameters(),
        window=parse_window(hours),
        only_due=asked is Asked.DUE,
    ) as run:
        found = read_sources(sources)
        keep_sources(run.lake, found)
        listed = discover_reports(run, chosen_sources(found, provinces))
        if last_stage is Stage.DISCOVER:
            return conclude(run)
        fetch_reports(run, chosen_years(listed, first_year, last_year))
        if last_stage is Stage.FETCH:
            return conclude(run)
        extract_documents(run)
        follow_attachments(run)
        if last_stage is Stage.EXTRACT:
            return conclude(run)
        publish_tables(run)
        list_waiting(run)
        return conclude(run)
