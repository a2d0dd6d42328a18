"""Extractions for the tests of the lake: plain reports that differ in what a test is about."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from annual_reports.checking import check_extraction
from annual_reports.lake import extraction_frame
from annual_reports.lake.coverage import EXPECTED_SCHEMA
from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.partitions import PartitionTables, build_partitions
from annual_reports.model import (
    Cell,
    CellEvidence,
    CellStatus,
    Claim,
    DocumentInfo,
    Extraction,
    Identity,
    Section,
)
from schemas.decision_book import NOTHING_DECIDED, DecisionBook
from schemas.divisions import load_gazetteer
from schemas.fields import all_fields

TABLES = ("active_disclosure", "requests", "review_litigation")
STRUCTURE = {
    "t2021": {"requests_rows": 25, "active_disclosure_rows": 6},
    "t2019": {"requests_rows": 23, "active_disclosure_rows": 8},
}


def report(
    name: str, form: str = "t2021", values: dict[str, Any] | None = None, **identity: Any
) -> Extraction:
    """A township's report of 2024 with 7 requests received and answered; `values` by path.

    A value None is a blank cell.
    """
    told = {
        f"requests.{row}.{column}": 7
        for row in ("new_received", "disclosed_full", "handled_total")
        for column in ("natural_person", "total")
    } | (values or {})
    cells = tuple(
        _cell(field.table, field.row_key, field.column_key, told)
        for field in all_fields()
        if field.template == form and field.table in TABLES
    )
    who = replace(
        Identity(
            publisher=name,
            publisher_id=f"{town_code(name)}-township_government",
            organ_type="township_government",
            level="township",
            scope="own",
            province="CN-SX",
            province_code="14",
            province_name="山西省",
            prefecture_code="140200",
            county_code="140225",
            town_code=town_code(name),
            year=2024,
            publish_date="2025-01-20",
            confidence="high",
        ),
        **identity,
    )
    claims = (Claim("requests_received", 7, "件", "收到7件", 1, 0, 4, "agrees"),)
    templates = dict.fromkeys(TABLES, form)
    structure = {
        "requests_columns": 7,
        "review_litigation_values": 15,
        "sections_found": 6,
        **STRUCTURE[form],
    }
    return Extraction(
        document=DocumentInfo(
            f"{name}.html",
            hashlib.sha256(f"{name}{form}{values}{identity}".encode()).hexdigest(),
            "text/html",
            "utf-8",
            f"https://www.example.gov.cn/{name}.html",
        ),
        title=f"{name}2024年政府信息公开工作年度报告",
        identity=who,
        templates=templates,
        cells=cells,
        sections=(Section(1, "一、总体情况", "收到7件"),),
        claims=claims,
        findings=check_extraction(cells, claims, templates, structure, who),
        status="ok",
        structure=structure,
    )


def town_code(name: str) -> str:
    """A code of a township of Shanxi for a made-up name, always the same for the same name."""
    return _TOWNS[int(hashlib.sha256(name.encode()).hexdigest()[:6], 16) % len(_TOWNS)]


_TOWNS = sorted(
    unit.code
    for unit in load_gazetteer().units
    if unit.code.startswith("14") and len(unit.code) == 9
)


def _cell(table: str, row_key: str, column_key: str, values: dict[str, Any]) -> Cell:
    value = values.get(f"{table}.{row_key}.{column_key}", 0)
    status = CellStatus.BLANK if value is None else CellStatus.PRINTED
    raw = None if value is None else str(value)
    exact = Decimal(value) if isinstance(value, str) else value
    return Cell(table, row_key, column_key, exact, status, raw, CellEvidence(1, 2, 3))


def frame(*extractions: Extraction) -> pl.DataFrame:
    """The extractions as the lake keeps them."""
    return extraction_frame(extractions, "1")


def numbered(*extractions: Extraction) -> pl.DataFrame:
    """The extractions with their place in the frame, as the shaping of tables has them."""
    return frame(*extractions).with_row_index("document")


def expected_publishers(*names: str, province: str = "CN-SX", year: int = 2024) -> pl.DataFrame:
    """Townships of which a report is expected."""
    rows = [(province, year, name, "township", None) for name in names]
    return pl.DataFrame(rows, schema=EXPECTED_SCHEMA, orient="row")


NOBODY_EXPECTED = EXPECTED_SCHEMA.to_frame()
NO_EXTRACTIONS = extraction_frame([], "1")


_SHANXI = PartitionKey("CN-SX", 2024)


def build_partition(
    current: pl.DataFrame,
    previous_year: pl.DataFrame,
    expected: pl.DataFrame,
    attempts: pl.DataFrame | None = None,
    key: PartitionKey = _SHANXI,
    *,
    decided: DecisionBook = NOTHING_DECIDED,
) -> PartitionTables:
    """A batch of one partition."""
    extractions = {key: current, key.year_before: previous_year}
    return build_partitions([key], extractions, expected, attempts, decided)[key]
