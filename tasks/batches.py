"""The settings a batch of work runs with as a task of Prefect."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task
from prefect.utilities.annotations import quote

from tasks.open_run import OpenRun

IN_CHINESE = {
    "discover": "发现",
    "fetch": "抓取",
    "extract": "识读",
    "publish": "发布",
    "verify": "核对",
    "release": "版本",
}
T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def may_heal(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    """Retry a batch for what passes (disk, network, time), never for what its data did."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, OSError | TimeoutError)


def task_of(stage: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """A task run for each batch of a stage, named by its `label`."""
    return task(
        name=stage,
        task_run_name=f"{IN_CHINESE[stage]} {{label}}",
        retries=2,
        retry_delay_seconds=[2, 10],
        retry_jitter_factor=0.3,
        retry_condition_fn=may_heal,
        cache_policy=NO_CACHE,
        persist_result=False,
    )


def batch_task(
    stage: str,
) -> Callable[[Callable[Concatenate[OpenRun, str, P], R]], Task[Concatenate[OpenRun, str, P], R]]:
    """A batch of a run in this process; the run keeps why an attempt failed that may be made again."""

    def declare(
        body: Callable[Concatenate[OpenRun, str, P], R],
    ) -> Task[Concatenate[OpenRun, str, P], R]:
        @wraps(body)
        def attempt(run: OpenRun, label: str, *rest: P.args, **named: P.kwargs) -> R:
            try:
                return body(run, label, *rest, **named)
            except (OSError, TimeoutError) as error:
                run.attempt_failed(label, f"{type(error).__name__}: {error}")
                raise

        return task_of(stage)(attempt)

    return declare


def whole(value: T) -> T:
    """Hand a value to a task as it is; Prefect would otherwise search all of it for futures."""
    return cast("T", quote(value))
