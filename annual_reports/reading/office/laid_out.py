"""What every word processor's reader collects: paragraphs and tables in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from annual_reports.model import Block, GridCell
from annual_reports.reading.blanks import split_lines, tidy_cell_text, tidy_line
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.office.refusals import office_refusal
from annual_reports.reading.table_shape import table_pieces
from schemas.office import MAX_CELLS, MAX_COLUMNS


@dataclass(slots=True)
class Paragraph:
    """One paragraph as printed: `label` is its automatic number, newlines are line breaks."""

    text: str
    label: str = ""
    is_title: bool = False


@dataclass(slots=True)
class DraftCell:
    """A cell as stored. `continues` says that the cell above goes on here."""

    flow: list[Flow]
    column: int
    column_span: int = 1
    row_span: int = 1
    continues: bool = False

    @property
    def text(self) -> str:
        """Automatic numbers are left out: a list marker is no value."""
        texts = [one.text for one in self.flow if isinstance(one, Paragraph)]
        return tidy_cell_text("\n".join(split_lines("\n".join(texts))))


@dataclass(slots=True)
class DraftTable:
    """Rows of stored cells. `certain` is False where the columns of the cells are not known."""

    rows: list[list[DraftCell]] = field(default_factory=list)
    certain: bool = True


Flow = Paragraph | DraftTable


def blocks_of(flow: Iterable[Flow]) -> tuple[Block, ...]:
    """Blocks in reading order. A table that holds tables is a frame: its contents are read in turn."""
    blocks = BlockList()
    _add_flow(blocks, flow)
    return tuple(blocks.blocks)


def grid_cells(rows: Sequence[Sequence[DraftCell]]) -> tuple[GridCell, ...]:
    """Cells at their origins; a continuation lengthens the cell above that starts in its column."""
    if sum(map(len, rows)) > MAX_CELLS:
        raise office_refusal("too_many_cells", limit=MAX_CELLS)
    cells: list[GridCell] = []
    open_cells: dict[int, int] = {}
    for row_number, row in enumerate(rows):
        still_open: dict[int, int] = {}
        for cell in row:
            if cell.column + cell.column_span > MAX_COLUMNS:
                raise office_refusal("too_many_cells", limit=MAX_CELLS)
            place = open_cells.get(cell.column) if cell.continues else None
            if place is not None and cells[place].column_span == cell.column_span:
                cells[place] = _lengthened(cells[place], cell.text)
            else:
                place = len(cells)
                cells.append(
                    GridCell(cell.text, row_number, cell.column, cell.row_span, cell.column_span)
                )
            still_open[cell.column] = place
        open_cells = still_open
    return tuple(cells)


def _lengthened(above: GridCell, text: str) -> GridCell:
    """A continuation is empty; where it is not, both texts are kept so that neither passes alone."""
    joined = f"{above.text}\n{text}" if text and above.text else above.text or text
    return above._replace(text=joined, row_span=above.row_span + 1)


def _add_flow(blocks: BlockList, flow: Iterable[Flow]) -> None:
    for one in flow:
        if isinstance(one, Paragraph):
            _add_paragraph(blocks, one)
        elif any(isinstance(part, DraftTable) for row in one.rows for c in row for part in c.flow):
            for row in one.rows:
                for cell in row:
                    _add_flow(blocks, cell.flow)
        elif one.certain:
            _add_table(blocks, one)
        else:
            _add_flattened(blocks, one)


def _add_paragraph(blocks: BlockList, paragraph: Paragraph) -> None:
    label = paragraph.label
    for line in split_lines(paragraph.text):
        if text := tidy_line(line):
            blocks.add_line(f"{label}{text}")
            label = ""


def _add_table(blocks: BlockList, table: DraftTable) -> None:
    cells = grid_cells(table.rows)
    if not any(cell.text for cell in cells):
        return
    labels = {id(p): p.label for row in table.rows for c in row for p in c.flow if isinstance(p, Paragraph) and p.label}  # fmt: skip
    for piece in table_pieces(cells):
        grid = tuple(cell for cell in piece if isinstance(cell, GridCell))
        if grid:
            blocks.add_grid(grid)
        elif labels and len(cells) == 1:
            _add_flow(blocks, table.rows[0][0].flow)
        else:
            for line in piece:
                blocks.add_line(str(line))


def _add_flattened(blocks: BlockList, table: DraftTable) -> None:
    """A table without geometry: one line a row, tabs between its cells, blanks kept."""
    for row in table.rows:
        blocks.add_line("\t".join(" ".join(cell.text.split("\n")) for cell in row))
