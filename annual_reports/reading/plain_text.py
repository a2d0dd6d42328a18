"""Text and Markdown to blocks: lines as printed, pipe tables as grids only when safely regular."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice, takewhile
from typing import Any

from annual_reports.model import Grid, GridColumns
from annual_reports.reading.blanks import split_lines, tidy_cell_text
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.page import read_page

_RULE_LINE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*")
_PIPES = re.compile(r"(?<!\\)\|")
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HTML_TABLE = re.compile(r"(<table\b.*?(?:</table\s*>|\Z))", re.IGNORECASE | re.DOTALL)
_SMALL = 1000  # cells
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
        rows = _pipe_table(lines, position) if "|" in lines[position] else []
        if rows:
            texts, size = _pipe_texts(rows), (len(rows) - 1, len(rows[0]))
            places = _places if len(texts) < _SMALL else _places.__wrapped__
            blocks.add_columns(GridColumns(texts, places(*size)), size)
            position += len(rows)
        else:
            blocks.add_line(lines[position].strip(_LINE_TRIM))
            position += 1


def _add_html_table(blocks: BlockList, markup: str) -> None:
    for block in read_page(markup).blocks.blocks:
        if isinstance(block, Grid):
            blocks.add_grid(block.cells)
        else:
            blocks.add_line(block.text)


def _pipe_table(lines: list[str], start: int) -> list[list[str]]:
    """The texts of a pipe table that starts here, row by row, the rule line among them; none where none does.

    Safely regular: a head, a rule line of dashes, and rows that all have as many cells.
    """
    if start + 1 >= len(lines) or "--" not in lines[start + 1]:
        return []
    if _RULE_LINE.fullmatch(lines[start + 1]) is None:
        return []
    rows = [_split_pipes(line) for line in takewhile(_has_pipe, islice(lines, start, None))]
    return rows if len(set(map(len, rows))) == 1 else []


def _has_pipe(line: str) -> bool:
    return "|" in line


def _pipe_texts(rows: list[list[str]]) -> tuple[str, ...]:
    texts = list(chain.from_iterable((rows[0], *rows[2:])))
    whole = "".join(texts)
    if whole.isprintable() and "<" not in whole and "\\" not in whole:
        return tuple([text.strip() for text in texts])
    return tuple(map(_pipe_cell_text, texts))


@lru_cache(maxsize=64)
def _places(rows: int, columns: int) -> tuple[tuple[Any, ...], ...]:
    """Where the cells of a table without spans stand, as of `GridColumns`."""
    size = rows * columns
    return (
        tuple(n // columns for n in range(size)),
        tuple(n % columns for n in range(size)),
        *((1,) * size, (1,) * size, (None,) * size),
    )


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
