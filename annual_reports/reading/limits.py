"""Caps on what a document may unfold to: beyond them no report stands, only minutes of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from annual_reports.model import Block, Grid, QuarantinedDocument, QuarantineReason, TextLine

_TEXT: Callable[[TextLine], str] = itemgetter(0)

MAX_BLOCKS = 200_000
MAX_CELLS = 200_000
MAX_CELLS_OF_GRID = 20_000
MAX_CHARACTERS = 8_000_000


def refuse_oversized(blocks: Sequence[Block]) -> None:
    """Raise QuarantinedDocument where blocks, cells or text are more than any yearbook holds."""
    has_grids = Grid in set(map(type, blocks))
    grids = (
        [len(block.columns.texts) for block in blocks if isinstance(block, Grid)]
        if has_grids
        else []
    )
    lines = [block for block in blocks if not isinstance(block, Grid)]
    characters = sum(map(len, map(_TEXT, lines)))
    for zh_what, en_what, found, cap in (
        ("行与表的数目", "lines and tables", len(blocks), MAX_BLOCKS),
        ("单元格数", "cells", sum(grids), MAX_CELLS),
        ("一个表的单元格数", "cells in one table", max(grids, default=0), MAX_CELLS_OF_GRID),
        ("文字数", "characters", characters, MAX_CHARACTERS),
    ):
        if found > cap:
            raise QuarantinedDocument(
                QuarantineReason.TOO_LARGE,
                f"{zh_what}为 {found}，超过上限 {cap} / {found} {en_what} exceed the cap of {cap}",
                "请确认它是年度报告，并拆成单份后导入 / check that it holds reports, and split it",
            )
