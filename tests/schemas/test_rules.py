"""The relations as data: every line is read, placed and named; nonsense is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.fields import all_fields, read_data_rows
from schemas.rules import (
    HANDLED_LEAF,
    Comparison,
    Operand,
    Rule,
    RuleError,
    RuleInstance,
    applicant_columns,
    expression_node,
    instances_of,
    operand_label,
    operands_in,
    row_set,
    rule_instances,
    rules,
    table_label,
)
from schemas.tables import FINDING_LISTS, vocabulary

FORMS = [row["template"] for row in read_data_rows("forms.csv")]
CELLS = {(f.template, f"{f.table}.{f.row_key}.{f.column_key}") for f in all_fields()}


def places(form: str, rule_id: str) -> list[str]:
    return [i.scope for i in rule_instances(form) if i.rule.rule_id == rule_id]


def rule(expression: str) -> Rule:
    return replace(rules()[0], rule_id="T01", expression=expression)


@pytest.mark.parametrize("one", rules(), ids=lambda one: one.rule_id)
def test_every_rule_is_placed_in_every_form_it_names(one: Rule) -> None:
    assert set(one.templates) <= set(FORMS)
    for form in one.templates:
        assert list(instances_of(one, form)), form


@pytest.mark.parametrize("one", rules(), ids=lambda one: one.rule_id)
def test_every_rule_has_names_and_known_words(one: Rule) -> None:
    assert one.zh_label
    assert one.en_label
    assert one.severity in vocabulary("severities")
    assert one.finding_class in vocabulary("finding_classes")
    assert one.scope in ("cell", "row", "column", "report", "dataset")


def test_every_refinement_belongs_to_a_rule() -> None:
    assert [row["rule_id"] for row in read_data_rows("rule_evaluation.csv")] == [
        one.rule_id for one in rules()
    ]


@pytest.mark.parametrize("form", FORMS)
def test_every_operand_is_a_cell_of_the_form_or_a_named_fact(form: str) -> None:
    facts = {row["path"] for row in read_data_rows("rule_operands.csv")}
    narrative = {path for template, path in CELLS if template == "any"}
    own = {path for template, path in CELLS if template == form}
    anywhere = {path for _, path in CELLS}
    for instance in rule_instances(form):
        for path in (*instance.required, *instance.exempt):
            prefix, _, rest = path.partition(".")
            known = {"prev": anywhere, "children": own}.get(prefix)
            assert rest in known if known else path in own | narrative | facts, path
            assert operand_label(path)


def test_placeholders_are_filled_from_the_form() -> None:
    assert len(places("t2021", "R01")) == 7
    assert len(places("t2021", "R03")) == 25
    assert len(places("t2019", "R03")) == 23
    assert len(places("t2021", "R04")) == 175
    assert len(places("t2021", "R11")) == 15
    assert len(places("t2021", "R20")) == 9
    assert places("t2021", "R21") == [
        "active_disclosure.rules",
        "active_disclosure.normative_documents",
    ]
    assert len(places("t2019", "R31")) == 5


def test_the_handled_leaves_are_those_of_the_form() -> None:
    assert len(row_set("t2021", HANDLED_LEAF)) == 21
    assert len(row_set("t2019", HANDLED_LEAF)) == 19
    assert len(row_set("t2021", "@not_disclosed")) == 8
    assert len(applicant_columns()) == 6


def test_each_side_of_a_breakdown_in_the_prose_stands_alone() -> None:
    assert places("t2021", "N06") == ["narrative.disclosed_full", "narrative.disclosed_partial"]
    assert len(places("t2021", "N07")) == 4


def test_an_operand_that_is_tested_need_not_be_known() -> None:
    (instance,) = [i for i in rule_instances("t2021") if i.rule.rule_id == "N14"]
    assert instance.required == ("requests.new_received.total",)
    assert instance.exempt == ("narrative.requests_received.value",)


def test_a_rule_follows_the_form_of_the_table_it_is_about() -> None:
    governing = {i.rule.rule_id: i.governing_table for i in rule_instances("t2021")}
    assert governing["R01"] == governing["S01"] == governing["N01"] == "requests"
    assert governing["R20"] == governing["S04"] == "active_disclosure"
    assert governing["R10"] == governing["N08"] == "review_litigation"
    assert governing["M03"] == governing["N12"] == "report"


def test_rules_over_other_reports_are_told_apart() -> None:
    apart = {i.rule.rule_id for i in rule_instances("t2021") if i.needs_other_reports}
    assert apart == {"R13", "X01", "X02", "X04", "X05", "X06", "M05", "M06", "M07", "M08"}


@pytest.mark.parametrize(
    "expression",
    [
        "requests.new_received.total ==",
        "__import__('os').system('true')",
        "requests.new_received.total ** 2 == 0",
        "requests.{q}.total == 0",
        "sum(requests.@no_such_group.total) == 0",
        "lambda: 0",
        "requests.new_received.total is 3",
        "median(requests.new_received.total) == 0",
        "1.5 == requests.new_received.total",
        "1 < requests.new_received.total < 3",
    ],
)
def test_what_no_rule_may_say_is_refused(expression: str) -> None:
    with pytest.raises(RuleError):
        list(instances_of(rule(expression), "t2021"))


def test_a_new_line_of_data_is_a_rule_without_code() -> None:
    added = rule("requests.np_petition_complaint.{c} <= requests.handled_total.{c}")
    instances = list(instances_of(added, "t2021"))
    assert len(instances) == 7
    assert isinstance(instances[0], RuleInstance)
    assert instances[0].condition == Comparison(
        "<=",
        Operand("requests.np_petition_complaint.natural_person"),
        Operand("requests.handled_total.natural_person"),
    )


def test_a_measure_is_read_by_the_form_that_has_its_cells() -> None:
    expression = "sum(requests.@other_handling.total)"
    newer, older = expression_node(expression, "t2021"), expression_node(expression, "t2019")
    assert newer is not None
    assert older is not None
    assert len(operands_in(newer)) == 3
    assert operands_in(older) == ("requests.other_handling.total",)
    assert expression_node(expression, "t2014") is None


def test_tables_have_chinese_names() -> None:
    assert table_label("requests") == "表三"


def test_no_doubt_of_the_reader_and_no_broken_decision_bears_the_name_of_a_rule() -> None:
    named = {row["rule_id"] for name in FINDING_LISTS[1:] for row in read_data_rows(name)}
    assert not named & {rule.rule_id for rule in rules()}
