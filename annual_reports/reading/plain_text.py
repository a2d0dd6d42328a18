"""Text and Markdown to blocks: lines as printed, pipe tables as grids only when safely regular."""

from __future__ import annotations

import re
from itertools import repeat

from annual_reports.model import Grid, GridCell
from annual_reports.reading.blanks import split_lines, tidy_cell_text
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.page import read_page

_RULE_LINE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*")
_PIPES = re.compile(r"(?<!\\)\|")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HTML_TABLE = re.compile(r"(<table\b.*?(?:</table\s*>|\Z))", re.IGNORECASE | re.DOTALL)
_LINE_TRIM = " \u00a0\u3000\ufeff\u200b"


def read_plain_text(text: str) -> BlockList:
    """Blocks of a text or Markdown document; `<table>` markup inside Markdown is read as HTML."""
    blocks = BlockList()
    for index, part in enumerate(_HTML_TABLE.split(text)):
        if index % 2:
            _add_html_table(blocks, part)
        else:
            _add_text(blocks, part)
    return blocks


def _add_text(blocks: BlockList, text: str) -> None:
    lines = split_lines(text)
    has_rule = "--" in text and "|" in text
    if not has_rule or not any("--" in line and "|" in line for line in lines):
        blocks.add_lines([line.strip(_LINE_TRIM) for line in lines])
        return
    position = 0
    while position < len(lines):
        end = _pipe_table_end(lines, position) if "|" in lines[position] else position
        if end > position:
            blocks.add_grid(_pipe_cells(lines[position:end]))
            position = end
        else:
            blocks.add_line(lines[position].strip(_LINE_TRIM))
            position += 1


def _add_html_table(blocks: BlockList, markup: str) -> None:
    for block in read_page(markup).blocks.blocks:
        if isinstance(block, Grid):
            blocks.add_grid(block.cells)
        else:
            blocks.add_line(block.text)


def _pipe_table_end(lines: list[str], start: int) -> int:
    """The line after a pipe table that starts here; `start` where none does.

    Safely regular: a head, a rule line of dashes, and rows that all have as many cells.
    """
    if start + 1 >= len(lines) or "--" not in lines[start + 1]:
        return start
    if _RULE_LINE.fullmatch(lines[start + 1]) is None:
        return start
    width = len(_split_pipes(lines[start + 1]))
    if len(_split_pipes(lines[start])) != width:
        return start
    end = start + 2
    while end < len(lines) and "|" in lines[end]:
        if len(_split_pipes(lines[end])) != width:
            return start
        end += 1
    return end


def _pipe_cells(lines: list[str]) -> tuple[GridCell, ...]:
    rows = [_split_pipes(line) for index, line in enumerate(lines) if index != 1]
    cells = [
        (_pipe_cell_text(text), row, column, 1, 1, None)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    return tuple(map(tuple.__new__, repeat(GridCell), cells))


def _pipe_cell_text(text: str) -> str:
    if text.isprintable() and "<" not in text and "\\" not in text:
        return text.strip()
    broken = _LINE_BREAK_TAG.sub("\n", text) if "<" in text else text
    return tidy_cell_text(broken.replace("\\|", "|"))


def _split_pipes(line: str) -> list[str]:
    bare = line.strip()
    parts = _PIPES.split(bare) if "\\" in bare else bare.split("|")
    if len(parts) > 1 and not parts[0].strip():
        parts = parts[1:]
    if len(parts) > 1 and not parts[-1].strip():
        parts = parts[:-1]
    return parts
