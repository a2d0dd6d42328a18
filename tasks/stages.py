"""The stages of a run as Prefect sees them: one task run per batch, never one per report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

import polars as pl
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from schemas.sources import Source
from tasks.arrivals import Arrival, Intake, take_in
from tasks.attachments import attachment_requests
from tasks.batches import IN_CHINESE, batch_task, whole
from tasks.build_parts import Helpers, OtherProgramError, build_part
from tasks.crawl import Crawl, without_repeats
from tasks.dask_reading import dask_cluster, scheduler_address
from tasks.discovery import (
    Discovered,
    Index,
    discover_shards,
    index_shards,
    indexes_of,
    known_report_requests,
)
from tasks.documents import DocumentToRead
from tasks.extractions import (
    read_quarantined,
    remove_outdated_files,
)
from tasks.fetching import FetchReport, fetch_shards, page_shards
from tasks.findings_seen import remember_findings
from tasks.host_rules import FetchLimits
from tasks.night import asked_tonight
from tasks.observations import (
    OUTCOME_WORDS,
    Observation,
    Outcome,
    last_sights,
    read_observations,
)
from tasks.open_run import LONGEST_LIST, OpenRun
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress, announce
from tasks.publish import PublishedLake, publish_lake
from tasks.published_events import announce_partitions
from tasks.reader_pool import ReaderPool
from tasks.reading_plan import ALL_SHARDS, reading_plan
from tasks.releases import Release, ReleaseRefused, make_release
from tasks.review_desk import broken_decisions, idle_cell_decisions
from tasks.run_items import keep_items, partition_items
from tasks.shard_loop import GivenUp, Shard
from tasks.source_files import kept_sources
from tasks.unread import find_unread
from tasks.verification import Verification, verify_lake

MOST_BATCHES_AT_ONCE = 16
BATCH_THREADS = cast(
    "TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=MOST_BATCHES_AT_ONCE)
)
_LOOK_EVERY_SECONDS = 1.0
_LEAST_SHOWN_PERCENT = 1.0
_WATCHED_AT_ONCE = 4 * MOST_BATCHES_AT_ONCE
"""Batches begin in turn; each look costs every batch it watches a callback that is kept to its end."""
_NAMED_PER_BATCH = 5
_FRESH = (Outcome.NEW, Outcome.CHANGED, Outcome.MOVED)
T = TypeVar("T")


def discover_reports(run: OpenRun, sources: Sequence[Source]) -> list[PageRequest]:
    """Ask every index page of the sources which reports it lists."""
    crawl = _crawl(run)
    listed = indexes_of(sources)
    indexes = run.polling.due_indexes(listed)
    if len(indexes) < len(listed):
        announce("未到期，今夜不读的列表页 lists not due tonight: %d", len(listed) - len(indexes))
    progress = Progress("discover", "发现 index pages", len(indexes))
    shards = index_shards(indexes)
    submitted = [
        discover_pages.submit(whole(run), label, whole(crawl), whole(part), whole(progress))
        for label, part in _labelled("discover", [shards] if shards else [])
    ]
    asked = [[index.request.url for index in indexes]] if shards else []
    found: list[Discovered] = _results(run, submitted, progress, asked)
    _keep_given_up(run, progress, [gone for part in found for gone in part.given_up])
    for url in (url for part in found for url in part.unreachable):
        run.count("indexes_unreachable")
        announce("列表页打不开 index page not reached: %s", url)
    _announce_postponed(run, sum(len(part.postponed) for part in found))
    reports = without_repeats(
        [*known_report_requests(sources), *(link for part in found for link in part.reports)]
    )
    run.count("found", len(reports))
    run.count("links_ignored", sum(part.ignored for part in found))
    announce(
        "发现报告链接 %d reports listed, %d other links left alone",
        len(reports),
        run.counts["links_ignored"],
    )
    return reports


def chosen_years(reports: Sequence[PageRequest], first: int, last: int) -> list[PageRequest]:
    """The reports of these years, and those whose link does not say a year."""
    return [report for report in reports if report.year is None or first <= report.year <= last]


def fetch_reports(run: OpenRun, requests: Sequence[PageRequest]) -> list[Observation]:
    """Fetch what was found into the raw store; gives the final row of each page that gave no bytes."""
    crawl = _crawl(run)
    asked, requests = len(requests), run.polling.due_reports(requests)
    if len(requests) < asked:
        announce("未到期，今夜不问的页面 pages not due tonight: %d", asked - len(requests))
    progress = Progress("fetch", "抓取 pages", len(requests))
    shards = page_shards(requests)
    submitted = [
        fetch_pages.submit(whole(run), label, whole(crawl), whole(part), whole(progress))
        for label, part in _labelled("fetch", [shards] if shards else [])
    ]
    addresses = [[request.url for request in requests]] if shards else []
    reports: list[FetchReport] = _results(run, submitted, progress, addresses)
    _keep_given_up(run, progress, [gone for report in reports for gone in report.given_up])
    outcomes = sum((report.outcomes for report in reports), Counter[Outcome]())
    failures = [row for report in reports for row in report.failures]
    run.count("fetched", sum(outcomes[outcome] for outcome in _FRESH))
    run.count("unchanged", outcomes[Outcome.UNCHANGED])
    run.count("failed", len(failures))
    announce("抓取结果 pages fetched: %s", _in_words(outcomes))
    if settled := sum(report.settled for report in reports):
        announce("本夜已抓取，不再请求 asked before tonight, not asked again: %d", settled)
    _announce_postponed(run, sum(len(report.postponed) for report in reports))
    for row in failures[:LONGEST_LIST]:
        announce("  %s %s: %s", row.outcome, row.url, row.error)
    return failures


def follow_attachments(run: OpenRun, local_sources: Collection[str] = ()) -> None:
    """Fetch and read the files that pages only lead to."""
    local = {source.source for source in kept_sources(run.lake) if source.local}
    requests = attachment_requests(
        read_observations(run.lake.observations),
        read_quarantined(run.lake),
        local.union(local_sources),
    )
    if not requests:
        return
    announce("报告在附件中，继续抓取 reports in attachments, fetched next: %d", len(requests))
    fetch_reports(run, requests)
    extract_documents(run)


def _announce_postponed(run: OpenRun, pages: int) -> None:
    """Pages left for the next night because the hours or the budget of a host are at an end."""
    run.count("postponed", pages)
    if pages:
        announce("留待下一夜（时段或网站限额已到）left for the next night: %d", pages)


def extract_documents(run: OpenRun, shards: str = ALL_SHARDS) -> None:
    """Read every document of these shards that this version of the reader has not read yet."""
    if outdated := remove_outdated_files(run.lake):
        announce("旧版本的识读结果，将重读 files of an older release, read again: %d", outdated)
    if left := take_in(run.lake):
        announce("收入中断的运行已识读的 reports read by a run that was cut off: %d", left)
    found = find_unread(run.lake, shards)
    for decision in found.idle if shards == ALL_SHARDS else ():
        announce(
            "决定没有对应的文档 a decision touches no document: %s",
            decision.guard.sha256 or decision.guard.url,
        )
    unread = found.documents
    progress = Progress("extract", "识读 documents", len(unread))
    reading = Reading(run, Intake(run.lake), progress)
    address = scheduler_address()
    if address is None:
        _read_here(reading, unread, found.places)
    elif unread:
        _read_on_dask(reading, unread, found.places, address)
    if unread:
        lay_in_documents(whole(run), "rest")
    run.count("documents_known", found.known)
    announce(
        "识读 read %d reports, 隔离 quarantined %d, 已识读 read before %d",
        run.counts["read"],
        run.counts["quarantined"],
        found.known - len(unread),
    )


def _read_here(reading: Reading, unread: Sequence[DocumentToRead], places: pl.DataFrame) -> None:
    with ReaderPool(reading.run.lake) as pool:
        batches = _labelled("extract", reading_plan(unread, places, pool.size))
        submitted = [
            read_documents.submit(
                whole(reading.run), label, whole(reading), whole(pool), whole(batch)
            )
            for label, batch in batches
        ]
        named = [_named(batch) for _, batch in batches]
        _results(reading.run, submitted, reading.progress, named)


def _read_on_dask(
    reading: Reading, unread: Sequence[DocumentToRead], places: pl.DataFrame, address: str
) -> None:
    """Every worker of the cluster reads; what comes back is counted and laid in as it comes."""
    run = reading.run
    with dask_cluster(address) as cluster:
        batches = _labelled("extract", reading_plan(unread, places, cluster.threads))
        announce("识读交给 Dask read by a Dask cluster: %d 线程 threads", cluster.threads)
        submitted = {
            cluster.submit(str(run.lake.root), run.record.run_id, label, batch): batch
            for label, batch in batches
        }

        def arrived(future: PrefectFuture[Arrival]) -> None:
            arrival = _outcome(future)
            if isinstance(arrival, Arrival):
                reading.take(arrival, len(submitted[future]))

        named = [_named(batch) for _, batch in batches]
        _results(run, list(submitted), reading.progress, named, arrived)


def publish_tables(
    run: OpenRun, let_through: Collection[str] = (), helpers: Helpers | None = None
) -> PublishedLake:
    """Bring `published/` up to what is extracted; `let_through` names partitions past the gate."""
    outcome: PublishedLake = publish_partitions(
        whole(run), "publish0001", frozenset(let_through), whole(helpers)
    )
    tell_publication(run, outcome)
    return outcome


def tell_publication(run: OpenRun, outcome: PublishedLake) -> None:
    """Keep and tell what a publication changed, held back and found."""
    run.count("partitions_published", len(outcome.partitions))
    built = [(key.province, key.year) for key in outcome.partitions]
    keep_items(run.lake, run.record.run_id, "publish", partition_items(built))
    announce_partitions(run, outcome)
    remember_findings(run.lake, run.record)
    announce(
        "发布 published: %d files changed, %d removed", len(outcome.changed), len(outcome.removed)
    )
    for held in outcome.held:
        run.problem(held.message)
    for warning in outcome.warnings:
        run.warning(warning)
    for message in broken_decisions(run.lake):
        run.problem(message)
    for message in idle_cell_decisions(run.lake):
        run.warning(message)


def verify_files(run: OpenRun) -> None:
    """Compare every file of the lake with what it should be; each difference is a problem."""
    verified: Verification = verify_everything(whole(run), "verify0001")
    run.count("verified", verified.files)
    for problem in verified.problems:
        run.problem(problem.message)


def freeze_release(run: OpenRun, name: str) -> None:
    """Freeze what is published; a refusal is a problem of the run."""
    try:
        made: Release = freeze_published(whole(run), "release0001", name)
    except ReleaseRefused as refused:
        run.problem(str(refused))
        return
    run.count("released_files", len(made.changes))
    announce(
        "版本 release %s: 与上一版本 %s 相比变化的文件 files changed: %d",
        made.name,
        made.previous or "无 none",
        len(made.changes),
    )


@batch_task("release")
def freeze_published(run: OpenRun, label: str, name: str) -> Release:
    """Copy every published file."""
    return make_release(run.lake, name)


@batch_task("verify")
def verify_everything(run: OpenRun, label: str) -> Verification:
    """Read the whole lake."""
    return verify_lake(run.lake)


@batch_task("discover")
def discover_pages(
    run: OpenRun, label: str, crawl: Crawl, shards: list[Shard[Index]], progress: Progress
) -> Discovered:
    """Read the index pages of all shards."""
    return discover_shards(crawl, shards, progress)


@batch_task("fetch")
def fetch_pages(
    run: OpenRun, label: str, crawl: Crawl, shards: list[Shard[PageRequest]], progress: Progress
) -> FetchReport:
    """Fetch the pages of all shards."""
    return fetch_shards(crawl, shards, progress)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reading batches of one run share."""

    run: OpenRun
    intake: Intake
    progress: Progress

    def take(self, arrival: Arrival, documents: int) -> None:
        """Count what became of a batch of so many documents, and lay it in when its turn comes."""
        self.run.count("quarantined", arrival.quarantined)
        self.run.count("read", arrival.reports)
        for message in arrival.lost:
            self.run.problem(message)
        self.progress.advance(documents)
        self.intake.add(arrival)


@batch_task("extract")
def read_documents(
    run: OpenRun, label: str, reading: Reading, pool: ReaderPool, documents: list[DocumentToRead]
) -> None:
    """Read one batch of documents in a process of its own, which writes the rows itself."""
    arrival = pool.read(documents)
    keep_items(run.lake, run.record.run_id, label, arrival.items)
    reading.take(arrival, len(documents))


@batch_task("extract")
def lay_in_documents(run: OpenRun, label: str) -> None:
    """Lay what is left of the arrivals into its files."""
    take_in(run.lake)


@batch_task("publish")
def publish_partitions(
    run: OpenRun, label: str, let_through: frozenset[str], helpers: Helpers | None
) -> PublishedLake:
    """Publish what changed."""
    return publish_lake(run.lake, let_through, helpers=helpers)


@batch_task("publish")
def build_partitions(run: OpenRun, label: str, publication: str, part: int) -> int:
    """Build a part of a publication for the run it belongs to."""
    return build_part(run.lake, publication, part)


def build_for_another(run: OpenRun, publication: str, part: int) -> None:
    """Build one part of a publication; another program than that of the publication is a problem."""
    try:
        built: int = build_partitions(whole(run), f"build{part:04d}", publication, part)
    except OtherProgramError as error:
        run.problem(str(error))
        return
    run.count("built", built)


def _crawl(run: OpenRun) -> Crawl:
    observations = read_observations(run.lake.observations)
    return Crawl(
        run.lake,
        run.record.run_id,
        last_sights(observations),
        FetchLimits(),
        asked_tonight(observations, run.earlier_tonight),
        run.window,
        run.robots,
    )


def _keep_given_up(run: OpenRun, progress: Progress, given_up: Sequence[GivenUp]) -> None:
    for part in given_up:
        _keep_undone(run, progress.stage, part.shard, part.left, part.why)


def _labelled(stage: str, batches: Sequence[T]) -> list[tuple[str, T]]:
    return [(f"{stage}{number:04d}", batch) for number, batch in enumerate(batches, start=1)]


def _named(documents: Sequence[DocumentToRead]) -> list[str]:
    return [document.url or document.name for document in documents]


def _results(
    run: OpenRun,
    submitted: Sequence[PrefectFuture[T]],
    progress: Progress,
    contents: Sequence[Sequence[str]],
    when_ended: Callable[[PrefectFuture[T]], None] = lambda _: None,
) -> list[T]:
    """Wait for batches while showing progress; `contents` names what each is about.

    A failed batch is named with what it held, in the run and in `run_items`; the night goes on, and
    the next run takes up what was left.
    """
    _show_until_done(submitted, progress, when_ended)
    results: list[T] = []
    for number, (future, held) in enumerate(zip(submitted, contents, strict=True), start=1):
        result = _outcome(future)
        if isinstance(result, BaseException):
            _keep_undone(run, progress.stage, number, held, f"{type(result).__name__}: {result}")
        else:
            results.append(result)
    return results


def _outcome(future: PrefectFuture[T]) -> T | BaseException:
    """What a batch gave or failed with. Dask raises where the workers that had it died again and again."""
    try:
        return cast("T | BaseException", future.result(raise_on_failure=False))
    except Exception as error:  # noqa: BLE001 (whatever it is, the batch is named and the run goes on)
        return error


def _keep_undone(run: OpenRun, stage: str, number: int, held: Sequence[str], why: str) -> None:
    run.warning(failed_batch_in_words(stage, number, held, why))
    left = [{"stage": stage, "item": item, "outcome": "not_done", "message": why} for item in held]
    keep_items(run.lake, run.record.run_id, f"{stage}-left-{number:04d}", left)


def failed_batch_in_words(stage: str, number: int, held: Sequence[str], why: str) -> str:
    """Which batch failed, why, and what it held: the first few, and how many more."""
    named = ", ".join(held[:_NAMED_PER_BATCH])
    more = len(held) - _NAMED_PER_BATCH
    return (
        f"{IN_CHINESE[stage]}批次 {number} 未完成，下次运行续做 batch {number} of {stage} failed, "
        f"the next run takes it up: {why}; 内含 it held {len(held)}: {named}"
        + (f" … +{more}" if more > 0 else "")
    )


def _show_until_done(
    submitted: Sequence[PrefectFuture[T]],
    progress: Progress,
    when_ended: Callable[[PrefectFuture[T]], None],
) -> None:
    if not submitted:
        return
    artifact = cast(
        "UUID",
        create_progress_artifact(0.0, key=f"{progress.stage}-progress", description=progress.label),
    )
    waiting, shown = list(submitted), 0.0
    while waiting:
        looked = wait(waiting[:_WATCHED_AT_ONCE], timeout=_LOOK_EVERY_SECONDS)
        for future in looked.done:
            when_ended(future)
        waiting = [future for future in waiting if future not in looked.done]
        reached = min(progress.percent, 100.0)
        if reached - shown >= _LEAST_SHOWN_PERCENT or not waiting:
            update_progress_artifact(artifact, reached)
            shown = reached


def _in_words(outcomes: Counter[Outcome]) -> str:
    listed = [f"{word} {outcomes[each]}" for each, word in OUTCOME_WORDS.items() if outcomes[each]]
    return ", ".join(listed) or "无 none"
