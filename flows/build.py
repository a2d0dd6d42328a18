"""One part of the building of a publication, for a worker of its own. Started by a run that spreads its publishing."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import Parts
from tasks.conclusion import conclude_part
from tasks.open_run import recorded_run
from tasks.stages import BATCH_THREADS, build_for_another


@flow(
    name="build",
    description="生成分区的一份，由其他运行分出 (one part of the building, split off by another run)",
    flow_run_name="生成 build {part}/{parts}",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def build(publication: str, part: Parts = 2, parts: Parts = 2, lake: str = "") -> State[None]:
    """Build the partitions a publication asks for; it publishes them itself.

    Args:
        publication: 发起发布的运行在数据湖中的编号 (id, in the lake, of the run that publishes)
        part: 第几份，第一份由发起者自己生成 (which part; the first is built by the run that asks)
        parts: 共几份 (of how many)
        lake: 数据湖文件夹或地址；留空为默认的 data_lake (folder or address of the lake; empty means the default one)
    """
    with recorded_run("build", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        build_for_another(run, publication, part)
        return conclude_part(run)
