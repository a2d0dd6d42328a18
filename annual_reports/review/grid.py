"""The rows of a form round one cell, as a person reads them: Chinese labels, blanks told from zeros."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from annual_reports.review.waiting import plain_number
from schemas.fields import Field, all_fields, table_form

_ROWS_BESIDE = 1
_WORDS = {"blank": "空", "note": "文字", "missing": "缺格"}

Cells = Mapping[str, Mapping[str, Any]]
"""Path → published cell: value, status, raw."""


def grid_around(
    template: str, cell: str, cells: Cells, in_doubt: Collection[str] = ()
) -> list[list[str]]:
    """A header and the rows beside the cell; the cell itself, and others in doubt, stand in 【】.

    Tables whose rows have columns of their own become two columns, label and value.
    """
    table, row_key, _ = cell.split(".")
    form = table_form(template, table)
    place = form.row_keys.index(row_key)
    rows = form.rows[max(0, place - _ROWS_BESIDE) : place + _ROWS_BESIDE + 1]
    marked = {cell, *in_doubt}
    heads = [field.column_label for field in rows[0]]
    if any([field.column_label for field in row] != heads for row in rows):
        return [["项目", "数"], *([_label(f), _shown(f, marked, cells)] for r in rows for f in r)]
    return [
        ["", *(head.rsplit("/", 1)[-1] for head in heads)],
        *(
            [row[0].row_label.rsplit("/", 1)[-1], *(_shown(f, marked, cells) for f in row)]
            for row in rows
        ),
    ]


@cache
def cell_label(template: str, cell: str) -> str:
    """`一、本年新收政府信息公开申请数量 · 总计`; the path itself where the form has no such cell."""
    labels = (
        f"{field.row_label.rsplit('/', 1)[-1]} · {field.column_label.rsplit('/', 1)[-1]}"
        for field in all_fields()
        if field.template == template and _path(field) == cell
    )
    return next(labels, cell)


def _path(field: Field) -> str:
    return f"{field.table}.{field.row_key}.{field.column_key}"


def _label(field: Field) -> str:
    return f"{field.row_label.rsplit('/', 1)[-1]} · {field.column_label}"


def _shown(field: Field, marked: Collection[str], cells: Cells) -> str:
    path = _path(field)
    text = _text(cells.get(path))
    return f"【{text}】" if path in marked else text


def _text(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return _WORDS["missing"]
    value, status = cell["value"], cell["status"]
    match status:
        case "printed" | "inferred" | "corrected":
            number = "无数" if value is None else plain_number(Decimal(value))
            return number + {"printed": "", "inferred": "（推定）", "corrected": "（更正）"}[status]
        case "unreadable":
            return f"？{(cell['raw'] or '').strip()}"
        case _:
            return _WORDS[status]
