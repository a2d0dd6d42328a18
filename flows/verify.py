"""Compute every hash of the lake again and say what is wrong and what to do."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from tasks.conclusion import conclude
from tasks.open_run import recorded_run
from tasks.stages import BATCH_THREADS, verify_files


@flow(
    name="verify",
    description="核对数据湖的每个文件：校验值、缺失、多余、过期 (verify every file: hashes, missing, foreign, stale)",
    flow_run_name="核对 verify",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def verify(lake: str = "") -> State[None]:
    """Ends Failed when something is wrong; nothing is changed.

    Args:
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run("verify", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        verify_files(run)
        return conclude(run)
