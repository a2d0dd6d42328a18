"""Freeze what is published as an immutable, checksummed release."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from schemas.parameters import ReleaseName
from tasks.conclusion import conclude
from tasks.open_run import recorded_run
from tasks.stages import BATCH_THREADS, freeze_release


@flow(
    name="release",
    description="冻结已发布的数据为一个版本，附变更记录与校验值 (freeze what is published as a release)",
    flow_run_name="版本 release {name}",
    task_runner=BATCH_THREADS,
    persist_result=False,
)
def release(name: ReleaseName, lake: str = "") -> State[None]:
    """Copy what is published into releases/<name>; a release is never changed.

    Args:
        name: 版本名，如 2026.11；同月第二个为 2026.11.2 (name of the release, such as 2026.11)
        lake: 数据湖文件夹；留空为默认的 data_lake (folder of the lake; empty means the default one)
    """
    with recorded_run("release", flow_run.get_id(), lake, flow_run.get_parameters()) as run:
        freeze_release(run, name)
        return conclude(run)
