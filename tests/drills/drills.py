"""The drills. Each breaks one thing and gives what it saw; `DRILLS` lists them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import family
from tasks.dask_reading import SCHEDULER_VARIABLE
from tasks.object_paths import ObjectPath
from tests.conftest import ROOT, gongkai_command, gongkai_environment
from tests.drills.lakes import lake_hash, lay_raw
from tests.drills.stack import DrillFailedError, Stack, wait_until

RUNS_AT_MOST = 4
Command = subprocess.CompletedProcess[str]


@dataclass(slots=True)
class Drill:
    """What a drill has at hand. `undisturbed`: the hash of the lake one process made in a folder."""

    stack: Stack
    raw: Path
    folder: Path
    undisturbed: str
    lakes: int = 0

    # -- lakes on the store, worked on by the workers

    def new_store_lake(self) -> ObjectPath:
        self.lakes += 1
        root = ObjectPath.of(f"s3://lakes/lake{self.lakes}")
        lay_raw(self.raw, root)
        return root

    def publish(self, root: Path, parts: int = 2) -> str:
        return self.stack.ask("publish", {"lake": str(root), "parts": parts})

    def when_arriving(self, root: Path) -> None:
        """The moment when the first batches of a run have been read."""
        wait_until(lambda: any((root / "extracted").rglob("*.parquet")), "batches arrive")

    def when_publishing(self, root: Path) -> None:
        """The moment when tables are being written."""
        wait_until(lambda: any((root / "published").rglob("*.parquet")), "tables are written")

    def finish(self, root: Path, flow_run: str) -> str:
        """Wait for the run; where it did not complete, start it again as an operator does."""
        told = []
        for _ in range(RUNS_AT_MOST):
            state, message = self.stack.wait_for_run(flow_run)
            if state == "COMPLETED":
                return self.compared(root, "; ".join([*told, "completed"]))
            told.append(f"{state.lower()} ({message[:80]}), started again")
            flow_run = self.publish(root)
        return "; ".join([*told, "NOT COMPLETED"])

    def compared(self, root: Path, told: str) -> str:
        same = lake_hash(root) == self.undisturbed
        return f"{told}; {'same lake' if same else 'ANOTHER LAKE'}"

    # -- lakes in folders, worked on by the command line

    def new_folder_lake(self, place: Path | None = None) -> Path:
        self.lakes += 1
        root = place or self.folder / f"lake{self.lakes}"
        lay_raw(self.raw, root)
        return root

    def gongkai(self, root: Path, *words: str, **settings: str) -> Command:
        """`gongkai run publish` against the server of the stack, to its end."""
        command = [*gongkai_command(), *(words or ("run", "publish")), "--lake", str(root)]
        environment = self.stack.environment("shared") | settings
        return subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    def finish_folder(self, root: Path, told: str) -> str:
        done = self.gongkai(root)
        if done.returncode:
            return f"{told}; NOT COMPLETED: {told_by(done)}"
        return self.compared(root, f"{told}; run again, completed")


def told_by(done: Command) -> str:
    """What a command came to: the result of its run, else its last line."""
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    results = [line for line in lines if line.startswith("结果 result")]
    return (results or lines or [f"exit {done.returncode}"])[-1][:160]


def two_workers(drill: Drill) -> str:
    """Nothing is broken: two workers on PostgreSQL and S3 make what one process makes in a folder."""
    root = drill.new_store_lake()
    return drill.finish(root, drill.publish(root))


def flow_killed(drill: Drill) -> str:
    """kill -9 of the process of the flow while it reads."""
    root = drill.new_store_lake()
    run = drill.publish(root)
    drill.when_arriving(root)
    os.kill(_process_of(drill.stack, run), signal.SIGKILL)
    return drill.finish(root, run)


def _process_of(stack: Stack, flow_run: str) -> int:
    """The process in which a worker runs a flow run; readers below it have its environment too."""
    for worker in ("worker1", "worker2"):
        for pid in family(stack.running[worker].pid)[1:]:
            said = Path(f"/proc/{pid}/environ").read_bytes()
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if flow_run.encode() in said and b"reader_process" not in command:
                return pid
    raise DrillFailedError(f"no worker runs {flow_run}")


def worker_killed(drill: Drill) -> str:
    """kill -9 of one of the two workers with all its processes while both read; another takes its place."""
    root = drill.new_store_lake()
    run = drill.publish(root)
    drill.when_arriving(root)
    drill.stack.kill("worker2")
    drill.stack.start_worker("worker2")
    return drill.finish(root, run)


def server_killed(drill: Drill) -> str:
    """kill -9 of Prefect's server while the run reads; started again after five seconds."""
    return _killed_while_reading(drill, "server", drill.stack.start_server)


def database_killed(drill: Drill) -> str:
    """kill -9 of PostgreSQL while the run reads; started again after five seconds."""
    return _killed_while_reading(drill, "database", drill.stack.start_database)


def _killed_while_reading(drill: Drill, service: str, start_again: Callable[[], None]) -> str:
    root = drill.new_store_lake()
    run = drill.publish(root)
    drill.when_arriving(root)
    drill.stack.kill(service)
    time.sleep(5)
    start_again()
    return drill.finish(root, run)


def store_cut_off(drill: Drill) -> str:
    """kill -9 of the way to the store while tables are written; open again after five seconds."""
    return _store_cut_off(drill, 5)


def store_cut_off_long(drill: Drill) -> str:
    """The same for forty seconds, longer than requests are tried again."""
    return _store_cut_off(drill, 40)


def _store_cut_off(drill: Drill, seconds: float) -> str:
    root = drill.new_store_lake()
    run = drill.publish(root)
    drill.when_publishing(root)
    drill.stack.kill("way")
    time.sleep(seconds)
    drill.stack.start_way()
    return drill.finish(root, run)


def slow_store(drill: Drill) -> str:
    """Every answer of the store a tenth of a second late, at 500 KB a second."""
    root = drill.new_store_lake()
    drill.stack.kill("way")
    drill.stack.start_way(0.1, 500_000)
    run = drill.publish(root)
    try:
        drill.stack.wait_for_run(run)
    finally:
        drill.stack.kill("way")
        drill.stack.start_way()
    return drill.finish(root, run)


def database_upgraded(drill: Drill) -> str:
    """Prefect's database one revision back, forward again, and a run on it."""
    root = drill.new_store_lake()
    drill.stack.kill("server")
    drill.stack.prefect("server", "database", "downgrade", "-y", "-r", "-1")
    drill.stack.prefect("server", "database", "upgrade", "-y")
    drill.stack.start_server()
    return drill.finish(root, drill.publish(root))


def database_restored(drill: Drill) -> str:
    """Prefect's database dumped, dropped, restored from the dump; the history is there and a run goes."""
    root = drill.new_store_lake()
    stack = drill.stack
    before = stack.prefect("deployment", "ls").count("/")
    dump = str(drill.folder / "prefect.dump")
    stack.postgres("pg_dump", "-Fc", "-f", dump, "prefect")
    stack.kill("server")
    stack.postgres("dropdb", "--force", "prefect")
    stack.postgres("createdb", "prefect")
    stack.postgres("pg_restore", "-d", "prefect", dump)
    stack.start_server()
    told = "history kept" if stack.prefect("deployment", "ls").count("/") == before else "LOST"
    return f"{told}; {drill.finish(root, drill.publish(root))}"


def dask_run(drill: Drill) -> str:
    """Nothing is broken: two workers of Dask read what one process reads."""
    root = drill.new_store_lake()
    return _on_dask(drill, root, lambda: None)


def dask_worker_killed(drill: Drill) -> str:
    """kill -9 of one of two workers of Dask with all its processes while both read."""
    root = drill.new_store_lake()

    def kill_one() -> None:
        drill.when_arriving(root)
        drill.stack.kill("dask2")

    return _on_dask(drill, root, kill_one)


def _on_dask(drill: Drill, root: ObjectPath, meanwhile: Callable[[], None]) -> str:
    address = drill.stack.start_dask()
    try:
        with ThreadPoolExecutor(1) as one:
            settings = {SCHEDULER_VARIABLE: address}
            run = one.submit(lambda: drill.gongkai(root, **settings))
            meanwhile()
            done = run.result()
    finally:
        for name in {"dask1", "dask2", "scheduler"} & drill.stack.running.keys():
            drill.stack.kill(name)
    if done.returncode:
        return f"NOT COMPLETED: {told_by(done)}"
    told = "read by Dask" if "read by a Dask cluster" in done.stdout else "NOT read by Dask"
    return drill.compared(root, told)


def disk_full(drill: Drill) -> str:
    """The disk of the lake is full while the run writes; space is made and the run started again."""
    place = drill.folder / "small"
    place.mkdir()
    size = sum(path.stat().st_size for path in drill.raw.rglob("*") if path.is_file())
    _mount(place, f"size={(size >> 10) + 900}k")
    try:
        root = drill.new_folder_lake(place / "lake")
        done = drill.gongkai(root)
        told = f"exit {done.returncode}: {told_by(done)}"
        subprocess.run(["mount", "-o", "remount,size=400m", str(place)], check=True)
        return drill.finish_folder(root, told)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def disk_read_only(drill: Drill) -> str:
    """The disk of the lake refuses to be written; mended and the run started again."""
    place = drill.folder / "fixed"
    place.mkdir()
    _mount(place, "size=400m")
    try:
        root = drill.new_folder_lake(place / "lake")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        done = drill.gongkai(root)
        told = f"exit {done.returncode}: {told_by(done)}"
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
        return drill.finish_folder(root, told)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _mount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)


def delivered_twice(drill: Drill) -> str:
    """The same flow started twice at the same moment over one folder."""
    root = drill.new_folder_lake()
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(drill.gongkai, [root, root]))
    told = ", ".join(f"exit {one.returncode}" for one in done)
    return drill.compared(root, told)


def clock_jumped(drill: Drill) -> str:
    """A run begun a day ahead of the clock is killed; the next one has the clock right again."""
    root = drill.new_folder_lake()
    ahead = (
        "import datetime, sys\n"
        "import tasks.run_history as history, tasks.open_run as open_run\n"
        "real = datetime.datetime\n"
        "class Ahead(real):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None): return real.now(tz) + datetime.timedelta(days=1)\n"
        "history.datetime = Ahead\n"
        "from tasks.open_run import recorded_run\n"
        "from tasks.publish import publish_lake\n"
        "with recorded_run('publish', None, sys.argv[1], {}) as run:\n"
        "    print('begun', flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", ahead, str(root)],
        env=gongkai_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    process.kill()
    process.wait()
    return drill.finish_folder(root, "a run dated tomorrow was killed")


def rebuilt_from_raw(drill: Drill) -> str:
    """Everything but raw/ is lost; a backup of raw/ alone makes the lake again."""
    root = drill.new_folder_lake()
    return drill.finish_folder(root, "raw/ restored from its copy")


DRILLS: dict[str, Callable[[Drill], str]] = {
    one.__name__: one
    for one in (
        two_workers,
        flow_killed,
        worker_killed,
        server_killed,
        database_killed,
        store_cut_off,
        store_cut_off_long,
        slow_store,
        database_upgraded,
        database_restored,
        dask_run,
        dask_worker_killed,
        disk_full,
        disk_read_only,
        delivered_twice,
        clock_jumped,
        rebuilt_from_raw,
    )
}
