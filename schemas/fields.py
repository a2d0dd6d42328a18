"""Every canonical cell of the national forms, as listed in `data/fields.csv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

STATUTORY_TABLES = ("active_disclosure", "requests", "review_litigation")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One cell of one form, the same object wherever it is asked for, so that it can key a cache.

    `order` is row-major inside the template; `dtype` as in the file."""

    template: str
    table: str
    row_key: str
    column_key: str
    row_label: str
    column_label: str
    unit: str
    dtype: str
    order: int
    row_group: str
    role: str


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table of one form: its rows in order and, for each row, its fields in column order."""

    template: str
    table: str
    row_keys: tuple[str, ...]
    rows: tuple[tuple[Field, ...], ...]


def read_data_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of `schemas/data`."""
    text = resources.files("schemas").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def all_fields() -> tuple[Field, ...]:
    """Every field of every template, in the order of the file."""
    return tuple(
        Field(
            template=row["template"],
            table=row["table"],
            row_key=row["row_key"],
            column_key=row["column_key"],
            row_label=row["zh_row_label"],
            column_label=row["zh_column_label"],
            unit=row["unit"],
            dtype=row["dtype"],
            order=int(row["order"]),
            row_group=row["row_group"],
            role=row["role"],
        )
        for row in read_data_rows("fields.csv")
    )


@cache
def table_form(template: str, table: str) -> TableForm:
    """The rows and columns of a table. Raises KeyError where the template has no such table."""
    rows: dict[str, list[Field]] = {}
    for field in all_fields():
        if field.template == template and field.table == table:
            rows.setdefault(field.row_key, []).append(field)
    if not rows:
        raise KeyError((template, table))
    ordered = sorted(rows.values(), key=lambda fields: fields[0].order)
    return TableForm(
        template=template,
        table=table,
        row_keys=tuple(fields[0].row_key for fields in ordered),
        rows=tuple(tuple(sorted(fields, key=lambda f: f.order)) for fields in ordered),
    )
