"""One large run over mixed media, from files to published tables: its speed, its memory, what orchestration costs.

`python -m benchmarks.scale 5000 10000` measures a run of so many reports each, into new lakes, and says how
straight the line is. `--folder FOLDER` keeps the documents there and uses again those an earlier measurement made.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.corpus import MIXED_STYLES, made_reports
from benchmarks.flow_run import measured_flow, of_own_process
from benchmarks.machine_speed import MachineSpeed
from benchmarks.orchestration import published_alike, seconds_of_work_alone
from benchmarks.processes import Cost, MemoryWatch, cost

REPORTS = (1500, 3000)
PART = 500
"""Reports made, or read alone, in one piece."""
_STAGES = ("keep", "read", "publish")


@dataclass(frozen=True, slots=True)
class Timed:
    """One part of a measurement: its cost, and pieces of work a processor second was worth meanwhile."""

    cost: Cost
    speed: float

    @property
    def seconds(self) -> float:
        """As the clock showed them."""
        return self.cost.seconds

    @property
    def work(self) -> float:
        """Seconds on a machine that is always as fast."""
        return self.cost.seconds * self.speed


@dataclass(frozen=True, slots=True)
class Scale:
    """One run: the flow, its server already up; all its stages without Prefect; each stage alone.

    `keep`, `read` and `publish`: files into the raw store, documents to rows in all processors without any
    lake, extracted rows to published tables. `peak_mib`: of all processes together, the server's among them.
    """

    reports: int
    flow: Timed
    without_prefect: Timed
    keep: Timed
    read: Timed
    publish: Timed
    peak_mib: float
    server_mib: float
    task_runs: int
    database_bytes: int
    same_lake: bool

    @property
    def share(self) -> float:
        """How near the run comes to the speeds of its stages, one after the other, on an even machine."""
        return sum(stage.work for stage in self._stages) / self.flow.work

    @property
    def share_by_the_clock(self) -> float:
        """The same, however the machine changed in between."""
        return sum(stage.seconds for stage in self._stages) / self.flow.seconds

    @property
    def _stages(self) -> tuple[Timed, ...]:
        return self.keep, self.read, self.publish

    @property
    def orchestration(self) -> float:
        """The part of the run the same stages do not need without Prefect, on an even machine."""
        return 1 - self.without_prefect.work / self.flow.work

    @property
    def orchestration_by_the_clock(self) -> float:
        """The same, however the machine changed in between."""
        return 1 - self.without_prefect.seconds / self.flow.seconds

    @property
    def orchestration_processor(self) -> float:
        """The part of its processor time that is Prefect's server, and what the flow's own process does besides.

        What readers and builders do is the same both ways, and would drown it: one run differs from the next by more.
        """
        flow, bare = self.flow.cost, self.without_prefect
        own_without_prefect = bare.cost.own * bare.speed / self.flow.speed
        return (flow.server + flow.own - own_without_prefect) / flow.processor


def measure_scale(
    reports: int, scratch: Path, speed: MachineSpeed, folder: Path | None = None
) -> Scale:
    """One run of each kind over one corpus. Every part in a process of its own, so that none inherits memory.

    `folder`: where documents are kept, else in `scratch`, which the lakes fill and which must not hold any.
    """
    documents = make_corpus((folder or scratch) / f"documents{reports}", reports)
    flow, bare = scratch / f"flow{reports}", scratch / f"bare{reports}"
    for path in documents.glob("*/*"):
        path.read_bytes()  # so that no part finds them cold
    told = _aloud("flow", documents, measured_flow(documents, flow))
    alone = _measured("bare", documents, bare)
    stages = _measured("stages", documents, scratch / f"stages{reports}", bare)

    def timed(part: Mapping[str, float], name: str = "") -> Timed:
        cost = Cost(*(part[name + what] for what in Cost._fields))
        return Timed(cost, speed.during(cost.began, cost.seconds))

    return Scale(
        reports,
        timed(told),
        timed(alone),
        *(timed(stages, f"{stage} ") for stage in _STAGES),
        told["peak_mib"],
        told["server_mib"],
        int(told["task_runs"]),
        int(told["database_bytes"]),
        published_alike((flow, bare)),
    )


def scale_lines(measured: Sequence[Scale]) -> Iterator[str]:
    """What to print of runs of growing size."""
    yield "\nwhole runs over mixed media (pages, texts, DOCX, PDF, XLSX), files to published tables"
    yield "(cpu): server and own process, of processor time; (clock): not corrected for how fast the machine was in each part"
    yield (
        f"{'reports':>9}{'run s':>8}{'per s':>7}{'keep':>7}{'read':>7}{'publish':>8}{'share':>7}{'(clock)':>8}"
        f"{'Prefect':>9}{'(clock)':>8}{'(cpu)':>7}{'MiB':>7}{'server':>8}{'tasks':>7}{'db KiB':>8}  same lake"
    )
    for one in measured:
        yield (
            f"{one.reports:>9,}{one.flow.seconds:>8.1f}{one.reports / one.flow.seconds:>7.0f}"
            f"{one.keep.seconds:>7.1f}{one.read.seconds:>7.1f}{one.publish.seconds:>8.1f}"
            f"{one.share:>7.0%}{one.share_by_the_clock:>8.0%}"
            f"{one.orchestration:>9.1%}{one.orchestration_by_the_clock:>8.1%}{one.orchestration_processor:>7.1%}"
            f"{one.peak_mib:>7,.0f}{one.server_mib:>8,.0f}{one.task_runs:>7}"
            f"{one.database_bytes / 1024:>8,.0f}  {'yes' if one.same_lake else 'NO'}"
        )
    for one in measured:
        parts = (one.flow, one.without_prefect, one.keep, one.read, one.publish)
        yield (
            f"{one.reports:>9,}: speed of the machine during run, run without Prefect, stages: "
            + ", ".join(f"{part.speed / one.flow.speed:.2f}" for part in parts)
        )
    for less, more in pairwise(measured):
        times = more.reports / less.reports
        yield (
            f"{times:.1f} times the reports took {more.flow.work / less.flow.work:.2f} times as long "
            f"({more.flow.seconds / less.flow.seconds:.2f} by the clock)"
        )


def make_corpus(folder: Path, reports: int) -> Path:
    """So many different reports as files, made by all processors where they are not there yet; the same for a number."""
    starts = range(0, reports, PART)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as makers:
        list(makers.map(_make_part, [folder] * len(starts), starts, [reports] * len(starts)))
    return folder


def _make_part(folder: Path, first: int, reports: int) -> None:
    part = folder / f"{first:07d}"
    if part.exists():
        return
    begun = folder.with_name(f"{folder.name}-begun") / part.name
    begun.mkdir(parents=True, exist_ok=True)
    for report in made_reports(min(PART, reports - first), MIXED_STYLES, first=first):
        (begun / report.name).write_bytes(report.content)
    folder.mkdir(exist_ok=True)
    begun.rename(part)


def _measured(what: str, *places: Path) -> dict[str, float]:
    told = of_own_process("benchmarks.scale", "--part", what, *map(str, places))
    return _aloud(what, places[0], told)


def _aloud(what: str, documents: Path, told: dict[str, float]) -> dict[str, float]:
    """What a part gave, told at once too: a large run takes hours."""
    print(f"{what} {documents.name}: {json.dumps(told)}", file=sys.stderr, flush=True)
    return told


def _bare(documents: Path, lake: Path) -> dict[str, float]:
    """The same without Prefect, by a process that has done it once for one report, and is watched as the flow is."""
    logging.disable(logging.INFO)
    seconds_of_work_alone(next(documents.glob("*/*")), lake.with_name(f"{lake.name}-first"))
    with MemoryWatch():
        return cost(lambda: seconds_of_work_alone(documents, lake))._asdict()


def _stages(documents: Path, lake: Path, filled: Path) -> dict[str, float]:
    """Each stage on its own. `filled`: a lake whose extracted rows are published into another."""
    from tasks.ingest import keep_named_files
    from tasks.lake_paths import open_lake
    from tasks.local_files import find_documents
    from tasks.open_run import recorded_run
    from tasks.publish import publish_lake

    logging.disable(logging.INFO)
    with recorded_run("ingest", None, str(lake), {}) as run:
        keep = cost(lambda: keep_named_files(run, find_documents([documents])))
    read = _cost_of_reading(documents)
    (lake / "extracted").symlink_to(filled / "extracted")
    publish = cost(lambda: publish_lake(open_lake(str(lake))))
    return {
        f"{stage} {what}": value
        for stage, told in zip(_STAGES, (keep, read, publish), strict=True)
        for what, value in told._asdict().items()
    }


def _cost_of_reading(documents: Path) -> Cost:
    """Documents to rows by every processor, bytes already at hand: started and warm before the clock runs.

    The seconds are those of reading alone, shared evenly among the processors.
    """
    parts = sorted(documents.iterdir())
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as readers:
        list(readers.map(_read_part, parts[:processes]))
        read: list[float] = []
        whole = cost(lambda: read.extend(readers.map(_read_part, parts)))
    return whole._replace(seconds=sum(read) / processes)


def _read_part(folder: Path) -> float:
    from annual_reports.extract import extract_document
    from annual_reports.lake import extraction_frame
    from annual_reports.model import Extraction

    contents = [(path.read_bytes(), path.name) for path in sorted(folder.iterdir())]
    start = time.perf_counter()
    outcomes = [extract_document(content, name) for content, name in contents]
    extraction_frame([one for one in outcomes if isinstance(one, Extraction)])
    return time.perf_counter() - start


def main() -> None:
    """Print the table; sizes may be given."""
    if sys.argv[1:2] == ["--part"]:
        what, *places = sys.argv[2:]
        work: dict[str, Callable[..., dict[str, float]]] = {
            "bare": _bare,
            "stages": _stages,
        }
        print(json.dumps(work[what](*map(Path, places))))
        return
    asked = ArgumentParser()
    asked.add_argument("--folder", type=Path)
    asked.add_argument("sizes", nargs="*", type=int, default=REPORTS)
    told = asked.parse_args()
    with TemporaryDirectory() as scratch, MachineSpeed() as speed:
        measured = [measure_scale(size, Path(scratch), speed, told.folder) for size in told.sizes]
    print("\n".join(scale_lines(measured)), flush=True)


if __name__ == "__main__":
    main()
