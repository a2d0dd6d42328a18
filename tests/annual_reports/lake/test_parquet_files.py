"""A lake of such files is the same to DuckDB, Polars, PyArrow and pandas."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from lake_documents import NO_EXTRACTIONS, build_partition, expected_publishers, frame, report

from annual_reports.lake.dimensions import dimension_tables
from annual_reports.lake.manifest import PartitionKey, dimension_path, partition_path
from annual_reports.lake.parquet import arrow_table, parquet_bytes
from schemas.arrow_schemas import arrow_schema
from schemas.polars_schemas import polars_schema
from schemas.tables import SCHEMA_VERSION, table, tables

FEES = {"active_disclosure.administrative_fees.amount_10k_yuan": "96171.6"}
PARTITIONED = [t.name for t in tables().values() if t.partitioned and t.layer == "published"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two provinces, two years and an empty partition, with the dims."""
    root = tmp_path_factory.mktemp("published")
    partitions = {
        PartitionKey("CN-SX", 2023): (report("石桥镇", year=2023, values=FEES),),
        PartitionKey("CN-SX", 2024): (
            report("石桥镇", values=FEES),
            report("白水镇", form="t2019"),
        ),
        PartitionKey("ZZ", 2024): (report("无名镇", publisher_id=None, province_code=None),),
        PartitionKey("CN", 2024): (),
    }
    reports = []
    for key, documents in partitions.items():
        extractions = frame(*documents) if documents else NO_EXTRACTIONS
        expected = expected_publishers("青羊镇", province=key.province, year=key.year)
        built = build_partition(extractions, NO_EXTRACTIONS, expected, key=key)
        reports.append(built.tables["reports"])
        for name, rows in built.tables.items():
            write(root / partition_path(name, key), parquet_bytes(name, rows))
    for name, guarded in dimension_tables(pl.concat(reports)).items():
        write(root / dimension_path(name), parquet_bytes(name, guarded.kept))
    return root


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def hive(root: Path, name: str) -> str:
    return f"{root}/{name}/**/*.parquet"


@pytest.mark.parametrize("name", PARTITIONED)
def test_four_engines_see_the_same_columns_and_rows(published: Path, name: str) -> None:
    columns = [*table(name).column_names, "province", "year"]
    relation = duckdb.sql(f"FROM read_parquet('{hive(published, name)}', hive_partitioning=true)")
    polars = pl.read_parquet(hive(published, name), hive_partitioning=True)
    arrow = ds.dataset(published / name, partitioning="hive").to_table()
    pandas = pd.read_parquet(published / name)
    assert sorted(relation.columns) == sorted(columns)
    assert sorted(polars.columns) == sorted(arrow.column_names) == sorted(columns)
    assert sorted(pandas.columns) == sorted(columns)
    rows = duckdb.sql(f"SELECT count(*) FROM read_parquet('{hive(published, name)}')").fetchall()[
        0
    ][0]
    assert rows == polars.height == arrow.num_rows == len(pandas)
    assert polars.select(table(name).column_names).schema == polars_schema(name)
    assert arrow.select(table(name).column_names).schema.equals(arrow_schema(name))


def test_four_engines_add_up_the_same(published: Path) -> None:
    requests, fees = hive(published, "requests"), hive(published, "active_disclosure")
    by_duckdb = duckdb.sql(
        f"SELECT sum(new_received) FROM read_parquet('{requests}') WHERE is_total AND year = 2024"
    ).fetchall()[0][0]
    polars = pl.read_parquet(requests, hive_partitioning=True).filter("is_total", year=2024)
    pandas = pd.read_parquet(published / "requests")
    kept = pandas[pandas["is_total"] & (pandas["year"].astype(int) == 2024)]
    arrow = ds.dataset(published / "requests", partitioning="hive").to_table(
        filter=(ds.field("is_total") == True) & (ds.field("year") == 2024)  # noqa: E712
    )
    assert by_duckdb == 21
    assert polars["new_received"].sum() == kept["new_received"].sum() == 21
    assert sum(arrow.column("new_received").to_pylist()) == 21
    money = "administrative_fees_amount_10k_yuan"
    exact = Decimal("192343.2")
    assert duckdb.sql(f"SELECT sum({money}) FROM read_parquet('{fees}')").fetchall()[0][0] == exact
    assert pl.read_parquet(fees)[money].sum() == exact
    assert pd.read_parquet(published / "active_disclosure")[money].dropna().sum() == exact


@pytest.mark.parametrize("name", PARTITIONED)
def test_every_column_carries_its_labels_and_the_file_its_version(
    published: Path, name: str
) -> None:
    for path in sorted((published / name).rglob("*.parquet")):
        schema = pq.read_schema(path)
        assert schema.metadata[b"schema_version"] == SCHEMA_VERSION.encode()
        assert b"pandas" not in schema.metadata
        for field in schema:
            assert {b"zh_label", b"en_label", b"definition"} <= set(field.metadata), field.name
            assert field.name not in ("province", "year")


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    built = build_partition(
        frame(report("石桥镇"), report("白水镇")), NO_EXTRACTIONS, expected_publishers()
    )
    for name, rows in built.tables.items():
        shuffled = rows.sample(fraction=1, shuffle=True, seed=7)
        assert parquet_bytes(name, shuffled) == parquet_bytes(name, rows), name


def test_rows_are_sorted_and_chunks_have_statistics(published: Path) -> None:
    path = published / partition_path("cells", PartitionKey("CN-SX", 2024))
    ids = pl.read_parquet(path).get_column("report_id")
    assert ids.is_sorted()
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(0)
    assert chunk.is_stats_set
    assert chunk.compression == "ZSTD"


def test_a_null_where_none_may_stand_is_refused() -> None:
    built = build_partition(frame(report("石桥镇")), NO_EXTRACTIONS, expected_publishers())
    holed = built.tables["reports"].with_columns(status=pl.lit(None, pl.String))
    with pytest.raises(ValueError, match="status"):
        arrow_table("reports", holed)


def test_bytes_are_a_file_of_the_declared_schema() -> None:
    content = parquet_bytes("totals", polars_schema("totals").to_frame())
    assert pq.read_table(io.BytesIO(content)).schema.equals(
        arrow_schema("totals"), check_metadata=False
    )
    assert isinstance(arrow_table("totals", polars_schema("totals").to_frame()), pa.Table)


def test_dims_explain_the_keys_of_the_tables(published: Path) -> None:
    fields = pl.read_parquet(published / "fields.parquet")
    cells = pl.read_parquet(hive(published, "cells"))
    keys = ["template", "table", "row_key", "column_key"]
    assert cells.join(fields, on=keys, how="anti").is_empty()
    rules = pl.read_parquet(published / "rules.parquet").get_column("rule_id").to_list()
    assert set(pl.read_parquet(hive(published, "findings")).get_column("rule_id")) <= set(rules)
    reports = pl.read_parquet(hive(published, "reports")).drop_nulls("publisher_id")
    publishers = pl.read_parquet(published / "publishers.parquet")
    assert reports.join(publishers, on="publisher_id", how="anti").is_empty()
    stone_bridge = publishers.filter(pl.col("publisher") == "石桥镇")
    assert stone_bridge.select("first_year", "last_year", "reports").rows() == [(2023, 2024, 2)]
