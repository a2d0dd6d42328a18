"""Damaged texts whose cells the lines of the table or its sums still determine, and those they do not."""

from __future__ import annotations

import random

import pytest

from annual_reports.tables.decode import decode_slowly
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import ODD
from annual_reports.tables.row_candidates import readings, values_of
from tests.damage.damages import frozen, undamaged
from tests.damage.physical import Table
from tests.damage.styles import FLAT_STYLES, flat_document, text_blocks
from tests.damage.truths import Key, Truth, random_truth

TWO = "active_disclosure"
BARRED = ("bar_between_lines", "bar_at_line_end")
ROW_A_LINE = ("tabs", "markdown", "single_spaces", "cell_marks", "semicolons")
WITHOUT_A_TRACE = ("one_cell_a_line", "blank_lines_between")


def report(seed: int) -> tuple[Truth, tuple[Table, ...]]:
    truth = random_truth(random.Random(seed))
    return truth, frozen(undamaged(random.Random(seed), truth)[1])


def refused(truth: Truth, lines: list[str]) -> set[Key]:
    """The cells without a number; every number read is right."""
    cells = {cell[:3]: cell for cell in decode_slowly(text_blocks(lines)).cells}
    values = {key: cells[key].value if key in cells else None for key in truth.values}
    wrong = {k: (v, truth.values[k]) for k, v in values.items() if v not in (None, truth.values[k])}
    assert wrong == {}
    return {key for key, value in values.items() if value is None}


def refused_with_a_number_at(style: str, seed: int) -> list[set[Key]]:
    """What is refused when a page number stands before each line from the first heading of table two to the end of table four."""
    truth, tables = report(seed)
    lines = flat_document(tables, style)
    assert refused(truth, lines) == set()
    first, last = (
        next(i for i, line in enumerate(lines) if word in line) for word in ("信息内容", "五、存在")
    )
    return [
        refused(truth, [*lines[:at], "7", *lines[at:]])
        for at in range(first, last, len(lines) // 60 + 1)
    ]


@pytest.mark.parametrize("seed", [3, 7])
@pytest.mark.parametrize("style", ROW_A_LINE)
def test_a_page_number_that_the_lines_tell_from_the_values_costs_nothing(
    style: str, seed: int
) -> None:
    assert set().union(*refused_with_a_number_at(style, seed)) == set()


@pytest.mark.parametrize("seed", [3, 7])
@pytest.mark.parametrize("style", BARRED)
def test_a_number_without_a_bar_costs_a_row_only_behind_the_last_bar(style: str, seed: int) -> None:
    lost = [cells for cells in refused_with_a_number_at(style, seed) if cells]
    assert all(len({key[:2] for key in cells}) == 1 for cells in lost)
    assert len(lost) <= len(("two", "three", "four"))


@pytest.mark.parametrize("style", ["labels_above_values", "narrow_labels"])
def test_a_page_number_beside_rows_on_one_line_costs_a_row_at_most(style: str) -> None:
    lost = refused_with_a_number_at(style, 7)
    assert max(len(cells) for cells in lost) <= 7 * 2
    assert sum(bool(cells) for cells in lost) < len(lost) / 2


@pytest.mark.parametrize("style", WITHOUT_A_TRACE)
def test_a_number_among_cells_on_lines_of_their_own_is_refused_with_its_row(style: str) -> None:
    assert any(refused_with_a_number_at(style, 7))


def with_numbers(lines: list[str], *numbers: tuple[str, str]) -> list[str]:
    """Each number in a line of its own among the values of the row with a label."""
    for label, number in numbers:
        at = next(i for i, line in enumerate(lines) if label in line)
        lines = [*lines[: at + 3], number, *lines[at + 3 :]]
    return lines


STATE_SECRET, QUERY, OTHER = "1.属于国家秘密", "8.属于行政查询事项", "2.重复申请"


@pytest.mark.parametrize(
    ("numbers", "rows_refused"),
    [
        pytest.param(((STATE_SECRET, "41"), (QUERY, "42")), 0, id="two pages"),
        pytest.param(((STATE_SECRET, "41"), (QUERY, "42"), (OTHER, "43")), 0, id="three pages"),
        pytest.param(((STATE_SECRET, "41"),), 1, id="one alone"),
        pytest.param(((STATE_SECRET, "41"), (QUERY, "43")), 2, id="not the next page"),
        pytest.param(((STATE_SECRET, "42"), (QUERY, "41")), 2, id="counting down"),
        pytest.param(((STATE_SECRET, "0"), (QUERY, "1")), 2, id="no page has number 0"),
    ],
)
def test_numbers_that_count_on_from_row_to_row_are_pages(
    numbers: tuple[tuple[str, str], ...], rows_refused: int
) -> None:
    truth, tables = report(7)
    lines = with_numbers(flat_document(tables, "one_cell_a_line"), *numbers)
    assert len(refused(truth, lines)) == 7 * rows_refused


def test_numbers_that_count_on_in_a_table_with_a_wrong_sum_are_refused() -> None:
    truth, _ = report(7)
    key = ("requests", "disclosed_full", "natural_person")
    truth = truth.changed(key, int(truth.values[key] or 0) + 1)
    lines = flat_document(frozen(undamaged(random.Random(7), truth)[1]), "one_cell_a_line")
    assert refused(truth, lines) == set()
    assert len(refused(truth, with_numbers(lines, (STATE_SECRET, "41"), (QUERY, "42")))) == 14


def without_label(tables: tuple[Table, ...], row_key: str) -> tuple[Table, ...]:
    return tuple(
        tuple(
            tuple(cell.saying("") if cell.label_of == row_key else cell for cell in row)
            for row in table
        )
        for table in tables
    )


@pytest.mark.parametrize("row_key", ["rules", "licensing", "penalty", "administrative_fees"])
@pytest.mark.parametrize("style", ["one_cell_a_line", "tabs", "single_spaces", "semicolons"])
def test_a_lost_first_label_of_a_block_costs_its_own_row_only(style: str, row_key: str) -> None:
    for seed in (3, 7):
        truth, tables = report(seed)
        lost = refused(truth, flat_document(without_label(tables, row_key), style))
        assert {key for key in lost if key[0] == TWO} == {
            key for key in truth.values if key[:2] == (TWO, row_key)
        }


def test_values_above_their_labels_are_not_taken_for_those_of_a_lost_label() -> None:
    for seed in range(6):
        truth, tables = report(seed)
        lines = flat_document(without_label(tables, "rules"), "values_before_labels")
        assert {key for key in truth.values if key[0] == TWO} <= refused(truth, lines)


def mark(digits: str) -> Mark:
    return Mark(ODD, digits, digits, attached=True)


def test_a_glued_row_of_large_numbers_is_cut_by_its_sum() -> None:
    row = [2582, 870, 123, 418, 332, 197, 4522]
    found = readings([mark("".join(map(str, row)))], cut=True)
    assert row in [values_of(reading) for reading in found]
    assert all(sum(v or 0 for v in values_of(r)[:-1]) == values_of(r)[-1] for r in found)
    assert readings([mark("9" * 60)], cut=True) == []


@pytest.mark.parametrize("style", ["glued_rows", "glued_whole"])
def test_a_glued_table_three_of_a_city_is_read_by_its_sums(style: str) -> None:
    """Among reports with hundreds of requests in most rows."""
    read = asked = 0
    for seed in range(30):
        truth, tables = report(seed)
        requests = {key for key in truth.values if key[0] == "requests"}
        if max(int(truth.values[key] or 0) for key in requests) > 999:
            asked += len(requests)
            read += len(requests - refused(truth, flat_document(tables, style)))
    assert asked and read >= 0.95 * asked


def glued_four(values: str) -> list[object]:
    header = "行政复议行政诉讼\n结果维持结果纠正其他结果尚未审结总计未经复议直接起诉复议后起诉\n"
    header += "结果维持结果纠正其他结果尚未审结总计" * 2
    lines = [*header.split("\n"), values.replace(" ", ""), "五、存在的主要问题及改进情况"]
    return [
        cell.value for cell in decode_slowly(text_blocks(lines)).cells if cell.table[:6] == "review"
    ]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", True, id="zeros"),
        pytest.param("0 0 0 0 0 0 0 0 0 0 0 7 0 0 7", True, id="one number of one digit"),
        pytest.param("1 0 0 0 1 0 0 0 0 0 0 0 0 0 0", True, id="a number first"),
        pytest.param("0 12 12 24 10 0 0 10 20 9 0 0 5 14", False, id="a zero is lost: not 1 21 2"),
        pytest.param(
            "0 0 12 12 24 10 0 0 10 20 9 0 0 5 14", False, id="may be a row that lost a value"
        ),
        pytest.param("0 6 0 7 13 0 0 0 5 5 0 0 6 11 11 17", False, id="11 printed twice: not 111"),
    ],
)
def test_a_glued_table_four_is_cut_only_where_no_lost_or_doubled_value_fits(
    values: str, read: bool
) -> None:
    found = glued_four(values)
    assert found == ([int(value) for value in values.split()] if read else [None] * 15)


def test_every_style_named_here_exists() -> None:
    assert {*BARRED, *ROW_A_LINE, *WITHOUT_A_TRACE} <= set(FLAT_STYLES)
