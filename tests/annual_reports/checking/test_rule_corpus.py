"""A corpus built to break each rule at each operand, held to the verdicts of an independent oracle.

For every rule, every place and every operand there are reports in which that operand alone differs
from a report that fits. What each verdict should be follows from the expression in `rules.csv` by
Python's own arithmetic (`rule_oracle`), never from the evaluators under test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl
import pytest
from reports_that_fit import fitting_values, wide_frame
from rule_oracle import holds, places, rows
from test_every_rule import BREAKS, broken_values

from annual_reports.checking.evaluation import compile_instance
from annual_reports.checking.partition import verdicts
from schemas.rules import RuleInstance, instances_of, operand_kind, rule_instances, rules

FORMS = ("t2008", "t2014", "t2019", "t2021")
RULE_IDS = [row["rule_id"] for row in rows("rules.csv")]
WHOLE_TABLE = {"X05"}
"""Rules over every cell of a table at once: a copied table is broken by hand."""
MOST_PLACES = 12
"""Places of one rule that get reports of their own; the rest of a long table differs by name only."""


def other_values(path: str, value: Any) -> list[Any]:
    """What is put in the place of an operand."""
    match operand_kind(path):
        case "number":
            if path == "report.year":
                return [value + 1, value - 1]
            steps = (1, 1000, -1, -1000, Decimal("0.5"), 1_000_000)
            return [0, *(value + step for step in steps)]
        case "flag":
            return [not value]
        case "date":
            return [value + timedelta(days=400), value - timedelta(days=400)]
        case _:
            return ["own", "t2019", "t2014"]


def sides(instance: RuleInstance, expression: str) -> str:
    """The part of an expression that an instance of one side of an `and` is about."""
    if not instance.rule.each_side:
        return expression
    parts = expression.split(" and ")
    (own,) = [part for part in parts if f"{instance.required[0]} " in f"{part} "]
    return own


@cache
def corpus(rule_id: str) -> tuple[tuple[str, RuleInstance, str, dict[str, Any], str], ...]:
    """(form, instance, operand, values, expected verdict)."""
    return tuple(_corpus(rule_id))


def _corpus(rule_id: str) -> Iterator[tuple[str, RuleInstance, str, dict[str, Any], str]]:
    rule = next(one for one in rules() if one.rule_id == rule_id)
    written = next(row for row in rows("rules.csv") if row["rule_id"] == rule_id)
    for form in written["template"].split("|"):
        bases = [fitting_values(form), *bases_of(rule_id, form)]
        expressions = [text for _, text in places(written, form)]
        instances = list(instances_of(rule, form))
        repeated = len(instances) // len(expressions)
        pairs = [(i, expressions[n // repeated]) for n, i in enumerate(instances)]
        for instance, expression in pairs[:MOST_PLACES]:
            text = sides(instance, expression)
            for base in bases:
                yield from _cases(form, instance, text, base)


def _cases(
    form: str, instance: RuleInstance, text: str, base: dict[str, Any]
) -> Iterator[tuple[str, RuleInstance, str, dict[str, Any], str]]:
    def verdict(values: dict[str, Any]) -> str:
        return "pass" if holds(text, form, values) else "fail"

    for operand in (*instance.required, *instance.exempt):
        for value in (base[operand], *other_values(operand, base[operand])):
            values = base | {operand: value}
            yield form, instance, operand, values, verdict(values)
        if operand in instance.required and instance.unknown_is_zero_when is None:
            yield form, instance, operand, base | {operand: None}, "not_assessable"


def bases_of(rule_id: str, form: str) -> list[dict[str, Any]]:
    """Reports beside the one that fits: the one broken by hand, and those of MORE_BASES."""
    broken_form, broken = broken_values(rule_id)
    more = [fitting_values(form) | changes for changes in MORE_BASES.get(rule_id, ())]
    return [*([broken] if broken_form == form else []), *more]


# Reports in which an operand decides that decides nothing where the other side of an "or" holds.
_NO_DISPUTES = {
    "narrative.no_disputes.value": True,
    "review_litigation.reconsideration.total": 0,
}
_NONE_IN_2014 = {
    "narrative.no_disputes.value": True,
    "statistics.reconsideration_total.value": 0,
    "statistics.litigation_total.value": 0,
}
MORE_BASES: dict[str, tuple[dict[str, Any], ...]] = {
    "N10": (_NO_DISPUTES,),
    "N23": (_NONE_IN_2014,),
}


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_both_evaluators_give_exactly_the_expected_verdicts(rule_id: str) -> None:
    by_instance = defaultdict(list)
    for form, instance, operand, values, expected in corpus(rule_id):
        by_instance[form, instance].append((operand, values, expected))
    for (form, instance), cases in by_instance.items():
        compiled = compile_instance(instance)
        expected = [verdict for _, _, verdict in cases]
        alone = [compiled.judge(values) for _, values, _ in cases]
        assert [one and one.verdict for one in alone] == expected, instance.scope
        frame = wide_frame([_of_paths(values, compiled.paths) for _, values, _ in cases], form)
        assert verdicts(frame, [instance])["0"].to_list() == expected, instance.scope


def _of_paths(values: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    return {path: values[path] for path in paths}


@pytest.mark.parametrize("rule_id", [one for one in RULE_IDS if one not in WHOLE_TABLE])
def test_every_operand_decides_in_some_report(rule_id: str) -> None:
    """An operand that changes no verdict whatever it holds would be no operand."""
    seen: dict[str, set[str]] = defaultdict(set)
    for _, _, operand, _, expected in corpus(rule_id):
        seen[operand].add(expected)
    assert {
        operand for operand, verdicts in seen.items() if not {"pass", "fail"} <= verdicts
    } == set()


@pytest.mark.parametrize("rule_id", RULE_IDS)
def test_a_rule_that_never_fails_on_its_corpus_would_be_noticed(rule_id: str) -> None:
    form, values = broken_values(rule_id)
    failing = [
        instance.scope
        for instance in rule_instances(form)
        if instance.rule.rule_id == rule_id
        and verdicts(wide_frame([values], form), [instance]).item() == "fail"
    ]
    assert failing == [BREAKS[rule_id][2]]


def test_a_rule_added_to_the_data_works_without_code() -> None:
    made_up = replace(
        rules()[0],
        rule_id="Z99",
        templates=("t2021",),
        scope="column",
        expression="requests.disclosed_full.{c} * 2 >= requests.new_received.{c} - 1",
        severity="soft",
        finding_class="source_content",
        applies_when="requests.new_received.total > 3",
        each_side=False,
        unknown_is_zero_when="",
        left="",
        right="",
    )
    instances = list(instances_of(made_up, "t2021"))
    assert [instance.scope.split(".")[1] for instance in instances][-1] == "total"
    fits = fitting_values("t2021")
    breaks = fits | {"requests.disclosed_full.total": 1}
    unknown = fits | {"requests.disclosed_full.total": None}
    few = breaks | {"requests.new_received.total": 3}
    judged = verdicts(wide_frame([fits, breaks, unknown, few], "t2021"), [instances[-1]])
    assert judged["0"].to_list() == ["pass", "fail", "not_assessable", None]


LEGITIMATE = [
    ("R05", "t2021", {"requests.handled_total.total": 5}, "pass"),
    ("R12", "t2021", {"review_litigation.litigation_after_reconsideration.total": 1}, "pass"),
    ("R21", "t2021", {"active_disclosure.normative_documents.in_force": 1}, "pass"),
    (
        "R24",
        "t2021",
        {"active_disclosure.administrative_fees.amount_10k_yuan": Decimal(5000)},
        "pass",
    ),
    (
        "R25",
        "t2021",
        {"active_disclosure.administrative_fees.amount_10k_yuan": Decimal("96171.6")},
        "fits",
    ),
    ("R31", "t2019", {"active_disclosure.licensing.items_change": -10}, "pass"),
    ("X04", "t2021", {"prev.review_litigation.reconsideration.pending": 1}, "pass"),
    ("X06", "t2021", {"prev.requests.new_received.total": 19}, "pass"),
    ("N01", "t2021", {"narrative.requests_received.value": 5}, "pass"),
    ("N13", "t2021", {"narrative.channel_in_person.value": 1}, "pass"),
    ("M02", "t2021", {"report.publish_date": date(2025, 1, 1)}, "pass"),
    ("M03", "t2021", {"report.publish_date": None}, "pass"),
    ("K10", "t2014", {"statistics.channel_website.value": 5}, "pass"),
]


@pytest.mark.parametrize(("rule_id", "form", "changes", "expected"), LEGITIMATE)
def test_a_legitimate_exception_is_no_failure(
    rule_id: str, form: str, changes: dict[str, Any], expected: str
) -> None:
    values = fitting_values(form) | changes
    instances = [one for one in rule_instances(form) if one.rule.rule_id == rule_id]
    judged = verdicts(wide_frame([values], form), instances).row(0)
    assert set(judged) == {"pass"}, expected


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    cases = pl.DataFrame(
        [(rule_id, expected) for rule_id in RULE_IDS for *_, expected in corpus(rule_id)],
        schema=["rule_id", "expected"],
        orient="row",
    )
    counted = cases.group_by("expected").len().sort("expected")
    assert set(cases.filter(expected="fail")["rule_id"]) == set(RULE_IDS)
    assert counted["expected"].to_list() == ["fail", "not_assessable", "pass"]
