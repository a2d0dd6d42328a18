"""Two workers beside one, on PostgreSQL and S3 storage: `python -m benchmarks.workers [REPORTS]`.

Each worker has one process for reading, so that two of them have what two processors give. Times are those
Prefect keeps of the runs, from their start in a worker to their end.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path

import httpx

from tasks.object_paths import ObjectPath
from tests.drills.lakes import lake_hash, lay_raw, make_raw
from tests.drills.stack import Stack, with_environment_of

REPORTS = 2000


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
    for workers, (seconds, reading, _) in ((1, one), (2, two)):
        print(f"{workers} workers: {seconds:6.1f} s, of which until all is read {reading:6.1f} s")
    print(f"ratio {one[0] / two[0]:.2f}, of reading alone {one[1] / two[1]:.2f}")
    print(f"the same lake both ways: {'yes' if one[2] == two[2] else 'NO'}")


def _measured(stack: Stack, raw: Path, workers: int) -> tuple[float, float, str]:
    """Seconds of the run, seconds until its publishing began, and the hash of the lake."""
    root = ObjectPath.of(f"s3://lakes/workers{workers}")
    lay_raw(raw, root)
    stack.start_worker(f"worker{workers}")
    run = stack.ask("publish", {"lake": str(root), "parts": workers})
    state, message = stack.wait_for_run(run)
    if state != "COMPLETED":
        raise RuntimeError(f"the measured run did not complete: {message}")
    told = httpx.get(f"{stack.api}/flow_runs/{run}").json()
    began, ended = (datetime.fromisoformat(told[name]) for name in ("start_time", "end_time"))
    wanted = {"flow_runs": {"id": {"any_": [run]}}, "task_runs": {"name": {"like_": "发布"}}}
    tasks = httpx.post(f"{stack.api}/task_runs/filter", json=wanted).json()
    published = min(datetime.fromisoformat(task["start_time"]) for task in tasks)
    seconds = (ended - began).total_seconds()
    return seconds, (published - began).total_seconds(), lake_hash(root)


if __name__ == "__main__":
    main()
