"""Two workers beside one, on PostgreSQL and S3 storage: `python -m benchmarks.workers [REPORTS]`.

Each worker has one process for reading, so that two of them have what two processors give. The third run has one
worker and two of Dask that read. Times are those Prefect keeps of the runs, from their start in a worker to
their end. `--processor-share 0.5` holds each worker to half a processor: store, server and database then have
what is left, as if on machines of their own.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import httpx

from benchmarks.processes import processor_seconds
from benchmarks.processor_share import held_to
from tasks.dask_reading import SCHEDULER_VARIABLE
from tasks.object_paths import ObjectPath
from tests.drills.lakes import lake_hash, lay_raw, make_raw
from tests.drills.stack import Stack, with_environment_of

REPORTS = 2000
_LONGEST_RUN_SECONDS = 7200.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: who did it, seconds, seconds until its publishing began, what others did for it, the hash of the lake.

    `processor`: seconds each of the processes that share the machine worked for it, by name.
    """

    way: str
    seconds: float
    reading: float
    helped: tuple[str, ...]
    processor: Mapping[str, float]
    lake: str


def main() -> None:
    """Print seconds of each run, and whether they made the same lake."""
    asked = ArgumentParser()
    asked.add_argument("reports", nargs="?", type=int, default=REPORTS)
    asked.add_argument("--processor-share", type=float)
    told = asked.parse_args()
    numbers = count(1)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as held:
        stack = Stack(Path(scratch), by_way=False)
        with_environment_of(stack)

        def group() -> Callable[[], None] | None:
            if told.processor_share is None:
                return None
            return held.enter_context(held_to(told.processor_share, f"worker{next(numbers)}"))

        try:
            stack.everything()
            raw = make_raw(Path(scratch), told.reports)
            stack.start_worker("worker1", group())
            one = _measured(stack, raw, "one worker", 1)
            _tell(one, one)
            stack.start_worker("worker2", group())
            _tell(_measured(stack, raw, "two workers", 2), one)
            address = stack.start_dask((group(), group()))
            way = "one worker, two of Dask"
            _tell(_measured(stack, raw, way, 1, {SCHEDULER_VARIABLE: address}), one)
        finally:
            stack.close()


def _tell(run: Measured, one: Measured) -> None:
    """Print a run as it ends, a large one takes long; `one`: the run of one worker."""
    print(f"{run.way}: {run.seconds:.1f} s, of which until all is read {run.reading:.1f} s")
    worked = ", ".join(f"{name} {seconds:.0f}" for name, seconds in run.processor.items())
    print(f"  processor seconds: {worked}")
    print("".join(f"  a run beside it: {words}\n" for words in run.helped), end="")
    if run is not one:
        whole, reading = one.seconds / run.seconds, one.reading / run.reading
        print(f"  {whole:.2f} times as fast as one, reading alone {reading:.2f} times")
        print(f"  the same lake: {'yes' if run.lake == one.lake else 'NO'}")
    sys.stdout.flush()


def _measured(
    stack: Stack, raw: Path, way: str, parts: int, variables: Mapping[str, str] | None = None
) -> Measured:
    root = ObjectPath.of(f"s3://lakes/{way.replace(' ', '-').replace(',', '')}")
    lay_raw(raw, root)
    before = _processor_seconds(stack)
    run = stack.ask("publish", {"lake": str(root), "parts": parts}, variables)
    state, message = stack.wait_for_run(run, _LONGEST_RUN_SECONDS)
    if state != "COMPLETED":
        raise RuntimeError(f"the measured run did not complete: {message}")
    worked = {name: after - before[name] for name, after in _processor_seconds(stack).items()}
    told = httpx.get(f"{stack.api}/flow_runs/{run}").json()
    began, ended = (datetime.fromisoformat(told[name]) for name in ("start_time", "end_time"))
    wanted = {"flow_runs": {"id": {"any_": [run]}}, "task_runs": {"name": {"like_": "发布"}}}
    tasks = httpx.post(f"{stack.api}/task_runs/filter", json=wanted).json()
    published = min(datetime.fromisoformat(task["start_time"]) for task in tasks)
    helpers = httpx.post(f"{stack.api}/flow_runs/filter", json={"sort": "START_TIME_ASC"}).json()
    return Measured(
        way,
        (ended - began).total_seconds(),
        (published - began).total_seconds(),
        tuple(
            f"{one['name']}, {one['total_run_time']:.0f} s from {_seconds_after(began, one):.0f} s on: {one['state']['message']}"
            for one in helpers
            if parts > 1 and one["name"].split()[0] in {"识读", "生成"}
        ),
        worked,
        lake_hash(root),
    )


def _seconds_after(began: datetime, run: Mapping[str, str]) -> float:
    return (datetime.fromisoformat(run["start_time"]) - began).total_seconds()


def _processor_seconds(stack: Stack) -> dict[str, float]:
    return {name: processor_seconds(process.pid) for name, process in stack.running.items()}


if __name__ == "__main__":
    main()
