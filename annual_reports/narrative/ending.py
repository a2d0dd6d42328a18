"""Whether a document stops in the middle: inside a statutory table, or before the table it announces."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache

from annual_reports.model import Block, Cell, CellStatus, Grid
from annual_reports.narrative.headings import recognise_heading
from schemas.fields import STATUTORY_TABLES, all_fields
from schemas.labels import labels

_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")
_SEPARATORS = re.compile(r"[\t|｜\n]+|\s{2,}")
_LABEL_KINDS = ("row", "column", "group", "header", "caption")
_TABLE_OF_CHAPTER = {2: "active_disclosure", 3: "requests", 4: "review_litigation"}


def stops_short(
    blocks: Sequence[Block], table_blocks: Container[int], cells: Sequence[Cell], ends_inside: bool
) -> bool:
    """True where nothing but torn pieces of the form's labels stands behind the last complete part.

    `ends_inside`: the decoder came to the end of the document inside a table. A table whose end is
    missing while the report goes on was badly made, not cut off.
    """
    last = next((at for at in range(len(blocks) - 1, -1, -1) if at in table_blocks), -1)
    rest = list(_texts(blocks[last + 1 :]))
    if ends_inside or _lacks_last_row(cells):
        return all(map(_is_piece_of_form, rest))
    return bool(cells) and _announces_a_missing_table(rest, {cell.table for cell in cells})


def _lacks_last_row(cells: Sequence[Cell]) -> bool:
    """Whether the last table of the form that was found has no cell in its last row."""
    found = {cell.table for cell in cells}
    table = next((table for table in reversed(STATUTORY_TABLES) if table in found), None)
    if table is None:
        return False
    last = next(cell.row_key for cell in reversed(cells) if cell.table == table)
    return all(
        cell.status is CellStatus.MISSING
        for cell in cells
        if cell.row_key == last and cell.table == table
    )


def _announces_a_missing_table(rest: Sequence[str], found: Container[str]) -> bool:
    for place in range(len(rest) - 1, -1, -1):
        heading = recognise_heading(rest[place])
        if heading is not None and heading.number is not None:
            table = _TABLE_OF_CHAPTER.get(heading.number)
            is_missing = table is not None and table not in found
            return is_missing and all(map(_is_piece_of_form, rest[place + 1 :]))
    return False


def _texts(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text


def _is_piece_of_form(text: str) -> bool:
    """Whether the characters of a text stand together somewhere in the form; numbers always do."""
    return all(_NOT_HAN.sub("", piece) in _words_of_form() for piece in _SEPARATORS.split(text))


@cache
def _words_of_form() -> str:
    texts = [f"{field.row_label}{field.column_label}" for field in all_fields()]
    for table in STATUTORY_TABLES:
        texts += [label.text for kind in _LABEL_KINDS for label in labels(table, kind)]
    return " ".join(_NOT_HAN.sub("", part) for text in texts for part in text.split("/"))
