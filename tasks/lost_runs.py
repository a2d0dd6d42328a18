"""Flow runs whose process was killed: Prefect would show them as running for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from tasks.lake_paths import LakePaths
from tasks.observations import join_observation_files
from tasks.run_history import RunRecord, mark_interrupted_runs
from tasks.run_items import keep_request_items

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def find_lost_runs(lake: LakePaths) -> list[RunRecord]:
    """Mark the runs of a lake whose process has gone, in its history and in Prefect; gives them."""
    lost = mark_interrupted_runs(lake)
    for run in lost:
        join_observation_files(lake, run.run_id)
    keep_request_items(lake, [run.run_id for run in lost])
    flow_runs = [run.flow_run_id for run in lost if run.flow_run_id]
    mark_crashed(flow_runs)
    queue_again(flow_runs)
    return lost


def queue_again(flow_run_ids: Iterable[str]) -> None:
    """Queue crashed runs of deployments again: a server that has just started misses the event of it."""
    lost = [UUID(flow_run_id) for flow_run_id in flow_run_ids]
    if not lost:
        return
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.states import AwaitingRetry

    again: State[None] = AwaitingRetry(message="中断后续跑 taken up again after a crash")
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=lost))
        ):
            if run.deployment_id is not None and run.state is not None and run.state.is_crashed():
                client.set_flow_run_state(run.id, again)


def mark_crashed(flow_run_ids: Iterable[str]) -> None:
    """Tell Prefect's server which runs have ended without a word. Runs it does not know are left out."""
    lost = [UUID(flow_run_id) for flow_run_id in flow_run_ids]
    if not lost:
        return
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.objects import State, StateType

    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=lost))
        ):
            if run.state is not None and not run.state.is_final():
                state: State[None] = State(
                    type=StateType.CRASHED,
                    name="Crashed",
                    message="进程被中断 the process was cut off",
                )
                client.set_flow_run_state(run.id, state, force=True)
