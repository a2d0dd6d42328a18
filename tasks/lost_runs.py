"""Flow runs whose process was killed: Prefect would show them, and what they were at, as running for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from tasks.child_processes import is_running
from tasks.lake_paths import LakePaths
from tasks.observations import join_observation_files
from tasks.prefect_environment import database_is_shared
from tasks.run_history import RunRecord, mark_interrupted_runs, read_runs
from tasks.run_items import keep_request_items

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun, State

_OURS = "gongkai"


def close_interrupted_runs(lake: LakePaths) -> list[RunRecord]:
    """Mark the runs of a lake whose process has gone, and lay in what they asked for; gives them."""
    lost = mark_interrupted_runs(lake)
    for run in lost:
        join_observation_files(lake, run.run_id)
    keep_request_items(lake, [run.run_id for run in lost])
    return lost


def find_lost_runs(lake: LakePaths) -> list[RunRecord]:
    """For the only worker of a server, just started: what Prefect still shows as running has lost its process.

    Such runs are marked in the lake and in Prefect, and those of deployments are queued again (a server
    that has just started misses the event by which an automation would do it). Gives those of the lake.
    """
    lost = close_interrupted_runs(lake)
    ids = {run.flow_run_id for run in lost if run.flow_run_id}
    if not database_is_shared():
        ids |= _unfinished(lake)
    mark_crashed(ids)
    _queue_again(ids)
    return lost


def _unfinished(lake: LakePaths) -> set[str]:
    """Runs of our deployments that have begun in Prefect and have no process that lives."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
        FlowRunFilterTags,
    )
    from prefect.client.schemas.objects import StateType

    begun = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[_OURS]),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING])
        ),
    )
    living = {
        row["flow_run_id"]
        for row in read_runs(lake).filter(outcome="started").iter_rows(named=True)
        if is_running(row["pid"])
    }
    with get_client(sync_client=True) as client:
        return {str(run.id) for run in client.read_flow_runs(flow_run_filter=begun)} - living


def _queue_again(flow_run_ids: Iterable[str]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import AwaitingRetry

    again: State[None] = AwaitingRetry(message="中断后续跑 taken up again after a crash")
    with get_client(sync_client=True) as client:
        for run in _known(client, flow_run_ids):
            if run.deployment_id is not None and run.state is not None and run.state.is_crashed():
                client.set_flow_run_state(run.id, again)


def mark_crashed(flow_run_ids: Iterable[str]) -> None:
    """Tell Prefect's server which runs have ended without a word, with their tasks. Runs it does not know are left out."""
    from prefect.client.orchestration import get_client

    ids = set(flow_run_ids)
    mark_tasks_crashed(ids)
    with get_client(sync_client=True) as client:
        for run in _known(client, ids):
            if run.state is not None and not run.state.is_final():
                client.set_flow_run_state(run.id, _cut_off(), force=True)


def mark_tasks_crashed(flow_run_ids: Iterable[str]) -> None:
    """Tell Prefect's server that what these runs were at has ended without a word."""
    ids = [UUID(flow_run_id) for flow_run_id in flow_run_ids]
    if not ids:
        return
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterId,
        TaskRunFilter,
        TaskRunFilterState,
        TaskRunFilterStateType,
    )
    from prefect.client.schemas.objects import TERMINAL_STATES, StateType

    open_types = [each for each in StateType if each not in TERMINAL_STATES]
    still_open = TaskRunFilter(
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=open_types))
    )
    runs = FlowRunFilter(id=FlowRunFilterId(any_=ids))
    with get_client(sync_client=True) as client:
        for task in client.read_task_runs(flow_run_filter=runs, task_run_filter=still_open):
            client.set_task_run_state(task.id, _cut_off(), force=True)


def _known(client: SyncPrefectClient, flow_run_ids: Iterable[str]) -> list[FlowRun]:
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    ids = [UUID(flow_run_id) for flow_run_id in flow_run_ids]
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids))
    return client.read_flow_runs(flow_run_filter=wanted) if ids else []


def _cut_off() -> State[None]:
    from prefect.client.schemas.objects import State, StateType

    return State(
        type=StateType.CRASHED, name="Crashed", message="进程被中断 the process was cut off"
    )
