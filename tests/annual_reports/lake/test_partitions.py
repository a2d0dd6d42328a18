"""One province and year: what is published, what is set aside, and that nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from lake_documents import (
    NO_EXTRACTIONS,
    NOBODY_EXPECTED,
    build_partition,
    expected_publishers,
    frame,
    report,
)

from annual_reports.lake.coverage import ATTEMPTS_SCHEMA
from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.partitions import PartitionTables, build_partitions
from annual_reports.model import Extraction, Finding, FindingClass
from schemas.polars_schemas import polars_schema
from schemas.tables import tables


def build(*documents: Extraction, last_year: tuple[Extraction, ...] = ()) -> PartitionTables:
    return build_partition(frame(*documents), frame(*last_year), NOBODY_EXPECTED)


def test_every_partitioned_table_is_built_in_its_declared_schema() -> None:
    built = build(report("石桥镇"))
    due = {t.name for t in tables().values() if t.partitioned and t.layer == "published"}
    assert set(built.tables) == due
    assert built.quarantined == {}
    for name, rows in built.tables.items():
        assert rows.schema == polars_schema(name), name


def test_an_empty_partition_has_the_same_schemas() -> None:
    built = build_partition(NO_EXTRACTIONS, NO_EXTRACTIONS, NOBODY_EXPECTED)
    assert all(rows.is_empty() for rows in built.tables.values())
    assert all(rows.schema == polars_schema(name) for name, rows in built.tables.items())


def test_printed_numbers_stand_in_their_columns_and_blanks_are_null() -> None:
    built = build(
        report(
            "石桥镇",
            values={
                "requests.oh_other.total": None,
                "active_disclosure.administrative_fees.amount_10k_yuan": "96171.6",
                "review_litigation.litigation_direct.pending": 2,
            },
        )
    )
    total = built.tables["requests"].filter("is_total")
    assert total.select("new_received", "oh_other", "other_handling").rows() == [(7, None, None)]
    assert built.tables["requests"].height == 7
    fees = built.tables["active_disclosure"].select("^administrative_fees_amount.*$")
    assert fees.rows() == [(Decimal("96171.6"), "96171.6")]
    direct = pl.col("case_group") == "litigation_direct"
    assert built.tables["review_litigation"].filter(direct).item(0, "pending") == 2
    assert built.tables["cells"].height == 200


def test_a_report_may_mix_forms() -> None:
    document = report("石桥镇", form="t2019")
    mixed = replace(
        document,
        templates=document.templates | {"active_disclosure": None},
        cells=tuple(cell for cell in document.cells if cell.table != "active_disclosure"),
    )
    built = build(mixed)
    assert built.tables["active_disclosure"].is_empty()
    assert built.tables["requests"].get_column("template").unique().to_list() == ["t2019"]
    assert built.tables["reports"].item(0, "template_active_disclosure") is None


def test_a_correction_wins_over_a_later_date_and_every_version_is_listed() -> None:
    first = report("石桥镇", publish_date="2025-01-10")
    later = report("石桥镇", publish_date="2025-02-10")
    corrected = report("石桥镇", publish_date="2025-01-15", is_correction=True)
    built = build(corrected, later, first)
    assert built.tables["reports"].select("is_correction", "revisions").rows() == [(True, 3)]
    revisions = built.tables["report_revisions"].select(
        "revision_order", "publish_date", "is_current"
    )
    assert [(n, str(day), now) for n, day, now in revisions.rows()] == [
        (1, "2025-01-10", False),
        (2, "2025-02-10", False),
        (3, "2025-01-15", True),
    ]
    assert built.tables["cells"].height == 200


def test_documents_of_an_unresolved_publisher_stand_for_themselves() -> None:
    lost = {"publisher_id": None, "publisher": None}
    built = build(report("石桥镇", **lost), report("白水镇", **lost))
    ids = built.tables["reports"].get_column("report_id")
    assert ids.n_unique() == 2
    assert ids.str.starts_with("doc-").all()


def test_a_count_that_is_no_whole_number_goes_aside_with_its_reason_and_the_cell_stays() -> None:
    document = report("石桥镇", values={"requests.carried_in.total": "2.5"})
    built = build(document)
    (aside,) = built.quarantined["requests"].to_dicts()
    assert "carried_in: 2.5" in aside["reasons"]
    assert json.loads(aside["row_json"])["applicant"] == "total"
    assert built.tables["requests"].height == 6
    assert Decimal("2.5") in built.tables["cells"].get_column("value").to_list()
    assert built.quarantined["requests"].schema == polars_schema("quarantined_rows")


def test_a_negative_count_and_an_unknown_level_go_aside() -> None:
    built = build(
        report("石桥镇", values={"review_litigation.reconsideration.upheld": -3}),
        report("白水镇", level="village"),
    )
    negative = built.quarantined["review_litigation"].filter(
        pl.col("row_json").str.contains("石桥镇")
    )
    assert negative.select(pl.col("reasons").str.contains("upheld: -3")).to_series().to_list() == [
        True
    ]
    assert "village" in built.quarantined["reports"].item(0, "reasons")
    assert built.tables["reports"].height == 1


def test_every_row_is_published_or_set_aside() -> None:
    documents = [
        report("石桥镇"),
        report("白水镇", level="village"),
        report("黄土镇", values={"requests.new_received.total": "0.5"}),
        report("青羊镇", form="t2019", publish_date="soon"),
    ]
    built = build(*documents)

    def rows(name: str) -> int:
        aside = built.quarantined.get(name)
        return built.tables[name].height + (0 if aside is None else aside.height)

    assert rows("reports") == rows("report_revisions") == 4
    assert rows("cells") == sum(len(document.cells) for document in documents)
    assert rows("requests") == 7 * 4
    assert rows("review_litigation") == 3 * 4
    assert rows("active_disclosure") == 4
    assert rows("sections") == rows("claims") == 4


def test_rows_of_a_report_that_is_set_aside_go_with_it() -> None:
    built = build(report("白水镇", level="village"))
    held = {"cells", "requests", "review_litigation", "active_disclosure", "sections", "claims"}
    assert all(built.tables[name].is_empty() for name in held)
    assert held <= set(built.quarantined)
    assert built.tables["totals"].is_empty()


def test_findings_count_in_the_report_and_set_its_status() -> None:
    built = build(report("石桥镇", values={"requests.carried_out.total": 1}))
    (row,) = built.tables["reports"].to_dicts()
    assert (row["status"], row["findings_hard"]) == ("inconsistent", 2)
    failed = built.tables["findings"].filter(
        pl.col("status") == "fail", pl.col("severity") == "hard"
    )
    assert failed.select("rule_id", "place", "left", "right", "difference").rows() == [
        ("R01", "requests.total", 7, 8, -1),
        ("R03", "requests.carried_out", 0, 1, -1),
    ]


def test_doubts_of_the_reader_are_published_and_its_own_rule_findings_are_not_doubled() -> None:
    document = report("石桥镇", values={"requests.carried_out.total": 1})
    doubt = Finding(
        "E06", "soft", "fail", FindingClass.EXTRACTION, "requests", None, None, None, "…"
    )
    built = build(replace(document, findings=(*document.findings, doubt, doubt)))
    found = built.tables["findings"]
    assert found.filter(pl.col("rule_id") == "E06").get_column("finding_order").to_list() == [1, 2]
    assert found.filter(pl.col("rule_id") == "R01").height == 1


def test_last_year_is_compared_for_the_same_publisher_and_scope() -> None:
    carried = {"requests.carried_out.natural_person": 2, "requests.carried_out.total": 2}
    last = report("石桥镇", values=carried, year=2023)
    other = report("白水镇", values=carried, year=2023)
    built = build(report("石桥镇"), last_year=(last, other))
    broken = built.tables["findings"].filter(pl.col("rule_id") == "X01", pl.col("status") == "fail")
    assert broken.select("place", "left", "right").rows() == [
        ("requests.natural_person", 2, 0),
        ("requests.total", 2, 0),
    ]


def test_without_last_year_the_comparison_is_not_assessable_and_ours_to_fetch() -> None:
    built = build(report("石桥镇"))
    (gap,) = built.tables["findings"].filter(pl.col("rule_id") == "X01").to_dicts()
    assert (gap["status"], gap["class"]) == ("not_assessable", "fetch")


def test_totals_add_within_one_scope_and_say_how_many_reports_stand_behind() -> None:
    built = build(
        report("石桥镇"),
        report("白水镇", form="t2019", values={"requests.other_handling.total": 2}),
        report("黄土镇", values={"requests.new_received.total": None}),
        report("浑源县", scope="consolidated"),
    )
    own = built.tables["totals"].filter(pl.col("scope") == "own")
    columns = ["reports", "new_received", "new_received_reports", "other_handling", "handled_total"]
    assert own.select(columns).rows() == [(3, 14, 2, 2, 21)]
    assert built.tables["totals"].height == 2


def test_a_sum_behind_which_no_report_stands_is_null() -> None:
    built = build(report("石桥镇", values={"requests.new_received.total": None}))
    assert built.tables["totals"].select("new_received", "new_received_reports").row(0) == (None, 0)


def test_the_order_of_documents_does_not_matter() -> None:
    documents = [report(name) for name in ("石桥镇", "白水镇", "黄土镇")]
    forwards, backwards = build(*documents), build(*reversed(documents))
    assert all(forwards.tables[name].equals(backwards.tables[name]) for name in forwards.tables)


class TestCoverage:
    def coverage(self, attempts: list[tuple[str | None, ...]]) -> dict[str, dict[str, object]]:
        built = build_partition(
            frame(report("石桥镇"), report("路过镇")),
            NO_EXTRACTIONS,
            expected_publishers("石桥镇", "白水镇"),
            pl.DataFrame(
                [("CN-SX", 2024, *attempt, "failed", "timeout") for attempt in attempts],
                schema=ATTEMPTS_SCHEMA,
                orient="row",
            ),
        )
        return {row["publisher"]: row for row in built.tables["coverage"].to_dicts()}

    def test_published_by_name_with_its_date_against_the_deadline(self) -> None:
        row = self.coverage([])["石桥镇"]
        assert (row["status"], row["is_expected"], row["days_late"]) == ("published", True, -11)

    def test_a_report_nobody_expected_is_listed_too(self) -> None:
        assert self.coverage([])["路过镇"]["is_expected"] is False

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [
            ("quarantined", "unreadable"),
            ("failed", "fetch_failed"),
            ("refused", "fetch_failed"),
            ("gone", "not_found"),
            ("new", "not_found"),
        ],
    )
    def test_what_became_of_the_last_attempt(self, outcome: str, status: str) -> None:
        attempt = ("白水镇", "https://www.example.gov.cn/b.html", outcome, "d" * 32, "why")
        row = self.coverage([attempt])["白水镇"]
        assert (row["status"], row["report_id"]) == (status, None)
        assert row["reason"]
        assert (row["fetch_state"], row["cause"]) == ("failed", "timeout")
        assert str(row["due_date"]) == "2025-01-31"

    def test_never_tried_is_not_found(self) -> None:
        assert self.coverage([])["白水镇"]["status"] == "not_found"

    def test_the_address_tried_tells_whose_report_it_is_where_names_differ(self) -> None:
        document = frame(report("路过镇")).item(0, "document_id")
        attempt = ("白水镇", "https://www.example.gov.cn/b.html", "new", document, None)
        row = self.coverage([attempt])["白水镇"]
        assert row["status"] == "published"

    def test_an_outcome_nobody_declared_stops_the_build(self) -> None:
        attempt = ("白水镇", "https://www.example.gov.cn/b.html", "vanished", None, None)
        with pytest.raises(ValueError, match="vanished"):
            self.coverage([attempt])


class TestManyPartitionsAtOnce:
    """A batch gives each partition what it gets alone."""

    def extractions(self) -> dict[PartitionKey, pl.DataFrame]:
        def year(number: int, *more: Extraction) -> pl.DataFrame:
            carried = {"requests.carried_out.total": 2, "requests.carried_in.total": "0.5"}
            return frame(
                report("石桥镇", year=number, values=carried),
                report("石桥镇", year=number, is_correction=True),
                report("白水镇", year=number, level="village"),
                report("浑源县", year=number, level="county", scope="consolidated", town_code=None),
                report("无名镇", year=number, publisher_id=None, publisher=None),
                *more,
            )

        stands_twice = report("黄土镇", year=2024, form="t2019")
        return {
            PartitionKey("CN-SX", 2022): year(2022),
            PartitionKey("CN-SX", 2023): year(2023, stands_twice),
            PartitionKey("CN-SX", 2024): year(2024, stands_twice),
            PartitionKey("CN-BJ", 2024): year(2024),
            PartitionKey("CN-GZ", 2024): frame(report("白水镇", level="village")),
        }

    def test_the_tables_are_those_of_each_partition_alone(self) -> None:
        extractions = self.extractions()
        due = [key for key in extractions if key.year > 2022] + [PartitionKey("CN", 2024)]
        expected = pl.concat(
            expected_publishers("石桥镇", "未见镇", province=key.province, year=key.year)
            for key in due
        )
        attempts = pl.DataFrame(
            [
                (
                    *(key.province, key.year, "未见镇", "https://a.example/"),
                    *(outcome, None, outcome, "failed", "timeout"),
                )
                for key, outcome in zip(
                    due, ("failed", "gone", "refused", "failed", "gone"), strict=True
                )
            ],
            schema=ATTEMPTS_SCHEMA,
            orient="row",
        )
        together = build_partitions(due, extractions, expected, attempts)
        assert list(together) == sorted(due)
        for key in due:
            alone = build_partitions([key], extractions, expected, attempts)[key]
            for kind in ("tables", "quarantined"):
                many, one = getattr(together[key], kind), getattr(alone, kind)
                assert many.keys() == one.keys()
                for name in many:
                    assert many[name].equals(one[name]), (key, name)

    def test_neither_reports_nor_last_years_of_another_province_are_compared(self) -> None:
        built = build_partitions(
            [PartitionKey("CN-SX", 2024), PartitionKey("CN-BJ", 2024)],
            {
                PartitionKey("CN-BJ", 2023): frame(report("石桥镇", year=2023)),
                PartitionKey("CN-SX", 2024): frame(report("石桥镇")),
                PartitionKey("CN-BJ", 2024): frame(report("石桥镇")),
            },
            NOBODY_EXPECTED,
        )
        found = {
            key.province: one.tables["findings"].filter(rule_id="X01").height
            for key, one in built.items()
        }
        assert found == {"CN-SX": 1, "CN-BJ": 0}
        assert all(one.tables["reports"].height == 1 for one in built.values())
        assert all(one.quarantined == {} for one in built.values())
