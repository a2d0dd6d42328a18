"""Nodes of rules as Polars expressions over the wide frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from annual_reports.checking.evaluation import OPERATORS
from schemas.rules import (
    Arithmetic,
    Call,
    Comparison,
    Every,
    IsNone,
    IsNotTrue,
    Literal,
    Node,
    Not,
    Operand,
    Some,
    Sum,
    kind_of,
)

Column = Callable[[str], pl.Expr]
NUMBER = pl.Decimal(28, 8)


def or_zero(path: str) -> pl.Expr:
    """The column of a path with zero where it is not known."""
    return pl.col(path).fill_null(0)


def compile_node(node: Node, column: Column) -> pl.Expr:
    """The node over columns; numbers are Decimal(28, 8), so that equality is exact."""
    match node:
        case Operand(path=path):
            return column(path)
        case Literal(value=value):
            return pl.lit(value)
        case Sum(terms=terms):
            return pl.sum_horizontal((compile_node(t, column) for t in terms), ignore_nulls=False)
        case (
            Arithmetic(operator=sign, left=left, right=right)
            | Comparison(operator=sign, left=left, right=right)
        ):
            joined: pl.Expr = OPERATORS[sign](
                compile_node(left, column), compile_node(right, column)
            )
            return joined
        case Call(function=name, arguments=arguments):
            return _FUNCTIONS[name](*(compile_node(inner, column) for inner in arguments))
        case _:
            return _compile_condition(node, column)


def _compile_condition(node: Node, column: Column) -> pl.Expr:
    match node:
        case IsNone(operand=operand):
            return pl.col(operand.path).is_null()
        case IsNotTrue(operand=operand):
            return pl.col(operand.path).ne_missing(True)
        case Every(conditions=conditions):
            return pl.all_horizontal(compile_node(inner, column) for inner in conditions)
        case Some(conditions=conditions):
            return pl.any_horizontal(compile_node(inner, column) for inner in conditions)
        case Not(condition=condition):
            return ~compile_node(condition, column)
        case _:
            raise TypeError(f"no node of a rule: {node}")


def _is_nonnegative_integer(value: pl.Expr) -> pl.Expr:
    return (value >= 0) & (value.cast(pl.Int64) == value)


_FUNCTIONS: Mapping[str, Callable[..., pl.Expr]] = {
    "is_nonnegative_integer": _is_nonnegative_integer,
    "year": lambda day: day.dt.year().cast(NUMBER),
    "date": lambda year, month, day: pl.date(year.cast(pl.Int32), month, day),
}


def compile_condition(node: Node) -> pl.Expr:
    """A condition over the wide frame; null where a term of a comparison is not known."""
    if kind_of(node) != "flag":
        raise TypeError(f"not a condition: {node}")
    return compile_node(node, pl.col)


def compile_number(node: Node) -> pl.Expr:
    """An expression of `total_measures.csv` over the wide frame; null where a term is not known."""
    if kind_of(node) != "number":
        raise TypeError(f"not a number: {node}")
    return compile_node(node, pl.col)
