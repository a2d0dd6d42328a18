"""Taking in what an operator names: files from this machine, pages by address."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.local_files import FileKeeper, FoundFiles, known_files
from tasks.observations import ObservationLog, Outcome, Purpose, read_observations
from tasks.open_run import OpenRun
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress, announce
from tasks.stages import fetch_reports


def keep_named_files(run: OpenRun, found: FoundFiles) -> None:
    """Keep the bytes of every file; those that cannot be read are counted and named."""
    if not found.files:
        return
    log = ObservationLog(run.lake.observations, run.record.run_id, "ingest0001")
    keeper = FileKeeper(run.lake, log, known_files(read_observations(run.lake.observations)))
    progress = Progress("ingest", "导入 files", len(found.files))
    for row in keeper.keep_all(found.files):
        run.count(_COUNTED_AS[row.outcome])
        if row.outcome is Outcome.FAILED:
            run.problem(str(row.error))
        progress.advance()
    log.flush()
    run.count("found", len(found.files))
    announce("导入 files kept: %d", len(found.files))
    if found.left_out:
        announce("  不是文档，未导入 left out as no documents: %d", found.left_out)


_COUNTED_AS = {Outcome.NEW: "fetched", Outcome.UNCHANGED: "unchanged", Outcome.FAILED: "failed"}


def fetch_named_pages(run: OpenRun, urls: Sequence[str], allow_local: bool) -> None:
    """Fetch the pages named, politely as any other; one that cannot be had is a problem."""
    if not urls:
        return
    requests = [PageRequest("ingest", Purpose.REPORT, url, local=allow_local) for url in urls]
    run.count("found", len(requests))
    for row in fetch_reports(run, requests):
        run.problem(f"{row.url}: {row.error}")
