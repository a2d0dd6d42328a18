"""Expressions over the cells of a report as columns of the wide frame, whichever form it has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import polars as pl

from annual_reports.checking.expressions import compile_condition, compile_number
from schemas.fields import read_data_rows
from schemas.rules import FORM_TABLES, Node, expression_node, kind_of, operands_in

REPORT_GROUP = (
    "partition",
    "province_code",
    "province_name",
    "report_year",
    "level",
    "organ_type",
    "scope",
)
"""Reports whose numbers may be added up: of one partition, level, kind of organ and scope."""


def measure(expression: str) -> pl.Expr:
    """The value of an expression by the form its table has; null where a term is not known.

    A condition is 1 where it holds, else 0.
    """
    value = pl.lit(None, pl.Decimal(28, 8))
    for form, table, node in _nodes(expression):
        exact = _compiled(node)
        if table is None:
            return exact
        value = pl.when(pl.col(f"template_{table}") == form).then(exact).otherwise(value)
    return value


def has_table(expression: str) -> pl.Expr:
    """Whether the report has the table an expression is about; true where it is about none."""
    conditions = [
        pl.lit(True) if table is None else pl.col(f"template_{table}").eq_missing(form)
        for form, table, _ in _nodes(expression)
    ]
    return pl.any_horizontal(conditions)


def whole_measure(expression: str) -> pl.Expr:
    """As `measure`, for counts: null where the value is no whole number."""
    exact = measure(expression)
    whole = exact.cast(pl.Int64, strict=False)
    return pl.when(whole == exact).then(whole)


def paths_of(expression: str) -> tuple[str, ...]:
    """Every path an expression reads under any form."""
    nodes = (node for _, _, node in _nodes(expression))
    return tuple(dict.fromkeys(path for node in nodes for path in operands_in(node)))


def _nodes(expression: str) -> Iterator[tuple[str, str | None, Node]]:
    """(form, governing table, node) for each form that has the cells; one row where none governs."""
    yield from _known_nodes(expression)


@cache
def _known_nodes(expression: str) -> tuple[tuple[str, str | None, Node], ...]:
    found: list[tuple[str, str | None, Node]] = []
    for form in (row["template"] for row in read_data_rows("forms.csv")):
        node = expression_node(expression, form)
        if node is not None:
            table = _governing_table(node)
            if table is None:
                return ((form, None, node),)
            found.append((form, table, node))
    if not found:
        raise ValueError(f"no form has the cells of {expression}")
    return tuple(found)


def _governing_table(node: Node) -> str | None:
    tables = [path.split(".", 1)[0] for path in operands_in(node)]
    return next((table for table in FORM_TABLES if table in tables), None)


def _compiled(node: Node) -> pl.Expr:
    if kind_of(node) == "number":
        return compile_number(node).cast(pl.Decimal(28, 8), strict=False)
    return compile_condition(node).cast(pl.Int64).cast(pl.Decimal(28, 8))
