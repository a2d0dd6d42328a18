"""Claims against tables: rules N01-N11, both readings of N01, and options of unreadable cells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from annual_reports.model import Cell, CellEvidence, CellStatus, Claim, Number
from annual_reports.narrative.verdicts import judge_claims

T2021 = {"active_disclosure": "t2021", "requests": "t2021", "review_litigation": "t2021"}


def cell(path: str, value: Number | None, *options: Number) -> Cell:
    table, row, column = path.split(".")
    known = CellStatus.PRINTED if value is not None else CellStatus.UNREADABLE
    status = known if value is not None or options else CellStatus.BLANK
    return Cell(table, row, column, value, status, None, CellEvidence(options=options))


def claim(metric: str, value: Number | bool | str) -> Claim:
    return Claim(metric, value, "件", "原文", 1, 0, 2)


def verdict(one: Claim, *cells: Cell, templates: dict[str, str] = T2021) -> str:
    ((judged,), _) = judge_claims([one], cells, templates)
    return judged.verdict


RECEIVED = cell("requests.new_received.total", 10)
CARRIED = cell("requests.carried_in.total", 3)


def test_received_may_mean_new_or_new_with_carried_in() -> None:
    assert verdict(claim("requests_received", 10), RECEIVED, CARRIED) == "agrees"
    assert verdict(claim("requests_received", 13), RECEIVED, CARRIED) == "agrees"
    assert verdict(claim("requests_received", 12), RECEIVED, CARRIED) == "contradicts"


def test_an_unknown_second_reading_leaves_the_claim_open() -> None:
    blank = cell("requests.carried_in.total", None)
    assert verdict(claim("requests_received", 12), RECEIVED, blank) == "not_assessable"
    assert verdict(claim("requests_received", 10), RECEIVED, blank) == "agrees"


def test_absence_means_zero() -> None:
    assert verdict(claim("no_requests", True), cell("requests.new_received.total", 0)) == "agrees"
    assert verdict(claim("no_requests", True), RECEIVED) == "contradicts"


def test_groups_are_sums_of_their_rows() -> None:
    rows = ("up_not_held", "up_needs_creation", "up_unclear_after_correction")
    cells = [
        cell(f"requests.{row}.total", count) for row, count in zip(rows, (2, 0, 1), strict=True)
    ]
    assert verdict(claim("unable_to_provide", 3), *cells) == "agrees"
    assert verdict(claim("unable_to_provide", 2), *cells) == "contradicts"
    assert verdict(claim("unable_to_provide", 3), *cells[:2]) == "not_assessable"
    older = {**T2021, "requests": "t2019"}  # N07 is a rule of the form of 2021 only
    assert verdict(claim("unable_to_provide", 3), *cells, templates=older) == "not_assessable"


def test_facts_the_tables_do_not_hold_and_missing_tables_are_not_assessable() -> None:
    assert verdict(claim("website_items", 54), RECEIVED) == "not_assessable"
    assert verdict(claim("period_end", "2023-12-31"), RECEIVED) == "not_assessable"
    assert (
        verdict(claim("requests_received", 5), RECEIVED, CARRIED, templates={"requests": None})
        == "not_assessable"
    )  # type: ignore[dict-item]


def test_one_known_case_refutes_no_disputes() -> None:
    cells = [
        cell("review_litigation.reconsideration.total", None),
        cell("review_litigation.litigation_direct.total", 1),
        cell("review_litigation.litigation_after_reconsideration.total", 0),
    ]
    ((judged,), findings) = judge_claims([claim("no_disputes", True)], cells, T2021)
    assert judged.verdict == "contradicts"
    assert [(f.rule_id, f.left, f.right) for f in findings] == [("N10", 0, None)]


def test_options_that_exclude_the_claim_are_a_finding() -> None:
    unreadable = cell("requests.handled_total.total", None, 0)
    ((judged,), (finding,)) = judge_claims([claim("requests_answered", 13)], [unreadable], T2021)
    assert judged.verdict == "contradicts"
    assert (finding.rule_id, finding.severity, finding.status) == ("N03", "soft", "fail")
    assert (finding.left, finding.right, finding.difference) == (13, 0, 13)
    assert finding.scope == "requests.handled_total"


def test_options_that_allow_the_claim_are_no_verdict() -> None:
    unreadable = cell("requests.handled_total.total", None, 0, 13)
    assert judge_claims([claim("requests_answered", 13)], [unreadable], T2021)[1] == ()
    assert verdict(claim("requests_answered", 13), unreadable) == "not_assessable"


def test_known_operands_are_left_to_the_rules() -> None:
    ((judged,), findings) = judge_claims(
        [claim("requests_answered", 13)], [cell("requests.handled_total.total", 0)], T2021
    )
    assert (judged.verdict, findings) == ("contradicts", ())


def test_a_second_figure_is_open_once_the_first_agrees() -> None:
    judged, _ = judge_claims(
        [claim("requests_received", 10), claim("requests_received", 4)], [RECEIVED, CARRIED], T2021
    )
    assert [one.verdict for one in judged] == ["agrees", "not_assessable"]


STATISTICS = {"statistics": "t2014"}


@pytest.mark.parametrize(
    ("metric", "value", "path"),
    [
        ("requests_received", 7, "requests_received"),
        ("requests_answered", 7, "requests_replied"),
        ("requests_answered", 7, "requests_completed"),
        ("no_requests", True, "requests_received"),
        ("proactive_items", 7, "proactive_items"),
        ("website_items", 7, "channel_website"),
        ("channel_mail", 7, "received_mail"),
        ("reply_agreed", 7, "reply_agreed"),
        ("reconsideration_cases", 7, "reconsideration_total"),
        ("press_conferences", 7, "press_conferences"),
        ("reading_points", 7, "reading_points"),
    ],
)
def test_prose_against_the_statistics_form(metric: str, value: int | bool, path: str) -> None:
    right = 0 if value is True else value
    paths = ("requests_replied", "requests_completed") if "requests_" in path else (path,)
    paths = (path,) if path == "requests_received" else paths
    for number, expected in ((right, "agrees"), (right + 1, "contradicts")):
        cells = [cell(f"statistics.{one}.value", number) for one in paths]
        assert verdict(claim(metric, value), *cells, templates=STATISTICS) == expected
    blank = [cell(f"statistics.{one}.value", None) for one in paths]
    assert verdict(claim(metric, value), *blank, templates=STATISTICS) == "not_assessable"


@pytest.mark.parametrize(
    "change",
    [
        {"period": "earlier_year"},
        {"period": "cumulative"},
        {"period": "part_of_year"},
        {"covers": "part"},
        {"covers": "wider"},
    ],
)
def test_what_is_not_about_the_whole_report_and_year_is_not_compared(
    change: dict[str, str],
) -> None:
    for value in (10, 4):
        one = replace(claim("requests_received", value), **change)  # type: ignore[arg-type]
        ((judged,), findings) = judge_claims([one], [RECEIVED, CARRIED], T2021)
        assert (judged.verdict, findings) == ("not_assessable", ())


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [(9, 11, "agrees"), (10, None, "agrees"), (14, 20, "contradicts"), (11, 13, "agrees")],
)
def test_a_number_that_is_about_right_may_be_anything_in_its_range(
    least: int, most: int | None, expected: str
) -> None:
    one = replace(claim("requests_received", 10), least=least, most=most)
    ((judged,), findings) = judge_claims([one], [RECEIVED, CARRIED], T2021)
    assert judged.verdict == expected
    assert [f.rule_id for f in findings] == (["N01"] if expected == "contradicts" else [])


def share(metric: str, value: str, base: str, *operands: int) -> Claim:
    one = claim(metric, Decimal(value))
    return replace(one, unit="%", base_words=base, operands=operands)


HANDLED = cell("requests.handled_total.total", 805)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (share("not_disclosed_share", "4.34", "", 35), "agrees"),  # 4.348 cut off
        (share("not_disclosed_share", "4.35", "", 35), "agrees"),  # 4.348 rounded
        (share("unable_to_provide_share", "32.9", "", 265), "agrees"),
        (share("not_processed_share", "19.7", "", 158), "not_assessable"),  # its whole is not named
        (share("not_processed_share", "19.7", "答复总数", 158), "contradicts"),
        (share("not_processed_share", "19.7", "收到申请", 158), "not_assessable"),  # not known here
        (share("not_processed_share", "19.7", "答复总数"), "not_assessable"),
        (share("requests_received_growth", "25", "", 25, 20), "agrees"),
        (share("requests_received_growth", "-25", "", 25, 20), "contradicts"),
        (share("requests_received_growth", "26", "", 25, 20), "contradicts"),
        (share("requests_received_growth", "26", ""), "not_assessable"),
        (share("requests_received_growth", "26", "", 25, 0), "not_assessable"),
        (share("answered_rate", "100", ""), "not_assessable"),
    ],
)
def test_shares_and_growth_are_computed_anew(one: Claim, expected: str) -> None:
    ((judged,), findings) = judge_claims([one], [HANDLED], T2021)
    assert judged.verdict == expected
    assert [f.rule_id[0] for f in findings] == (["N"] if expected == "contradicts" else [])


def test_a_rate_is_confirmed_and_never_refuted() -> None:
    cells = [
        HANDLED,
        cell("requests.new_received.total", 805),
        cell("requests.carried_in.total", 0),
    ]
    assert verdict(share("answered_rate", "100", ""), *cells) == "agrees"
    assert verdict(share("answered_rate", "99", ""), *cells) == "not_assessable"


def test_figures_that_all_differ_are_no_contradiction() -> None:
    judged, _ = judge_claims(
        [claim("requests_received", 11), claim("requests_received", 4)], [RECEIVED, CARRIED], T2021
    )
    assert [one.verdict for one in judged] == ["not_assessable", "not_assessable"]
