"""The night: ask the sources what is new, read it, publish it."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from schemas.parameters import Stage
from tasks.conclusion import conclude
from tasks.open_run import recorded_run
from tasks.source_files import keep_sources, read_sources
from tasks.stages import (
    BATCH_THREADS,
    discover_reports,
    extract_documents,
    fetch_reports,
    publish_tables,
)

Sources = Annotated[
    str,
    Field(
        title="来源 sources",
        description="来源文件夹或单个来源文件，相对于项目根目录；示例站点为 sample_site/source.yml "
        "(a folder of source files, or one file, relative to the project)",
    ),
]
Lake = Annotated[
    str,
    Field(
        title="数据湖 lake",
        description="数据湖文件夹；留空为默认的 data_lake (leave empty for the default lake)",
    ),
]
LastStage = Annotated[
    Stage,
    Field(
        title="做到哪一步 last stage",
        description="做完这一步就停；默认做到发布 (stop after this stage; the default goes all the way)",
    ),
]


@flow(
    name="nightly",
    description="每夜构建：发现、抓取、识读、发布 (discover, fetch, extract, publish)",
    flow_run_name="每夜 nightly {sources}",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def nightly(
    sources: Sources = "sources", lake: Lake = "", last_stage: LastStage = Stage.PUBLISH
) -> State[None]:
    """Discover, fetch, extract and publish; ends Failed when something needs a person."""
    with recorded_run("nightly", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        found = read_sources(sources)
        keep_sources(run.lake, found)
        reports = discover_reports(run, found)
        if last_stage is Stage.DISCOVER:
            return conclude(run)
        fetch_reports(run, reports)
        if last_stage is Stage.FETCH:
            return conclude(run)
        extract_documents(run)
        if last_stage is Stage.EXTRACT:
            return conclude(run)
        publish_tables(run)
        return conclude(run)
