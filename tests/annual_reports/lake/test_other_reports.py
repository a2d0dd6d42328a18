"""A report beside those of other years and levels: sums, what is missing, and what is only proposed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from lake_documents import NO_EXTRACTIONS, NOBODY_EXPECTED, build_partition, frame, report

from annual_reports.checking.levels import townships
from annual_reports.lake.coverage import EXPECTED_SCHEMA
from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.partitions import build_partitions
from annual_reports.model import Extraction
from schemas.rules import applicant_columns

COUNTY = "140225"
TOWNS = townships().filter(county_code=COUNTY).select("town_code", "name").sort("town_code").rows()
KEY = PartitionKey("CN-SX", 2024)
RECEIVED = 7 * len(TOWNS)


def own_reports(*, left_out: int = 0) -> list[Extraction]:
    """The report of every township of the county, each with 7 requests."""
    return [
        report(name, town_code=code, publisher_id=f"{code}-township_government")
        for code, name in TOWNS[left_out:]
    ]


def government(received: int, scope: str = "consolidated", **identity: Any) -> Extraction:
    values = {
        f"requests.{row}.{column}": received
        for row in ("new_received", "disclosed_full", "handled_total")
        for column in ("natural_person", "total")
    }
    who = {
        "scope": scope,
        "level": "county",
        "organ_type": "government",
        "publisher_id": f"{COUNTY}-government",
        "town_code": None,
    }
    return report("浑源县", values=values, **(who | identity))


def findings(*reports: Extraction, **others: Any) -> pl.DataFrame:
    before, expected = others.get("before", NO_EXTRACTIONS), others.get("expected", NOBODY_EXPECTED)
    return build_partition(frame(*reports), before, expected, key=KEY).tables["findings"]


def of_government(found: pl.DataFrame, rule_id: str) -> list[dict[str, Any]]:
    return found.filter(rule_id=rule_id, publisher_id=f"{COUNTY}-government").to_dicts()


def test_own_reports_below_that_exceed_the_consolidated_one_fail() -> None:
    found = findings(government(RECEIVED - 1), *own_reports())
    (broken,) = of_government(found, "M06")
    assert (broken["status"], broken["class"]) == ("fail", "scope")
    assert (broken["left"], broken["right"]) == (RECEIVED, RECEIVED - 1)


def test_own_reports_below_that_fit_are_no_finding() -> None:
    assert of_government(findings(government(RECEIVED), *own_reports()), "M06") == []


def test_an_agency_led_from_above_is_not_added() -> None:
    tax_office = report("税务局", organ_type="vertical_agency", level="county", publisher_id="t")
    assert of_government(findings(government(RECEIVED), *own_reports(), tax_office), "M06") == []


def test_a_township_that_is_missing_is_named_and_nothing_is_judged() -> None:
    found = findings(government(0), *own_reports(left_out=1))
    (gap,) = of_government(found, "M06")
    assert (gap["status"], gap["class"]) == ("not_assessable", "fetch")
    assert gap["missing"] == TOWNS[0][1]
    assert TOWNS[0][1] in gap["message"]


def test_a_publisher_the_sources_expect_and_nobody_has_is_missing() -> None:
    expected = pl.DataFrame(
        [("CN-SX", 2024, "浑源县档案局", "county", COUNTY)], schema=EXPECTED_SCHEMA, orient="row"
    )
    (gap,) = of_government(
        findings(government(RECEIVED - 1), *own_reports(), expected=expected), "M06"
    )
    assert (gap["status"], gap["missing"]) == ("not_assessable", "浑源县档案局")


def test_an_organ_that_reported_a_year_before_is_missing() -> None:
    bureau = report(
        "水务局",
        organ_type="department",
        level="county",
        publisher_id="w",
        year=2023,
        town_code=None,
    )
    found = findings(government(RECEIVED - 1), *own_reports(), before=frame(bureau))
    (gap,) = of_government(found, "M06")
    assert (gap["status"], gap["missing"]) == ("not_assessable", "水务局")


def test_an_organ_that_does_not_say_the_number_is_named() -> None:
    silent, *others = own_reports()
    cells = tuple(
        cell
        for cell in silent.cells
        if (cell.row_key, cell.column_key) != ("new_received", "total")
    )
    found = findings(government(RECEIVED - 1), replace(silent, cells=cells), *others)
    (gap,) = of_government(found, "M06")
    assert (gap["status"], gap["missing"]) == ("not_assessable", TOWNS[0][1])


def proposals(found: pl.DataFrame) -> list[tuple[str, str, str]]:
    return (
        found.filter(status="proposal").select("rule_id", "proposal_place", "proposal_value").rows()
    )


def test_the_exact_sum_of_all_below_proposes_consolidated_and_changes_nothing() -> None:
    built = build_partition(
        frame(government(RECEIVED, "unknown"), *own_reports()),
        NO_EXTRACTIONS,
        NOBODY_EXPECTED,
        key=KEY,
    )
    assert proposals(built.tables["findings"]) == [("P03", "report.scope", "consolidated")]
    scopes = built.tables["reports"].filter(publisher_id=f"{COUNTY}-government")["scope"].to_list()
    assert scopes == ["unknown"]


def test_fewer_requests_than_below_propose_own() -> None:
    found = findings(government(3, "unknown"), *own_reports(left_out=5))
    assert proposals(found) == [("P02", "report.scope", "own")]


def test_the_year_before_proposes_its_scope() -> None:
    found = findings(government(500, "unknown"), before=frame(government(480, year=2023)))
    assert proposals(found) == [("P01", "report.scope", "consolidated")]


def test_evidence_that_disagrees_proposes_nothing() -> None:
    last_year = frame(government(480, year=2023))
    found = findings(government(3, "unknown"), *own_reports(), before=last_year)
    assert proposals(found) == []


class TestBlanksAsZero:
    def test_a_row_that_fails_even_so_is_a_finding_of_its_own(self) -> None:
        (row,) = (
            findings(
                report(
                    "石桥镇",
                    values={
                        "requests.carried_in.natural_person": None,
                        "requests.carried_in.total": 2,
                    },
                )
            )
            .filter(rule_id="R03", place="requests.carried_in")
            .to_dicts()
        )
        assert (row["status"], row["status_blank_as_zero"]) == ("not_assessable", "fail")
        assert (row["left"], row["right"], row["difference"]) == (0, 2, -2)
        assert row["missing"] == "requests.carried_in.natural_person"
        assert "requests.carried_in.natural_person=—" in row["operands"]

    def test_a_column_that_holds_with_zeros_is_told_so(self) -> None:
        values = {"requests.carried_in.natural_person": None}
        (row,) = findings(report("石桥镇", values=values)).filter(rule_id="R01").to_dicts()
        assert (row["status"], row["status_blank_as_zero"]) == ("not_assessable", "pass")

    def test_counts_of_both_readings_stand_side_by_side(self) -> None:
        one = report(
            "石桥镇",
            values={"requests.carried_in.natural_person": None, "requests.carried_in.total": 2},
        )
        built = build_partition(frame(one), NO_EXTRACTIONS, NOBODY_EXPECTED, key=KEY)
        (row,) = built.tables["rule_results"].filter(rule_id="R03").to_dicts()
        assert (row["places"], row["failed"], row["not_assessable"]) == (25, 0, 1)
        assert (row["passed_blank_as_zero"], row["failed_blank_as_zero"]) == (24, 1)

    def test_a_text_that_states_no_number_denies_nothing(self) -> None:
        found = findings(report("石桥镇", values={"requests.carried_in.natural_person": None}))
        (row,) = found.filter(rule_id="N03").to_dicts()
        assert (row["status"], row["status_blank_as_zero"]) == ("not_assessable", "not_assessable")


def test_what_is_carried_out_of_one_year_is_carried_into_the_next_in_every_column() -> None:
    columns = [*applicant_columns(), "total"]
    for column in columns:
        before = frame(report("石桥镇", year=2023, values={f"requests.carried_out.{column}": 2}))
        broken = findings(report("石桥镇"), before=before).filter(rule_id="X01", status="fail")
        assert broken["place"].to_list() == [f"requests.{column}"]
        assert broken.select("left", "right").rows() == [(2, 0)]


def test_a_year_is_checked_anew_with_the_year_before_it() -> None:
    later = PartitionKey("CN-SX", 2025)
    reports = {
        KEY: frame(report("石桥镇", values={"requests.carried_out.total": 3})),
        later: frame(report("石桥镇", year=2025)),
    }
    built = build_partitions((later,), reports, NOBODY_EXPECTED)
    broken = built[later].tables["findings"].filter(rule_id="X01", status="fail")
    assert broken["place"].to_list() == ["requests.total"]


def test_a_jump_is_a_hint_and_counts_as_no_failure() -> None:
    before = frame(report("石桥镇", year=2023, values={"requests.new_received.total": 400}))
    built = build_partition(frame(report("石桥镇")), before, NOBODY_EXPECTED, key=KEY)
    (hint,) = built.tables["findings"].filter(rule_id="X06").to_dicts()
    assert (hint["severity"], hint["status"]) == ("hint", "hint")
    assert built.tables["reports"]["findings_soft"].to_list() == [
        built.tables["findings"].filter(status="fail", severity="soft").height
    ]


def test_fingerprints_are_of_values_and_not_of_documents() -> None:
    broken = {"requests.carried_out.total": 1}
    one = findings(report("石桥镇", values=broken)).filter(rule_id="R01", status="fail")
    other = findings(replace(report("石桥镇", values=broken), title="另一版本")).filter(
        rule_id="R01", status="fail"
    )
    changed = findings(report("石桥镇", values={"requests.carried_out.total": 2})).filter(
        rule_id="R01", status="fail"
    )
    assert one["fingerprint"].to_list() == other["fingerprint"].to_list()
    assert one["fingerprint"].to_list() != changed["fingerprint"].to_list()
