"""The three statutory tables as ruled tables: what every page style prints in its own way.

Labels and row order come from `schemas/data/fields.csv`; numbers come from `sample_site/sites/*.yml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from schemas.fields import read_data_rows

Printed = Mapping[tuple[str, str], str]
"""What a page prints: (row_key, column_key) → text, "" where the page prints nothing."""

FLOW_ROWS = ("new_received", "carried_in", "handled_total", "carried_out")
RELATION_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


@dataclass(frozen=True)
class TableCell:
    """One cell at its origin, with its spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class FormTable:
    """Rows of origin cells in reading order; `columns` is the physical width."""

    columns: int
    rows: tuple[tuple[TableCell, ...], ...]


@cache
def read_fields(form: str, table: str) -> list[dict[str, str]]:
    """Rows of `fields.csv` for one table of one form, in printing order."""
    fields = [
        row
        for row in read_data_rows("fields.csv")
        if (row["template"], row["table"]) == (form, table)
    ]
    return sorted(fields, key=lambda row: int(row["order"]))


def printed_active_disclosure(form: str, numbers: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Table two: each row's values in the order of the form; rows not listed print zeros."""
    printed: dict[tuple[str, str], str] = {}
    for row_key, fields in _by_row(read_fields(form, "active_disclosure")):
        listed = numbers.get(row_key, [0] * len(fields))
        values = listed if isinstance(listed, list) else [listed]
        for field, value in zip(fields, values, strict=True):
            printed[row_key, field["column_key"]] = _as_text(value)
    return printed


def printed_requests(form: str, numbers: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Table three: six applicant counts a row are given, totals are sums of them.

    `instead` prints something else in single cells (an error of the publisher, words, a blank);
    `only` leaves every cell blank that it does not name.
    """
    fields = read_fields(form, "requests")
    rows = [row_key for row_key, _ in _by_row(fields)]
    applicants = [f["column_key"] for f in fields if f["row_key"] == rows[0]][:-1]
    counts = {row: list(numbers.get(row, [0] * len(applicants))) for row in rows}
    leaves = [row for row in rows if row not in FLOW_ROWS]
    counts["handled_total"] = [sum(column) for column in zip(*map(counts.get, leaves), strict=True)]
    printed = {}
    for row, values in counts.items():
        for column, value in zip([*applicants, "total"], [*values, sum(values)], strict=True):
            printed[row, column] = str(value)
    return _as_printed(printed, numbers)


def printed_review_litigation(form: str, numbers: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Table four: four results a group are given, the total is their sum."""
    printed: dict[tuple[str, str], str] = {}
    for group, fields in _by_row(read_fields(form, "review_litigation")):
        results = list(numbers.get(group, [0] * 4))
        for field, value in zip(fields, [*results, sum(results)], strict=True):
            printed[group, field["column_key"]] = str(value)
    return _as_printed(printed, numbers)


def active_disclosure_table(form: str, printed: Printed) -> FormTable:
    """Table two as printed: a heading line for every item of Article 20, four columns wide."""
    rows: list[tuple[TableCell, ...]] = []
    fields = read_fields(form, "active_disclosure")
    for item, block in groupby(fields, key=lambda f: f["zh_row_label"].split("/")[0]):
        by_row = _by_row(list(block))
        heads = [f["zh_column_label"] for f in by_row[0][1]]
        rows.append((TableCell(item, columns=4),))
        rows.append(_filled(["信息内容", *heads]))
        for row_key, row in by_row:
            label = row[0]["zh_row_label"].split("/", 1)[1]
            rows.append(_filled([label, *(printed[row_key, f["column_key"]] for f in row)]))
    return FormTable(4, tuple(rows))


def requests_table(form: str, printed: Printed) -> FormTable:
    """Table three as printed: three label columns, seven columns of numbers, three header lines."""
    by_row = _by_row(read_fields(form, "requests"))
    paths = [fields[0]["zh_row_label"].split("/") for _, fields in by_row]
    rows = list(_requests_header(by_row[0][1]))
    for index, ((row_key, fields), path) in enumerate(zip(by_row, paths, strict=True)):
        labels = _label_cells(path, paths, index)
        values = [TableCell(printed[row_key, f["column_key"]]) for f in fields]
        rows.append((*labels, *values))
    return FormTable(10, tuple(rows))


def review_litigation_table(form: str, printed: Printed) -> FormTable:
    """Table four as printed: fifteen columns, three header lines, one line of numbers."""
    by_group = _by_row(read_fields(form, "review_litigation"))
    paths = [fields[0]["zh_row_label"].split("/") for _, fields in by_group]
    results = [[f["zh_column_label"] for f in fields] for _, fields in by_group]
    first = (TableCell(paths[0][0], columns=5), TableCell(paths[1][0], columns=10))
    second = (
        *(TableCell(result, rows=2) for result in results[0]),
        *(TableCell(path[1], columns=5) for path in paths[1:]),
    )
    third = tuple(TableCell(result) for group in results[1:] for result in group)
    numbers = tuple(
        TableCell(printed[group, f["column_key"]]) for group, fields in by_group for f in fields
    )
    return FormTable(15, (first, second, third, numbers))


def with_labels(table: FormTable, spellings: Mapping[str, str]) -> FormTable:
    """The same table with some labels as a careless typist wrote them."""
    return FormTable(
        table.columns,
        tuple(
            tuple(TableCell(spellings.get(c.text, c.text), c.columns, c.rows) for c in row)
            for row in table.rows
        ),
    )


def _requests_header(fields: Sequence[Mapping[str, str]]) -> tuple[tuple[TableCell, ...], ...]:
    paths = [field["zh_column_label"].split("/") for field in fields]
    persons = [path for path in paths if len(path) == 3]
    first = (TableCell(RELATION_NOTE, columns=3, rows=3), TableCell(paths[0][0], columns=7))
    second = (
        TableCell(paths[0][1], rows=2),
        TableCell(persons[0][1], columns=len(persons)),
        TableCell(paths[-1][1], rows=2),
    )
    return first, second, tuple(TableCell(path[2]) for path in persons)


def _label_cells(
    path: Sequence[str], paths: Sequence[Sequence[str]], index: int
) -> list[TableCell]:
    """The label cells that start in this line: a group's label only stands in its first line."""
    cells = []
    for depth, label in enumerate(path):
        prefix = path[: depth + 1]
        group = [i for i, other in enumerate(paths) if other[: depth + 1] == prefix]
        if group[0] == index:
            width = 3 - depth if depth == len(path) - 1 else 1
            cells.append(TableCell(label, columns=width, rows=len(group)))
    return cells


def _filled(texts: Sequence[str]) -> tuple[TableCell, ...]:
    """A line of table two: the last cell spans what remains of the four columns."""
    *first, last = texts
    return (*map(TableCell, first), TableCell(last, columns=4 - len(first)))


def _by_row(fields: Sequence[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    return [(key, list(row)) for key, row in groupby(fields, key=lambda f: f["row_key"])]


def _as_printed(
    printed: dict[tuple[str, str], str], numbers: Mapping[str, Any]
) -> dict[tuple[str, str], str]:
    only = numbers.get("only")
    if only is not None:
        named = {_cell_key(cell) for cell in only}
        printed = {key: text if key in named else "" for key, text in printed.items()}
    instead = {_cell_key(cell): _as_text(v) for cell, v in numbers.get("instead", {}).items()}
    return printed | instead


def _cell_key(cell: str) -> tuple[str, str]:
    row_key, column_key = cell.split(".")
    return row_key, column_key


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
