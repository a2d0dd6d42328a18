"""Caps on what a document may unfold to: beyond them no report stands, only minutes of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from annual_reports.model import Block, Grid, QuarantinedDocument, QuarantineReason

_TEXT: Callable[[Any], str] = itemgetter(0)

MAX_BLOCKS = 200_000
MAX_CELLS = 200_000
MAX_CELLS_OF_GRID = 20_000
MAX_CHARACTERS = 8_000_000
_CAPS = (
    (MAX_BLOCKS, "行与表的数目", "lines and tables"),
    (MAX_CELLS, "单元格数", "cells"),
    (MAX_CELLS_OF_GRID, "一个表的单元格数", "cells in one table"),
    (MAX_CHARACTERS, "文字数", "characters"),
)


def refuse_oversized(blocks: Sequence[Block]) -> None:
    """Raise QuarantinedDocument where blocks, cells or text are more than any yearbook holds."""
    grids = (
        [block for block in blocks if type(block) is Grid] if Grid in set(map(type, blocks)) else []
    )
    lines = [block for block in blocks if type(block) is not Grid] if grids else blocks
    cells = [len(grid.columns.texts) for grid in grids]
    characters = sum(map(len, map(_TEXT, lines)))
    sizes = (len(blocks), sum(cells), max(cells, default=0), characters)
    for found, (cap, zh_what, en_what) in zip(sizes, _CAPS, strict=True):
        if found > cap:
            raise QuarantinedDocument(
                QuarantineReason.TOO_LARGE,
                f"{zh_what}为 {found}，超过上限 {cap} / {found} {en_what} exceed the cap of {cap}",
                "请确认它是年度报告，并拆成单份后导入 / check that it holds reports, and split it",
            )
