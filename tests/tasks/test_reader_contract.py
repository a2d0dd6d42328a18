"""Every published table is the same to DuckDB, Polars, PyArrow, pandas and Spark: columns, rows, sums.

One partition of the lake was published by an older program, with a column less in every table and one table
missing, and is held back beside newer ones; nothing of that may show in what readers must say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from annual_reports.lake.extractions import extraction_frame
from annual_reports.lake.manifest import published_file
from annual_reports.lake.parquet import in_declared_columns
from schemas.tables import tables
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tests.annual_reports.lake.lake_documents import report
from tests.tasks.test_publish import take_in

TABLES = {one.name: one for one in tables().values() if one.layer == "published"}
GOLDEN = ("publishers_own_sums_wrong.html", "tabs_under_markdown_headings.txt")
TOWNS = tuple(f"{name}镇" for name in "甲乙丙丁戊己庚")
OLDER = "province=CN-SX/year=2023/part-0.parquet"
NOT_YET_THERE = "rule_results"

Facts = tuple[dict[str, str], int, dict[str, object]]
"""Column → kind of type, rows, column → exact sum (numbers) or number of values (others)."""

_KINDS = {
    "string": ("varchar", "string", "large_string"),
    "int64": ("bigint", "int64", "int32", "int"),
    "decimal": ("decimal(28,8)", "decimal(precision=28, scale=8)", "decimal128(28, 8)"),
    "float64": ("double", "float64"),
    "bool": ("boolean", "bool"),
    "date": ("date", "date32[day]"),
    "timestamp": (
        "timestamp with time zone",
        "timestamp[us, tz=utc]",
        "timestamp[ns, tz=utc]",
        "datetime(time_unit='us', time_zone='utc')",
        "timestamp",
    ),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_NUMBERS = ("int64", "decimal", "float64")


def kind_of(printed: object) -> str:
    """A type as an engine prints it, as the declaration names it."""
    text = str(printed).lower()
    return _KIND_OF[text.removeprefix("dictionary<values=").partition(", indices")[0]]


def lay(lake: LakePaths, province: str, year: int, names: tuple[str, ...]) -> None:
    """Reports of one partition that differ in their counts, with an amount of money."""
    documents = [
        report(
            name,
            values={
                "requests.new_received.total": year - 2020 + place,
                "active_disclosure.administrative_fees.amount": f"{place}.25",
            },
            province=province,
            year=year,
        )
        for place, name in enumerate(names)
    ]
    path = partition_file(lake, province, year, "0")
    path.parent.mkdir(parents=True, exist_ok=True)
    extraction_frame(documents, "1").sort("document_id").write_parquet(path)


def make_older(lake: LakePaths) -> dict[str, str]:
    """Rewrite one partition as an older program published it; gives the column each table lacks."""
    manifest = json.loads(lake.manifest.read_text(encoding="utf-8"))
    left_out, files = {}, []
    for entry in manifest["files"]:
        path = lake.published / entry["path"]
        if entry["path"] == f"{NOT_YET_THERE}/{OLDER}":
            path.unlink()
            continue
        if entry["path"] == f"{entry['table']}/{OLDER}":
            optional = [c.name for c in TABLES[entry["table"]].columns if c.nullable]
            content = pq.read_table(path, partitioning=None).replace_schema_metadata(
                {"schema_version": "1"}
            )
            if optional:
                left_out[entry["table"]] = optional[-1]
                content = content.drop_columns([optional[-1]])
            path.unlink()
            pq.write_table(content, path)
            made = published_file(
                entry["path"], entry["table"], content.num_rows, path.read_bytes(), "older"
            )
            entry |= {"bytes": made.bytes, "sha256": made.sha256, "input_hash": "older"}
        files.append(entry)
    manifest |= {"files": files, "schema_version": "1"}
    lake.manifest.write_text(json.dumps(manifest), encoding="utf-8")
    return left_out


@pytest.fixture(scope="module")
def left_out() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, left_out: dict[str, str]) -> Path:
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    for name in GOLDEN:
        take_in(lake, name)
    lay(lake, "CN-SX", 2023, TOWNS)
    lay(lake, "CN-SX", 2024, TOWNS[:3])
    lay(lake, "CN-XPCC", 2024, TOWNS[:2])
    publish_lake(lake)
    left_out |= make_older(lake)
    lay(lake, "CN-SX", 2023, TOWNS[:2])
    assert [held.partition for held in publish_lake(lake).held] == ["CN-SX/2023"]
    return lake.published


def with_arrow(published: Path, name: str) -> Facts:
    place, hive = _place(published, name)
    read = ds.dataset(place, partitioning=hive, format="parquet").to_table()
    return {field.name: kind_of(field.type) for field in read.schema}, *counted(read)


def with_pandas(published: Path, name: str) -> Facts:
    place, hive = _place(published, name)
    read = pd.read_parquet(place, partitioning=hive, dtype_backend="pyarrow")
    kinds = {
        column: kind_of(str(kind).removesuffix("[pyarrow]")) for column, kind in read.dtypes.items()
    }
    return kinds, *counted(pa.Table.from_pandas(read, preserve_index=False))


def with_polars(published: Path, name: str) -> Facts:
    read = pl.read_parquet(_pattern(published, name), hive_partitioning=TABLES[name].partitioned)
    kinds = {column: kind_of(kind) for column, kind in read.schema.items()}
    return kinds, *counted(read.to_arrow(compat_level=pl.CompatLevel.oldest()))


def with_duckdb(published: Path, name: str) -> Facts:
    source = f"read_parquet('{_pattern(published, name)}', hive_partitioning = {TABLES[name].partitioned})"
    with duckdb.connect() as connection:
        told = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        kinds = {column: kind_of(kind) for column, kind, *_ in told}
        asked = [
            f'{"sum" if kind in _NUMBERS else "count"}("{column}")'
            for column, kind in kinds.items()
        ]
        query = f"SELECT count(*), {', '.join(asked)} FROM {source}"
        rows, *sums = connection.execute(query).fetchall()[0]
    return kinds, rows, {c: _exact(s, kinds[c]) for c, s in zip(kinds, sums, strict=True)}


READERS: dict[str, Callable[[Path, str], Facts]] = {
    "pyarrow": with_arrow,
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
}


def _place(published: Path, name: str) -> tuple[Path, str | None]:
    is_partitioned = TABLES[name].partitioned
    return published / (
        name if is_partitioned else f"{name}.parquet"
    ), "hive" if is_partitioned else None


def _pattern(published: Path, name: str) -> str:
    return str(
        published / (f"{name}/**/*.parquet" if TABLES[name].partitioned else f"{name}.parquet")
    )


def counted(rows: pa.Table) -> tuple[int, dict[str, object]]:
    """How many rows, and of each column the exact sum or how many values."""
    found: dict[str, object] = {}
    for field in rows.schema:
        column, kind = rows.column(field.name), kind_of(field.type)
        if pa.types.is_dictionary(field.type):  # pandas keeps the keys of partitions as categories
            column = column.cast(field.type.value_type)
        counted = pc.sum(column).as_py() if kind in _NUMBERS else len(column) - column.null_count
        found[field.name] = _exact(counted, kind)
    return rows.num_rows, found


def _exact(counted: Any, kind: str) -> object:
    return round(Decimal(str(counted)), 6) if kind in _NUMBERS and counted is not None else counted


@pytest.mark.parametrize("name", TABLES)
def test_every_reader_sees_the_same_table(published: Path, name: str) -> None:
    facts = {reader: read(published, name) for reader, read in READERS.items()}
    kinds, rows, sums = facts["duckdb"]
    keys = {"province": "string", "year": "int64"} if TABLES[name].partitioned else {}
    assert kinds == {column.name: column.kind for column in TABLES[name].columns} | keys
    assert rows == sum(
        file["rows"]
        for file in json.loads((published / "manifest.json").read_text("utf-8"))["files"]
        if file["table"] == name
    )
    for reader, seen in facts.items():
        assert seen == (kinds, rows, sums), reader


def test_the_lake_has_numbers_money_and_an_older_partition(
    published: Path, left_out: dict[str, str]
) -> None:
    """What the comparison rests on."""
    assert set(left_out) > {"reports", "cells", "requests", "totals", "indicators"}
    held = pl.read_parquet(published / "requests" / OLDER, hive_partitioning=False)
    assert held.filter("is_total").height == len(TOWNS)
    assert held[left_out["requests"]].null_count() == held.height
    assert pl.read_parquet(published / NOT_YET_THERE / OLDER).is_empty()
    money = pl.read_parquet(published / "active_disclosure" / "**" / "*.parquet").select(
        pl.col(pl.Decimal).sum()
    )
    assert any(row for row in money.row(0))


def test_columns_that_cannot_be_null_are_never_made_up() -> None:
    rows = pl.DataFrame({"report_id": ["a"]})
    assert in_declared_columns("reports", rows) is None
    empty = in_declared_columns("reports", rows.head(0))
    assert empty is not None and empty.columns == list(TABLES["reports"].column_names)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """PySpark is no dependency; where it and a Java are installed, it reads the lake too."""
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.parametrize("name", TABLES)
def test_spark_sees_the_same_table(published: Path, name: str, spark: Any) -> None:
    place, _ = _place(published, name)
    read = spark.read.parquet(str(place))
    kinds = {column: kind_of(kind) for column, kind in read.dtypes}
    expected_kinds, rows, sums = with_duckdb(published, name)
    assert kinds == expected_kinds
    asked = [
        f"{'sum' if kind in _NUMBERS else 'count'}(`{column}`)" for column, kind in kinds.items()
    ]
    counted_rows, *found = read.selectExpr("count(*)", *asked).first()
    assert counted_rows == rows
    assert {c: _exact(s, kinds[c]) for c, s in zip(kinds, found, strict=True)} == sums
