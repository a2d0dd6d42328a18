"""Real reports beside the checkout: every printed number, every blank, nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annual_reports.model import CellStatus
from annual_reports.reading.document import read_document
from annual_reports.tables.decode import DecodedTables, decode_tables

SHARED = Path(__file__).resolve().parents[4] / "shared"
SEEDS = (
    "000_a3ccf6f8cb1a907e",
    "001_8377eacf541019a6",
    "002_400d4af07b7f0bb0",
    "003_dab922a29014b33d",
    "004_b0e815309243f8a5",
)


def decoded(path: str) -> tuple[DecodedTables, dict[str, Any]]:
    source = SHARED / path
    if not source.exists():
        pytest.skip("the shared reports are not beside this checkout")
    expected = json.loads((source.parent / "expected" / f"{source.stem}.json").read_text("utf-8"))
    return decode_tables(read_document(source.read_bytes(), source.name).blocks), expected


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_give_exactly_their_cells_and_statuses(name: str) -> None:
    found, expected = decoded(f"seeds/{name}.txt")
    status = expected.get("status") or {}
    for cell in found.cells:
        key = f"{cell.table}.{cell.row_key}.{cell.column_key}"
        assert cell.status.value in status.get(key, "printed").split("|"), key
        if cell.value is not None:
            assert cell.value == expected["cells"][key], key
    assert len(found.cells) == len(expected["cells"])


def test_blanks_of_a_word_page_stay_blank() -> None:
    found, expected = decoded("reports/shanghai_office_2019.html")
    for cell in found.cells:
        value = expected["cells"][f"{cell.table}.{cell.row_key}.{cell.column_key}"]
        assert cell.status is (CellStatus.BLANK if value is None else CellStatus.PRINTED)
        assert cell.value is None if value is None else float(cell.value or 0) == value


def test_glued_digits_give_what_the_sums_determine_and_nothing_wrong() -> None:
    found, expected = decoded("reports/pingtan_2020.txt")
    values = {
        f"{c.table}.{c.row_key}.{c.column_key}": c.value for c in found.cells if c.value is not None
    }
    assert values.items() <= expected["cells"].items()
    assert sum(key.startswith("requests.") for key in values) == 161
    assert "E03" not in {finding.rule_id for finding in found.findings}


def test_the_pdf_gives_every_cell_printed() -> None:
    found, expected = decoded("reports/huaian_2024.pdf")
    values = {f"{c.table}.{c.row_key}.{c.column_key}": c for c in found.cells}
    assert {key: float(cell.value or 0) for key, cell in values.items()} == expected["cells"]
    assert {cell.status for cell in found.cells} == {CellStatus.PRINTED}
