"""Decode damaged documents and count what is right, refused and silently wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from annual_reports.model import Block, CellStatus
from annual_reports.tables.decode import decode_tables

from .damages import GRID_DAMAGES, LINE_DAMAGES, TABLE_DAMAGES, frozen
from .styles import FLAT_STYLES, GRID_STYLES, flat_document, grid_document, text_blocks
from .truths import Truth, random_truth, with_blanks


@dataclass
class Tally:
    """Cells by outcome: printed, inferred, refused; `silent` names every wrong number."""

    counts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)

    def add(self, truth: Truth, blocks: Sequence[Block], name: str) -> None:
        """Decode one document and compare it with its truth."""
        found = decode_tables(blocks)
        values = {(cell.table, cell.row_key, cell.column_key): cell for cell in found.cells}
        for key, value in truth.values.items():
            cell = values.pop(key, None)
            if cell is None or cell.value is None:
                self.counts["refused" if value is not None else "empty"] += 1
            elif value is not None and cell.value == value:
                self.counts[cell.status.value] += 1
            else:
                self._wrong(name, ".".join(key), value, cell.value, cell.status)
        for key, cell in values.items():
            if cell.value is not None:
                self._wrong(name, ".".join(key), "no such cell", cell.value, cell.status)

    def _wrong(self, name: str, key: str, truth: object, value: object, status: CellStatus) -> None:
        self.counts["silent"] += 1
        self.silent.append(f"{name}: {key} is {truth}, read {value} ({status})")


def flat_cases(
    seed: int, damages: Sequence[str], styles: Sequence[str]
) -> Iterator[tuple[str, Truth, list[Block]]]:
    """One random report in every style with every damage."""
    for damage in damages:
        for style in styles:
            source = random.Random(f"{seed}/{damage}/{style}")
            truth = random_truth(source)
            name = f"{seed}/{damage}/{style}"
            if damage in LINE_DAMAGES:
                lines = flat_document(frozen(TABLE_DAMAGES["undamaged"](source, truth)[1]), style)
                yield name, truth, text_blocks(LINE_DAMAGES[damage](source, lines))
            else:
                if damage == "blanks":
                    truth, tables = TABLE_DAMAGES["undamaged"](source, with_blanks(source, truth))
                else:
                    truth, tables = TABLE_DAMAGES[damage](source, truth)
                yield name, truth, text_blocks(flat_document(frozen(tables), style))


def grid_cases(
    seed: int, damages: Sequence[str], styles: Sequence[str]
) -> Iterator[tuple[str, Truth, list[Block]]]:
    """One random report, with and without blanks, as grids with every damage."""
    for damage in damages:
        for style in styles:
            if damage == "cells_merged" and style == "without_spans":
                continue  # without its span a merged cell is like any other
            # among blanks and zeros a shift can be invisible: nothing printed tells it
            for blanks in (False,) if damage.startswith("row_shifted") else (False, True):
                name = f"{seed}/grid {damage}/{style}/{blanks}"
                source = random.Random(name)
                truth = random_truth(source)
                if blanks:
                    truth = with_blanks(source, truth)
                    if sum(truth.text(key) != "" for key in truth.values) < 8:
                        continue
                truth, tables = GRID_DAMAGES[damage](source, truth)
                yield name, truth, grid_document(frozen(tables), style)


FLAT_DAMAGES = (*TABLE_DAMAGES, *LINE_DAMAGES, "blanks")


def run(seeds: Sequence[int]) -> dict[str, Tally]:
    """Tallies by damage over both kinds of source; the same seeds give the same documents."""
    tallies: dict[str, Tally] = {}
    for seed in seeds:
        for name, truth, blocks in flat_cases(seed, FLAT_DAMAGES, tuple(FLAT_STYLES)):
            damage = name.split("/")[1]
            tallies.setdefault(damage, Tally()).add(truth, blocks, name)
        for name, truth, blocks in grid_cases(seed, tuple(GRID_DAMAGES), tuple(GRID_STYLES)):
            damage = name.split("/")[1]
            tallies.setdefault(damage, Tally()).add(truth, blocks, name)
    return tallies
