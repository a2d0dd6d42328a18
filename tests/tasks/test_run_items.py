"""Every address, document and partition a run dealt with stands in the lake, whatever became of the run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tasks.lake_paths import LakePaths
from tasks.observations import Observation, ObservationLog, Outcome, Purpose
from tasks.open_run import OpenRun, recorded_run
from tasks.run_history import mark_interrupted_runs, read_runs, start_run
from tasks.run_items import keep_items, keep_request_items, partition_items, read_items
from tasks.stages import failed_batch_in_words

NOW = datetime(2026, 2, 20, tzinfo=UTC)


def asked(lake: LakePaths, run_id: str, url: str, *outcomes: Outcome) -> None:
    log = ObservationLog(lake.observations, run_id, "fetch0001")
    for attempt, outcome in enumerate(outcomes, start=1):
        cause = None if outcome is Outcome.NEW else "timeout"
        row = Observation(Purpose.REPORT, outcome, NOW, "s", url, cause=cause, attempt=attempt)
        log.append(row)
    log.flush()


def test_the_last_word_on_each_address_is_kept(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    with recorded_run("nightly", None, str(tmp_path), {}) as run:
        asked(lake, run.record.run_id, "https://a/1", Outcome.RETRIED, Outcome.NEW)
        asked(lake, run.record.run_id, "https://a/2", Outcome.RETRIED, Outcome.FAILED)
        keep_items(lake, run.record.run_id, "publish", partition_items([("CN-SX", 2023)]))
    rows = read_items(lake, run.record.run_id).select("stage", "item", "outcome", "cause").rows()
    assert rows == [
        ("fetch", "https://a/1", "new", None),
        ("fetch", "https://a/2", "failed", "timeout"),
        ("publish", "CN-SX/2023", "published", None),
    ]


def test_a_run_that_was_killed_has_its_requests_laid_in_later(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    killed = start_run(lake, "nightly", None, {})
    asked(lake, killed.run_id, "https://a/1", Outcome.NEW)
    path = next(lake.runs.rglob("*.parquet"))
    pl.read_parquet(path).with_columns(pid=pl.lit(2**22 + 1, pl.Int64)).write_parquet(path)
    with recorded_run("nightly", None, str(tmp_path), {}):
        pass
    assert read_runs(lake)["outcome"].to_list() == ["interrupted", "completed"]
    assert read_items(lake, killed.run_id)["outcome"].to_list() == ["new"]
    assert mark_interrupted_runs(lake) == []


def test_items_are_numbered_and_complete_for_a_large_run(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    items = [{"stage": "extract", "item": f"{n:05d}", "outcome": "read"} for n in range(30_000)]
    keep_items(lake, "20260220T000000Z-0a", "extract0001", items)
    rows = read_items(lake, "20260220T000000Z-0a")
    assert rows["item_order"].to_list() == list(range(1, 30_001))
    keep_request_items(lake, [])


def test_a_failed_batch_names_what_it_held() -> None:
    held = [f"https://a/{n}" for n in range(30)]
    words = failed_batch_in_words("extract", 3, held, "OSError: disk")
    for part in ("识读批次 3", "OSError: disk", "it held 30", "https://a/4", "… +25"):
        assert part in words
    assert "https://a/5" not in words


def test_a_warning_is_told_and_does_not_fail_the_run(tmp_path: Path) -> None:
    with recorded_run("nightly", None, str(tmp_path), {}) as run:
        _warn(run)
    row = read_runs(LakePaths(tmp_path)).row(0, named=True)
    assert row["outcome"] == "completed"
    assert "one batch is left" in row["message"]


def _warn(run: OpenRun) -> None:
    run.warning("one batch is left")
