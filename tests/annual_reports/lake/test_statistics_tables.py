"""The statistics form of 2014, local indicator tables and the series over all forms, as published."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
from lake_documents import NO_EXTRACTIONS, NOBODY_EXPECTED, build_partition, frame, report

from annual_reports.model import Cell, CellEvidence, CellStatus, Extraction, LocalStatistic
from schemas.fields import all_fields
from schemas.indicators import statistics_fields
from schemas.rules import expression_node
from schemas.series import series_sources

VALUES = {
    "requests_received": 9,
    "reply_agreed": 4,
    "reply_already_public": 2,
    "litigation_total": 1,
}


def form_of_2014(name: str, **values: int | None) -> Extraction:
    known: dict[str, int | None] = {**VALUES, **values}
    cells = []
    for field in statistics_fields():
        value = known.get(field.row_key, 0)
        status = CellStatus.BLANK if value is None else CellStatus.PRINTED
        raw = None if value is None else str(value)
        cells.append(
            Cell("statistics", field.row_key, "value", value, status, raw, CellEvidence(0, 1, 2))
        )
    base = report(name)
    return replace(
        base,
        cells=tuple(cells),
        templates={**dict.fromkeys(base.templates), "statistics": "t2014"},
        claims=(),
        structure={"sections_found": 2},
    )


def local(value: int | Decimal | None, status: CellStatus) -> LocalStatistic:
    return LocalStatistic(
        "申请总数/当面申请数",
        "其中：1、当面申请数",
        "2012年度",
        value,
        "件",
        status,
        "5",
        "narrative_statistics.received_in_person.value",
        CellEvidence(0, 1, 2),
    )


def published(*documents: Extraction) -> dict[str, pl.DataFrame]:
    return dict(build_partition(frame(*documents), NO_EXTRACTIONS, NOBODY_EXPECTED).tables)


def test_one_row_of_58_typed_columns_for_each_form_of_2014() -> None:
    rows = published(form_of_2014("石桥镇", special_funds_10k_yuan=None), report("柳河镇"))[
        "statistics_2014"
    ]
    assert rows.height == 1
    row = rows.row(0, named=True)
    assert (row["template"], row["requests_received"], row["complaints"]) == ("t2014", 9, 0)
    assert (row["special_funds_10k_yuan"], row["special_funds_10k_yuan_text"]) == (None, None)
    assert (row["fees_collected_10k_yuan"], row["fees_collected_10k_yuan_text"]) == (
        Decimal(0),
        "0",
    )


def test_the_cells_of_the_form_stand_among_the_cells() -> None:
    rows = published(form_of_2014("石桥镇"))["cells"]
    assert rows.height == 58
    assert rows.get_column("template").unique().to_list() == ["t2014"]
    assert rows.filter(pl.col("row_key") == "meetings").get_column("unit").to_list() == ["次"]


def test_the_rules_of_the_form_are_judged_on_the_partition() -> None:
    broken = form_of_2014("石桥镇", staff_total=3, staff_full_time=1, staff_part_time=1)
    rows = published(broken)["findings"].filter(pl.col("rule_id") == "K07")
    assert rows.select("status", "left", "right").rows() == [("fail", Decimal(2), Decimal(3))]


def test_local_cells_keep_label_column_unit_and_status() -> None:
    document = replace(
        form_of_2014("石桥镇"),
        local_statistics=(local(5, CellStatus.PRINTED), local(None, CellStatus.UNREADABLE)),
    )
    rows = published(document)["local_statistics"]
    assert rows.select(
        "statistic_order", "label", "column_head", "value", "unit", "status"
    ).rows() == [
        (1, "申请总数/当面申请数", "2012年度", Decimal(5), "件", "printed"),
        (2, "申请总数/当面申请数", "2012年度", None, "件", "unreadable"),
    ]


def test_a_local_number_that_cannot_be_stored_keeps_its_text() -> None:
    document = replace(
        form_of_2014("石桥镇"), local_statistics=(local(10**20, CellStatus.PRINTED),)
    )
    row = published(document)["local_statistics"].row(0, named=True)
    assert (row["value"], row["status"], row["raw"]) == (None, "unreadable", "5")


def of_concept(rows: pl.DataFrame, concept: str) -> list[tuple[str, int | None, str]]:
    chosen = rows.filter(pl.col("concept") == concept).sort("template")
    return [tuple(row) for row in chosen.select("template", "value", "comparability").rows()]


def test_a_series_runs_over_the_forms_with_its_comparability() -> None:
    new = report("柳河镇", values={"requests.new_received.total": 12, "requests.oh_other.total": 3})
    old = report("杨庄镇", form="t2019", values={"requests.other_handling.total": 2})
    rows = published(form_of_2014("石桥镇"), old, new)["series"]
    assert of_concept(rows, "requests_received") == [
        ("t2014", 9, "good"),
        ("t2019", 7, "good"),
        ("t2021", 12, "good"),
    ]
    assert of_concept(rows, "full_disclosure")[0] == ("t2014", 6, "fair")
    assert of_concept(rows, "other_handling") == [("t2019", 2, "good"), ("t2021", 3, "good")]


def test_a_term_that_is_not_known_is_never_zero_in_a_series() -> None:
    rows = published(form_of_2014("石桥镇", reply_already_public=None))["series"]
    assert of_concept(rows, "full_disclosure") == [("t2014", None, "fair")]


def test_every_source_of_a_series_is_made_of_cells_of_its_form() -> None:
    for source in series_sources():
        assert expression_node(source.expression, source.template) is not None, source


def test_the_stock_of_documents_has_no_series() -> None:
    """What the form of 2019 calls public and that of 2021 in force are different things."""
    expressions = " ".join(source.expression for source in series_sources())
    assert "public_total" not in expressions and "in_force" not in expressions
    assert any(field.column_key == "public_total" for field in all_fields())
