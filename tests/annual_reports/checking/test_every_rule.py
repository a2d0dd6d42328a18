"""Each rule passes on a report that fits and fails on one that is broken in one place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from reports_that_fit import fitting_values, wide_frame

from annual_reports.checking.evaluation import FAIL, NOT_ASSESSABLE, PASS, compile_instance
from annual_reports.checking.partition import check_reports, verdicts
from schemas.rules import rule_instances, rules

T3 = "requests"
T4 = "review_litigation"
T2 = "active_disclosure"

# rule → (form, what is changed in a report that fits, the place that must be named)
BREAKS: dict[str, tuple[str, dict[str, Any], str]] = {
    "S01": ("t2021", {"structure.requests_columns": 4}, "structure.requests_rows"),
    "S02": ("t2019", {"structure.requests_rows": 22}, "structure.requests_rows"),
    "S03": (
        "t2021",
        {"structure.review_litigation_values": 16},
        "structure.review_litigation_values",
    ),
    "S04": ("t2021", {"structure.active_disclosure_rows": 5}, "structure.active_disclosure_rows"),
    "S05": ("t2019", {"structure.active_disclosure_rows": 7}, "structure.active_disclosure_rows"),
    "S06": ("t2021", {"structure.sections_found": 5}, "structure.sections_found"),
    "S07": ("t2021", {"report.template_detected": "t2019"}, "report.template_detected"),
    "R01": ("t2021", {f"{T3}.carried_out.total": 2}, f"{T3}.total"),
    "R02": ("t2019", {f"{T3}.other_handling.natural_person": 1}, f"{T3}.natural_person"),
    "R03": ("t2021", {f"{T3}.np_repeated.other_organization": 1}, f"{T3}.np_repeated"),
    "R04": ("t2021", {f"{T3}.carried_in.total": Decimal("1.5")}, f"{T3}.carried_in.total"),
    "R05": ("t2021", {f"{T3}.handled_total.total": 6}, f"{T3}.total"),
    "R06": ("t2021", {f"{T3}.carried_out.total": 5}, f"{T3}.carried_out"),
    "R07": ("t2021", {f"{T3}.oh_fee_overdue.total": 1}, f"{T3}.oh_fee_overdue"),
    "R10": ("t2021", {f"{T4}.litigation_direct.pending": 1}, f"{T4}.litigation_direct"),
    "R11": ("t2021", {f"{T4}.reconsideration.upheld": -1}, f"{T4}.reconsideration.upheld"),
    "R12": (
        "t2021",
        {
            f"{T4}.litigation_after_reconsideration.total": 1,
            f"{T4}.reconsideration.total": 0,
        },
        f"{T4}.litigation_after_reconsideration",
    ),
    "R13": ("t2021", {f"{T4}.litigation_direct.total": 9}, f"{T4}.reconsideration"),
    "R20": ("t2021", {f"{T2}.penalty.decisions": -1}, f"{T2}.penalty.decisions"),
    "R21": ("t2021", {f"{T2}.normative_documents.made": 7}, f"{T2}.normative_documents"),
    "R22": ("t2021", {f"{T2}.rules.made": 1}, f"{T2}.rules"),
    "R23": ("t2021", {f"{T2}.rules.in_force": 1}, f"{T2}.rules"),
    "R24": (
        "t2021",
        {f"{T2}.administrative_fees.amount_10k_yuan": Decimal("251000")},
        f"{T2}.administrative_fees",
    ),
    "R25": (
        "t2021",
        {f"{T2}.administrative_fees.amount_10k_yuan": Decimal("-0.01")},
        f"{T2}.administrative_fees.amount_10k_yuan",
    ),
    "R30": ("t2019", {f"{T2}.normative_documents.public_total": 1}, f"{T2}.normative_documents"),
    "R31": ("t2019", {f"{T2}.licensing.items_change": -11}, f"{T2}.licensing"),
    "R32": (
        "t2019",
        {f"{T2}.central_procurement.amount_10k_yuan": Decimal(0)},
        f"{T2}.central_procurement",
    ),
    "R33": ("t2019", {f"{T2}.normative_documents.published": 3}, f"{T2}.normative_documents"),
    "X01": ("t2021", {f"prev.{T3}.carried_out.natural_person": 0}, f"{T3}.natural_person"),
    "X02": ("t2021", {f"{T2}.normative_documents.in_force": 9}, f"{T2}.normative_documents"),
    "X03": ("t2019", {f"prev.{T2}.licensing.items_change": 3}, f"{T2}.licensing"),
    "X04": ("t2021", {f"prev.{T4}.litigation_direct.pending": 1}, f"{T4}.litigation_direct"),
    "X05": ("t2021", {}, f"{T3}.new_received"),
    "X06": ("t2021", {f"prev.{T3}.new_received.total": 41}, f"{T3}.new_received"),
    "X07": ("t2019", {"prev.statistics.requests_completed.value": 7}, f"{T3}.carried_in"),
    "X08": (
        "t2019",
        {f"prev.{T2}.normative_documents.public_total": 4},
        f"{T2}.normative_documents",
    ),
    "X09": ("t2019", {"prev.statistics.requests_received.value": 50}, f"{T3}.new_received"),
    "N01": ("t2021", {"narrative.requests_received.value": 7}, "narrative.requests_received"),
    "N02": ("t2021", {"narrative.no_requests.value": True}, f"{T3}.new_received"),
    "N03": ("t2021", {"narrative.requests_answered.value": 3}, "narrative.requests_answered"),
    "N04": ("t2021", {"narrative.requests_carried_in.value": 0}, "narrative.requests_carried_in"),
    "N05": ("t2021", {"narrative.requests_carried_out.value": 0}, "narrative.requests_carried_out"),
    "N06": ("t2021", {"narrative.disclosed_partial.value": 1}, "narrative.disclosed_partial"),
    "N07": ("t2021", {"narrative.unable_to_provide.value": 2}, "narrative.unable_to_provide"),
    "N08": (
        "t2021",
        {"narrative.reconsideration_cases.value": 0},
        "narrative.reconsideration_cases",
    ),
    "N09": ("t2021", {"narrative.litigation_cases.value": 1}, "narrative.litigation_cases"),
    "N10": ("t2021", {"narrative.no_disputes.value": True}, f"{T4}.reconsideration"),
    "N11": (
        "t2021",
        {"narrative.normative_documents_made.value": 40},
        "narrative.normative_documents_made",
    ),
    "N12": (
        "t2021",
        {"narrative.information_fee_yuan.value": 300},
        "narrative.information_fee_yuan",
    ),
    "N13": ("t2021", {"narrative.channel_online.value": 4}, "narrative.channel_online"),
    "N14": ("t2021", {f"{T3}.new_received.total": 0}, f"{T3}.new_received"),
    "N15": ("t2014", {"narrative.requests_received.value": 3}, "narrative.requests_received"),
    "N16": (
        "t2014",
        {"narrative.no_requests.value": True, "statistics.requests_received.value": 1},
        "statistics.requests_received",
    ),
    "N17": ("t2014", {"narrative.requests_answered.value": 3}, "narrative.requests_answered"),
    "N18": ("t2014", {"narrative.proactive_items.value": 5}, "narrative.proactive_items"),
    "N19": ("t2014", {"narrative.weibo_items.value": 5}, "narrative.weibo_items"),
    "N20": ("t2014", {"narrative.channel_mail.value": 5}, "narrative.channel_mail"),
    "N21": ("t2014", {"narrative.reply_agreed.value": 5}, "narrative.reply_agreed"),
    "N22": ("t2014", {"narrative.litigation_cases.value": 5}, "narrative.litigation_cases"),
    "N23": (
        "t2014",
        {"narrative.no_disputes.value": True, "statistics.reconsideration_total.value": 1},
        "statistics.reconsideration_total",
    ),
    "N24": ("t2014", {"narrative.press_conferences.value": 5}, "narrative.press_conferences"),
    "N25": ("t2014", {"narrative.reading_points.value": 5}, "narrative.reading_points"),
    "M01": ("t2021", {"narrative.period_end.value": date(2023, 12, 31)}, "report.year"),
    "M02": ("t2021", {"report.publish_date": date(2024, 12, 31)}, "report.year"),
    "M03": ("t2021", {"report.publish_date": date(2025, 2, 1)}, "report.deadline"),
    "M04": ("t2014", {"report.publish_date": date(2017, 4, 1)}, "report.year"),
    "M05": ("t2021", {"dataset.is_unique": False}, "dataset.is_unique"),
    "M06": ("t2021", {"children.requests.new_received.total": 5}, f"{T3}.new_received"),
    "M07": ("t2021", {"children.requests.handled_total.total": 5}, f"{T3}.handled_total"),
    "M08": (
        "t2021",
        {"children.review_litigation.reconsideration.total": 2},
        f"{T4}.reconsideration",
    ),
    "K01": ("t2014", {"statistics.received_fax.value": 1}, "statistics.received_in_person"),
    "K02": ("t2014", {"statistics.completed_extended.value": 1}, "statistics.completed_on_time"),
    "K03": ("t2014", {"statistics.reply_not_exist.value": 1}, "statistics.reply_already_public"),
    "K04": ("t2014", {"statistics.refused_privacy.value": 1}, "statistics.refused_state_secret"),
    "K05": (
        "t2014",
        {"statistics.reconsideration_other.value": 1},
        "statistics.reconsideration_upheld",
    ),
    "K06": ("t2014", {"statistics.litigation_upheld.value": 1}, "statistics.litigation_upheld"),
    "K07": ("t2014", {"statistics.staff_total.value": 1}, "statistics.staff_full_time"),
    "K08": (
        "t2014",
        {"statistics.proactive_normative_documents.value": 1},
        "statistics.proactive_normative_documents",
    ),
    "K09": (
        "t2014",
        {"statistics.online_interviews_by_head.value": 1},
        "statistics.press_conferences_by_head",
    ),
    "K10": ("t2014", {"statistics.proactive_items.value": 1}, "statistics.proactive_items"),
    "K11": ("t2014", {"statistics.requests_completed.value": 1}, "statistics.requests_completed"),
    "K12": ("t2014", {"statistics.requests_replied.value": 1}, "statistics.requests_replied"),
}


HINTS = {"X06", "X09"}
"""Jumps from year to year: worth a look, never a failure."""


def broken_values(rule_id: str) -> tuple[str, dict[str, Any]]:
    form, changes, _ = BREAKS[rule_id]
    values = fitting_values(form)
    assert set(changes) <= set(values), "a change must touch an operand of the form"
    if rule_id == "X05":
        copied = {
            p: values[p.removeprefix("prev.")] for p in values if p.startswith("prev.requests")
        }
        return form, values | copied
    return form, values | changes


def test_every_rule_has_a_report_that_breaks_it() -> None:
    assert sorted(BREAKS) == sorted(rule.rule_id for rule in rules())


@pytest.mark.parametrize("form", ["t2008", "t2014", "t2019", "t2021"])
def test_every_rule_passes_on_a_report_that_fits(form: str) -> None:
    values = fitting_values(form)
    failing = {
        instance.rule.rule_id: compile_instance(instance).judge(values)
        for instance in rule_instances(form)
        if (judged := compile_instance(instance).judge(values)) is None or judged.verdict != PASS
    }
    assert failing == {}
    assert check_reports(wide_frame([values], form)).is_empty()


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in rules()])
def test_the_rule_fails_on_a_report_that_breaks_it(rule_id: str) -> None:
    form, values = broken_values(rule_id)
    failing = [
        instance.scope
        for instance in rule_instances(form)
        if instance.rule.rule_id == rule_id
        and (judged := compile_instance(instance).judge(values)) is not None
        and judged.verdict == FAIL
    ]
    assert failing == [BREAKS[rule_id][2]]


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in rules()])
def test_a_partition_names_the_same_place(rule_id: str) -> None:
    form, values = broken_values(rule_id)
    found = check_reports(wide_frame([fitting_values(form), values], form)).filter(
        pl.col("rule_id") == rule_id
    )
    status = "hint" if rule_id in HINTS else FAIL
    assert found.select("document", "status", "place").rows() == [(1, status, BREAKS[rule_id][2])]


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in rules()])
def test_a_failure_shows_both_sides_and_says_what_should_hold(rule_id: str) -> None:
    form, values = broken_values(rule_id)
    rule = next(rule for rule in rules() if rule.rule_id == rule_id)
    found = (
        check_reports(wide_frame([values], form))
        .filter(pl.col("rule_id") == rule_id)
        .row(0, named=True)
    )
    assert rule.zh_label in found["message"]
    assert rule.en_label in found["message"]
    assert (found["left"] is None) == (found["right"] is None) == (found["difference"] is None)
    if found["left"] is not None:
        assert found["difference"] == found["left"] - found["right"]


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in rules()])
def test_a_rule_is_not_assessable_as_soon_as_one_operand_is_unknown(rule_id: str) -> None:
    form, _, _ = BREAKS[rule_id]
    fitting = fitting_values(form)
    instances = [i for i in rule_instances(form) if i.rule.rule_id == rule_id]
    for instance in instances[:10]:
        for path in instance.required[:10]:
            values = fitting | {path: None}
            judged = compile_instance(instance).judge(values)
            expected = (
                PASS
                if _is_zero_row(instance.unknown_is_zero_when, instance, values)
                else NOT_ASSESSABLE
            )
            assert judged is not None
            assert judged.verdict == expected, (instance.scope, path)
            assert verdicts(wide_frame([values], form), [instance]).item() == expected


def _is_zero_row(condition: object, instance: Any, values: dict[str, Any]) -> bool:
    """R03: an applicant cell left blank in a row whose total is zero can only be zero."""
    return condition is not None and values[f"{instance.scope}.total"] == 0


def test_a_blank_row_with_a_total_above_zero_is_not_assessable() -> None:
    values = fitting_values("t2021") | {
        f"requests.new_received.{c}": None for c in ("natural_person", "other_organization")
    }
    (row,) = [
        i
        for i in rule_instances("t2021")
        if i.rule.rule_id == "R03" and i.scope == "requests.new_received"
    ]
    judged = compile_instance(row).judge(values)
    assert judged is not None
    assert judged.verdict == NOT_ASSESSABLE


def test_sums_of_the_reports_below_are_judged_for_consolidated_reports_only() -> None:
    values = fitting_values("t2021") | {"children.requests.new_received.total": 5}
    own = values | {"report.scope": "own"}
    found = check_reports(wide_frame([values, own], "t2021")).filter(pl.col("rule_id") == "M06")
    assert found.get_column("document").to_list() == [0]


def test_a_doubted_or_operand_does_not_make_an_unknown_one_pass() -> None:
    """Kleene logic would let `true or null` pass."""
    values = fitting_values("t2021") | {
        "active_disclosure.rules.made": 0,
        "report.publisher_has_rule_power": None,
    }
    found = check_reports(wide_frame([values], "t2021")).filter(pl.col("rule_id") == "R22")
    assert found.select("status", "class").rows() == [(NOT_ASSESSABLE, "extraction")]
