"""Stretches of flattened tables written exactly as one before but for their numbers, found by one pattern.

Taking a stretch apart line by line costs more than all the rest of reading it by a known layout. Which
tokens a line has depends on its numbers in one way only: a line may pass for a page number if they are
short enough. With zeros for all numbers it would pass soonest, so a writing is kept that then has the same tokens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from annual_reports.memory import LayoutMemory, picker
from annual_reports.tables.flat_text import line_tokens
from annual_reports.tables.layout_memory import MOST_LAYOUTS
from annual_reports.tables.plain_values import AMOUNT_MARK, COUNT_MARK

_BEGINNING, _MOST_ALIKE = 24, 8
_BETWEEN = r"\s|｜│┃;；\x07"
_STANDING = re.compile(rf"(?<![^{_BETWEEN}>])[0-9]+(?:\.[0-9]+)?(?![^{_BETWEEN}<])")
_COUNT = "(0|[1-9][0-9]{0,11})"
_AMOUNT = r"((?:0|[1-9][0-9]{0,11})\.[0-9]{1,6})"
_LINE_ENDS = r"(?![^\n])"


class Stretch(NamedTuple):
    """The lines of the tables, `first` to before `end`; one entry for each value, in reading order.

    `filled` are the lines with tokens. `writing`: that of one written the same way, by whose pattern it was found.
    """

    first: int
    end: int
    key: str
    raws: Sequence[str]
    masks: Sequence[str]
    value_lines: Sequence[int]
    filled: Sequence[int]
    writing: Writing | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """`pattern` has a group for each number; `sample` is the stretch it was made of.

    `pick` takes the values of a stretch from the constant ones followed by the numbers; `amounts` are their places
    among the numbers.
    """

    pattern: re.Pattern[str]
    sample: Stretch
    constants: tuple[str, ...]
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    amounts: tuple[int, ...]

    def stretch_at(self, whole: str, start: int, first: int) -> Stretch | None:
        found = self.pattern.match(whole, start)
        if found is None:
            return None
        numbers = found.groups()
        if not all(_is_one_value(numbers[place]) for place in self.amounts):
            return None
        sample, moved = self.sample, first - self.sample.first
        return Stretch(
            first,
            sample.end + moved,
            sample.key,
            self.pick((*self.constants, *numbers)),
            sample.masks,
            [line + moved for line in sample.value_lines] if moved else sample.value_lines,
            [line + moved for line in sample.filled] if moved else sample.filled,
            self,
        )


_MEMORY: LayoutMemory[tuple[Writing, ...]] = LayoutMemory(MOST_LAYOUTS)


def stretch_as_written(whole: str, start: int, first: int) -> Stretch | None:
    """The stretch that begins at `start` of a text, line `first` of it, if it is written like one before."""
    for writing in _MEMORY.get(whole[start : start + _BEGINNING]) or ():
        if (stretch := writing.stretch_at(whole, start, first)) is not None:
            return stretch
    return None


def keep_as_written(
    texts: Sequence[str],
    stretch: Stretch,
    collect: Callable[[Sequence[str], int, int], Stretch | None],
) -> None:
    """Remember how a stretch of known layout is written once it comes again; `collect` takes lines apart."""
    places = _number_places(texts, stretch)
    if places is None:
        return
    pieces = _pieces(texts[stretch.first : stretch.end], places)
    if not _MEMORY.comes_again("\0".join(pieces)) or not _holds_with_zeros(
        pieces, stretch, collect
    ):
        return
    marks = [mask for mask in stretch.masks if mask in (COUNT_MARK, AMOUNT_MARK)]
    parts = [re.escape(pieces[0])]
    for mark, piece in zip(marks, pieces[1:], strict=True):
        parts += (_COUNT if mark == COUNT_MARK else _AMOUNT, re.escape(piece))
    number_at = count()
    ordinals = [
        next(number_at) if mask in (COUNT_MARK, AMOUNT_MARK) else None for mask in stretch.masks
    ]
    writing = Writing(
        pattern=re.compile("".join((*parts, _LINE_ENDS))),
        sample=stretch,
        constants=tuple(
            raw for raw, place in zip(stretch.raws, ordinals, strict=True) if place is None
        ),
        pick=picker(ordinals),
        amounts=tuple(n for n, mark in enumerate(marks) if mark == AMOUNT_MARK),
    )
    beginning = "\n".join(texts[stretch.first : stretch.end])[:_BEGINNING]
    alike = (writing, *(_MEMORY.get(beginning) or ()))
    _MEMORY.keep(beginning, alike[:_MOST_ALIKE])


def forget_written() -> None:
    """Forget how stretches were written."""
    _MEMORY.clear()


def _is_one_value(raw: str) -> bool:
    return line_tokens(raw) == ((raw, raw, True),)


def _number_places(texts: Sequence[str], stretch: Stretch) -> list[list[tuple[int, int]]] | None:
    """Where the numbers stand in each line of a stretch; None where one is not found by itself."""
    places: list[list[tuple[int, int]]] = [[] for _ in range(stretch.first, stretch.end)]
    found = [_STANDING.finditer(text) for text in texts[stretch.first : stretch.end]]
    for raw, mask, line in zip(stretch.raws, stretch.masks, stretch.value_lines, strict=True):
        if mask not in (COUNT_MARK, AMOUNT_MARK):
            continue
        at = next((one for one in found[line - stretch.first] if one[0] == raw), None)
        if at is None:
            return None
        places[line - stretch.first].append(at.span())
    return places


def _pieces(lines: Sequence[str], places: Sequence[Sequence[tuple[int, int]]]) -> list[str]:
    """The text of a stretch cut at its numbers."""
    pieces = [""]
    for n, (line, spans) in enumerate(zip(lines, places, strict=True)):
        done = 0
        pieces[-1] += "\n" if n else ""
        for start, end in spans:
            pieces[-1] += line[done:start]
            pieces.append("")
            done = end
        pieces[-1] += line[done:]
    return pieces


def _holds_with_zeros(
    pieces: Sequence[str],
    stretch: Stretch,
    collect: Callable[[Sequence[str], int, int], Stretch | None],
) -> bool:
    """Whether the stretch with zeros for its numbers has the same tokens."""
    marks = [mask for mask in stretch.masks if mask in (COUNT_MARK, AMOUNT_MARK)]
    zeros = ["0" if mask == COUNT_MARK else "0.0" for mask in marks]
    parts = [pieces[0]]
    for zero, piece in zip(zeros, pieces[1:], strict=True):
        parts += (zero, piece)
    lines = "".join(parts).split("\n")
    found = collect(lines, 0, len(lines))
    return found is not None and (found.key, found.masks, found.end) == (
        stretch.key,
        stretch.masks,
        stretch.end - stretch.first,
    )
