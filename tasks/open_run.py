"""A run in progress: the lake it works on, what it has counted, and what went wrong on the way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from protego import Protego

from tasks.atomic_files import remove_leftovers
from tasks.child_processes import end_with_worker
from tasks.disk_faults import disk_faults_told
from tasks.lake_paths import LakePaths, open_lake
from tasks.lost_runs import close_interrupted_runs, mark_crashed, mark_tasks_crashed
from tasks.night import NightWindow, runs_of_this_night
from tasks.night_plan import EVERYTHING_IS_DUE, Polling, address_histories, today_in_china
from tasks.observations import join_observation_files, read_observations
from tasks.progress import announce
from tasks.run_history import (
    RunRecord,
    end_run,
    read_runs,
    start_run,
)
from tasks.run_items import keep_request_items
from tasks.story.picture import LakePicture, take_picture

LONGEST_LIST = 20
MOST_INTERRUPTIONS = 3
"""A run that was cut off so often is not taken up again by itself."""


class InterruptedTooOftenError(Exception):
    """Raised when a run that was queued again after each crash has crashed too often; a person must look."""


@dataclass(slots=True)
class OpenRun:
    """What the stages of one flow run share. Counts may be added to by several threads.

    `before`: the lake as the run found it. `plan_only`: the words of a run that only planned.
    `earlier_tonight`: runs of this night that were killed. `window`: the hours in which sites are asked.
    `failed_attempts`: label of a batch → why each attempt at it failed.
    `polling`: which addresses are due. `robots`: the rules of hosts, each read once.
    """

    lake: LakePaths
    record: RunRecord
    before: LakePicture
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    earlier_tonight: list[str] = field(default_factory=list)
    window: NightWindow | None = None
    polling: Polling = EVERYTHING_IS_DUE
    failed_attempts: dict[str, list[str]] = field(default_factory=dict)
    plan_only: str | None = None
    robots: dict[str, Protego] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, number: int = 1) -> None:
        """Add to a count; `run_history.COUNTED` are kept in the lake."""
        with self._lock:
            self.counts[what] += number

    def attempt_failed(self, label: str, why: str) -> None:
        """An attempt at a batch failed in a way that may heal; it may be made again."""
        with self._lock:
            self.failed_attempts.setdefault(label, []).append(why)
        announce("批次 batch %s: %s", label, why)

    def problem(self, message: str) -> None:
        """Something that a person should look at; the run then ends as failed."""
        with self._lock:
            self.problems.append(message)
        announce("问题 problem: %s", message)

    def warning(self, message: str) -> None:
        """Something the next run mends by itself or a person may look at; the run does not fail by it."""
        with self._lock:
            self.warnings.append(message)
        announce("注意 note: %s", message)

    @property
    def message(self) -> str:
        """The run in one line, Chinese first."""
        if self.plan_only is not None:
            return f"只出计划 plan only: {self.plan_only}"
        if self.problems:
            return f"有问题 problems: {_first_of(self.problems)}"
        if self.counts["verified"]:
            return f"核对无误 all as it should be: {self.counts['verified']} 个文件 files"
        done = (
            f"识读 read {self.counts['read']}, 隔离 quarantined {self.counts['quarantined']}, "
            f"发布分区 partitions published {self.counts['partitions_published']}"
            if self.counts["partitions_published"]
            else "没有变化 nothing changed"
        )
        return f"{done}; 注意 note: {_first_of(self.warnings)}" if self.warnings else done


def _first_of(messages: list[str]) -> str:
    return f"{messages[0]} (+{len(messages) - 1})" if len(messages) > 1 else messages[0]


@contextmanager
def recorded_run(
    flow: str,
    flow_run_id: str | None,
    lake: str,
    parameters: Mapping[str, Any],
    *,
    window: NightWindow | None = None,
    only_due: bool = False,
) -> Iterator[OpenRun]:
    """Keep the row of this run in the lake true, whatever happens inside the block."""
    end_with_worker()
    with disk_faults_told():
        paths = open_lake(lake or None)
        for folder in (
            paths.root / "raw",
            paths.root / "extracted",
            paths.published,
            paths.runs,
            paths.root / "run_items",
        ):
            remove_leftovers(folder)
        lost = {run.flow_run_id for run in close_interrupted_runs(paths) if run.flow_run_id}
        if flow_run_id is not None and lost:
            mark_tasks_crashed(lost & {flow_run_id})
            mark_crashed(lost - {flow_run_id})
        _refuse_endless_resumption(paths, flow_run_id)
        record = start_run(paths, flow, flow_run_id, parameters)
        earlier = runs_of_this_night(read_runs(paths), flow, record.run_id, record.started_at)
        polling = _polling(paths, record) if only_due else EVERYTHING_IS_DUE
        run = OpenRun(
            paths,
            record,
            take_picture(paths),
            earlier_tonight=earlier,
            window=window,
            polling=polling,
        )
        outcome, message = "failed", "流程出错 the flow broke off"
        try:
            yield run
            outcome, message = ("failed" if run.problems else "completed"), run.message
        finally:
            join_observation_files(paths, run.record.run_id)
            keep_request_items(paths, [run.record.run_id])
            end_run(paths, run.record, outcome, message, run.counts)


def _polling(paths: LakePaths, record: RunRecord) -> Polling:
    """What is due by the history of the lake, on the day of the run."""
    histories = address_histories(read_observations(paths.observations))
    return Polling(histories, today_in_china(record.started_at))


def _refuse_endless_resumption(paths: LakePaths, flow_run_id: str | None) -> None:
    if flow_run_id is None:
        return
    cut_off = read_runs(paths).filter(
        pl.col("flow_run_id") == flow_run_id, pl.col("outcome") == "interrupted"
    )
    if cut_off.height >= MOST_INTERRUPTIONS:
        raise InterruptedTooOftenError(
            f"本次运行已中断 {cut_off.height} 次，不再自动续跑；请运行 gongkai doctor 查明原因后重新开始 "
            f"cut off {cut_off.height} times: find the cause with gongkai doctor, then start it anew"
        )
