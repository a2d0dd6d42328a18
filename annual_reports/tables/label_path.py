"""The full path of each label of an indicator table: its headings by numbering, 其中 and spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from annual_reports.tables.indicator_rows import IndicatorRow, label_text

_BELOW = 5


@dataclass
class _Outline:
    """The open headings, outermost first, as (depth, label, whether others may hang below it unasked).

    `part_rank`: the numbering of the rows that 其中 began, `part_depth` where they hang.
    """

    open: list[tuple[int, str, bool]] = field(default_factory=list)
    valueless: set[str] = field(default_factory=set)
    part_rank: int | None = None
    part_depth: int = 0

    def place(self, text: str, has_values: bool) -> tuple[str, ...]:
        """Hang a label below the headings it belongs to; the labels from the outermost to its own."""
        label = label_text(text)
        if label.of_which:
            depth = self._depth_of_part(label.rank)
        elif label.rank and label.rank == self.part_rank:
            depth = self.part_depth
        elif label.rank:
            depth = label.rank
            self._close_parts(label.rank)
        else:
            self.part_rank = None
            depth = self._depth_below_headings()
        self._close(depth)
        if not has_values:
            self.valueless.add(label.bare)
        self.open.append((depth, label.bare, not has_values or label.rank > 0))
        return tuple(name for _, name, _ in self.open)

    def _depth_of_part(self, rank: int) -> int:
        if self.part_rank is None or rank != self.part_rank:
            self.part_depth = (self.open[-1][0] if self.open else 0) + _BELOW
        self.part_rank = rank
        return self.part_depth

    def _close_parts(self, rank: int) -> None:
        """A numbered label is no part of an unnumbered row before it, unless it goes on below a part."""
        if self.part_rank is not None and rank > self.part_rank:
            return
        self.part_rank = None
        self.open = [one for one in self.open if one[2]]

    def _depth_below_headings(self) -> int:
        """An unnumbered label stands below the last heading, beside what stands there already."""
        return max((one[0] for one in self.headings()), default=0) + 1

    def headings(self) -> list[tuple[int, str, bool]]:
        """The open labels without values of their own."""
        return [one for one in self.open if one[1] in self.valueless]

    def _close(self, depth: int) -> None:
        while self.open and self.open[-1][0] >= depth:
            self.open.pop()


def label_paths(rows: Sequence[IndicatorRow]) -> list[str]:
    """For each row its label below its headings, joined by `/`; '' for a row without a label."""
    outline = _Outline()
    paths = []
    for row in rows:
        if not row.parts:
            paths.append("")
            continue
        spanning = [label_text(part).bare for part in row.parts[:-1]]
        if spanning:
            outline = _Outline()
            paths.append("/".join([*spanning, label_text(row.label).bare]))
        else:
            paths.append("/".join(outline.place(row.label, _stands_alone(row))))
    return paths


def _stands_alone(row: IndicatorRow) -> bool:
    """Whether a row has values, so that an unnumbered row after it is not its part."""
    return bool(row.loose) or any(m is not None and m.printed.value is not None for m in row.marks)
