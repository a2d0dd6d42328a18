"""Indicators are what the cells say; totals are what an independent query finds in `cells`."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import polars as pl
import pytest
from lake_documents import NO_EXTRACTIONS, build_partition, expected_publishers, frame, report

from annual_reports.lake.partitions import PartitionTables
from schemas.fields import all_fields
from schemas.indicator_definitions import computed_indicators, indicator_definitions
from schemas.rules import Arithmetic, Literal, Node, Operand, Sum, expression_node
from schemas.tables import total_measures

TABLE_FOUR = {
    "review_litigation.reconsideration.upheld": 2,
    "review_litigation.reconsideration.corrected": 2,
    "review_litigation.reconsideration.pending": 1,
    "review_litigation.reconsideration.total": 5,
}
NORMATIVE = "active_disclosure.normative_documents"


@pytest.fixture(scope="module")
def built() -> PartitionTables:
    """Own reports, a consolidated one, a form of 2019, one with a blank total, one that is late."""
    blank = {"requests.handled_total.total": None}
    return build_partition(
        frame(
            report("石桥镇", values={**TABLE_FOUR, f"{NORMATIVE}.made": 3, f"{NORMATIVE}.repealed": 1}),
            report("白水镇", form="t2019", values={"requests.new_received.total": 40}),
            report("空白镇", values=blank),
            report("零申请镇", values={"requests.new_received.total": 0}, publish_date="2025-05-02"),
            report(
                "广灵县", scope="consolidated", level="county", organ_type="government",
                publisher_id="140225-government", town_code=None,
            ),
        ),
        frame(report("石桥镇", year=2023, values={f"{NORMATIVE}.in_force": 20})),
        expected_publishers("石桥镇", "青羊镇"),
    )  # fmt: skip


def _of(built: PartitionTables, publisher: str) -> dict[str, dict[str, object]]:
    rows = built.tables["indicators"].filter(pl.col("publisher") == publisher)
    return {row["indicator"]: row for row in rows.iter_rows(named=True)}


def test_values_are_numerator_by_denominator(built: PartitionTables) -> None:
    rows = _of(built, "石桥镇")
    assert rows["full_disclosure_rate"]["value"] == 1.0
    assert (rows["correction_rate"]["numerator"], rows["correction_rate"]["denominator"]) == (2, 4)
    assert rows["correction_rate"]["value"] == 0.5
    assert rows["document_turnover"]["value"] == 4 / 20
    assert rows["workload"]["value"] == 7
    assert rows["hard_consistency_rate"]["value"] == 1.0
    assert rows["on_time_rate"]["value"] == 1.0
    assert _of(built, "零申请镇")["on_time_rate"]["value"] == 0.0
    assert _of(built, "零申请镇")["zero_request_share"]["value"] == 1.0


def test_an_unknown_term_or_a_zero_denominator_gives_no_value(built: PartitionTables) -> None:
    row = _of(built, "空白镇")["full_disclosure_rate"]
    assert (row["numerator"], row["denominator"], row["value"]) == (7, None, None)
    assert (row["counted"], row["is_small"]) == (None, None)
    none_refused = _of(built, "石桥镇")["third_party_share"]
    assert (none_refused["denominator"], none_refused["value"]) == (0, None)
    assert "document_turnover" not in _of(built, "白水镇"), "the form of 2019 has no such row"


def test_small_samples_are_flagged(built: PartitionTables) -> None:
    assert _of(built, "石桥镇")["natural_person_share"]["is_small"] is True
    assert _of(built, "白水镇")["natural_person_share"]["is_small"] is False
    assert _of(built, "石桥镇")["workload"]["is_small"] is None


def test_sums_are_of_reports_that_know_both_terms_and_of_one_scope(built: PartitionTables) -> None:
    totals = built.tables["indicator_totals"].filter(pl.col("indicator") == "full_disclosure_rate")
    own = totals.row(by_predicate=pl.col("scope") == "own", named=True)
    assert (own["reports"], own["reports_behind"]) == (4, 3)
    assert (own["numerator"], own["denominator"], own["value"]) == (21, 21, 1.0)
    assert totals.filter(pl.col("scope") == "consolidated")["reports"].to_list() == [1]
    zero = built.tables["indicator_totals"].row(
        by_predicate=(pl.col("indicator") == "zero_request_share") & (pl.col("scope") == "own"),
        named=True,
    )
    assert zero["value"] == 0.25


def test_totals_say_how_complete_they_are(built: PartitionTables) -> None:
    township = built.tables["coverage_totals"].row(
        by_predicate=pl.col("organ_type") == "township_government", named=True
    )
    assert (township["expected"], township["published"], township["not_found"]) == (2, 1, 1)
    assert (township["unexpected"], township["late"]) == (3, 1)
    rates = built.tables["totals"].select("organ_type", "coverage_rate").rows()
    assert sorted(rates) == [("government", None), ("township_government", 0.5)]


def test_published_totals_are_those_of_an_independent_query_over_cells(
    built: PartitionTables,
) -> None:
    cells = built.tables["cells"].to_arrow()  # noqa: F841 - DuckDB finds it by its name
    compared = 0
    for measure in total_measures():
        query = " UNION ALL ".join(_query(measure.expression, form) for form in ("t2021", "t2019"))
        found = duckdb.sql(
            f"SELECT scope, sum(v), count(v) FROM ({query}) GROUP BY scope"
        ).fetchall()
        published = built.tables["totals"].select("scope", measure.name, f"{measure.name}_reports")
        assert sorted(found) == sorted(published.rows()), measure.name
        compared += len(found)
    assert compared == 2 * len(total_measures())


def _query(expression: str, form: str) -> str:
    """One row per report with the form: its scope and the sum, null where a cell has no value."""
    node = expression_node(expression, form)
    assert node is not None
    table = expression.removeprefix("sum(").split(".", 1)[0]
    return (
        f"SELECT any_value(scope) AS scope, {_sql(node)} AS v FROM cells "
        f"WHERE \"table\" = '{table}' AND template = '{form}' GROUP BY report_id"
    )


def _sql(node: Node) -> str:
    match node:
        case Operand(path=path):
            _, row, column = path.split(".")
            return f"max(value) FILTER (row_key = '{row}' AND column_key = '{column}')"
        case Sum(terms=terms):
            return "(" + " + ".join(_sql(term) for term in terms) + ")"
        case Arithmetic(operator=sign, left=left, right=right):
            return f"({_sql(left)} {sign} {_sql(right)})"
        case Literal(value=value):
            return str(value)
        case _:
            raise AssertionError(node)


def test_every_indicator_is_named_in_both_languages_and_can_be_computed() -> None:
    assert len({one.indicator for one in indicator_definitions()}) == len(indicator_definitions())
    for one in indicator_definitions():
        assert one.zh_label
        assert one.en_label
        assert one.zh_definition.endswith("。")
        assert (one.denominator != "") == (one.kind in ("share", "ratio")), one.indicator
    assert {one.kind for one in computed_indicators()} == {"amount", "share", "ratio", "flag"}


def test_the_shares_of_the_grounds_of_refusal_are_all_the_grounds() -> None:
    rows = {
        field.row_key
        for field in all_fields()
        if field.template == "t2021" and field.row_group == "not_disclosed"
    }
    denominator = "sum(requests.@not_disclosed.total)"
    named = {
        one.numerator.split(".")[1]
        for one in computed_indicators()
        if one.denominator == denominator
    }
    assert named == rows


def test_concentration_is_the_sum_of_squares() -> None:
    values = {f"requests.{row}.total": 2 for row in ("nd_state_secret", "nd_internal_affairs")}
    built = build_partition(
        frame(report("石桥镇", values=values)), NO_EXTRACTIONS, expected_publishers()
    )
    row = _of(built, "石桥镇")["exemption_concentration"]
    assert (row["numerator"], row["denominator"]) == (Decimal(8), Decimal(16))
    assert row["value"] == 0.5
    assert "exemption_concentration" not in built.tables["indicator_totals"]["indicator"]
