"""A table of plain numbers is taken as printed without the solver; the solver must say the same.

`GONGKAI_DAMAGE_SEEDS` sets how many random reports each damage and style is tried on (1 by default).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from annual_reports.model import Block
from annual_reports.tables import requests_solver
from annual_reports.tables.decode import decode_slowly
from annual_reports.tables.marks import Slot
from tests.damage.harness import ALL_GRID_DAMAGES, FLAT_DAMAGES, flat_cases, grid_cases
from tests.damage.styles import FLAT_STYLES, GRID_STYLES

FIRST = 9_000
SEEDS = range(FIRST, FIRST + int(os.environ.get("GONGKAI_DAMAGE_SEEDS", "1")))


def documents() -> Iterator[list[Block]]:
    for seed in SEEDS:
        for _, _, blocks in flat_cases(seed, FLAT_DAMAGES, tuple(FLAT_STYLES)):
            yield blocks
        for _, _, blocks in grid_cases(seed, ALL_GRID_DAMAGES, tuple(GRID_STYLES)):
            yield blocks


def test_the_shortcut_for_plain_tables_gives_what_the_solver_gives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shortcut = requests_solver.all_printed
    taken = []

    def counted(rows: list[requests_solver.RowMarks | None]) -> list[list[Slot]] | None:
        slots = shortcut(rows)
        taken.append(slots is not None)
        return slots

    for blocks in documents():
        monkeypatch.setattr(requests_solver, "all_printed", counted)
        with_it = decode_slowly(blocks)
        monkeypatch.setattr(requests_solver, "all_printed", lambda rows: None)
        assert decode_slowly(blocks) == with_it
    assert any(taken) and not all(taken)
