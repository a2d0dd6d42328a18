"""Decode documents with indicator tables and count what is right, refused and silently wrong."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from annual_reports.model import Block, LocalStatistic
from annual_reports.tables.decode import decode_tables
from annual_reports.tables.indicator_rows import label_text
from annual_reports.tables.printed_values import normal_form

from . import statistics_documents as documents
from .statistics_truths import (
    Line,
    Listed,
    heads_of,
    random_local,
    random_statistics,
    rows_of,
    with_blank_values,
)


@dataclass(frozen=True)
class Case:
    """One document: `heads` of its value columns as printed, the cells `wanted` from it."""

    name: str
    damage: str
    listed: Listed
    blocks: Sequence[Block]
    heads: tuple[str, ...]
    wanted: frozenset[tuple[str, int]]


@dataclass
class Tally:
    """Cells by outcome; `silent` names every wrong number."""

    counts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Decode one document and compare it with its truth."""
        found = decode_tables(case.blocks)
        seen: set[tuple[str, int]] = set()
        for cell in found.cells:
            if cell.value is not None:
                place = (cell.row_key, case.listed.year_column)
                self._judge(case.name, cell.row_key, [case.listed.truth.get(place)], cell.value)
                seen.add(place)
        for one in found.local_statistics:
            if one.value is not None:
                self._judge_local(case, one, seen)
        self.counts["refused"] += len(case.wanted - seen)

    def _judge_local(self, case: Case, one: LocalStatistic, seen: set[tuple[str, int]]) -> None:
        """A local cell is right where the row with its label prints its value under its head.

        A label torn by the damage counts apart as long as a row it is a piece of prints the value there.
        """
        columns = [place for place, head in enumerate(case.heads) if head == one.column]
        name = one.label.rsplit("/", 1)[-1]
        rows = [line for line in case.listed.lines if bare_label(line) == name]
        torn = [] if rows else [line for line in case.listed.lines if line.key]
        values = [line.values[c] for line in rows or torn for c in columns]
        is_right = not torn and str(one.value) in values
        if not is_right and similar(one.printed_label, case.listed.lines, str(one.value)):
            self.counts["label as damaged"] += 1
            return
        self._judge(case.name, f"{one.label}[{one.column}]", [] if torn else values, one.value)
        seen.update((line.key, c) for line in rows for c in columns if line.key)

    def _judge(self, name: str, key: str, truths: Sequence[object], value: object) -> None:
        if str(value) in map(str, truths):
            self.counts["right"] += 1
        else:
            self.counts["silent"] += 1
            self.silent.append(f"{name}: {key} is {truths}, read {value}")


def bare_label(line: Line) -> str:
    """The label of a line as the reader gives it."""
    return label_text(normal_form(line.label)).bare


def similar(name: str, lines: Sequence[Line], value: str) -> bool:
    """Whether a damaged label differs in one character from that of a line with this value."""
    return any(
        Levenshtein.distance(normal_form(name), normal_form(line.label)) <= 1
        for line in lines
        if value in line.values
    )


def cases(seed: int, kind: str) -> Iterator[Case]:
    """One random table of a kind with every damage in every style, flattened and drawn."""
    make, heads = {
        "form": (random_statistics, ("统计指标", "单位")),
        "local": (random_local, ("指标名称", "计量单位")),
    }[kind]
    for damage in (*documents.ROW_DAMAGES, *documents.LINE_DAMAGES, "blanks"):
        for style in (*documents.FLAT_STYLES, "grid", "split_grid"):
            if style == "glued_rows" and damage in ("value_doubled", "numbers_split"):
                continue  # digits glued to the same digits again are one number for every reader
            name = f"{kind}/{seed}/{damage}/{style}"
            source = random.Random(name)
            listed = make(source)
            if damage == "blanks":
                listed = with_blank_values(source, listed)
            rows = [heads_of(listed, *heads), *map(list, rows_of(listed))]
            damaging = documents.ROW_DAMAGES.get(damage, documents.undamaged)
            rows = damaging(source, rows)
            wanted = frozenset(
                key
                for key, value in listed.truth.items()
                if value is not None and (kind == "local" or key[1] == listed.year_column)
            )
            printed = tuple(rows[0][2:]) if damage != "head_lost" else ("",)
            if "grid" in style:
                if damage in documents.LINE_DAMAGES:
                    continue
                draw = documents.grid_blocks if style == "grid" else documents.split_grid_blocks
                yield Case(name, damage, listed, draw(rows), printed, wanted)
                continue
            lines = documents.flat_document(rows, style)
            if damage in documents.LINE_DAMAGES:
                lines = documents.LINE_DAMAGES[damage](source, lines)
            yield Case(name, damage, listed, documents.text_blocks(lines), printed, wanted)


def run(
    seeds: Sequence[int],
    by_style: bool = False,
    style: str = "",
    damage: str = "",
    kind: str = "",
) -> dict[str, Tally]:
    """Tallies by damage (or by style), of one style, damage or kind where named.

    The same seeds give the same documents.
    """
    tallies: dict[str, Tally] = {}
    for seed in seeds:
        for one in (kind,) if kind else ("form", "local"):
            for case in cases(seed, one):
                drawn = case.name.rsplit("/", 1)[1]
                if (style and drawn != style) or (damage and case.damage != damage):
                    continue
                key = f"{one} {drawn if by_style else case.damage}"
                tallies.setdefault(key, Tally()).add(case)
    return tallies


def main(first: int = 0, seeds: int = 4) -> int:
    """Print the shares of every damage and style; exit code 1 if one number is silently wrong."""
    wrong = 0
    for by_style in (False, True):
        for damage, tally in run(range(first, first + seeds), by_style).items():
            print(f"{damage:32} {dict(sorted(tally.counts.items()))}")
            if not by_style:
                wrong += tally.counts["silent"]
                for line in tally.silent[:3]:
                    print(f"    {line}")
    print(f"{wrong} silently wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
