"""Reading and building spread over the workers of a pool: each part is done by a run of its own.

Parts of reading are of the sixteen shards and never touch one file of `extracted/`, so they need each other's
word only to lay batches in; parts of building are partitions (`build_parts`). The run that spreads does a part
itself, takes back what no worker has begun, and at the end does whatever is left: a worker that dies costs
time, not documents.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

from tasks.open_run import OpenRun
from tasks.progress import announce
from tasks.publish import PublishedLake
from tasks.reading_plan import shards_of_part
from tasks.run_history import read_runs
from tasks.stages import extract_documents, publish_tables

READ, BUILD = "read/read", "build/build"
_LOOK_EVERY_SECONDS = 1.0
_COUNTED = ("read", "quarantined")


def extract_in_parts(run: OpenRun, parts: int) -> None:
    """Read what is unread, in so many runs at once; with one part all of it here."""
    others = _start_others(run, READ, parts, {}) if parts > 1 else []
    if others:
        extract_documents(run, shards_of_part(1, parts))
        _wait_for(run, [other.id for other in others])
    extract_documents(run)


def publish_in_parts(run: OpenRun, parts: int, let_through: Collection[str] = ()) -> PublishedLake:
    """Publish, partitions built by so many runs at once; with one part all of them here."""
    publication = run.record.run_id
    others = _start_others(run, BUILD, parts, {"publication": publication}) if parts > 1 else []
    if not others:
        return publish_tables(run, let_through)
    asked = [other.id for other in others]
    with get_client(sync_client=True) as client:
        try:
            helpers = _HelpingRuns(run, client, publication, asked)
            return publish_tables(run, let_through, helpers)
        finally:
            for other in asked:
                _taken_back_or_state(client, other)


@dataclass(frozen=True, slots=True)
class _HelpingRuns:
    """The runs of `build` that this run has asked for, as `build_parts` sees them."""

    run: OpenRun
    client: SyncPrefectClient
    publication: str
    asked: Sequence[UUID]

    @property
    def parts(self) -> int:
        return len(self.asked) + 1

    def is_building(self, part: int) -> bool:
        return _is_under_way(self.run, self.client, self.asked[part - 2])


def _start_others(
    run: OpenRun, deployment: str, parts: int, parameters: Mapping[str, str]
) -> list[FlowRun]:
    """Ask for a run of every part but the first. A run that is taken up again finds those it asked for."""
    asked, name = [], deployment.partition("/")[2]
    for part in range(2, parts + 1):
        try:
            other = run_deployment(
                deployment,
                parameters={
                    **parameters,
                    "part": part,
                    "parts": parts,
                    "lake": str(run.lake.root),
                },
                timeout=0,
                idempotency_key="-".join(
                    [str(run.record.flow_run_id), *parameters.values(), name, str(part)]
                ),
            )  # a coroutine only where a loop runs, which no flow of ours has
        except ObjectNotFound:
            run.warning(
                f"没有部署 {name}，由本运行独自完成；先执行 prefect deploy --all "
                f"no deployment named {name}, all is done here: run prefect deploy --all"
            )
            return []
        asked.append(cast("FlowRun", other))
    announce("%s 分给 %d 个运行 is spread over so many runs", name, parts)
    return asked


def _wait_for(run: OpenRun, asked: Sequence[UUID]) -> None:
    """Wait for the runs under way; those nobody has begun are taken back."""
    waiting = list(asked)
    with get_client(sync_client=True) as client:
        while waiting:
            waiting = [one for one in waiting if _is_under_way(run, client, one)]
            if waiting:
                time.sleep(_LOOK_EVERY_SECONDS)
    ended = [str(one) for one in asked]
    rows = [row for row in read_runs(run.lake).iter_rows(named=True) if row["flow_run_id"] in ended]
    for what in _COUNTED:
        run.count(what, sum(row[what] for row in rows))


def _is_under_way(run: OpenRun, client: SyncPrefectClient, asked: UUID) -> bool:
    """Whether to look again. What a part could not do is told and left to this run."""
    state = _taken_back_or_state(client, asked)
    if state is None:
        return False
    if not state.is_final():
        return True
    if not state.is_completed():
        run.warning(f"一份未完成，由本运行接手 a part was not finished: {state.message}")
    return False


def _taken_back_or_state(client: SyncPrefectClient, asked: UUID) -> State | None:
    """The state of a run that a worker has begun; one that none has is taken back, and has no state."""
    state = client.read_flow_run(asked).state
    assert state is not None
    if state.type is not StateType.SCHEDULED:
        return state
    back: State[None] = Cancelled(message="由发起的运行接手 taken back by the run that asked")
    client.set_flow_run_state(asked, back, force=True)
    announce("没有空闲的工作进程，收回一份 no worker was free, a part is taken back")
    return None
