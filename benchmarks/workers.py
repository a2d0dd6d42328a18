"""Two workers beside one, on PostgreSQL and S3 storage: `python -m benchmarks.workers [REPORTS]`.

Each worker has one process for reading, so that two of them have what two processors give. Times are those
Prefect keeps of the runs, from their start in a worker to their end.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks.processes import processor_seconds
from tasks.object_paths import ObjectPath
from tests.drills.lakes import lake_hash, lay_raw, make_raw
from tests.drills.stack import Stack, with_environment_of

REPORTS = 2000


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds, seconds until its publishing began, what others did for it, the hash of the lake.

    `processor`: seconds each of the processes that share the machine worked for it, by name.
    """

    seconds: float
    reading: float
    helped: tuple[str, ...]
    processor: Mapping[str, float]
    lake: str


def main() -> None:
    """Print seconds of one worker and of two, and whether they made the same lake."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    with tempfile.TemporaryDirectory() as scratch:
        stack = Stack(Path(scratch), by_way=False)
        with_environment_of(stack)
        try:
            stack.everything()
            raw = make_raw(Path(scratch), reports)
            one = _measured(stack, raw, 1)
            two = _measured(stack, raw, 2)
        finally:
            stack.close()
    for workers, run in ((1, one), (2, two)):
        print(
            f"{workers} workers: {run.seconds:6.1f} s, of which until all is read {run.reading:6.1f} s"
        )
        worked = ", ".join(f"{name} {seconds:.0f}" for name, seconds in run.processor.items())
        print(f"  processor seconds: {worked}")
        print("".join(f"  a run beside it: {words}\n" for words in run.helped), end="")
    print(
        f"ratio {one.seconds / two.seconds:.2f}, of reading alone {one.reading / two.reading:.2f}"
    )
    print(f"the same lake both ways: {'yes' if one.lake == two.lake else 'NO'}")


def _measured(stack: Stack, raw: Path, workers: int) -> Measured:
    root = ObjectPath.of(f"s3://lakes/workers{workers}")
    lay_raw(raw, root)
    stack.start_worker(f"worker{workers}")
    before = _processor_seconds(stack)
    run = stack.ask("publish", {"lake": str(root), "parts": workers})
    state, message = stack.wait_for_run(run)
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
        (ended - began).total_seconds(),
        (published - began).total_seconds(),
        tuple(
            f"{one['name']}, {one['total_run_time']:.0f} s from {_seconds_after(began, one):.0f} s on: {one['state']['message']}"
            for one in helpers
            if workers > 1 and one["name"].split()[0] in {"识读", "生成"}
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
