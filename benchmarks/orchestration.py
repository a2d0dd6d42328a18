"""What Prefect costs: the same batches through the `ingest` flow and through a bare thread pool."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.corpus import HTML_STYLES, TEXT_STYLES, made_reports
from benchmarks.flow_run import measured_flow
from tasks.arrivals import Intake, take_in
from tasks.ingest import keep_named_files
from tasks.lake_paths import open_lake
from tasks.lake_summary import read_manifest
from tasks.local_files import find_documents
from tasks.open_run import OpenRun, recorded_run
from tasks.progress import Progress
from tasks.publish import publish_lake
from tasks.reader_pool import ReaderPool
from tasks.reading_plan import ALL_SHARDS, reading_plan
from tasks.stages import Reading, read_documents, tell_publication
from tasks.unread import find_unread
from tests.conftest import TIMED_TABLES

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class OrchestrationCost:
    """Seconds of the same work with and without Prefect; `same_lake` when both lakes are equal."""

    reports: int
    server_start: float
    with_prefect: float
    without_prefect: float
    same_lake: bool

    @property
    def share(self) -> float:
        """The part of a run, its server already up, that is orchestration."""
        return 1 - self.without_prefect / self.with_prefect


def measure_orchestration(reports: int) -> OrchestrationCost:
    """Medians of ROUNDS runs each way, in turn, over `reports` made documents into new lakes."""
    logging.disable(logging.INFO)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "documents"
        folder.mkdir()
        for report in made_reports(reports, HTML_STYLES + TEXT_STYLES):
            (folder / report.name).write_bytes(report.content)
        alone: list[float] = []
        flows: list[tuple[float, float]] = []
        lakes: list[Path] = []
        for number in range(ROUNDS):
            bare, orchestrated = Path(scratch) / f"bare{number}", Path(scratch) / f"flow{number}"
            alone.append(seconds_of_work_alone(folder, bare))
            told = measured_flow(folder, orchestrated)
            flows.append((told["server_start"], told["seconds"]))
            lakes += [bare, orchestrated]
        return OrchestrationCost(
            reports,
            median(start for start, _ in flows),
            median(run for _, run in flows),
            median(alone),
            published_alike(lakes),
        )


def seconds_of_work_alone(folder: Path, lake: Path) -> float:
    """What the `ingest` flow does with a folder, without Prefect."""
    start = time.perf_counter()
    with recorded_run("ingest", None, str(lake), {}) as run:
        keep_named_files(run, find_documents([folder]))
        _read_everything(run)
        tell_publication(run, publish_lake(run.lake))
    return time.perf_counter() - start


def _read_everything(run: OpenRun) -> None:
    """What the flow's stage does, its batches in threads instead of task runs."""
    found = find_unread(run.lake, ALL_SHARDS)
    progress = Progress("extract", "documents", len(found.documents))
    with ReaderPool(run.lake) as pool, ThreadPoolExecutor(pool.size) as threads:
        reading = Reading(run, Intake(run.lake), progress)
        batches = reading_plan(found.documents, found.places, pool.size)
        for done in [
            threads.submit(read_documents.fn, run, f"{n}", reading, pool, batch)
            for n, batch in enumerate(batches)
        ]:
            done.result()
    take_in(run.lake)


def published_alike(lakes: Iterable[Path]) -> bool:
    """Whether lakes filled at different times publish the same: bytes, and rows where times are told."""
    published = set()
    for lake in lakes:
        manifest = read_manifest(open_lake(str(lake)))
        assert manifest is not None
        published.add(
            frozenset(
                (file.path, file.rows if file.table in TIMED_TABLES else file.sha256)
                for file in manifest.files
            )
        )
    return len(published) == 1
