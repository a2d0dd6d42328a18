"""The readings one row of values can have: placements, deletions and cuts whose row sum holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

from annual_reports.model import Number
from annual_reports.tables.marks import Mark
from annual_reports.tables.printed_values import Kind, Printed
from annual_reports.tables.sums import COLUMNS, added

MOST_READINGS = 20_000
_MOST_CUTS = 4_000
_MOST_DIGITS = 42


class Entry(NamedTuple):
    """A value in a column of one reading. `mark` is None for a hole: a number that must have been lost."""

    value: Number | None
    mark: Mark | None


Reading = tuple[Entry, ...]


def values_of(reading: Reading) -> list[Number | None]:
    return [entry.value for entry in reading]


def as_printed(marks: Sequence[Mark]) -> Reading:
    return tuple(Entry(mark.printed.value, mark) for mark in marks)


def is_cuttable(marks: Sequence[Mark]) -> bool:
    """Whether a run of digits in the row shows that separators were lost."""
    return any(mark.kind is Kind.GLUED or mark.attached for mark in marks)


def digits_match_columns(marks: Sequence[Mark]) -> bool:
    """One digit for each column: then there is only one way to cut."""
    digits = "".join(mark.text for mark in marks)
    return digits.isascii() and digits.isdigit() and len(digits) == COLUMNS


def any_digit(marks: Sequence[Mark]) -> bool:
    """Whether a digit other than 0 stands among them."""
    return any(set(mark.text) - {"0"} for mark in marks)


def single_digits(marks: Sequence[Mark]) -> Reading:
    return tuple(Entry(int(digit), mark) for mark in marks for digit in mark.text)


def readings(marks: Sequence[Mark], cut: bool) -> list[Reading]:
    """Every reading of a row that does not print exactly seven values; empty where too many or none.

    All of them satisfy the row sum with a total above zero, or are surplus rows all the same.
    """
    if cut:
        return _unique(_cuts(marks))
    if any(mark.kind not in (Kind.NUMBER, Kind.BLANK) for mark in marks):
        return []
    if len(marks) == COLUMNS - 1:
        return _unique(_placements(marks))
    if len(marks) > COLUMNS and comb(len(marks), COLUMNS) <= _MOST_CUTS:
        return _regroupings(marks)
    return []


def _unique(found: Iterator[Reading]) -> list[Reading]:
    """Readings that differ in a value or in which cell is the hole."""
    seen: dict[tuple[tuple[Number | None, bool], ...], Reading] = {}
    for reading in found:
        seen.setdefault(tuple((entry.value, entry.mark is None) for entry in reading), reading)
        if len(seen) > MOST_READINGS:
            return []
    return list(seen.values())


def _placements(marks: Sequence[Mark]) -> Iterator[Reading]:
    """One value was lost: it stands in one of seven columns and the row sum says what it was."""
    entries = as_printed(marks)
    for hole in range(COLUMNS):
        kept = (*entries[:hole], Entry(None, None), *entries[hole:])
        if hole == COLUMNS - 1:
            lost = added([entry.value for entry in entries])
        else:
            lost = (kept[-1].value or 0) - added(values_of(kept[:-1]))
        total = lost if hole == COLUMNS - 1 else kept[-1].value or 0
        if lost >= 0 and total > 0:
            yield (*kept[:hole], Entry(lost, None), *kept[hole + 1 :])


def _regroupings(marks: Sequence[Mark]) -> list[Reading]:
    """One value printed twice, or surplus values joined to their neighbour as halves of one number.

    A number of another kind in the row may belong to it as well, and a wrong sum of the publisher could
    choose between the readings: where a row may be either it has none.
    """
    surplus = len(marks) - COLUMNS
    undoubled = _undoubled(marks) if surplus == 1 else []
    joined = _unique(
        tuple(entries)
        for whole in _joined(marks, surplus)
        if _adds_up(entries := as_printed(whole))
    )
    return [] if undoubled and joined else undoubled or joined


def _undoubled(marks: Sequence[Mark]) -> list[Reading]:
    """The row without one of two equal neighbours, where every such pair leaves the same seven values."""
    left = {
        tuple(mark.text for mark in kept): as_printed(kept)
        for at in range(len(marks) - 1)
        if marks[at].text == marks[at + 1].text
        for kept in [(*marks[:at], *marks[at + 1 :])]
    }
    return [reading for reading in left.values() if _adds_up(reading)] if len(left) == 1 else []


def _adds_up(reading: Reading) -> bool:
    return added(values_of(reading[:-1])) == (reading[-1].value or 0)


def _joined(marks: Sequence[Mark], count: int) -> Iterator[Sequence[Mark]]:
    """Every way to join `count` of the values to the one before them."""
    for ends in combinations(range(1, len(marks)), count):
        whole: list[Mark] = [marks[0]]
        for index, mark in enumerate(marks[1:], 1):
            if index not in ends:
                whole.append(mark)
                continue
            text = whole[-1].text + mark.text
            if not (text.isascii() and text.isdigit()) or text[0] == "0":
                break
            raw = f"{whole[-1].raw} {mark.raw}"
            printed = Printed(Kind.NUMBER, int(text))
            whole[-1] = whole[-1]._replace(printed=printed, text=text, raw=raw)
        else:
            yield whole


def _cuts(marks: Sequence[Mark]) -> Iterator[Reading]:
    """Every way to cut the digits into exactly seven numbers whose sum holds.

    Where separators were lost, one that is left may as well stand inside a number: it counts for nothing.
    """
    if not marks:
        return
    digits = "".join(mark.text for mark in marks)
    raw = " ".join(mark.raw for mark in marks)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MOST_DIGITS:
        return
    whole = marks[0]._replace(text=digits, raw=raw)
    for length in range(1, len(digits) - COLUMNS + 2):
        total = digits[-length:]
        if total[0] != "0":
            for pieces in _adding_to(digits[:-length], COLUMNS - 1, int(total)):
                yield tuple(Entry(value, whole) for value in (*pieces, int(total)))


def _adding_to(digits: str, count: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut the digits into `count` numbers without leading zeros that add up to `total`."""
    if count == 0:
        if not digits and total == 0:
            yield ()
        return
    if not count <= len(digits) <= count * len(str(total)):
        return
    longest = 1 if digits[0] == "0" else len(digits) - count + 1
    for length in range(1, longest + 1):
        value = int(digits[:length])
        if value > total:
            return
        for rest in _adding_to(digits[length:], count - 1, total - value):
            yield (value, *rest)
