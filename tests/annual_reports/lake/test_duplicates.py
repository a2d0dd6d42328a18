"""The same report twice: one is current, the others are linked to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from annual_reports.lake import EXTRACTION_SCHEMA
from annual_reports.lake.revisions import with_revisions


def cells(*values: int | None) -> list[dict[str, Any]]:
    empty = dict.fromkeys(("status", "raw", "table_index", "row", "column", "page", "line"))
    return [
        {
            **empty,
            "table": "requests",
            "row_key": f"row{number}",
            "column_key": "total",
            "value": None if value is None else Decimal(value),
            "row_span": 1,
            "column_span": 1,
            "rules": [],
            "options": [],
        }
        for number, value in enumerate(values)
    ]


def version(key: str, numbers: list[dict[str, Any]], **said: Any) -> dict[str, Any]:
    return dict.fromkeys(EXTRACTION_SCHEMA.names()) | {
        "document_id": key * 32,
        "sha256": key * 64,
        "publisher_id": "140225-government",
        "report_year": 2023,
        "scope": "own",
        "is_correction": False,
        "cells": numbers,
        "title": "甲县2023年政府信息公开工作年度报告",
        **said,
    }


def links(*rows: dict[str, Any]) -> dict[str, tuple[str | None, str | None, bool]]:
    frame = pl.DataFrame(list(rows), schema=EXTRACTION_SCHEMA)
    numbered = frame.with_columns(partition=pl.lit(0, pl.UInt32))
    columns = ("document_id", "duplicate_of", "duplicate_reason", "is_current")
    return {
        key[0]: (original and original[0], reason, is_current)
        for key, original, reason, is_current in with_revisions(numbered)
        .select(columns)
        .iter_rows()
    }


def test_a_mirror_is_linked_to_the_government_host() -> None:
    found = links(
        version("a", cells(1, 2), host_is_gov=True),
        version("b", cells(1, 2), host_is_gov=False, publish_date="2024-05-01"),
    )
    assert found == {"a": (None, None, True), "b": ("a", "same_numbers", False)}


def test_the_same_bytes_at_two_addresses_are_told() -> None:
    found = links(version("a", cells(1)), version("b", cells(1), sha256="a" * 64))
    assert found == {"a": ("b", "same_bytes", False), "b": (None, None, True)}


def test_a_picture_version_is_never_current_beside_a_text() -> None:
    found = links(
        version("a", cells(1, 2), publish_date="2024-01-01"),
        version(
            "b", [], title="（图解）甲县2023年政府信息公开工作年度报告", publish_date="2024-02-01"
        ),
    )
    assert found == {"a": (None, None, True), "b": ("a", "picture_version", False)}


def test_a_correction_and_its_forerunner_are_no_duplicates() -> None:
    found = links(version("a", cells(1, 2)), version("b", cells(1, 3), is_correction=True))
    assert found == {"a": (None, None, False), "b": (None, None, True)}


def test_blank_and_zero_are_not_the_same() -> None:
    found = links(version("a", cells(1, None)), version("b", cells(1, 0)))
    assert [one[0] for one in found.values()] == [None, None]


def test_reports_without_numbers_are_not_taken_for_the_same() -> None:
    found = links(version("a", []), version("b", []))
    assert [one[0] for one in found.values()] == [None, None]


def test_a_department_that_reprints_its_governments_report_has_none_of_its_own() -> None:
    numbers = cells(*range(1, 15))
    city = {"organ_type": "government", "prefecture_code": "140200"}
    office = {
        "publisher_id": "140225-education",
        "organ_type": "department",
        "prefecture_code": "140200",
    }
    found = links(version("a", numbers, **city), version("b", numbers, **office))
    assert found == {"a": (None, None, True), "b": ("a", "reprint", False)}
    other = links(version("a", numbers, **city), version("b", cells(*range(2, 16)), **office))
    assert [one[2] for one in other.values()] == [True, True]
    elsewhere = office | {"prefecture_code": "140300"}
    assert all(
        one[2]
        for one in links(version("a", numbers, **city), version("b", numbers, **elsewhere)).values()
    )


def test_small_reports_that_agree_are_no_reprints() -> None:
    few = cells(1, 1, *[0] * 20)
    found = links(
        version("a", few, organ_type="government"),
        version("b", few, publisher_id="140225-education", organ_type="department"),
    )
    assert [one[2] for one in found.values()] == [True, True]
