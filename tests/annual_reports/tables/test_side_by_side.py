"""Comparison prints: last year's table beside this year's is never read as part of it; printed years tell them apart."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from annual_reports.extract import extract_document
from annual_reports.model import Cell, CellStatus, Grid, GridCell
from annual_reports.reading.document import read_document
from annual_reports.tables.decode import decode_tables
from annual_reports.tables.side_by_side import halves
from tests.damage.physical import drawn_tables
from tests.damage.styles import BETWEEN, CLOSING, REVIEW, grid_of
from tests.damage.truths import Truth, random_truth

PAGE = Path(__file__).parents[3] / "sample_site/pages/guangling/xzxxgk/nb/huquan2024.html"


def blocks() -> tuple[object, ...]:
    return read_document(PAGE.read_bytes(), PAGE.name).blocks


def beside_itself(grid: Grid, added: int) -> Grid:
    """The table and, to its right, the same one with other numbers."""
    right = tuple(
        cell._replace(column=cell.column + grid.column_count, text=_changed(cell, added))
        for cell in grid.cells
    )
    cells = sorted((*grid.cells, *right), key=lambda cell: (cell.row, cell.column))
    return Grid(grid.table_index, grid.row_count, 2 * grid.column_count, tuple(cells))


def _changed(cell: GridCell, added: int) -> str:
    return str(int(cell.text) + added) if cell.text.isdecimal() else cell.text


def requests_of(added: int) -> list[Cell]:
    doubled = [beside_itself(b, added) if isinstance(b, Grid) else b for b in blocks()]
    return [cell for cell in decode_tables(doubled).cells if cell.table == "requests"]  # type: ignore[arg-type]


@pytest.mark.parametrize("added", [1, 3])
def test_two_years_side_by_side_are_refused(added: int) -> None:
    assert {cell.status for cell in requests_of(added)} == {CellStatus.UNREADABLE}


def test_the_same_table_printed_twice_is_read() -> None:
    alone = [cell for cell in decode_tables(blocks()).cells if cell.table == "requests"]  # type: ignore[arg-type]
    assert [c.value for c in requests_of(0)] == [c.value for c in alone]


LABEL_COLUMNS = (1, 3, 0)


def years_beside(one: Grid, two: Grid, labels: int, heads: tuple[str, str]) -> Grid:
    """The tables of two years under a row of years; the first `labels` columns are printed once."""
    width = one.column_count - labels
    rows = [GridCell(head, 0, labels + n * width, 1, width) for n, head in enumerate(heads)]
    if labels:
        rows.insert(0, GridCell("", 0, 0, 1, labels))
    for cell in one.cells:
        over = cell.column < labels < cell.column + cell.column_span
        rows.append(cell._replace(row=cell.row + 1, column_span=cell.column_span + width * over))
    rows += [
        cell._replace(row=cell.row + 1, column=cell.column + width)
        for cell in two.cells
        if cell.column >= labels
    ]
    cells = sorted(rows, key=lambda cell: (cell.row, cell.column))
    return Grid(one.table_index, one.row_count + 1, labels + 2 * width, tuple(cells))


def html_of(grid: Grid) -> str:
    rows: dict[int, str] = {}
    for cell in grid.cells:
        spans = f'rowspan="{cell.row_span}" colspan="{cell.column_span}"'
        rows[cell.row] = rows.get(cell.row, "") + f"<td {spans}>{cell.text}</td>"
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows.values()) + "</table>"


def comparison(
    seed: int, shared_labels: bool, heads: tuple[str, str], title: str
) -> tuple[list[Truth], bytes]:
    """A page that compares two years, and both truths."""
    source = random.Random(seed)
    truths = [random_truth(source)]
    while len(truths) < 2:
        truth = random_truth(source)
        same = truth.active_form == truths[0].active_form
        if same and truth.requests_form == truths[0].requests_form:
            truths.append(truth)
    lines = ["二、主动公开政府信息情况", BETWEEN, REVIEW]
    pairs = zip(*map(drawn_tables, truths), LABEL_COLUMNS, strict=True)
    tables = [
        years_beside(grid_of(one, 0), grid_of(two, 0), labels if shared_labels else 0, heads)
        for one, two, labels in pairs
    ]
    parts = [f"<p>{line}</p>{html_of(table)}" for line, table in zip(lines, tables, strict=True)]
    prose = "".join(f"<p>{line}</p>" for line in CLOSING)
    page = f"<html><title>{title}</title><h1>{title}</h1><p>一、总体情况</p>{''.join(parts)}{prose}</html>"
    return truths, page.encode()


@pytest.mark.parametrize("shared_labels", [True, False])
@pytest.mark.parametrize("year", [2022, 2023])
def test_of_two_years_side_by_side_the_one_of_the_title_is_read(
    shared_labels: bool, year: int
) -> None:
    title = f"广灵县壶泉镇{year}年政府信息公开工作年度报告"
    for seed in range(6):
        truths, page = comparison(seed, shared_labels, ("2022年", "2023年度"), title)
        extraction = extract_document(page, "page.html")
        found = {cell[:3]: cell.value for cell in extraction.cells}
        assert found == truths[year - 2022].values
        assert "D26" in {finding.rule_id for finding in extraction.findings}


@pytest.mark.parametrize("shared_labels", [True, False])
@pytest.mark.parametrize(
    ("heads", "title"),
    [
        (("2022年", "2023年"), "广灵县壶泉镇政府信息公开工作年度报告"),
        (("2022年", "2023年"), "广灵县壶泉镇2021年政府信息公开工作年度报告"),
        (("2023年", "2023年"), "广灵县壶泉镇2023年政府信息公开工作年度报告"),
        (("上年", "本年"), "广灵县壶泉镇2023年政府信息公开工作年度报告"),
    ],
)
def test_two_years_side_by_side_are_refused_where_no_year_decides(
    shared_labels: bool, heads: tuple[str, str], title: str
) -> None:
    for seed in range(3):
        truths, page = comparison(seed, shared_labels, heads, title)
        for cell in extract_document(page, "page.html").cells:
            assert cell.value is None or all(cell.value == t.values[cell[:3]] for t in truths)


def test_a_table_alone_is_left_whole() -> None:
    assert all(halves(grid) == (grid,) for grid in blocks() if isinstance(grid, Grid))
