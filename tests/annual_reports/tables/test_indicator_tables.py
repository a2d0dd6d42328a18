"""The statistics form of 2014 and local tables: what is decided by wording, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from annual_reports.model import Cell, CellStatus, Grid, GridCell, LocalStatistic, TextLine
from annual_reports.tables.decode import DecodedTables, decode_tables
from annual_reports.tables.indicator_rows import IndicatorRow, label_text, this_year_column
from annual_reports.tables.label_path import label_paths
from schemas.indicators import statistics_fields, statistics_labels
from tests.damage.statistics_truths import HEADINGS

Rows = list[list[str]]


def form_rows(**values: str) -> Rows:
    """The whole form; every value is its row number unless given."""
    rows: Rows = [["统计指标", "单位", "统计数"]]
    for place, field in enumerate(statistics_fields(), 1):
        if field.row_key in HEADINGS:
            rows.append([HEADINGS[field.row_key], "——", ""])
        label = field.row_label.rsplit("/", 1)[-1]
        rows.append([label, field.unit, values.get(field.row_key, str(place))])
    return rows


def drawn(rows: Rows) -> DecodedTables:
    cells = tuple(GridCell(text, r, c) for r, row in enumerate(rows) for c, text in enumerate(row))
    return decode_tables([Grid(0, len(rows), max(map(len, rows)), cells)])


def flattened(lines: Sequence[str]) -> DecodedTables:
    return decode_tables([TextLine(text, number) for number, text in enumerate(lines)])


def by_key(found: DecodedTables) -> dict[str, Cell]:
    return {cell.row_key: cell for cell in found.cells}


def row_of(rows: Rows, key: str) -> list[str]:
    label = next(f.row_label.rsplit("/", 1)[-1] for f in statistics_fields() if f.row_key == key)
    return next(row for row in rows if row[0] == label)


def test_every_label_of_the_form_is_known_by_its_wording() -> None:
    patterns = {one.key: one.pattern for one in statistics_labels() if one.order is not None}
    for field in statistics_fields():
        label = field.row_label.rsplit("/", 1)[-1].replace("（", "(").replace("）", ")")
        assert patterns[field.row_key].fullmatch(label_text(label.replace("：", ":")).bare)


def test_the_whole_form_drawn_and_in_one_line() -> None:
    rows = form_rows()
    line = " ".join(field for row in rows for field in row if field)
    for found in (drawn(rows), flattened([line, "附件下载"])):
        assert found.templates["statistics"] == "t2014"
        assert [int(c.value or 0) for c in found.cells] == list(range(1, 59))
        assert {c.status for c in found.cells} == {CellStatus.PRINTED}
        assert found.local_statistics == ()


@pytest.mark.parametrize(
    ("heads", "column"),
    [
        (("统计数",), 0),
        (("本年度", "历年累计"), 0),
        (("区政府", "区直单位", "合计"), 2),
        (("本期实际", "本年累计"), 1),
        (("上年同期", "2014年度"), 1),
        (("2013年度", "2014年度"), None),
        (("累计",), None),
        (("本季度",), None),
        (("",), None),
    ],
)
def test_the_column_of_the_year_is_named_by_its_head(
    heads: tuple[str, ...], column: int | None
) -> None:
    assert this_year_column(heads) == column


def test_a_form_without_a_certain_column_keeps_its_numbers_as_local_cells() -> None:
    rows = form_rows()
    rows[0][2] = "本季度"
    found = drawn(rows)
    numbers = [cell for cell in found.cells if cell.status is not CellStatus.BLANK]
    assert {cell.status for cell in numbers} == {CellStatus.UNREADABLE}
    assert [one.value for one in found.local_statistics][:3] == [1, 2, 3]
    assert {finding.rule_id for finding in found.findings} == {"E01"}


def test_results_belong_to_the_heading_they_stand_under() -> None:
    found = by_key(drawn(form_rows(reconsideration_other="31", litigation_other="32")))
    assert (found["reconsideration_other"].value, found["litigation_other"].value) == (31, 32)


def test_results_under_a_heading_that_is_not_known_are_refused() -> None:
    rows = form_rows()
    row_of(rows, "litigation_total")[0] = "五、行政案件数量情况"
    found = by_key(drawn(rows))
    assert found["litigation_other"].status is CellStatus.MISSING
    assert found["reconsideration_other"].value == 43


def test_headings_that_changed_places_give_no_results() -> None:
    rows = form_rows()
    one, two = row_of(rows, "reconsideration_total"), row_of(rows, "litigation_total")
    one[:], two[:] = list(two), list(one)
    found = by_key(drawn(rows))
    results = ("upheld", "corrected", "other")
    keys = [f"{kind}_{result}" for kind in ("reconsideration", "litigation") for result in results]
    assert {found[key].value for key in keys} == {None}
    assert found["complaints"].value == 48


def test_results_that_changed_places_are_refused() -> None:
    """维持 … 驳回原告诉讼请求 is said of litigation only: under 复议 it tells that rows were moved."""
    rows = form_rows()
    one, two = row_of(rows, "reconsideration_upheld"), row_of(rows, "litigation_upheld")
    one[:], two[:] = list(two), list(one)
    found = by_key(drawn(rows))
    assert found["reconsideration_upheld"].value is found["litigation_upheld"].value is None


def test_a_typing_error_is_recognised_between_known_neighbours_only() -> None:
    rows = form_rows()
    row_of(rows, "received_fax")[0] = "2.传具申请数"
    row_of(rows, "channel_wechat")[0] = "4.政务微视公开政府信息数"
    found = drawn(rows)
    assert by_key(found)["received_fax"].value == 19
    assert by_key(found)["channel_wechat"].status is CellStatus.MISSING
    assert ("E02", "statistics.received_fax") in {(f.rule_id, f.scope) for f in found.findings}
    assert [one.value for one in found.local_statistics] == [7]


def test_a_value_in_another_unit_is_refused_and_kept_as_a_local_cell() -> None:
    rows = form_rows()
    row_of(rows, "special_funds_10k_yuan")[1] = "元"
    cell = by_key(drawn(rows))["special_funds_10k_yuan"]
    assert (cell.status, cell.value, cell.raw) == (CellStatus.UNREADABLE, None, "55")


def test_a_blank_a_stroke_and_a_note_are_told_apart() -> None:
    found = by_key(drawn(form_rows(meetings="", complaints="/", reading_points="由办公室填报")))
    assert found["meetings"].status is found["complaints"].status is CellStatus.BLANK
    assert (found["reading_points"].status, found["reading_points"].raw) == (
        CellStatus.NOTE,
        "由办公室填报",
    )


def test_values_before_their_labels_are_refused() -> None:
    lines = [part for row in form_rows() for part in (row[2], f"{row[0]} {row[1]}") if part]
    found = flattened(lines)
    assert all(cell.value is None for cell in found.cells)
    assert all(one.value is None for one in found.local_statistics)


def test_a_lost_label_takes_no_other_row_with_it() -> None:
    rows = form_rows()
    row_of(rows, "litigation_total")[0] = ""
    lines = [field for row in rows for field in row if field]
    found = by_key(flattened([*lines, "附件"]))
    assert found["litigation_total"].value is None
    wrong = {
        key: cell.value
        for place, (key, cell) in enumerate(found.items(), 1)
        if cell.value is not None and cell.value != place
    }
    assert wrong == {}


def test_a_second_page_without_heads_goes_on() -> None:
    rows = form_rows()
    first, second = rows[:30], rows[30:]
    grids = [
        Grid(
            index,
            len(part),
            3,
            tuple(GridCell(text, r, c) for r, row in enumerate(part) for c, text in enumerate(row)),
            page=index + 1,
        )
        for index, part in enumerate((first, second))
    ]
    found = decode_tables(grids)
    assert [int(c.value or 0) for c in found.cells] == list(range(1, 59))
    assert {c.evidence.page for c in found.cells} == {1, 2}


def local_rows(found: DecodedTables) -> list[tuple[str, str, object]]:
    return [(one.label, one.column, one.value) for one in found.local_statistics]


def test_a_row_with_too_few_values_keeps_its_text_only() -> None:
    text = "指标名称 计量单位 2012年度 累计 申请总数 件 5 9 当面申请数 件 4 网上申请数 件 1 2 答复总数 件 5 9 附件"
    found = flattened([text]).local_statistics
    short = next(one for one in found if one.label == "当面申请数")
    assert (short.value, short.status, short.raw) == (None, CellStatus.UNREADABLE, "4")
    assert [one.value for one in found if one.label == "网上申请数"] == [1, 2]


def test_a_list_without_heads_in_two_columns() -> None:
    found = drawn([["申请总数", "5"], ["当面申请数", "4"], ["主动公开信息数", "60"]])
    assert local_rows(found) == [
        ("申请总数", "", 5),
        ("当面申请数", "", 4),
        ("主动公开信息数", "", 60),
    ]


def test_a_list_of_links_is_no_table_of_indicators() -> None:
    found = drawn([["关于春季义务植树的公告", "12"], ["某路施工绕行图", "7"], ["放假安排", "3"]])
    assert found.local_statistics == ()


def of_rows(*labels: tuple[str, bool]) -> list[str]:
    mark = drawn([["申请总数", "5"], ["当面申请数", "4"], ["答复总数", "1"]]).local_statistics
    assert isinstance(mark[0], LocalStatistic)
    rows = [
        IndicatorRow((text,), text, None, (), reason="x" if valued else "")
        for text, valued in labels
    ]
    return label_paths(
        [row if not valued else _valued(row) for row, (_, valued) in zip(rows, labels, strict=True)]
    )


def _valued(row: IndicatorRow) -> IndicatorRow:
    from annual_reports.tables.marks import Mark
    from annual_reports.tables.printed_values import read_count

    return IndicatorRow(row.parts, row.printed, None, (Mark(read_count("5"), "5", "5"),))


def test_labels_hang_below_their_headings() -> None:
    assert of_rows(
        ("一、主动公开情况", False),
        ("(一)信息数", True),
        ("其中:规范性文件数", True),
        ("(二)网站数", True),
        ("二、申请情况", False),
        ("收到申请数", True),
        ("其中:1、当面申请数", True),
        ("2、网上申请数", True),
        ("答复总数", True),
    ) == [
        "主动公开情况",
        "主动公开情况/信息数",
        "主动公开情况/信息数/规范性文件数",
        "主动公开情况/网站数",
        "申请情况",
        "申请情况/收到申请数",
        "申请情况/收到申请数/当面申请数",
        "申请情况/收到申请数/网上申请数",
        "申请情况/答复总数",
    ]
