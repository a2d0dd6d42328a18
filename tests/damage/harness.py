"""Decode damaged documents and count what is right, refused and silently wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

from annual_reports.model import Block, CellStatus
from annual_reports.tables.decode import decode_tables

from .contradiction import contradicted
from .damages import GRID_DAMAGES, LINE_DAMAGES, TABLE_DAMAGES, as_it_is, frozen
from .row_damages import ROW_DAMAGES
from .styles import FLAT_STYLES, GRID_STYLES, flat_document, grid_document, text_blocks
from .truths import Truth, random_truth, with_blanks
from .writing import MANNERS


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

    def join(self, other: Tally) -> None:
        self.counts.update(other.counts)
        self.silent += other.silent

    def _wrong(self, name: str, key: str, truth: object, value: object, status: CellStatus) -> None:
        self.counts["silent"] += 1
        self.silent.append(f"{name}: {key} is {truth}, read {value} ({status})")


Case = tuple[str, Truth, list[Block]]
FLAT_DAMAGES = (*TABLE_DAMAGES, *LINE_DAMAGES, *ROW_DAMAGES, "blanks")
ALL_GRID_DAMAGES = (*GRID_DAMAGES, *ROW_DAMAGES)

_ANY_MANNER = tuple(MANNERS)
_MANNERS_WITHOUT_GAPS = (
    "plainly",
    "with_placeholders",
    "with_units",
    "with_thousands",
    "with_wide_digits",
    "with_numeral_zeros",
    "with_remarks",
    "with_wrong_sums",
)
"""Beside a lost or added value an empty cell leaves nothing that could tell: no reader knows the truth."""
_HARMLESS = ("undamaged", "label_typos", "label_characters_lost", "page_numbers", "header_repeated")
_ONLY_ZEROS_AND_BLANKS = 8
_UNKNOWABLE: dict[tuple[str, str], str] = {
    (
        "stray_numbers",
        "glued_whole",
    ): "a stray 12 after table two's last 75 is 7512, and table two has no sum",
    (
        "values_glued",
        "tabs_doubled",
    ): "49 and 17 in a doubled field are 4917 twice, as a row of two equal numbers is",
    (
        "values_glued",
        "without_spans",
    ): "49 and 17 are 4917 and an empty cell, as where 4917 is printed and a cell blank",
    (
        "cells_merged",
        "without_spans",
    ): "a number over two columns is a number and an empty cell, as anywhere among blanks",
}
"""(damage, style): why the page may be the same, cell by cell, as that of another report.

Only the reports are left out whose damaged rows no sum of their own contradicts (`contradicted`).
"""


def _manner(source: random.Random, damage: str) -> str:
    if source.random() < 0.5 or damage.startswith("row_shifted"):
        return "plainly"
    return source.choice(_ANY_MANNER if damage in _HARMLESS else _MANNERS_WITHOUT_GAPS)


def flat_cases(seed: int, damages: Sequence[str], styles: Sequence[str]) -> Iterator[Case]:
    """One random report in every style with every damage."""
    for damage in damages:
        for style in styles:
            case = _flat_case(f"{seed}/{damage}/{style}", damage, style)
            if case is not None:
                yield case


def _flat_case(name: str, damage: str, style: str) -> Case | None:
    source = random.Random(name)
    truth = random_truth(source)
    manner = _manner(source, damage)
    truth = with_blanks(source, truth) if damage == "blanks" else MANNERS[manner](source, truth)
    return damaged_text(source, f"{name}/{manner}", truth, damage, style)


def damaged_text(
    source: random.Random, name: str, whole: Truth, damage: str, style: str
) -> Case | None:
    """A report as damaged lines; None where no reader could know the damage."""
    draw = {**TABLE_DAMAGES, **ROW_DAMAGES}.get(damage, TABLE_DAMAGES["undamaged"])
    truth, tables = draw(source, whole)
    if (damage, style) in _UNKNOWABLE and not contradicted(whole, tables, style):
        return None
    lines = flat_document(frozen(tables), style)
    lines = LINE_DAMAGES.get(damage, as_it_is)(source, lines)
    return name, truth, text_blocks(lines)


def grid_cases(seed: int, damages: Sequence[str], styles: Sequence[str]) -> Iterator[Case]:
    """One random report, with and without blanks, as grids with every damage."""
    for damage in damages:
        for style in styles:
            # among blanks and zeros a shift can be invisible: nothing printed tells it
            for blanks in (False,) if damage in _WITHOUT_BLANKS else (False, True):
                case = _grid_case(f"{seed}/grid {damage}/{style}/{blanks}", damage, style, blanks)
                if case is not None:
                    yield case


_WITHOUT_BLANKS = ("row_shifted_right", "row_shifted_left", *ROW_DAMAGES)


def _grid_case(name: str, damage: str, style: str, blanks: bool) -> Case | None:
    source = random.Random(name)
    truth = random_truth(source)
    if blanks:
        truth = with_blanks(source, truth)
        if sum(truth.text(key) != "" for key in truth.values) < _ONLY_ZEROS_AND_BLANKS:
            return None
    else:
        truth = MANNERS[_manner(source, damage)](source, truth)
    whole, (truth, tables) = truth, {**GRID_DAMAGES, **ROW_DAMAGES}[damage](source, truth)
    if (damage, style) in _UNKNOWABLE and not contradicted(whole, tables, style):
        return None
    return name, truth, grid_document(frozen(tables), style)


Tallies = dict[tuple[str, str], Tally]


def tally_seed(seed: int) -> Tallies:
    """Tallies of one seed by (damage, style) over both kinds of source."""
    tallies: Tallies = {}
    flat = flat_cases(seed, FLAT_DAMAGES, tuple(FLAT_STYLES))
    grids = grid_cases(seed, ALL_GRID_DAMAGES, tuple(GRID_STYLES))
    for name, truth, blocks in chain(flat, grids):
        damage, style = name.split("/")[1:3]
        tallies.setdefault((damage, style), Tally()).add(truth, blocks, name)
    return tallies


def growing_tallies(
    tally: Callable[[int], Tallies], seeds: Sequence[int], processes: int = 1
) -> Iterator[tuple[int, Tallies]]:
    """(seed, the tallies of all seeds up to it), so that a long run can be read before its end."""
    total: Tallies = {}
    with ProcessPoolExecutor(processes) as pool:
        for seed, tallies in zip(seeds, pool.map(tally, seeds), strict=True):
            for key, one in tallies.items():
                total.setdefault(key, Tally()).join(one)
            yield seed, total


def run(seeds: Sequence[int], processes: int = 1) -> Tallies:
    """Tallies by (damage, style); the same seeds give the same documents, in any number of processes."""
    total: Tallies = {}
    for _, tallies in growing_tallies(tally_seed, seeds, processes):
        total = tallies
    return total
