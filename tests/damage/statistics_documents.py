"""Documents with an indicator table: grids and flattened text, whole and damaged."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from annual_reports.model import Block, Grid, GridCell, TextLine

from .statistics_truths import Rows

Fields = list[list[str]]
OPENING = (
    "某县2015年政府信息公开工作年度报告",
    "一、概述",
    "2015年主动公开政府信息312条，收到政府信息公开申请 9 件，行政复议 1 件。",
    "二、附表",
)
CLOSING = ("（注：本表由办公室填报，咨询电话见网站。）", "附件下载")


def one_field_a_line(rows: Rows) -> list[str]:
    return [field for row in rows for field in row if field]


def blank_lines_between(rows: Rows) -> list[str]:
    return [line for row in rows for field in row if field for line in (field, "")]


def tabs(rows: Rows) -> list[str]:
    return ["\t".join(row) for row in rows]


def bars(rows: Rows) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in rows]


def spaces(rows: Rows) -> list[str]:
    return [" ".join(field for field in row if field) for row in rows]


def double_spaces(rows: Rows) -> list[str]:
    return ["  ".join(field for field in row if field) for row in rows]


def one_line(rows: Rows) -> list[str]:
    return [" ".join(field for row in rows for field in row if field)]


def narrow_labels(rows: Rows) -> list[str]:
    lines: list[str] = []
    for label, *rest in rows:
        lines += [label[i : i + 7] for i in range(0, len(label), 7)]
        lines.append(" ".join(field for field in rest if field))
    return lines


def wrapped_around_values(rows: Rows) -> list[str]:
    lines: list[str] = []
    for label, *rest in rows:
        half = len(label) // 2 if len(label) > 14 else len(label)
        values = " ".join(field for field in rest if field)
        lines += [label[:half], values, *([label[half:]] if label[half:] else [])]
    return lines


def values_before_labels(rows: Rows) -> list[str]:
    return [
        line
        for label, unit, *values in rows
        for line in (" ".join(v for v in values if v), f"{label} {unit}")
        if line
    ]


def glued_rows(rows: Rows) -> list[str]:
    return ["".join(row) for row in rows]


FLAT_STYLES: dict[str, Callable[[Rows], list[str]]] = {
    style.__name__: style
    for style in (
        one_field_a_line,
        blank_lines_between,
        tabs,
        bars,
        spaces,
        double_spaces,
        one_line,
        narrow_labels,
        wrapped_around_values,
        values_before_labels,
        glued_rows,
    )
}


def undamaged(source: random.Random, rows: Fields) -> Fields:
    return rows


def value_dropped(source: random.Random, rows: Fields) -> Fields:
    row = source.choice(rows[1:])
    del row[-1]
    return rows


def five_values_dropped(source: random.Random, rows: Fields) -> Fields:
    for row in source.sample(rows[1:], 5):
        row.pop(source.randrange(2, len(row)))
    return rows


def value_doubled(source: random.Random, rows: Fields) -> Fields:
    row = source.choice(rows[1:])
    row.append(row[-1])
    return rows


def label_lost(source: random.Random, rows: Fields) -> Fields:
    source.choice(rows[1:])[0] = ""
    return rows


def two_labels_lost(source: random.Random, rows: Fields) -> Fields:
    place = source.randrange(1, len(rows) - 1)
    rows[place][0] = rows[place + 1][0] = ""
    return rows


def label_and_unit_lost(source: random.Random, rows: Fields) -> Fields:
    row = source.choice(rows[1:])
    row[0] = row[1] = ""
    return rows


def labels_mistyped(source: random.Random, rows: Fields) -> Fields:
    for row in source.sample(rows[1:], 3):
        at = source.randrange(len(row[0]))
        row[0] = row[0][:at] + source.choice("止牧司目宫复忌池其") + row[0][at + 1 :]
    return rows


def label_characters_lost(source: random.Random, rows: Fields) -> Fields:
    for row in source.sample(rows[1:], 3):
        at = source.randrange(len(row[0]))
        row[0] = row[0][:at] + row[0][at + 1 :]
    return rows


def row_lost(source: random.Random, rows: Fields) -> Fields:
    del rows[source.randrange(1, len(rows))]
    return rows


def rows_in_another_order(source: random.Random, rows: Fields) -> Fields:
    """Two rows change places, unless they bear the same label: then nothing printed tells it."""
    one, two = sorted(source.sample(range(1, len(rows)), 2))
    if rows[one][0] != rows[two][0]:
        rows[one], rows[two] = rows[two], rows[one]
    return rows


def head_lost(source: random.Random, rows: Fields) -> Fields:
    return rows[1:]


def heads_unknown(source: random.Random, rows: Fields) -> Fields:
    """The heads say nothing certain about which column is the year's."""
    rows[0][2:] = [source.choice(("本季度", "累计", "上年同期", "情况")) for _ in rows[0][2:]]
    return rows


def units_changed(source: random.Random, rows: Fields) -> Fields:
    return rows


def letter_for_zero(source: random.Random, rows: Fields) -> Fields:
    zeros = [row for row in rows[1:] if row[-1] == "0"]
    if zeros:
        source.choice(zeros)[-1] = source.choice("OoO")
    return rows


def numbers_split(source: random.Random, rows: Fields) -> Fields:
    for row in rows[1:]:
        if len(row[-1]) > 1 and source.random() < 0.3:
            row[-1] = f"{row[-1][:1]} {row[-1][1:]}"
    return rows


def unit_lost(source: random.Random, rows: Fields) -> Fields:
    source.choice(rows[1:])[1] = ""
    return rows


ROW_DAMAGES: dict[str, Callable[[random.Random, Fields], Fields]] = {
    damage.__name__: damage
    for damage in (
        undamaged,
        value_dropped,
        five_values_dropped,
        value_doubled,
        label_lost,
        two_labels_lost,
        label_and_unit_lost,
        labels_mistyped,
        label_characters_lost,
        row_lost,
        rows_in_another_order,
        head_lost,
        heads_unknown,
        letter_for_zero,
        numbers_split,
        unit_lost,
    )
}


def page_numbers(source: random.Random, lines: list[str]) -> list[str]:
    return _inserted(source, lines, source.choice(("- {} -", "第 {} 页", "-{}-")))


def bare_page_numbers(source: random.Random, lines: list[str]) -> list[str]:
    return _inserted(source, lines, "{}")


def _inserted(source: random.Random, lines: list[str], form: str) -> list[str]:
    damaged = list(lines)
    for number, place in enumerate(sorted(source.sample(range(len(lines)), 2)), 1):
        damaged.insert(place, form.format(number))
    return damaged


def truncated(source: random.Random, lines: list[str]) -> list[str]:
    """Cut off somewhere before the last line of the table."""
    text = "\n".join(lines)
    return text[: source.randint(len(text) // 4, len(text) - 60)].split("\n")


LINE_DAMAGES: dict[str, Callable[[random.Random, list[str]], list[str]]] = {
    damage.__name__: damage for damage in (page_numbers, bare_page_numbers, truncated)
}


def flat_document(rows: Rows, style: str) -> list[str]:
    return [*OPENING, *FLAT_STYLES[style](rows), *CLOSING]


def text_blocks(lines: Sequence[str]) -> list[Block]:
    return [TextLine(text, number) for number, text in enumerate(lines)]


def grid_blocks(rows: Rows) -> list[Block]:
    """The table as a grid; a row that lost a field is shorter than its head."""
    cells = tuple(GridCell(text, r, c) for r, row in enumerate(rows) for c, text in enumerate(row))
    grid = Grid(0, len(rows), max(map(len, rows)), cells)
    return [*text_blocks(OPENING), grid, *text_blocks(CLOSING)]


def split_grid_blocks(rows: Rows) -> list[Block]:
    """The same over two pages; the second has no head."""
    half = len(rows) // 2
    first, second = grid_blocks(rows[:half])[-3], grid_blocks(rows[half:])[-3]
    assert isinstance(first, Grid) and isinstance(second, Grid)
    return [
        *text_blocks(OPENING),
        first,
        Grid(1, second.row_count, second.column_count, second.cells),
        *text_blocks(CLOSING),
    ]
