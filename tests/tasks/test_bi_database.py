"""`gongkai.duckdb`: every view works after the folder is moved, and none adds a report to one that contains it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from annual_reports.lake.bi_views import MEASURED, views
from annual_reports.lake.extractions import extraction_frame
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tests.annual_reports.lake.lake_documents import report

ROWS = 40


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county's consolidated report of 100 beside two townships of 7, and a report of unknown scope."""
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    county = {"level": "county", "organ_type": "government", "town_code": None}
    documents = [
        report("石桥镇"),
        report("白水镇"),
        report(
            "广灵县", values={"requests.new_received.total": 100}, scope="consolidated",
            publisher_id="140225-government", **county,
        ),
        report("不明局", scope="unknown", publisher_id="140225-department-x"),
    ]  # fmt: skip
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True)
    extraction_frame(documents, "1").sort("document_id").write_parquet(path)
    publish_lake(lake)
    moved = tmp_path_factory.mktemp("moved") / "published"
    shutil.move(lake.published, moved)
    return moved


@pytest.fixture(scope="module")
def database(published: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(published / "gongkai.duckdb"), read_only=True)
    connection.execute(f"SET file_search_path = '{published}'")
    return connection


def names(database: duckdb.DuckDBPyConnection) -> list[str]:
    rows = database.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    return sorted(name for (name,) in rows)


def test_every_view_reads_in_both_languages(database: duckdb.DuckDBPyConnection) -> None:
    found = names(database)
    assert {view.name for view in views()} < set(found)
    for view in views():
        counts = [
            database.execute(f"SELECT count(*) FROM {name}").fetchone()
            for name in (view.name, f"{view.name}_zh")
        ]
        assert counts[0] == counts[1], view.name


def test_no_view_of_numbers_holds_a_report_and_one_that_contains_it(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for name in names(database):
        columns = [row[0] for row in database.execute(f"DESCRIBE {name}").fetchall()]
        view = next((one for one in views() if one.name == name), None)
        if view is None or not view.sums:
            continue
        assert "scope" in columns
        scopes = database.execute(f"SELECT DISTINCT scope, level FROM {name}").fetchall()
        consolidated = {level for scope, level in scopes if scope == "consolidated"}
        assert {scope for scope, _ in scopes} <= {"own", "consolidated"}
        assert len({scope for scope, _ in scopes}) <= 1, name
        assert len(consolidated) <= 1, name


def test_every_table_with_a_scope_and_numbers_is_split(database: duckdb.DuckDBPyConnection) -> None:
    unsplit = {view.table for view in views() if not view.condition}
    assert not unsplit & set(MEASURED)
    told_apart = {"findings", "claims", "coverage", "reports", "corrections"}
    for view in views():
        columns = dict(
            database.execute(f"DESCRIBE {view.name}")
            .fetchdf()[["column_name", "column_type"]]
            .values
        )
        if not view.condition and "scope" in columns and view.table not in told_apart:
            numbers = [n for n, kind in columns.items() if kind.startswith(("DECIMAL", "DOUBLE"))]
            assert not numbers, (view.name, numbers)


def test_a_naive_sum_counts_each_request_once(database: duckdb.DuckDBPyConnection) -> None:
    def total(view: str) -> object:
        return database.execute(f"SELECT sum(new_received) FROM {view}").fetchone()

    assert total("v_requests_own") == (14,)
    assert total("v_requests_by_applicant_own") == (14,)
    assert total("v_requests_consolidated_county") == (100,)
    left = database.execute("SELECT publisher FROM v_reports_in_no_sum").fetchall()
    assert left == [("不明局",)]


def test_views_in_chinese_name_columns_and_codes(database: duckdb.DuckDBPyConnection) -> None:
    row = database.execute(
        'SELECT "公开机关", "层级", "统计口径", "分区年度" FROM v_requests_own_zh ORDER BY 1'
    ).fetchall()[0]
    assert row == ("白水镇", "乡级", "本机关", 2024)
    comments = database.execute(
        "SELECT count(*), count(comment) FROM duckdb_columns() WHERE NOT internal AND table_name LIKE 'v_%'"
    ).fetchone()
    assert comments is not None
    undescribed = database.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    ).fetchall()
    assert {name for (name,) in undescribed} <= {"about", "v_reports_in_no_sum"}


def test_what_was_there_on_a_day_can_be_asked(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute("SELECT count(*) FROM reports_on(DATE '2025-02-01')").fetchone()
    assert rows == (4,)
    cells = database.execute("SELECT count(*) FROM cells_on(DATE '2025-02-01')").fetchone()
    assert cells == (pl.read_parquet(f"{published_folder(database)}/cells/**/*.parquet").height,)


def published_folder(database: duckdb.DuckDBPyConnection) -> str:
    row = database.execute("SELECT current_setting('file_search_path')").fetchone()
    assert row is not None
    return str(row[0])


def test_the_description_names_every_file_and_column(published: Path) -> None:
    described = json.loads((published / "datapackage.json").read_text(encoding="utf-8"))
    paths = {path for resource in described["resources"] for path in resource["path"]}
    on_disk = {p.relative_to(published).as_posix() for p in published.rglob("*.parquet")}
    assert paths == {path for path in on_disk if not path.startswith("_versions/")}
    for resource in described["resources"]:
        file = pl.read_parquet_schema(published / resource["path"][0])
        assert [field["name"] for field in resource["schema"]["fields"]] == file.names()
