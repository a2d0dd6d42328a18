"""Every table and column is declared fully, once, and follows the forms."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from schemas.arrow_schemas import arrow_schema
from schemas.fields import all_fields, read_data_rows
from schemas.polars_schemas import polars_schema
from schemas.tables import (
    KINDS,
    Column,
    Table,
    identity_columns,
    report_level_tables,
    table,
    tables,
    total_measures,
    vocabulary,
)

COLUMNS = [
    pytest.param(one, column, id=f"{one.name}.{column.name}")
    for one in tables().values()
    for column in one.columns
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("one", "column"), COLUMNS)
def test_every_column_says_what_it_is(one: Table, column: Column) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
    assert column.kind in KINDS
    assert CHINESE.search(column.zh_label) or column.name in ("etag", "status")
    assert column.en_label
    assert CHINESE.search(column.definition) or column.name == "etag"
    assert column.source
    if one.layer == "published":
        assert column.name not in ("province", "year"), "the partition keys live in the path"


@pytest.mark.parametrize("one", tables().values(), ids=lambda one: one.name)
def test_every_table_has_a_key_and_no_column_twice(one: Table) -> None:
    names = one.column_names
    assert len(names) == len(set(names))
    assert one.key
    assert set(one.key) <= set(names)
    assert CHINESE.search(one.zh_label)
    assert one.definition


@pytest.mark.parametrize("name", report_level_tables())
def test_report_level_tables_begin_with_the_identity(name: str) -> None:
    assert table(name).column_names[: len(identity_columns())] == identity_columns()


def test_the_form_tables_have_a_column_for_every_cell_of_every_form() -> None:
    two = set(table("active_disclosure").column_names)
    three = set(table("requests").column_names)
    four = set(table("review_litigation").column_names)
    for field in all_fields():
        match field.table:
            case "active_disclosure":
                assert f"{field.row_key}_{field.column_key}" in two
            case "requests":
                assert field.row_key in three
                assert field.column_key in vocabulary("applicants")
            case "review_litigation":
                assert field.column_key in four
                assert field.row_key in vocabulary("case_groups")


def test_counts_are_integers_and_money_is_exact_with_its_text_beside_it() -> None:
    by_name = {column.name: column for column in table("active_disclosure").columns}
    for column in by_name.values():
        if column.kind == "decimal":
            assert column.unit == "万元"
            assert by_name[f"{column.name}_text"].kind == "string"
    assert by_name["licensing_items_change"].minimum is None
    assert by_name["licensing_items_prior_year"].minimum == 0
    assert all(column.kind != "float64" for column in by_name.values())


def test_every_total_says_how_many_reports_stand_behind_it() -> None:
    names = table("totals").column_names
    for measure in total_measures():
        assert measure.name in names
        assert f"{measure.name}_reports" in names


@pytest.mark.parametrize("name", tables())
def test_arrow_and_polars_schemas_agree(name: str) -> None:
    schema = arrow_schema(name)
    assert schema.names == list(polars_schema(name)) == list(table(name).column_names)
    as_arrow = polars_schema(name).to_frame().to_arrow().schema
    for field in schema:
        given = as_arrow.field(field.name).type
        assert given == field.type or (
            pa.types.is_large_string(given) and field.type == pa.string()
        )
        assert (
            field.nullable == next(c for c in table(name).columns if c.name == field.name).nullable
        )


def test_every_closed_list_named_by_a_column_exists_and_is_used() -> None:
    bounds = {row["bound"] for row in read_data_rows("columns.csv")} - {""}
    lists = {bound for bound in bounds if not bound.startswith(">=")}
    assert all(vocabulary(name) for name in lists)
    declared = {row["vocabulary"] for row in read_data_rows("vocabularies.csv")}
    assert declared <= lists


def test_every_declared_column_belongs_to_a_table() -> None:
    owners = {row["table"] for row in read_data_rows("columns.csv")}
    assert owners - {"identity", "form"} <= set(tables())


def test_the_statuses_are_those_of_the_model() -> None:
    from annual_reports.model import CellStatus, FindingClass, QuarantineReason

    assert set(vocabulary("cell_statuses")) == set(CellStatus)
    assert set(vocabulary("finding_classes")) == set(FindingClass)
    assert set(vocabulary("quarantine_reasons")) == set(QuarantineReason)
