"""One wrong digit in a table breaks exactly one row and one column: which cell, and what would fit.

The value that fits is a proposal for a person. It is never applied: the publisher may have erred in
the sums instead, and what is printed stays printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from annual_reports.checking.evaluation import FAIL, CompiledInstance, compile_instance
from schemas.rules import rule_instances

Number = int | Decimal

HARD = "hard"
_CROSSING = ("row", "column")


@dataclass(frozen=True, slots=True)
class Proposal:
    """The cell at the crossing, and the only value with which every hard rule about it holds."""

    place: str
    value: Number


def fitting_value(
    broken: Sequence[CompiledInstance], form: str, known: Mapping[str, Any]
) -> Proposal | None:
    """The cell where the one broken row and the one broken column cross; None unless both are one.

    `broken`: the hard instances over rows and columns of one table that fail in a report whose
    values are `known` (path → value, None where not known).
    """
    rows = {_line(one) for one in broken if one.instance.rule.scope == "row"}
    columns = {_line(one) for one in broken if one.instance.rule.scope == "column"}
    if len(rows) != 1 or len(columns) != 1:
        return None
    place = f"{broken[0].instance.governing_table}.{rows.pop()}.{columns.pop()}"
    if known.get(place) is None:
        return None
    candidates = {_solution(one, place, known) for one in broken}
    value = candidates.pop()
    if candidates or value is None:
        return None
    changed = {**known, place: value}
    about = hard_instances_about(form, place)
    return None if any(_fails(one, changed) for one in about) else Proposal(place, value)


def crossing_instances(form: str) -> Mapping[tuple[str, str], CompiledInstance]:
    """(rule_id, place) → instance, of the hard rules over rows and columns of one form."""
    return _crossing_instances(form)


@cache
def _crossing_instances(form: str) -> Mapping[tuple[str, str], CompiledInstance]:
    return {
        (one.rule.rule_id, one.scope): compile_instance(one)
        for one in rule_instances(form)
        if one.rule.severity == HARD and one.rule.scope in _CROSSING
    }


@cache
def hard_instances_about(form: str, path: str) -> tuple[CompiledInstance, ...]:
    """The hard instances of a form that read a path and no other report."""
    return tuple(
        compile_instance(one)
        for one in rule_instances(form)
        if one.rule.severity == HARD and path in one.required and not one.needs_other_reports
    )


def _line(one: CompiledInstance) -> str:
    return one.instance.scope.split(".", 1)[1]


def _solution(one: CompiledInstance, place: str, known: Mapping[str, Any]) -> Number | None:
    """The value of the cell with which both sides agree; None where it does not enter with 1 or -1."""
    values = list(one.select(known))
    if place not in one.paths or None in values or not one.shown:
        return None
    _, left, right = one.shown[0]
    at = one.paths.index(place)
    difference = left(values) - right(values)
    slope = -difference
    values[at] += 1
    slope += left(values) - right(values)
    if slope not in (1, -1):
        return None
    fitting: Number = known[place] - difference * slope
    return fitting


def _fails(one: CompiledInstance, known: Mapping[str, Any]) -> bool:
    judgement = one.judge(known)
    return judgement is not None and judgement.verdict == FAIL
