"""Every table, corrupted in every way: the row is set aside whole with its reason, the others stay."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

from annual_reports.lake.row_guard import GuardedRows, SchemaBrokenError, guard_rows
from schemas.foreign_keys import ForeignKey, foreign_keys
from schemas.models import partition_columns
from schemas.tables import Column, table, tables
from tests.schemas.test_models import BOUNDED, NAMING, REQUIRED, row

TYPED = [
    pytest.param(one.name, column, id=f"{one.name}.{column.name}")
    for one in tables().values()
    for column in one.columns
    if column.kind != "string"
]
OF_REPORTS = [
    pytest.param(one.name, name, id=f"{one.name}.{name}")
    for one in tables().values()
    if one.layer == "published" and one.partitioned and one.name != "reports"
    for name in ("report_id", "publisher_id")
    if name in one.column_names
]
WRITTEN = {"date": "1970-01-01", "timestamp": "1970-01-01T00:00:00+00:00", "bool": "true"}


def numbered(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the guard gets them: of one partition where the table has several."""
    partition = [pl.lit(3, pl.UInt32).alias(c) for c in partition_columns(table(name))]
    return rows.select(*partition, pl.all())


def another(name: str, /, **changes: Any) -> pl.DataFrame:
    """A row whose key differs from that of the sound one in a column besides those changed."""
    return row(name, **{**_other_key(name, set(changes)), **changes})


def _other_key(name: str, besides: set[str]) -> dict[str, Any]:
    declared = {column.name: column for column in table(name).columns}
    named = {column for key in foreign_keys(name) for column in key.columns}
    for column in (declared[key] for key in table(name).key if key not in besides):
        if column.kind == "int64":
            return {column.name: 2030}
        if column.allowed and column.name not in named:
            return {column.name: column.allowed[1]}
        if column.kind == "string" and column.name not in named:
            return {column.name: "1" * len(row(name).get_column(column.name)[0])}
    return {}


def assert_set_aside(name: str, bad: pl.DataFrame, *said: str) -> None:
    """Of a sound row and a bad one the bad one is set aside whole, with what is said of it."""
    sound = row(name).cast(bad.schema) if bad.schema == row(name).schema else _written(name, bad)
    guarded = guard_rows(name, numbered(name, pl.concat([sound, bad])))
    assert guarded.kept.drop(partition_columns(table(name))).equals(row(name))
    (aside,) = guarded.set_aside.rows(named=True)
    assert (aside["table"], aside["row_order"]) == (name, 2)
    for words in said:
        assert words in aside["reasons"]
    assert list(json.loads(aside["row_json"])) == list(table(name).column_names)


def _written(name: str, like: pl.DataFrame) -> pl.DataFrame:
    """The sound row with the columns as words that are words in another row."""
    sound = row(name)
    words = [
        pl.lit(WRITTEN.get(column.kind)).alias(column.name)
        if column.kind in WRITTEN and sound.get_column(column.name)[0] is not None
        else pl.col(column.name).cast(pl.String)
        for column in table(name).columns
        if like.schema[column.name] != sound.schema[column.name]
    ]
    return sound.with_columns(words)


@pytest.mark.parametrize(("name", "column"), TYPED)
def test_words_where_another_type_is_declared(name: str, column: Column) -> None:
    bad = another(name).with_columns(pl.lit("?").alias(column.name))
    assert_set_aside(name, bad, f"{column.name}: ? 不是 is no {column.kind}")


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_a_null_in_a_required_column(name: str, column: Column) -> None:
    assert_set_aside(name, another(name, **{column.name: None}), f"{column.name}: 空 null")


@pytest.mark.parametrize(("name", "column"), BOUNDED)
def test_a_value_out_of_range_or_not_allowed(name: str, column: Column) -> None:
    value = "?" if column.minimum is None else column.minimum - 1
    assert_set_aside(name, another(name, **{column.name: value}), f"{column.name}: {value}", "不合")


@pytest.mark.parametrize(("name", "key"), NAMING)
def test_a_name_of_nothing_in_a_dim(name: str, key: ForeignKey) -> None:
    column = key.columns[-1]
    value = "99" if column == "province_code" else "999999999" if "town" in column else "999999"
    assert_set_aside(name, another(name, **{column: value}), f"{column}: {value}", key.name)


@pytest.mark.parametrize("name", tables())
def test_a_key_that_stands_twice_sets_both_rows_aside(name: str) -> None:
    guarded = guard_rows(name, numbered(name, pl.concat([row(name), row(name)])))
    assert guarded.kept.is_empty()
    assert guarded.set_aside.get_column("row_order").to_list() == [1, 2]
    assert all("unique key" in reason for reason in guarded.set_aside["reasons"])


@pytest.mark.parametrize(("name", "column"), OF_REPORTS)
def test_a_report_or_publisher_that_is_not_published(name: str, column: str) -> None:
    reports = guard_rows("reports", numbered("reports", row("reports", publisher_id="x")))
    known = {"report_id": "x", "publisher_id": "x"}
    sound = row(name, **{c: v for c, v in known.items() if c in table(name).column_names})
    assert guard_rows(name, numbered(name, sound), reports).set_aside.is_empty()
    bad = sound.with_columns(pl.lit("unknown").alias(column))
    guarded = guard_rows(name, numbered(name, bad), reports)
    assert guarded.kept.is_empty()
    (reason,) = guarded.set_aside.get_column("reasons").to_list()
    assert f"{column}: unknown 不在" in reason


@pytest.mark.parametrize("name", tables())
def test_a_table_without_a_column_or_with_one_of_a_foreign_shape_stops(name: str) -> None:
    column = table(name).columns[-1].name
    good = numbered(name, row(name))
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        guard_rows(name, good.drop(column))
    with pytest.raises(SchemaBrokenError, match=name):
        guard_rows(name, good.with_columns(pl.lit([[1]]).alias(column)))


def test_a_number_of_another_type_is_taken_where_it_is_the_same_number() -> None:
    counts = another("totals").with_columns(pl.lit("7").alias("reports"))
    guarded = guard_rows("totals", numbered("totals", counts))
    assert guarded.kept.get_column("reports").to_list() == [7]
    half = numbered("totals", another("totals").with_columns(pl.lit(7.5).alias("reports")))
    assert "7.5" in guard_rows("totals", half).set_aside.get_column("reasons")[0]


def test_a_row_of_a_report_that_was_set_aside_goes_with_it() -> None:
    lost = guard_rows("reports", numbered("reports", row("reports", status="?")))
    guarded: GuardedRows = guard_rows("sections", numbered("sections", row("sections")), lost)
    assert guarded.kept.is_empty()
    assert "所属报告未能发布" in guarded.set_aside.get_column("reasons")[0]
