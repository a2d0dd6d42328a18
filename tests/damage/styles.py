"""Ways in which converters flatten a drawn table, and the grids a page holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annual_reports.model import Block, Grid, GridCell, TextLine

from .physical import Drawn, Row, Table

Lines = list[str]
OPENING = (
    "某县某镇2023年政府信息公开工作年度报告",
    "一、总体情况",
    "本年新收政府信息公开申请12件，上年结转3件，予以公开5件，结转下年度继续办理2件。行政许可12件，行政处罚 7 件，规章 0 件。",
    "二、主动公开政府信息情况",
)
BETWEEN = "三、收到和处理政府信息公开申请情况"
REVIEW = "四、政府信息公开行政复议、行政诉讼情况"
CLOSING = (
    "五、存在的主要问题及改进情况",
    "2023年行政复议 2 件，未经复议直接起诉 1 件，复议后起诉0件，总计 3 件。",
    "六、其他需要报告的事项",
    "无",
)


def _filled(row: Row) -> list[str]:
    return [cell.text for cell in row if cell.text]


def one_cell_a_line(table: Table) -> Lines:
    return [text for row in table for text in _filled(row)]


def blank_lines_between(table: Table) -> Lines:
    return [text for row in table for cell in _filled(row) for text in (cell, "")]


def bar_between_lines(table: Table) -> Lines:
    lines = []
    for row in table:
        fillers = "|" * sum(cell.columns - 1 for cell in row)
        lines += ["|", *(part for cell in row for part in (cell.text + " |",)), fillers]
    return lines


def bar_at_line_end(table: Table) -> Lines:
    lines = []
    for row in table:
        ends = ["|"] * (len(row) - 1) + ["| ||"]
        lines += [f"{cell.text} {end}" for cell, end in zip(row, ends, strict=False)]
    return lines


def tabs(table: Table) -> Lines:
    return ["\t".join(cell.text for cell in row) for row in table]


def tabs_with_fillers(table: Table) -> Lines:
    """Every spanned column is an empty field after its cell, rows spanned from above come first."""
    return ["\t".join(fields) for fields in _expanded(table, "")]


def tabs_doubled(table: Table) -> Lines:
    """Every spanned slot repeats its cell's text."""
    return ["\t".join(fields) for fields in _expanded(table, None)]


def markdown(table: Table) -> Lines:
    rows = [f"| {' | '.join(fields)} |" for fields in _expanded(table, "")]
    width = len(_expanded(table, "")[0])
    return [rows[0], "|" + " --- |" * width, *rows[1:]]


def single_spaces(table: Table) -> Lines:
    return [" ".join(_filled(row)) for row in table]


def double_spaces(table: Table) -> Lines:
    return ["  ".join(_filled(row)) for row in table]


def no_break_spaces(table: Table) -> Lines:
    return ["\u00a0\u00a0".join(_filled(row)) for row in table]


def cell_marks(table: Table) -> Lines:
    return ["\x07".join(cell.text for cell in row) + "\x07\x07" for row in table]


def semicolons(table: Table) -> Lines:
    return [";".join(cell.text for cell in row) for row in table]


def labels_above_values(table: Table) -> Lines:
    lines = []
    for row in table:
        labels = [cell.text for cell in row if cell.key is None]
        values = [cell.text for cell in row if cell.key is not None and cell.text]
        lines += [" ".join(part) for part in (labels, values) if part]
    return lines


def wrapped_around_values(table: Table) -> Lines:
    """A long label is broken: half above its values, half below them."""
    lines = []
    for row in table:
        labels = "".join(cell.text for cell in row if cell.key is None)
        values = " ".join(cell.text for cell in row if cell.key is not None and cell.text)
        if values and len(labels) > 14:
            half = len(labels) // 2
            lines += [labels[:half], values, labels[half:]]
        else:
            lines.append(f"{labels} {values}".strip())
    return lines


def narrow_labels(table: Table) -> Lines:
    """Labels wrapped every six characters, values in one line after them."""
    lines = []
    for row in table:
        for cell in row:
            if cell.key is None:
                lines += [cell.text[i : i + 6] for i in range(0, len(cell.text), 6)]
        values = [cell.text for cell in row if cell.key is not None and cell.text]
        lines += [" ".join(values)] if values else []
    return lines


def values_before_labels(table: Table) -> Lines:
    lines = []
    for row in table:
        values = [cell.text for cell in row if cell.key is not None and cell.text]
        lines += [" ".join(values)] if values else []
        lines.append("".join(cell.text for cell in row if cell.key is None))
    return lines


def one_line(table: Table) -> Lines:
    return [" ".join(text for row in table for text in _filled(row))]


def glued_rows(table: Table) -> Lines:
    return ["".join(_filled(row)) for row in table]


def glued_whole(table: Table) -> Lines:
    return ["".join(text for row in table for text in _filled(row))]


def full_width(table: Table) -> Lines:
    """Full-width digits and colons, one cell a line."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return [
        text.translate(wide) if row_cell.key else text
        for row in table
        for row_cell in row
        if (text := row_cell.text)
    ]


def commas(table: Table) -> Lines:
    return [",".join(cell.text for cell in row) for row in table]


def _expanded(table: Table, filler: str | None) -> list[list[str]]:
    """A full matrix; spanned slots hold `filler`, or the text itself where it is None."""
    return [
        [cell.text if origin or filler is None else filler for cell, origin in row]
        for row in _expanded_cells(table, padded=True)
    ]


FLAT_STYLES: dict[str, Callable[[Table], Lines]] = {
    style.__name__: style
    for style in (
        one_cell_a_line,
        blank_lines_between,
        bar_between_lines,
        bar_at_line_end,
        tabs,
        tabs_with_fillers,
        tabs_doubled,
        markdown,
        single_spaces,
        double_spaces,
        no_break_spaces,
        cell_marks,
        semicolons,
        labels_above_values,
        wrapped_around_values,
        narrow_labels,
        values_before_labels,
        one_line,
        glued_rows,
        glued_whole,
        full_width,
        commas,
    )
}


def flat_document(tables: Sequence[Table], style: str) -> Lines:
    """A whole report as lines: prose that mentions labels and numbers around the tables."""
    flatten = FLAT_STYLES[style]
    two, three, four = (flatten(table) for table in tables)
    return [*OPENING, *two, BETWEEN, *three, REVIEW, *four, *CLOSING]


def text_blocks(lines: Sequence[str]) -> list[Block]:
    return [TextLine(text, number) for number, text in enumerate(lines)]


def spanned(table: Table) -> Table:
    return table


def without_spans(table: Table) -> Table:
    """Word pages that lost rowspan and colspan: empty cells fill the spanned slots."""
    return tuple(
        tuple(_slot(cell, origin) for cell, origin in row)
        for row in _expanded_cells(table, padded=False)
    )


def _slot(cell: Drawn, origin: bool) -> Drawn:
    return Drawn(cell.text, key=cell.key, label_of=cell.label_of) if origin else Drawn("")


def _expanded_cells(table: Table, padded: bool) -> list[list[tuple[Drawn, bool]]]:
    """(cell, is its origin) for every slot; `padded`: short rows are filled up with empty cells."""
    placed: dict[tuple[int, int], tuple[Drawn, bool]] = {}
    for r, row in enumerate(table):
        c = 0
        for cell in row:
            while (r, c) in placed:
                c += 1
            for dr in range(min(cell.rows, len(table) - r)):
                for dc in range(cell.columns):
                    placed[r + dr, c + dc] = (cell, dr == 0 and dc == 0)
            c += cell.columns
    width = 1 + max(c for _, c in placed)
    filler = (Drawn(""), True)
    return [
        [placed.get((r, c), filler) for c in range(width) if padded or (r, c) in placed]
        for r in range(len(table))
    ]


def ragged_header(table: Table) -> Table:
    """Header cells that lost their spans; data rows keep theirs."""
    return tuple(
        tuple(
            Drawn(cell.text)
            if cell.rows > 1 and cell.label_of is None and cell.key is None and r < 3
            else cell
            for cell in row
        )
        for r, row in enumerate(table)
    )


GRID_STYLES: dict[str, Callable[[Table], Table]] = {
    style.__name__: style for style in (spanned, without_spans, ragged_header)
}


def grid_of(table: Table, index: int) -> Grid:
    """The grid a browser makes of the drawn cells."""
    taken: set[tuple[int, int]] = set()
    cells = []
    width = 0
    for r, row in enumerate(table):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            rows = min(cell.rows, len(table) - r)
            cells.append(GridCell(cell.text, r, c, rows, cell.columns))
            taken |= {(r + dr, c + dc) for dr in range(rows) for dc in range(cell.columns)}
            c += cell.columns
            width = max(width, c)
    return Grid(index, len(table), max([width, *(c + 1 for _, c in taken)]), tuple(cells))


def grid_document(tables: Sequence[Table], style: str) -> list[Block]:
    lay_out = GRID_STYLES[style]
    two, three, four = (grid_of(lay_out(table), index) for index, table in enumerate(tables))
    opening, closing = text_blocks(OPENING), text_blocks(CLOSING)
    return [*opening, two, TextLine(BETWEEN, 90), three, TextLine(REVIEW, 91), four, *closing]
