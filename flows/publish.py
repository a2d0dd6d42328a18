"""Read what is in the raw store and not read yet, and bring the published tables up to date."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import PartitionName, Parts
from tasks.conclusion import conclude
from tasks.open_run import recorded_run
from tasks.review import list_waiting
from tasks.spread import extract_in_parts, publish_in_parts
from tasks.stages import BATCH_THREADS


@flow(
    name="publish",
    description="只识读和发布，不访问网络 (read and publish what the lake already holds; no network)",
    flow_run_name="发布 publish",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def publish(
    *,
    let_through: list[PartitionName] = [],  # noqa: B006 - Prefect copies defaults; the form shows a list
    parts: Parts = 1,
    lake: str = "",
) -> State[None]:
    """Extract what is unread, then publish.

    Args:
        let_through: 放行的分区，每行一个，如 CN-SX/2024，或 all；仅在核实骤减确有原因后填写 (partitions past the gate, one per line, once their loss is explained)
        parts: 识读和生成分区分给几个运行并行，不超过工作进程数；1 为不分 (into how many runs reading and building are split, at most as many as there are workers; 1 does not split)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run("publish", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        extract_in_parts(run, parts)
        publish_in_parts(run, parts, let_through)
        list_waiting(run)
        return conclude(run)
