"""The doctor finds what is wrong, says what to do, and is silent about a machine that is well."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from schemas.tables import SCHEMA_VERSION
from tasks import doctor
from tasks.deployments import declared_deployments, served_deployment
from tasks.doctor import Diagnosis, Health, examine_machine
from tasks.lake_paths import LakePaths
from tasks.run_history import end_run, start_run


@pytest.fixture
def lake(sample_run: tuple[Path, object], tmp_path: Path) -> LakePaths:
    for folder in ("published", "runs"):
        shutil.copytree(sample_run[0] / folder, tmp_path / "lake" / folder)
    return LakePaths(tmp_path / "lake")


def found(lake: LakePaths, subject: str, api: str | None = None, **places: str) -> Diagnosis:
    """The finding about a subject; whatever is not well says what to do."""
    diagnoses = examine_machine(lake, lake.root, api, **places)
    assert all(one.remedy for one in diagnoses if one.health is not Health.GOOD)
    by_subject = {one.subject: one for one in diagnoses}
    return next(one for name, one in by_subject.items() if name.startswith(subject))


def test_a_machine_that_is_well_has_no_bad_finding(lake: LakePaths) -> None:
    diagnoses = examine_machine(lake, lake.root, None)
    assert [one for one in diagnoses if one.health is Health.BAD] == []


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


def test_too_little_disk_is_bad(lake: LakePaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 1 << 60)
    assert found(lake, "数据湖磁盘").health is Health.BAD
    assert found(lake, "Prefect 磁盘").health is Health.BAD


def test_a_large_database_of_prefect_is_noted(
    lake: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lake.root / "prefect.db").write_bytes(b"x" * 100)
    assert found(lake, "Prefect 数据库").health is Health.GOOD
    monkeypatch.setattr(doctor, "LARGEST_DATABASE_BYTES", 99)
    assert "VACUUM" in found(lake, "Prefect 数据库").remedy


def test_a_machine_without_time_zones_is_bad(
    lake: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "CHINA", "Asia/Nowhere")
    assert found(lake, "时钟").health is Health.BAD
    assert "tzdata" in found(lake, "时钟").remedy


def test_a_mistake_in_a_source_file_is_bad(lake: LakePaths, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "wrong.yml").write_text("source: wrong\n", encoding="utf-8")
    told = found(lake, "来源", sources=str(tmp_path / "sources"))
    assert told.health is Health.BAD
    assert "wrong.yml" in told.found
    assert "gongkai sources check" in told.remedy


def test_a_lake_of_another_schema_version_is_bad(lake: LakePaths) -> None:
    text = lake.manifest.read_text(encoding="utf-8")
    other = text.replace(f'"schema_version": "{SCHEMA_VERSION}"', '"schema_version": "1"')
    assert other != text
    lake.manifest.write_text(other, encoding="utf-8")
    assert found(lake, "表样").health is Health.BAD
    assert "gongkai run publish" in found(lake, "表样").remedy


def test_a_night_long_ago_is_noted(lake: LakePaths) -> None:
    path = next(lake.runs.glob("*/*.parquet"))
    runs = pl.read_parquet(path)
    long_ago = pl.lit(datetime.now(UTC) - timedelta(days=3)).cast(runs.schema["started_at"])
    runs.with_columns(started_at=long_ago).write_parquet(path)
    assert found(lake, "每夜").health is Health.NOTE
    assert "gongkai serve" in found(lake, "每夜").remedy


def test_a_run_of_another_machine_is_not_called_lost(lake: LakePaths) -> None:
    start_run(lake, "nightly", None, {})
    path = sorted(lake.runs.glob("*/*.parquet"))[-1]
    elsewhere = pl.read_parquet(path).with_columns(
        host=pl.lit("another"), pid=pl.lit(2**22 + 1, pl.Int64)
    )
    elsewhere.write_parquet(path)
    subjects = [one.subject for one in examine_machine(lake, lake.root, None)]
    assert "中断的运行 lost runs" not in subjects


@contextmanager
def answering(answers: dict[str, str], **headers: str) -> Iterator[str]:
    """Something on loopback that answers every GET of a path with a text."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers[self.path].encode()
            self.send_response_only(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_what_answers_is_asked_who_it_is_and_what_time_it_has(lake: LakePaths) -> None:
    none = {"/deployments/filter": "[]", "/flow_runs/filter": "[]", "/health": "true"}
    hour_ago = formatdate(time.time() - 3600, usegmt=True)
    with answering(none | {"/admin/version": '"2.0.0"'}, Date=hour_ago) as api:
        assert "Prefect 2.0.0" in found(lake, "服务器 server", api).found
        assert found(lake, "服务器 server", api).health is Health.BAD
        assert "60 分钟" in found(lake, "服务器时钟", api).found
    with answering({"/admin/version": "<html>", "/health": ""}) as api:
        assert found(lake, "服务器 server", api).health is Health.BAD


def test_deployments_are_looked_at_until_the_next_night_is_sure(
    lake: LakePaths, prefect_api: str
) -> None:
    """On a real server: laid in, without a worker, with one, switched off, on again, late."""

    def ask(path: str, question: dict[str, Any]) -> Any:
        answer = httpx.post(f"{prefect_api}/{path}", json=question).raise_for_status()
        return answer.json() if answer.content else None

    declared = next(one for one in declared_deployments() if one.name == "nightly")
    for other in ask("deployments/filter", {}):
        httpx.delete(f"{prefect_api}/deployments/{other['id']}")
    assert found(lake, "部署和执行器", prefect_api).health is Health.BAD
    nightly = str(served_deployment(declared, str(lake.root)).apply())
    assert "nightly" in found(lake, "部署和执行器", prefect_api).found
    ask("deployments/get_scheduled_flow_runs", {"deployment_ids": [nightly]})  # as a worker does
    while found(lake, "部署和执行器", prefect_api).health is Health.BAD:
        time.sleep(0.2)

    ask(f"deployments/{nightly}/pause_deployment", {})
    assert "switched off" in found(lake, "下一夜", prefect_api).found
    assert "switch it on" in found(lake, "下一夜", prefect_api).remedy
    ask(f"deployments/{nightly}/resume_deployment", {})
    ask(f"deployments/{nightly}/schedule", {"min_runs": 3})
    assert found(lake, "下一夜", prefect_api).health is Health.GOOD
    assert "02:30" in found(lake, "下一夜", prefect_api).found

    created = ask(f"deployments/{nightly}/create_flow_run", {})
    late = {"state": {"type": "SCHEDULED", "name": "Late"}, "force": True}
    ask(f"flow_runs/{created['id']}/set_state", late)
    assert found(lake, "部署和执行器", prefect_api).health is Health.NOTE
    httpx.delete(f"{prefect_api}/deployments/{nightly}")
