"""A partition that is suddenly much worse keeps what was published of it, until a person lets it through."""

from __future__ import annotations

from pathlib import Path

import pytest

from annual_reports.lake import extraction_frame
from annual_reports.lake.gate import gate_bounds, gate_breaches
from annual_reports.lake.manifest import PartitionKey
from annual_reports.model import Extraction
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.publication_gate import held_partitions
from tasks.publish import publish_lake
from tasks.verification import verify_lake
from tests.annual_reports.lake.lake_documents import report
from tests.conftest import lasting_files

TOWNS = [f"{name}镇" for name in "甲乙丙丁戊己庚"]
NAME = "CN-SX/2024"
KEY = PartitionKey("CN-SX", 2024)


def extract(lake: LakePaths, *reports: Extraction) -> None:
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True, exist_ok=True)
    extraction_frame(reports, "1").write_parquet(path)


def published(lake: LakePaths) -> dict[str, bytes]:
    files = lasting_files(lake.root)
    return {
        path: content
        for path, content in files.items()
        if "/year=2024/" in path and "published/" in path
    }


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LakePaths:
    monkeypatch.setenv("GONGKAI_CORRECTIONS", str(tmp_path / "corrections"))
    paths = LakePaths(tmp_path / "lake")
    extract(paths, *map(report, TOWNS))
    assert not publish_lake(paths).held
    return paths


def test_a_partition_that_lost_reports_is_held_until_it_is_let_through(lake: LakePaths) -> None:
    before = published(lake)
    extract(lake, *map(report, TOWNS[:3]))
    for _ in range(2):
        outcome = publish_lake(lake)
        assert [held.partition for held in outcome.held] == [NAME]
        assert KEY not in outcome.partitions
        assert published(lake) == before
    (held,) = held_partitions(lake)
    for words in ("7 → 3", NAME, "--let-through"):
        assert words in held.message
    told = [problem.message for problem in verify_lake(lake).problems if NAME[:5] in problem.path]
    assert len(told) == 1 and "7 → 3" in told[0] and "门禁" in told[0]
    outcome = publish_lake(lake, [NAME])
    assert (KEY in outcome.partitions, outcome.held, held_partitions(lake)) == (True, [], [])
    assert published(lake) != before
    assert not publish_lake(lake).partitions


def test_a_partition_that_vanishes_is_held(lake: LakePaths) -> None:
    before = published(lake)
    partition_file(lake, "CN-SX", 2024, "0").unlink()
    assert [held.partition for held in publish_lake(lake).held] == [NAME]
    assert published(lake) == before
    publish_lake(lake, ["all"])
    assert published(lake) == {}


def test_a_flood_is_only_remarked_on(lake: LakePaths) -> None:
    extract(lake, *map(report, [f"{town}{n}" for town in TOWNS for n in range(4)]))
    outcome = publish_lake(lake)
    assert KEY in outcome.partitions and not outcome.held
    assert any("报告数" in warning and NAME in warning for warning in outcome.warnings)


@pytest.mark.parametrize("bound", gate_bounds(), ids=lambda bound: bound.measure)
def test_every_bound_can_stop_a_partition_and_exempts_the_unresolved(bound: object) -> None:
    last = {"reports": 100.0, "cells": 20000.0, "read_share": 0.99, "hard_pass_share": 0.99}
    now = last | {bound.measure: last[bound.measure] / 2}  # type: ignore[attr-defined]
    (breach,) = gate_breaches(KEY, last, now)
    assert (breach.bound, breach.stops) == (bound, True)
    assert not gate_breaches(PartitionKey("ZZ", 2024), last, now)
    assert not gate_breaches(KEY, last, last)
    assert not gate_breaches(KEY, {}, now)
