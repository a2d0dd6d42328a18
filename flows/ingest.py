"""Reports an operator names: files, folders, addresses."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from pydantic import Field

from schemas.parameters import Parts
from tasks.conclusion import conclude
from tasks.ingest import fetch_named_pages, keep_named_files
from tasks.local_files import find_documents, from_project, split_paths_and_urls
from tasks.open_run import recorded_run
from tasks.review import list_waiting
from tasks.run_names import ingest_run_name
from tasks.spread import extract_in_parts, publish_in_parts
from tasks.stages import (
    BATCH_THREADS,
    follow_attachments,
)

Documents = Annotated[list[str], Field(min_length=1)]


@flow(
    name="ingest",
    description="导入指定的文件、文件夹或网址 (files, folders or addresses an operator names)",
    flow_run_name=ingest_run_name,
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def ingest(
    documents: Documents, allow_local: bool = False, parts: Parts = 1, lake: str = ""
) -> State[None]:
    """Keep, read and publish what is named.

    Args:
        documents: 文件、文件夹或网址，每行一个；相对路径从项目根目录算起，上传文件夹为 uploads (files, folders or addresses, one per line; relative paths start at the project, the folder for uploads is `uploads`)
        allow_local: 允许抓取本机或内网地址，仅用于测试站点 (allow loopback and private addresses, for test sites only)
        parts: 识读和生成分区分给几个运行并行，不超过工作进程数；1 为不分 (into how many runs reading and building are split, at most as many as there are workers; 1 does not split)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run("ingest", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        paths, urls = split_paths_and_urls(documents)
        keep_named_files(run, find_documents(from_project(paths)))
        fetch_named_pages(run, urls, allow_local)
        extract_in_parts(run, parts)
        follow_attachments(run, ["ingest"] if allow_local else [])
        publish_in_parts(run, parts)
        list_waiting(run)
        return conclude(run)
