"""One part of the reading, for a worker of its own. Started by a run that spreads its reading."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import Parts
from tasks.conclusion import conclude_part
from tasks.open_run import recorded_run
from tasks.reading_plan import shards_of_part
from tasks.stages import BATCH_THREADS, extract_documents


@flow(
    name="read",
    description="识读的一份，由其他运行分出 (one part of the reading, split off by another run)",
    flow_run_name="识读 read {part}/{parts}",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def read(part: Parts = 1, parts: Parts = 1, lake: str = "") -> State[None]:
    """Read the documents of every `parts`-th shard that are not read yet; nothing is published.

    Args:
        part: 第几份 (which part)
        parts: 共几份 (of how many)
        lake: 数据湖文件夹或地址；留空为默认的 data_lake (folder or address of the lake; empty means the default one)
    """
    with recorded_run("read", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        extract_documents(run, shards_of_part(part, parts))
        return conclude_part(run)
