"""Claims against tables: rules N01-N11, both readings of N01, and options of unreadable cells."""

from __future__ import annotations

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
