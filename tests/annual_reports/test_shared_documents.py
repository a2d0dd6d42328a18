"""The real reports beside the checkout: every cell, status and identity as transcribed by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import (
    Cell,
    CellStatus,
    Extraction,
    json_number,
)

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = (
    "000_a3ccf6f8cb1a907e",
    "001_8377eacf541019a6",
    "002_400d4af07b7f0bb0",
    "003_dab922a29014b33d",
    "004_b0e815309243f8a5",
)
VALUED = {CellStatus.PRINTED, CellStatus.INFERRED}


def shared_file(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared real reports are not on this machine ({'/'.join(parts)})")
    return path


@cache
def extraction_of(*parts: str) -> Extraction:
    path = shared_file(*parts)
    return extract_document(path.read_bytes(), path.name)


def cells_of(extraction: Extraction) -> dict[str, Cell]:
    return {f"{c.table}.{c.row_key}.{c.column_key}": c for c in extraction.cells}


def expected_of(*parts: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(shared_file(*parts).read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cell_of_a_seed(seed: str) -> None:
    """A cell without a listed status is printed; elsewhere one of the listed statuses holds."""
    expected = expected_of("seeds", "expected", f"{seed}.json")
    found = cells_of(extraction_of("seeds", f"{seed}.txt"))
    assert found.keys() == expected["cells"].keys()
    wrong = {}
    for path, value in expected["cells"].items():
        allowed = expected["status"].get(path, "printed").split("|")
        cell = found[path]
        values = (value, None) if cell.status not in VALUED else (value,)
        if cell.status.value not in allowed or json_number(cell.value) not in values:
            wrong[path] = (cell.status.value, cell.value, allowed, value)
    assert wrong == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_whose_report_a_seed_is(seed: str) -> None:
    expected = expected_of("seeds", "expected", f"{seed}.json")
    extraction = extraction_of("seeds", f"{seed}.txt")
    keys = ("publisher", "year", "province", "county_code", "level")
    assert {key: getattr(extraction.identity, key) for key in keys} == {
        key: expected[key] for key in keys
    }
    assert set(extraction.templates.values()) == {expected["template"]}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_six_chapters_of_a_seed(seed: str) -> None:
    numbers = [s.number for s in extraction_of("seeds", f"{seed}.txt").sections if s.number]
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("seed", "status"), zip(SEEDS, ("ok", "ok", "ok", "ok", "needs_review"), strict=True)
)
def test_status_of_a_seed(seed: str, status: str) -> None:
    assert extraction_of("seeds", f"{seed}.txt").status == status


def test_prose_against_tables_of_the_damaged_seed() -> None:
    """It reports answered requests where the table shows zeros, and no disputes beside one case."""
    extraction = extraction_of("seeds", "004_b0e815309243f8a5.txt")
    failed = {f.rule_id for f in extraction.findings if f.status == "fail"}
    assert {"N03", "N10"} <= failed
    verdicts = {claim.metric: claim.verdict for claim in extraction.claims}
    assert verdicts["requests_answered"] == verdicts["no_disputes"] == "contradicts"


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_prose_and_tables_of_the_other_seeds_agree(seed: str) -> None:
    extraction = extraction_of("seeds", f"{seed}.txt")
    assert not [f for f in extraction.findings if f.rule_id.startswith("N") and f.status == "fail"]
    assert "contradicts" not in {claim.verdict for claim in extraction.claims}


@pytest.mark.parametrize("name", ["shanghai_office_2019.html", "pingtan_2020.txt"])
def test_no_cell_of_a_real_report_is_wrong(name: str) -> None:
    """A number is the transcribed one; what the transcription leaves open carries no number."""
    expected = expected_of("reports", "expected", f"{Path(name).stem}.json")["cells"]
    found = cells_of(extraction_of("reports", name))
    assert found.keys() == expected.keys()
    wrong = {
        path: (json_number(cell.value), cell.status.value, expected[path])
        for path, cell in found.items()
        if cell.value is not None and json_number(cell.value) != expected[path]
    }
    assert wrong == {}


def test_the_page_with_blanks_is_read_whole() -> None:
    expected = expected_of("reports", "expected", "shanghai_office_2019.json")["cells"]
    found = cells_of(extraction_of("reports", "shanghai_office_2019.html"))
    missed = {
        path for path, value in expected.items() if value is not None and found[path].value is None
    }
    assert missed == set()
    blank = {path for path, value in expected.items() if value is None}
    assert {found[path].status for path in blank} == {CellStatus.BLANK}


def test_who_published_the_page_with_blanks() -> None:
    extraction = extraction_of("reports", "shanghai_office_2019.html")
    identity = extraction.identity
    assert (identity.publisher, identity.year, identity.province) == (
        "上海市人民政府办公厅",
        2019,
        "CN-SH",
    )
    assert set(extraction.templates.values()) == {"t2019"}
    claimed = {c.metric: (c.value, c.verdict) for c in extraction.claims}
    assert claimed["requests_received"] == (859, "agrees")
    assert claimed["requests_answered"] == (805, "agrees")
    assert claimed["requests_carried_in"] == (18, "agrees")
    assert claimed["requests_carried_out"] == (72, "agrees")
    assert claimed["reconsideration_cases"] == (7, "agrees")
    assert "disclosed_full" not in claimed and "disclosed_partial" not in claimed


def test_a_report_before_the_national_form_keeps_its_text() -> None:
    extraction = extraction_of("reports", "pingtan_2014.txt")
    assert set(extraction.templates.values()) == {None}
    assert extraction.cells == ()
    assert extraction.status == "ok"
    assert extraction.identity.year == 2014
    assert any("2543" in section.text for section in extraction.sections)


def test_every_cell_of_the_provincial_table() -> None:
    """One line of text: label, unit, this year, all years; no cell more, none less, in order."""
    expected = expected_of("reports", "expected", "pingtan_2014.json")["local_table"]
    found = extraction_of("reports", "pingtan_2014.txt").local_statistics
    said = [(one.label.rsplit("/", 1)[-1], one.column, json_number(one.value)) for one in found]
    assert said == [
        (label, column, value)
        for label, values in expected["rows"].items()
        for column, value in zip(expected["columns"], values, strict=True)
    ]
    assert {one.status for one in found} == {CellStatus.PRINTED}
    assert {one.unit for one in found} == {"条", "元", "件"}
    parents = {one.label.split("/", 1)[0] for one in found if "/" in one.label}
    assert parents == {"主动公开文件数", "受理依申请公开信息总数", "对申请的答复总数"}


def test_what_the_provincial_table_shares_with_other_years_is_named() -> None:
    found = extraction_of("reports", "pingtan_2014.txt").local_statistics
    named = {one.canonical: json_number(one.value) for one in found if one.canonical}
    assert named == {
        "narrative_statistics.received_in_person.value": 0,
        "narrative_statistics.received_online.value": 0,
        "narrative_statistics.requests_replied.value": 1,
        "narrative_statistics.reply_agreed.value": 1,
        "narrative_statistics.reply_partially_agreed.value": 0,
        "narrative_statistics.reply_refused.value": 0,
        "narrative_statistics.reconsideration_total.value": 0,
        "narrative_statistics.litigation_total.value": 0,
    }


def test_every_cell_of_the_pdf_with_its_place() -> None:
    expected = expected_of("reports", "expected", "huaian_2024.json")
    extraction = extraction_of("reports", "huaian_2024.pdf")
    found = cells_of(extraction)
    assert {path: json_number(cell.value) for path, cell in found.items()} == expected["cells"]
    assert {cell.status for cell in found.values()} == {CellStatus.PRINTED}
    assert {cell.evidence.page for cell in found.values()} <= {3, 4, 5}
    assert all(cell.evidence.box for cell in found.values())
    assert (extraction.identity.year, extraction.identity.publisher) == (2024, "淮安市人民政府")
    assert [s.number for s in extraction.sections if s.number] == [1, 2, 3, 4, 5, 6]
    assert extraction.status == "ok"
