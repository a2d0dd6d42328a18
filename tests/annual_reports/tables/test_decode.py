"""The decoder on documents of our own: mixed sources, copies, cuts, notes, units, order."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from annual_reports.model import Block, CellStatus, Grid, GridCell, TextLine
from annual_reports.tables.decode import DecodedTables, decode_tables
from tests.damage.damages import frozen, undamaged
from tests.damage.physical import Drawn, Table
from tests.damage.styles import (
    BETWEEN,
    CLOSING,
    OPENING,
    REVIEW,
    flat_document,
    grid_document,
    grid_of,
    one_cell_a_line,
    text_blocks,
)
from tests.damage.truths import Truth, random_truth

RESULTS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")


def report(seed: int) -> tuple[Truth, tuple[Table, ...]]:
    truth = random_truth(random.Random(seed))
    return truth, frozen(undamaged(random.Random(seed), truth)[1])


def cells(found: DecodedTables) -> dict[str, object]:
    return {f"{c.table}.{c.row_key}.{c.column_key}": c.value for c in found.cells}


def statuses(found: DecodedTables) -> set[CellStatus]:
    return {cell.status for cell in found.cells}


def expected(truth: Truth) -> dict[str, object]:
    return {".".join(key): value for key, value in truth.values.items()}


def rules(found: DecodedTables) -> set[str]:
    return {finding.rule_id for finding in found.findings}


def text(lines: str) -> list[Block]:
    return text_blocks(lines.strip("\n").split("\n"))


TWO_2021 = """
第二十条第（一）项
信息内容\t本年制发件数\t本年废止件数\t现行有效件数
规章\t0\t0\t0
行政规范性文件\t{documents}
第二十条第（五）项
信息内容\t本年处理决定数量
行政许可\t{licences}
第二十条第（六）项
信息内容\t本年处理决定数量
行政处罚\t12
行政强制\t0
第二十条第（八）项
信息内容\t本年收费金额{unit}
行政事业性收费\t{fee}
三、收到和处理政府信息公开申请情况
"""


def table_two(
    documents: str = "3\t1\t9", licences: str = "5", unit: str = "（单位：万元）", fee: str = "0"
) -> DecodedTables:
    return decode_tables(
        text(TWO_2021.format(documents=documents, licences=licences, unit=unit, fee=fee))
    )


@pytest.mark.parametrize("seed", [1, 5, 9])
def test_kinds_of_blocks_may_mix_in_one_document(seed: int) -> None:
    truth, (two, three, four) = report(seed)
    lines = [TextLine(line, 200 + n) for n, line in enumerate(one_cell_a_line(three))]
    blocks = [*text_blocks(OPENING), grid_of(two, 0), TextLine(BETWEEN, 90), *lines]
    blocks += [TextLine(REVIEW, 300), grid_of(four, 1), *text_blocks(CLOSING)]
    found = decode_tables(blocks)
    assert cells(found) == expected(truth)
    opening = set(range(len(OPENING)))
    assert not opening & found.table_blocks
    assert not set(range(len(blocks) - len(CLOSING), len(blocks))) & found.table_blocks


@pytest.mark.parametrize("cut", [5, 12, 20, 25])
@pytest.mark.parametrize("repeated", [False, True])
def test_a_table_cut_by_a_page_goes_on_in_the_next_grid(cut: int, repeated: bool) -> None:
    truth, (two, three, four) = report(5)
    rest = (*three[:3], *three[cut:]) if repeated else three[cut:]
    grids = [grid_of(two, 0), grid_of(three[:cut], 1), grid_of(rest, 2), grid_of(four, 3)]
    assert cells(decode_tables([*text_blocks(OPENING), *grids])) == expected(truth)


def drawn(index: int, *rows: str) -> Grid:
    """A grid without spans, cells between bars."""
    texts = [row.split("|") for row in rows]
    cells = [GridCell(t, r, c) for r, row in enumerate(texts) for c, t in enumerate(row)]
    return Grid(index, len(rows), max(map(len, texts)), tuple(cells))


def test_an_empty_cell_below_a_header_of_the_page_before_is_blank() -> None:
    """The header stands in a row the second grid does not have."""
    opening = ["第二十条"] * 6
    first = drawn(0, *opening, "信息内容|本年制发件数|本年废止件数|现行有效件数", "规章|0|0|0")
    second = drawn(
        1, "行政规范性文件|1||4", "信息内容|本年处理决定数量", "行政许可|3", "行政处罚|3"
    )
    found = decode_tables([first, second])
    row = [c for c in found.cells if c.row_key == "normative_documents"]
    assert [c.value for c in row] == [1, None, 4]
    assert row[1].status is CellStatus.BLANK


def test_a_copy_of_the_tables_changes_nothing_and_is_noted() -> None:
    truth, tables = report(2)
    lines = flat_document(tables, "tabs")
    found = decode_tables(text_blocks([*lines, *lines]))
    assert cells(found) == expected(truth)
    assert "E09" in rules(found)


def test_tables_of_two_years_refuse_each_other() -> None:
    truth, tables = report(1)
    other, other_tables = report(78)
    assert truth.requests_form == other.requests_form
    found = decode_tables(
        text_blocks([*flat_document(tables, "tabs"), *flat_document(other_tables, "tabs")])
    )
    for key, value in cells(found).items():
        assert value is None or value == expected(truth).get(key) == expected(other).get(key)
    assert "E01" in rules(found)


def test_columns_in_another_order_are_refused_in_grids_and_text() -> None:
    _, (two, three, four) = report(1)
    turned = []
    for number, row in enumerate(three):
        values = [cell for cell in row if cell.key]
        labels = [cell for cell in row if not cell.key]
        if values:
            turned.append((*labels, values[-1], *values[:-1]))
        else:
            turned.append((row[2], row[0], row[1]) if number == 1 else row)
    tables = (two, tuple(turned), four)
    for blocks in (grid_document(tables, "spanned"), text_blocks(flat_document(tables, "tabs"))):
        found = decode_tables(blocks)
        assert {c.status for c in found.cells if c.table == "requests"} == {CellStatus.UNREADABLE}


def test_prose_alone_holds_no_table() -> None:
    found = decode_tables(text_blocks([*OPENING, BETWEEN, REVIEW, *CLOSING]))
    assert set(found.templates.values()) == {None}
    assert found.cells == ()
    assert decode_tables([]).structure["requests_rows"] == 0


def test_the_whole_report_may_stand_in_one_layout_cell() -> None:
    truth, tables = report(2)
    inside = "\n".join(flat_document(tables, "tabs"))
    assert cells(decode_tables([Grid(0, 1, 1, (GridCell(inside, 0, 0),))])) == expected(truth)


def test_words_for_numbers_are_a_note_over_the_row() -> None:
    found = table_two(documents="由司法局汇总")
    row = [c for c in found.cells if c.row_key == "normative_documents"]
    assert [c.status for c in row] == [CellStatus.NOTE, CellStatus.BLANK, CellStatus.BLANK]
    assert row[0].raw == "由司法局汇总"


def test_a_remark_beside_a_number_is_kept_in_raw_and_noted() -> None:
    found = table_two(licences="22（其中变更16件）")
    cell = next(c for c in found.cells if c.row_key == "licensing")
    assert (cell.value, cell.status, cell.raw) == (22, CellStatus.PRINTED, "22（其中变更16件）")
    assert "E05" in rules(found)


@pytest.mark.parametrize(
    ("unit", "fee", "value", "noted"),
    [
        ("（单位：万元）", "12.5", Decimal("12.5"), False),
        ("", "125000元", Decimal("12.5"), False),
        ("", "12.5", Decimal("12.5"), True),
    ],
)
def test_fees_are_in_ten_thousand_yuan_whoever_states_the_unit(
    unit: str, fee: str, value: Decimal, noted: bool
) -> None:
    found = table_two(unit=unit, fee=fee)
    assert cells(found)["active_disclosure.administrative_fees.amount_10k_yuan"] == value
    assert ("U01" in rules(found)) is noted


@pytest.mark.parametrize(
    ("unit", "fee", "options"),
    [
        ("（单位：元）", "125000", (Decimal("12.5"), 125000)),
        ("（单位：亿元）", "3", (3, 30000)),
        ("（单位：元）", "12.5", (Decimal("0.00125"), Decimal("12.5"))),
    ],
)
def test_a_bare_fee_under_another_unit_than_the_forms_is_refused(
    unit: str, fee: str, options: tuple[Decimal | int, ...]
) -> None:
    found = table_two(unit=unit, fee=fee)
    cell = next(c for c in found.cells if c.row_key == "administrative_fees")
    assert (cell.status, cell.value) == (CellStatus.UNREADABLE, None)
    assert cell.evidence.options == options
    assert any("万元" in f.message for f in found.findings if f.rule_id == "E01")


@pytest.mark.parametrize(("fee", "value"), [("251000元", Decimal("25.1")), ("0", 0)])
def test_a_fee_with_its_own_unit_and_a_zero_are_read_under_any_unit(
    fee: str, value: Decimal | int
) -> None:
    found = table_two(unit="（单位：元）", fee=fee)
    cell = next(c for c in found.cells if c.row_key == "administrative_fees")
    assert (cell.status, cell.value) == (CellStatus.PRINTED, value)


TWO_2019 = """
第二十条第（一）项
信息内容 本年新制作数量 本年新公开数量 对外公开总数量
规章 0 0 0
规范性文件 1 1 4
第二十条第（五）项
信息内容 上一年项目数量 本年增/减 处理决定数量
行政许可 {licences}
其他对外管理服务事项 3 {change} 2
第二十条第（六）项
信息内容 上一年项目数量 本年增/减 处理决定数量
行政处罚 12 0 4
行政强制 0 0 0
第二十条第（八）项
信息内容 上一年项目数量 本年增/减
行政事业性收费 5 0
第二十条第（九）项
信息内容 采购项目数量 采购总金额
政府集中采购 3 {amount}
三、收到和处理政府信息公开申请情况
"""


@pytest.mark.parametrize(
    ("licences", "change", "amount", "refused"),
    [
        ("12 - 6 278", "0", "7", "licensing"),
        ("1\t6 -6 278", "0", "7", "licensing"),
        ("12 -6 2 78", "0", "7", "licensing"),
        ("12 -6 278", "减 28", "7", "other_public_services"),
        ("12 -6 278", "0", "0. 7", "central_procurement"),
    ],
)
def test_a_row_of_table_two_with_a_broken_number_is_refused(
    licences: str, change: str, amount: str, refused: str
) -> None:
    found = decode_tables(text(TWO_2019.format(licences=licences, change=change, amount=amount)))
    by_row = {
        row: {c.status for c in found.cells if c.row_key == row}
        for row in ("licensing", "other_public_services", "central_procurement", "penalty")
    }
    assert {row for row, seen in by_row.items() if seen != {CellStatus.PRINTED}} == {refused}
    assert by_row[refused] == {CellStatus.UNREADABLE}


@pytest.mark.parametrize("documents", ["3\t1", "3\t1\t9\t4", "319"])
def test_a_row_of_table_two_with_other_than_three_values_is_refused(documents: str) -> None:
    row = [c for c in table_two(documents=documents).cells if c.row_key == "normative_documents"]
    assert {c.status for c in row} == {CellStatus.UNREADABLE}
    assert all(c.value is None for c in row)


@pytest.mark.parametrize(
    ("documents", "whole"), [("12\t\t4", [12, None, 4]), ("1\t\t4", [1, None, 4])]
)
@pytest.mark.parametrize("fillers", ["", "\t\t\t"])
def test_an_empty_field_of_table_two_is_a_cell_where_spans_leave_none(
    documents: str, whole: list[int | None], fillers: str
) -> None:
    """Where they do, 12 may be 1 and 2 in a cell over both columns."""
    lines = TWO_2021.format(documents=documents, licences="5", unit="", fee="0").split("\n")
    filled = [line + fillers if line.startswith("第二十条") else line for line in lines]
    found = decode_tables(text_blocks(filled))
    row = [c.value for c in found.cells if c.row_key == "normative_documents"]
    assert row == ([None] * 3 if fillers and whole[0] == 12 else whole)


def test_nothing_beside_a_label_is_blank_but_missing_where_the_text_stops() -> None:
    found = table_two(fee="")
    fee = next(c for c in found.cells if c.row_key == "administrative_fees")
    assert fee.status is CellStatus.BLANK
    stopped = decode_tables(
        text(TWO_2021.format(documents="3\t1\t9", licences="5", unit="", fee="").split("三、")[0])
    )
    fee = next(c for c in stopped.cells if c.row_key == "administrative_fees")
    assert fee.status is CellStatus.MISSING


def four(values: str) -> DecodedTables:
    header = (
        "行政复议\t行政诉讼",
        "\t".join((*RESULTS, "未经复议直接起诉", "复议后起诉")),
        "\t".join(RESULTS * 2),
    )
    return decode_tables(text("\n".join((*header, values, "五、存在的主要问题及改进情况"))))


def test_sixteen_values_are_read_only_where_one_reading_adds_up() -> None:
    found = four(
        "\t".join(
            ["1", "0", "0", "0", "1", "0", "2", "0", "0", "0", "0", "2", "0", "0", "0", "0", "0"][
                :16
            ]
        )
    )
    assert CellStatus.PRINTED not in statuses(found)
    found = four("2\t0\t1\t0\t3\t0\t0\t4\t0\t0\t0\t4\t0\t0\t0\t0\t0")
    assert statuses(found) <= {CellStatus.INFERRED, CellStatus.UNREADABLE}


def test_halves_of_a_number_in_table_four_are_never_read_as_numbers() -> None:
    broken = four("0 11 0 1 1 2 0 0 10 0 10 1 3 0 0 4")
    shown = [c for c in broken.cells if c.row_key == "reconsideration"]
    truth = (0, 11, 0, 1, 12)
    assert all(c.value in (None, value) for c, value in zip(shown, truth, strict=True))
    assert CellStatus.PRINTED not in statuses(broken)
    broken = four("1 0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0")
    assert statuses(broken) == {CellStatus.UNREADABLE}


@pytest.mark.parametrize(
    ("values", "open_cells"),
    [
        pytest.param("0 0 0 0 0 0 0 0 0 0 0 1 0 0 1 1", 4, id="11, or either 1 is too many"),
        pytest.param("0 3 0 0 3 0 0 2 0 2 0 0 2 0 0 2", 6, id="a zero too many, or a wrong sum"),
        pytest.param("2 0 0 2 1 4 0 0 0 0 0 0 0 0 0 0", 4, id="21 or 14 or a page number"),
        pytest.param("0 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0", 1, id="10 broken beside a wrong sum"),
    ],
)
def test_a_surplus_value_that_may_be_half_of_its_neighbour_is_left_open(
    values: str, open_cells: int
) -> None:
    found = four(values.replace(" ", "\t"))
    read = [cell.value for cell in found.cells]
    assert read.count(None) == open_cells
    assert sum(value for value in read if value is not None) <= 10


@pytest.mark.parametrize(
    ("values", "shifted"),
    [
        pytest.param("58 19 132 0 0 0 0 0 0 27 27 3", True, id="three lost"),
        pytest.param("0 3 0 0 3 0 1 0 1 0 0 0 0 0", True, id="one lost in the second group"),
        pytest.param("0 3 0 0 3 0 1 0 0 1 0 0 0 0", False, id="a last total left empty"),
        pytest.param("0 3 0 0 3 0 1 0 0 1", False, id="a last group left empty"),
    ],
)
def test_empty_last_cells_of_table_four_may_stand_for_lost_ones(values: str, shifted: bool) -> None:
    _, (two, three, review) = report(5)
    texts = iter([*values.split(), *[""] * 15])
    row = tuple(cell.saying(next(texts)) if cell.key else cell for cell in review[-1])
    found = decode_tables(grid_document((two, three, (*review[:-1], row)), "spanned"))
    read = [c.value for c in found.cells if c.table == "review_litigation"]
    numbers = [int(value) for value in values.split()]
    blank = [None] * (15 - len(numbers))
    assert read == ([None] * 15 if shifted else [*numbers, *blank])


def test_empty_cells_of_table_four_are_cells_and_a_lost_one_is_not() -> None:
    _, (two, three, review) = report(5)
    emptied = tuple(
        tuple(
            Drawn("", key=cell.key) if cell.key and number % 2 else cell
            for number, cell in enumerate(row)
        )
        for row in review
    )
    found = decode_tables(grid_document((two, three, emptied), "spanned"))
    assert found.structure["review_litigation_values"] == 15
    shorter = (*emptied[:-1], emptied[-1][:-1])
    found = decode_tables(grid_document((two, three, shorter), "spanned"))
    assert found.structure["review_litigation_values"] < 15


def test_fourteen_values_are_refused_and_publishers_own_sums_are_kept() -> None:
    assert statuses(four("\t".join("0" * 14))) == {CellStatus.UNREADABLE}
    wrong = four("10\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0")
    assert statuses(wrong) == {CellStatus.PRINTED}
    assert cells(wrong)["review_litigation.reconsideration.upheld"] == 10


def test_a_document_that_stops_inside_table_three_says_so() -> None:
    _, tables = report(5)
    lines = flat_document(tables, "tabs")
    start = lines.index(BETWEEN)
    found = decode_tables(text_blocks(lines[: start + 10]))
    assert found.ends_inside_table
    assert "E08" in rules(found)
    assert CellStatus.MISSING in statuses(found)
    assert not decode_tables(text_blocks(lines)).ends_inside_table


def test_evidence_names_the_place_of_a_cell() -> None:
    _, tables = report(5)
    lines = flat_document(tables, "tabs")
    flat = {(c.table, c.row_key, c.column_key): c for c in decode_tables(text_blocks(lines)).cells}
    cell = flat["requests", "carried_in", "total"]
    assert cell.evidence.line is not None
    assert lines[cell.evidence.line].startswith("二、上年结转")
    assert (cell.evidence.row, cell.evidence.column) == (1, 6)
    ruled = {
        (c.table, c.row_key, c.column_key): c
        for c in decode_tables(grid_document(tables, "spanned")).cells
    }
    cell = ruled["requests", "carried_in", "total"]
    assert (cell.evidence.table_index, cell.evidence.row, cell.evidence.column) == (1, 4, 9)


def test_one_number_over_a_whole_row_belongs_to_no_column() -> None:
    _, (two, three, four_) = report(2)
    row = three[3]
    merged = (row[0], Drawn("7", columns=7, key=row[1].key))
    found = decode_tables(grid_document((two, (*three[:3], merged, *three[4:]), four_), "spanned"))
    shown = [c for c in found.cells if c.row_key == "new_received"]
    assert {c.status for c in shown} == {CellStatus.UNREADABLE}
    assert {(c.raw, c.evidence.column_span) for c in shown} == {("7", 7)}


@pytest.mark.parametrize(
    ("values", "empty_total", "read"),
    [
        pytest.param("1 0 2 0 0 0 3", False, True, id="they add up"),
        pytest.param("1 0 2 0 0 0 3", True, False, id="another row has no total"),
        pytest.param("1 1 0 2 0 0 3", False, False, id="one may be printed twice"),
        pytest.param("0 0 0 0 0 0 0", False, False, id="zeros tell nothing"),
    ],
)
def test_seven_values_and_an_eighth_empty_cell(values: str, empty_total: bool, read: bool) -> None:
    """The empty cell may be one too many, or the empty total of a row with a value too many."""
    _, (two, three, four_) = report(0)
    number = next(n for n, row in enumerate(three) if len(row) == 8)
    longer = (
        three[number][0],
        *(Drawn(text, key=three[number][-1].key) for text in values.split()),
    )
    rows = [*three]
    rows[number] = (*longer, Drawn(""))
    if empty_total:
        rows[number + 1] = (*rows[number + 1][:-1], Drawn(""))
    grid = grid_document((two, (*rows[:1], *rows[3:]), four_), "spanned")
    key = next(cell.label_of for cell in three[number] if cell.label_of)
    found = [c for c in decode_tables(grid).cells if (c.table, c.row_key) == ("requests", key)]
    assert [c.value for c in found] == (
        [int(value) for value in values.split()] if read else [None] * 7
    )


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param("4917||0|0|0|0|66", False, id="49 and 17 in one cell that lost its span"),
        pytest.param("4917||0|0|0|0|4917", True, id="a cell left empty"),
        pytest.param("2||1|0|0|0|5", False, id="a number over two columns"),
        pytest.param("2|0|1|0|0|0|5", True, id="the publisher's own sum"),
    ],
)
def test_a_row_with_an_empty_cell_is_read_only_if_it_adds_up(values: str, read: bool) -> None:
    _, (two, three, four_) = report(0)
    number = next(n for n, row in enumerate(three) if len(row) == 8)
    cells_ = (three[number][0], *(Drawn(text) for text in values.split("|")))
    rows = (*three[:number], cells_, *three[number + 1 :])
    key = next(cell.label_of for cell in three[number] if cell.label_of)
    found = decode_tables(grid_document((two, rows, four_), "without_spans"))
    row = [c for c in found.cells if (c.table, c.row_key) == ("requests", key)]
    assert [c.value for c in row] == (
        [int(text) if text.isdigit() else None for text in values.split("|")]
        if read
        else [None] * 7
    )


@pytest.mark.parametrize(
    ("values", "groups_read"),
    [
        pytest.param("4917||0|0|66|0|0|0|0|0|0|1|0|0|1", (False, True, True), id="one cell"),
        pytest.param("3||0|0|3|0|1||0|1|0|1|0|0|1", (True, True, True), id="cells left empty"),
        pytest.param("3|0|0|0|3|0|1||0||0|1|0|0|1", (True, False, True), id="a total lost"),
        pytest.param("3|0|0|0||0|1||0||0|1|0|0|", (True, True, True), id="no totals at all"),
    ],
)
def test_a_group_of_table_four_with_an_empty_cell_is_read_only_if_it_adds_up(
    values: str, groups_read: tuple[bool, ...]
) -> None:
    _, (two, three, review) = report(5)
    texts = values.split("|")
    row = tuple(Drawn(text) for text in texts)
    found = decode_tables(grid_document((two, three, (*review[:-1], row)), "spanned"))
    read = [c.value for c in found.cells if c.table == "review_litigation"]
    expect = [int(text) if text else None for text in texts]
    for group, is_read in enumerate(groups_read):
        place = slice(5 * group, 5 * group + 5)
        assert read[place] == (expect[place] if is_read else [None] * 5)


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param("4917 4917 0 0 0 0 66", False, id="copied for both columns"),
        pytest.param("12 12 0 0 0 0 24", True, id="two equal numbers"),
        pytest.param("1 1 0 0 0 0 3", True, id="one digit, and the publisher's own sum"),
    ],
)
def test_equal_neighbours_in_a_text_may_be_one_cell_copied(values: str, read: bool) -> None:
    _, tables = report(5)
    lines = flat_document(tables, "tabs")
    at = next(n for n, line in enumerate(lines) if line.startswith("二、上年结转"))
    label = lines[at].split("\t")[0]
    lines[at] = "\t".join((label, *values.split()))
    found = decode_tables(text_blocks(lines))
    row = [c.value for c in found.cells if c.row_key == "carried_in"]
    assert row == ([int(value) for value in values.split()] if read else [None] * 7)


@pytest.mark.parametrize(("group", "read"), [("66 66 0 0 78", False), ("66 66 0 0 132", True)])
def test_equal_neighbours_in_table_four_may_be_one_cell_copied(group: str, read: bool) -> None:
    found = four("\t".join((*group.split(), *"0000000000")))
    first = [c.value for c in found.cells if c.row_key == "reconsideration"]
    assert first == ([int(value) for value in group.split()] if read else [None] * 5)


def test_every_unreadable_cell_comes_with_a_finding() -> None:
    for seed in range(4):
        _, tables = report(seed)
        found = decode_tables(text_blocks(flat_document(tables, "glued_whole")))
        if CellStatus.UNREADABLE in statuses(found):
            assert "E01" in rules(found)
