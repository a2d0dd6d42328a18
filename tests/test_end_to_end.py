"""From nothing to a lake: the sample site through the nightly flow, and what a person then sees."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import httpx
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest

from schemas.sources import parse_source
from tests.conftest import ROOT, Gongkai, lasting_files

SEEDS = ROOT.parent / "shared" / "seeds"
SampleRun = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture
def lake(sample_run: SampleRun) -> Path:
    return sample_run[0]


def printed_query(printed: str) -> str:
    return printed[printed.index("  SELECT") : printed.index(";", printed.index("  SELECT")) + 1]


def test_the_summary_says_what_came_of_the_night(sample_run: SampleRun) -> None:
    lake, done = sample_run
    for words in (
        "发现 found",
        "识读 read",
        "隔离 quarantined",
        "核对 findings",
        "make ui",
        str(lake),
    ):
        assert words in done.stdout
    reports = pl.read_parquet(lake / "published" / "reports", hive_partitioning=True)
    assert f"报告 reports: {reports.height}" in done.stdout
    assert not done.stderr


def test_the_printed_query_runs(sample_run: SampleRun) -> None:
    rows = duckdb.connect().execute(printed_query(sample_run[1].stdout)).fetchall()
    assert {row[0] for row in rows} >= {"CN-SX", "CN-GZ"}
    assert sum(row[3] for row in rows) > 0


def test_every_document_is_in_the_lake_or_set_aside(lake: Path) -> None:
    observations = pl.read_parquet(lake / "raw" / "observations" / "**" / "*.parquet")
    received = observations.filter(
        pl.col("purpose") == "report", pl.col("sha256").is_not_null()
    ).unique(["sha256", "final_url"])
    read = pl.read_parquet(lake / "extracted" / "extractions", hive_partitioning=True)
    aside = pl.read_parquet(lake / "quarantined" / "documents")
    assert received.height == read.height + aside.height
    assert set(received["sha256"]) == set(read["sha256"]) | set(aside["sha256"])


def test_a_second_night_fetches_nothing_new_and_changes_no_byte(
    lake: Path, tmp_path: Path, gongkai_with_server: Gongkai
) -> None:
    again = tmp_path / "lake"
    shutil.copytree(lake, again)
    before = lasting_files(again)
    done = gongkai_with_server("run", "sample", "--lake", str(again))
    assert done.returncode == 0
    assert "没有变化 nothing changed" in done.stdout
    assert "fetched 0 new" in done.stdout
    assert lasting_files(again) == before


def test_the_manifest_lists_every_published_file_with_its_hash(lake: Path) -> None:
    manifest = json.loads((lake / "published" / "manifest.json").read_text(encoding="utf-8"))
    listed = {
        entry[name]: entry["sha256"] for entry in manifest["files"] for name in ("path", "version")
    }
    on_disk = {
        path.relative_to(lake / "published").as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in (lake / "published").rglob("*.parquet")
    }
    assert listed == on_disk


def test_the_readers_of_bi_agree_on_schema_and_sums(lake: Path) -> None:
    folder = lake / "published" / "requests"
    by_polars = pl.read_parquet(folder / "**" / "*.parquet", hive_partitioning=True)
    by_arrow = ds.dataset(folder, partitioning="hive").to_table()
    by_pandas = pd.read_parquet(folder)
    connection = duckdb.connect()
    source = f"read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = by_polars.columns
    assert [row[0] for row in described] == names
    assert list(by_arrow.column_names) == names
    assert list(by_pandas.columns) == names
    received = connection.execute(f"SELECT sum(new_received), count(*) FROM {source}").fetchone()
    assert received == (by_polars["new_received"].sum(), by_polars.height)
    assert by_arrow["new_received"].to_pandas().sum() == received[0]
    assert by_pandas["new_received"].sum() == received[0]


def test_coverage_has_a_row_for_every_report_a_source_expects(lake: Path) -> None:
    text = (ROOT / "sample_site" / "source.yml").read_text(encoding="utf-8")
    expected = {
        (publisher.publisher, year)
        for publisher in parse_source(text, "source.yml").publishers
        for year in publisher.expected_years()
    }
    coverage = pl.read_parquet(lake / "published" / "coverage" / "**" / "*.parquet")
    rows = coverage.filter("is_expected").select("publisher", "report_year").rows()
    assert sorted(rows) == sorted(expected)
    assert set(coverage["status"]) == {"published", "not_found", "unreadable", "fetch_failed"}


def test_every_number_in_the_lake_stands_in_its_document(lake: Path) -> None:
    """The text of a printed cell occurs in the raw bytes it is said to come from."""
    import zstandard

    cells = pl.read_parquet(lake / "published" / "cells" / "**" / "*.parquet")
    reports = pl.read_parquet(lake / "published" / "reports" / "**" / "*.parquet")
    printed = cells.filter(pl.col("status") == "printed").join(
        reports.select("report_id", "sha256", "charset"), on="report_id"
    )
    assert printed.height > 1000
    for (sha256, charset), group in printed.group_by("sha256", "charset"):
        packed = (lake / "raw" / "objects" / str(sha256)[:2] / f"{sha256}.zst").read_bytes()
        digits = zstandard.ZstdDecompressor().decompress(packed).decode(str(charset))
        assert all(
            character in digits for raw in group["raw"] for character in raw if character.isdigit()
        )


def test_the_history_of_runs_is_in_the_lake(lake: Path) -> None:
    run = pl.read_parquet(lake / "runs" / "*" / "*.parquet").row(0, named=True)
    assert (run["flow"], run["outcome"], run["failed"]) == ("nightly", "completed", 5)
    assert run["found"] == run["fetched"] + run["unchanged"] + run["failed"]
    assert run["ended_at"] > run["started_at"]


def test_the_run_tells_its_story_in_prefect(sample_run: SampleRun, prefect_api: str) -> None:
    run = pl.read_parquet(sample_run[0] / "runs" / "*" / "*.parquet").row(0, named=True)
    flow_run = httpx.get(f"{prefect_api}/flow_runs/{run['flow_run_id']}").json()
    assert flow_run["name"].startswith("每夜 nightly")
    assert (flow_run["state"]["type"], flow_run["state"]["message"]) == (
        "COMPLETED",
        run["message"],
    )
    wanted = {"artifacts": {"flow_run_id": {"any_": [run["flow_run_id"]]}}}
    artifacts = httpx.post(f"{prefect_api}/artifacts/filter", json=wanted).json()
    summary = next(artifact for artifact in artifacts if artifact["key"] == "nightly-summary")
    assert "运行小结" in summary["data"]
    assert {artifact["data"] for artifact in artifacts if artifact["type"] == "progress"} == {100.0}


def test_task_runs_are_batches_never_reports(sample_run: SampleRun, prefect_api: str) -> None:
    run = pl.read_parquet(sample_run[0] / "runs" / "*" / "*.parquet").row(0, named=True)
    wanted = {"flow_runs": {"id": {"any_": [run["flow_run_id"]]}}}
    names = [
        task["name"] for task in httpx.post(f"{prefect_api}/task_runs/filter", json=wanted).json()
    ]
    assert {name.split()[0] for name in names} == {"发现", "抓取", "识读", "发布"}
    assert len(names) < run["found"] / 5


@pytest.mark.parametrize(
    "view", [["status"], ["coverage"], ["findings"], ["findings", "--rule", "R01"]]
)
def test_the_lake_can_be_looked_into(lake: Path, gongkai: Gongkai, view: list[str]) -> None:
    done = gongkai(*view, GONGKAI_LAKE=str(lake))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 3


def test_a_number_is_explained_down_to_its_raw_object(lake: Path, gongkai: Gongkai) -> None:
    cells = pl.read_parquet(lake / "published" / "cells" / "**" / "*.parquet")
    cell = cells.filter(
        pl.col("status") == "printed", pl.col("row_key") == "new_received", pl.col("value") > 0
    ).row(0, named=True)
    key = f"{cell['table']}.{cell['row_key']}.{cell['column_key']}"
    done = gongkai("explain", cell["report_id"], key, "--lake", str(lake))
    assert done.returncode == 0
    assert repr(cell["raw"]) in done.stdout
    path = next(line for line in done.stdout.splitlines() if "raw object" in line).split(": ", 1)[1]
    assert Path(path).is_file()
    assert "R01" in done.stdout


def test_the_seeds_go_to_their_provinces_and_years(
    tmp_path: Path, gongkai_with_server: Gongkai
) -> None:
    if not SEEDS.is_dir():
        pytest.skip("the shared seed reports are not beside this checkout")
    done = gongkai_with_server("ingest", str(SEEDS), "--lake", str(tmp_path / "lake"))
    assert done.returncode == 0, done.stderr
    reports = pl.read_parquet(
        tmp_path / "lake" / "published" / "reports" / "**" / "*.parquet", hive_partitioning=True
    )
    assert sorted(reports.select("province", "year").rows()) == [
        ("CN-GZ", 2024),
        ("CN-HA", 2024),
        ("CN-SX", 2022),
        ("CN-SX", 2025),
        ("CN-YN", 2022),
    ]


def test_damaged_files_are_quarantined_and_the_good_one_is_read(
    tmp_path: Path, gongkai_with_server: Gongkai
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.html").write_bytes(b"")
    (folder / "binary.doc").write_bytes(bytes(range(256)) * 20)
    (folder / "page.html").write_text("<html><body>欢迎访问本站</body></html>", encoding="utf-8")
    shutil.copy(ROOT / "tests" / "golden" / "word_table_gb18030.html", folder / "good.html")
    done = gongkai_with_server("ingest", str(folder), "--lake", str(tmp_path / "lake"))
    assert done.returncode == 0, done.stderr
    aside = pl.read_parquet(tmp_path / "lake" / "quarantined" / "documents")
    assert set(aside["name"]) == {"empty.html", "binary.doc", "page.html"}
    assert aside["message"].str.len_chars().min() > 0
    assert "Traceback" not in done.stdout + done.stderr
