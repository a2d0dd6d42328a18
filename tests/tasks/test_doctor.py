"""The doctor finds what is wrong, says what to do, and is silent about a machine that is well."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tasks.doctor import Diagnosis, Health, examine_machine
from tasks.lake_paths import LakePaths
from tasks.run_history import end_run, start_run


@pytest.fixture
def lake(sample_run: tuple[Path, object], tmp_path: Path) -> LakePaths:
    for folder in ("published", "runs"):
        shutil.copytree(sample_run[0] / folder, tmp_path / "lake" / folder)
    return LakePaths(tmp_path / "lake")


def found(lake: LakePaths, subject: str, api: str | None = None) -> Diagnosis:
    by_subject = {one.subject: one for one in examine_machine(lake, lake.root, api)}
    return next(one for name, one in by_subject.items() if name.startswith(subject))


def test_a_machine_that_is_well_has_no_bad_finding(lake: LakePaths, prefect_api: str) -> None:
    diagnoses = examine_machine(lake, lake.root, prefect_api)
    bad = [one for one in diagnoses if one.health is Health.BAD]
    assert [one.subject for one in bad] in ([], ["部署和执行器 deployments and worker"])
    assert found(lake, "服务器", prefect_api).health is Health.GOOD
    assert all(one.remedy for one in diagnoses if one.health is not Health.GOOD)


def test_a_published_file_that_is_gone_is_bad(lake: LakePaths) -> None:
    next((lake.published / "cells").rglob("*.parquet")).unlink()
    assert found(lake, "数据湖 lake").health is Health.BAD
    assert "gongkai run publish" in found(lake, "数据湖 lake").remedy


def test_a_table_with_other_columns_is_bad(lake: LakePaths) -> None:
    path = sorted((lake.published / "reports").rglob("*.parquet"))[0]
    pl.read_parquet(path, hive_partitioning=False).drop("title").write_parquet(path)
    assert found(lake, "表样").health is Health.BAD
    assert "reports" in found(lake, "表样").found


def test_a_clock_behind_the_last_run_is_bad(lake: LakePaths) -> None:
    path = next(lake.runs.glob("*/*.parquet"))
    ahead = pl.lit(datetime.now(UTC) + timedelta(days=1)).cast(
        pl.read_parquet_schema(path)["started_at"]
    )
    pl.read_parquet(path).with_columns(started_at=ahead).write_parquet(path)
    assert found(lake, "时钟").health is Health.BAD


def test_a_night_that_failed_or_was_cut_off_is_named(lake: LakePaths) -> None:
    record = start_run(lake, "nightly", None, {})
    end_run(lake, record, "failed", "something", {})
    assert found(lake, "每夜").health is Health.BAD
    assert record.run_id in found(lake, "每夜").remedy
    path = next(lake.runs.rglob(f"{record.run_id}.parquet"))
    gone = pl.read_parquet(path).with_columns(
        outcome=pl.lit("started"), pid=pl.lit(2**22 + 1, pl.Int64)
    )
    gone.write_parquet(path)
    assert record.run_id in found(lake, "中断的运行").found


def test_an_empty_machine_is_told_where_to_begin(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path / "lake")
    assert "gongkai run sample" in found(lake, "数据湖 lake").remedy
    assert found(lake, "每夜").health is Health.NOTE
    assert found(lake, "服务器").health is Health.NOTE
    assert found(lake, "服务器", "http://127.0.0.1:9/api").health is Health.BAD
