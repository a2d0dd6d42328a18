"""Flow runs whose process was killed: Prefect would show them as running for ever."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID


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
