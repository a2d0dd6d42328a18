"""What the pandera models refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandera.errors
import polars as pl
import pytest

from schemas.foreign_keys import ForeignKey, foreign_keys
from schemas.models import batch_model, model, partition_columns
from schemas.polars_schemas import polars_schema
from schemas.tables import Column, table, tables

EXAMPLES: dict[str, Any] = {
    r"^[0-9a-f]{16}$": "0" * 16,
    r"^[0-9a-f]{32}$": "0" * 32,
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^[0-9]{2}$": "14",
    r"^[0-9]{6}$": "140225",
    r"^[0-9]{9}$": "140225204",
    r"^[0-9]{6}([0-9]{3})?$": "140225",
}
DEFAULTS: dict[str, Any] = {"string": "x", "int64": 2024, "bool": True}
A_CELL = {
    "template": "t2021",
    "table": "requests",
    "row_key": "new_received",
    "column_key": "total",
}
FITTING: dict[str, dict[str, Any]] = {
    "cells": {"status": "printed", "value": Decimal(1), **A_CELL},
    "cell_changes": A_CELL,
    "corrections": A_CELL,
    "local_statistics": {"status": "printed", "value": Decimal(1)},
    "indicators": {"indicator": "workload"},
    "indicator_totals": {"indicator": "workload"},
    "rule_results": {"rule_id": "R01"},
}
NAMING = [
    pytest.param(one.name, key, id=f"{one.name}.{key.name}")
    for one in tables().values()
    for key in foreign_keys(one.name)
]
BOUNDED = [
    pytest.param(one.name, column, id=f"{one.name}.{column.name}")
    for one in tables().values()
    for column in one.columns
    if column.allowed or column.minimum is not None or column.pattern
]
REQUIRED = [
    pytest.param(one.name, column, id=f"{one.name}.{column.name}")
    for one in tables().values()
    for column in one.columns
    if not column.nullable
]


def valid(column: Column) -> Any:
    if column.allowed:
        return column.allowed[0]
    if column.pattern:
        return EXAMPLES[column.pattern]
    return None if column.nullable else DEFAULTS.get(column.kind)


def row(name: str, /, **changes: Any) -> pl.DataFrame:
    values = {column.name: valid(column) for column in table(name).columns}
    values |= {k: v for k, v in FITTING.get(name, {}).items() if k in values} | changes
    frame = pl.DataFrame([values], schema=dict(polars_schema(name)), orient="row")
    times = [
        c.name for c in table(name).columns if c.kind in ("date", "timestamp") and not c.nullable
    ]
    return frame.with_columns(
        pl.lit(0).cast(polars_schema(name)[time]).alias(time)
        for time in times
        if time not in changes
    )


def batch(name: str, *partitions: pl.DataFrame) -> pl.DataFrame:
    """Rows of several partitions, as `batch_model` judges them."""
    return pl.concat(
        rows.select(
            *(pl.lit(n, pl.UInt32).alias(c) for c in partition_columns(table(name))), pl.all()
        )
        for n, rows in enumerate(partitions)
    )


def broken_columns(name: str, frame: pl.DataFrame) -> set[str]:
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        model(name).validate(frame, lazy=True)
    return set(caught.value.failure_cases.get_column("column").to_list())


@pytest.mark.parametrize("name", tables())
def test_a_sound_row_and_no_row_pass(name: str) -> None:
    model(name).validate(row(name), lazy=True)
    model(name).validate(polars_schema(name).to_frame(), lazy=True)


@pytest.mark.parametrize(("name", "column"), BOUNDED)
def test_a_value_out_of_bounds_is_refused(name: str, column: Column) -> None:
    value = "?" if column.minimum is None else column.minimum - 1
    assert column.name in broken_columns(name, row(name, **{column.name: value}))


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_a_null_is_refused_where_none_may_stand(name: str, column: Column) -> None:
    assert column.name in broken_columns(name, row(name, **{column.name: None}))


@pytest.mark.parametrize(("name", "key"), NAMING)
def test_a_row_that_names_nothing_of_a_dim_is_refused(name: str, key: ForeignKey) -> None:
    column = key.columns[-1]
    value = "99" if column == "province_code" else "999999999" if "town" in column else "999999"
    assert column in broken_columns(name, row(name, **{column: value}))
    with pytest.raises(pandera.errors.SchemaErrors):
        batch_model(name).validate(batch(name, row(name, **{column: value})), lazy=True)


@pytest.mark.parametrize("name", tables())
def test_a_row_twice_is_refused(name: str) -> None:
    with pytest.raises(pandera.errors.SchemaErrors):
        model(name).validate(pl.concat([row(name), row(name)]), lazy=True)


def test_a_missing_a_foreign_and_a_mistyped_column_are_refused() -> None:
    good = row("totals")
    for bad in (
        good.drop("reports"),
        good.with_columns(extra=pl.lit(1)),
        good.with_columns(pl.col("reports").cast(pl.Float64)),
    ):
        with pytest.raises(pandera.errors.SchemaErrors):
            model("totals").validate(bad, lazy=True)


@pytest.mark.parametrize(
    ("status", "value"),
    [("printed", None), ("inferred", None), ("blank", 0), ("note", 1), ("unreadable", 1)],
)
def test_a_cell_has_a_number_exactly_where_its_status_says_so(
    status: str, value: int | None
) -> None:
    number = None if value is None else Decimal(value)
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        model("cells").validate(row("cells", status=status, value=number), lazy=True)
    assert "a number where the status has one" in caught.value.failure_cases["check"].to_list()


def test_a_corrected_cell_may_have_no_number() -> None:
    model("cells").validate(row("cells", status="corrected", value=None), lazy=True)


class TestManyPartitionsAtOnce:
    """`batch_model` refuses what `model` refuses."""

    @pytest.mark.parametrize("name", tables())
    def test_a_sound_row_and_no_row_pass(self, name: str) -> None:
        batch_model(name).validate(batch(name, row(name)), lazy=True)
        batch_model(name).validate(batch(name, polars_schema(name).to_frame()), lazy=True)

    @pytest.mark.parametrize(("name", "column"), BOUNDED)
    def test_a_value_out_of_bounds_is_refused(self, name: str, column: Column) -> None:
        value = "?" if column.minimum is None else column.minimum - 1
        bad = batch(name, row(name), row(name, **{column.name: value}))
        with pytest.raises(pandera.errors.SchemaErrors) as caught:
            batch_model(name).validate(bad, lazy=True)
        assert "every bound of every column" in caught.value.failure_cases["check"].to_list()

    @pytest.mark.parametrize(("name", "column"), REQUIRED)
    def test_a_null_is_refused_where_none_may_stand(self, name: str, column: Column) -> None:
        with pytest.raises(pandera.errors.SchemaErrors):
            batch_model(name).validate(batch(name, row(name, **{column.name: None})), lazy=True)

    @pytest.mark.parametrize("name", [one.name for one in tables().values() if one.partitioned])
    def test_a_key_names_a_row_of_one_partition(self, name: str) -> None:
        batch_model(name).validate(batch(name, row(name), row(name)), lazy=True)
        twice = pl.concat([row(name), row(name)])
        with pytest.raises(pandera.errors.SchemaErrors) as caught:
            batch_model(name).validate(batch(name, row(name), twice), lazy=True)
        (check,) = caught.value.failure_cases["check"].to_list()
        assert check.startswith("unique key partition")

    @pytest.mark.parametrize("name", tables())
    def test_columns_out_of_order_and_of_another_type_are_refused(self, name: str) -> None:
        good = batch(name, row(name))
        for bad in (
            good.select(reversed(good.columns)),
            good.with_columns(pl.last().cast(pl.Binary)),
            good.with_columns(extra=pl.lit(1)),
            good.drop(good.columns[-1]),
        ):
            with pytest.raises(pandera.errors.SchemaErrors):
                batch_model(name).validate(bad, lazy=True)

    def test_a_number_that_does_not_fit_its_status_is_refused(self) -> None:
        bad = batch("cells", row("cells", status="blank", value=Decimal(0)))
        with pytest.raises(pandera.errors.SchemaErrors):
            batch_model("cells").validate(bad, lazy=True)
