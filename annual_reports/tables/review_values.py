"""The fifteen values of table four: three groups of four results and their total (R10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from annual_reports.model import Number
from annual_reports.tables.marks import (
    MISSING,
    Mark,
    Slot,
    has_equal_neighbours,
    inferred,
    slot_of,
    unreadable,
)
from annual_reports.tables.printed_values import Kind, read_count

GROUP = 5
VALUES = 15
_RULES = ("R10",)


def settle_fifteen(marks: Sequence[Mark], reordered: bool, stops: bool) -> list[list[Slot]]:
    """Three rows of five slots. More than fifteen values are read only if one reading satisfies R10."""
    if reordered:
        return _groups([unreadable("column_order")] * VALUES)
    if not marks:
        return _groups([MISSING] * VALUES)
    if any(mark.attached or mark.kind is Kind.GLUED for mark in marks) or _is_whole_row(marks):
        return _groups(_settle_glued(marks))
    if len(marks) == VALUES:
        return _groups(_with_letters(marks, stops))
    if len(marks) > VALUES:
        return _groups(_settle_surplus(marks))
    reason = "cut_off" if stops else "short_row"
    return _groups([unreadable(reason, marks[0])] * VALUES)


def _is_whole_row(marks: Sequence[Mark]) -> bool:
    """Whether all that is printed is one run of at least so many digits as the row has values."""
    return len(marks) == 1 and marks[0].text.isdigit() and len(marks[0].text) >= VALUES


def settle_text(marks: Sequence[Mark], reordered: bool, stops: bool) -> list[list[Slot]]:
    """As `settle_fifteen`, where a cell over two columns may have been printed for each of them."""
    groups = settle_fifteen(marks, reordered, stops)
    if len(marks) != VALUES:
        return groups
    return [
        [unreadable("merged", mark) for mark in group] if _may_be_copied(group) else slots
        for group, slots in zip(_groups_of(marks), groups, strict=True)
    ]


def _may_be_copied(group: Sequence[Mark]) -> bool:
    """Whether two numbers of several digits that are equal neighbours stand in a group that does not add up."""
    return has_equal_neighbours(group) and not sums_hold(_numbers(group))


def settle_cells(marks: Sequence[Mark], is_reordered: bool) -> list[list[Slot]]:
    """Three rows of five slots from the cells of a grid row, blanks included."""
    if len(marks) != VALUES:
        filled = [mark for mark in marks if mark.text]
        whole = len(filled) >= VALUES and all(mark.kind is Kind.NUMBER for mark in filled)
        return settle_fifteen(filled if whole else filled[: VALUES - 1], is_reordered, False)
    if not is_reordered and _is_shifted(marks):
        return _groups([unreadable("shifted_row", mark) for mark in marks])
    groups = settle_fifteen(marks, is_reordered, False)
    totals_empty = not any(mark.text for mark in marks[GROUP - 1 :: GROUP])
    return [
        [unreadable("shifted_row", mark) for mark in group]
        if _lacks_a_number(group, totals_empty)
        else slots
        for group, slots in zip(_groups_of(marks), groups, strict=True)
    ]


def _lacks_a_number(group: Sequence[Mark], totals_empty: bool) -> bool:
    """Whether a group with an empty cell does not add up: the cell may be the end of one over two columns that lost its span.

    `totals_empty`: the publisher leaves all totals empty.
    """
    if all(mark.text for mark in group) or (totals_empty and not group[-1].text):
        return False
    if any(mark.kind not in (Kind.NUMBER, Kind.BLANK) for mark in group):
        return False
    return not sums_hold(_numbers(group))


def _is_shifted(marks: Sequence[Mark]) -> bool:
    """Whether a row above zero whose only empty cells stand at one end satisfies R10 as well after moving values.

    An empty first cell moved the whole row. Empty last ones may stand for values lost anywhere, and move what follows
    them. What was lost is not known, and neither is what its group adds up to; after several even one wrong sum
    shows that the row is not as it was printed.
    """
    values = _numbers(marks)
    blanks = [at for at, mark in enumerate(marks) if mark.kind is Kind.BLANK]
    holding = _groups_holding(values)
    if not any(values) or not blanks:
        return False
    if blanks == [0]:
        return _holding_with_gap(values[1:], VALUES - 1) + 1 >= holding
    if blanks != list(range(blanks[0], VALUES)):
        return False
    if len(blanks) > 1:
        return holding < VALUES // GROUP
    kept = values[:-1]
    return any(
        _holding_with_gap(kept, gap) + 1 >= holding
        for gap in range(VALUES - 1)
        if [*kept[:gap], 0, *kept[gap:]] != values
    )


def _holding_with_gap(kept: Sequence[Number], gap: int) -> int:
    """How many groups hold when a number of any size stands in the gap, that group not counted."""
    start = gap // GROUP * GROUP
    row = [*kept[:gap], 0, *kept[gap:]]
    return _groups_holding(row[:start] + row[start + GROUP :])


def _groups_holding(values: Sequence[Number]) -> int:
    return sum(sums_hold(values[start : start + GROUP]) for start in range(0, len(values), GROUP))


def _groups_of(marks: Sequence[Mark]) -> list[Sequence[Mark]]:
    return [marks[start : start + GROUP] for start in range(0, VALUES, GROUP)]


def _groups(slots: Sequence[Slot]) -> list[list[Slot]]:
    return [list(slots[start : start + GROUP]) for start in range(0, VALUES, GROUP)]


def values_found(marks: Sequence[Mark], slots: Sequence[Sequence[Slot]]) -> int:
    """How many values the table prints: fifteen where glued digits could be cut, else the marks."""
    cut = len(marks) < VALUES and all(slot.value is not None for group in slots for slot in group)
    return VALUES if cut else len(marks)


def sums_hold(values: Sequence[Number]) -> bool:
    """R10 in every group of five."""
    return all(
        sum(values[start : start + GROUP - 1]) == values[start + GROUP - 1]
        for start in range(0, len(values), GROUP)
    )


def _with_letters(marks: Sequence[Mark], stops: bool) -> list[Slot]:
    """Fifteen marks are the fifteen cells; a letter O is 0 only if its group's sum says so."""
    slots = [slot_of(mark) for mark in marks]
    for start in range(0, VALUES, GROUP):
        group = range(start, start + GROUP)
        letters = [i for i in group if slots[i].reason == "letter_zero"]
        known = all(marks[i].printed.value is not None for i in group)
        if len(letters) == 1 and known and sums_hold([marks[i].printed.value or 0 for i in group]):
            slots[letters[0]] = inferred(
                marks[letters[0]].printed.value or 0, marks[letters[0]], _RULES
            )
    last = [slot.value for slot in slots[-GROUP:]]
    if stops and last[-1] and (None in last or not sums_hold([value or 0 for value in last])):
        slots[-1] = unreadable("cut_off", marks[-1])
    return slots


def _settle_surplus(marks: Sequence[Mark]) -> list[Slot]:
    """One value too many may be a page number, unless a double or the halves of a broken number may be it as well.

    Two too many may be halves of two numbers, and then sums prove nothing.
    """
    if any(mark.kind is not Kind.NUMBER for mark in marks) or len(marks) > VALUES + 1:
        return [unreadable("long_row", marks[0])] * VALUES
    found = {
        tuple(mark.printed.value for mark in kept): kept
        for out in range(len(marks))
        if _fits((kept := [*marks[:out], *marks[out + 1 :]]), marks[out], out)
    }
    return _agreed([*found.values(), *_rivals(marks)] if found else [], marks)


def _fits(kept: Sequence[Mark], left_out: Mark, place: int) -> bool:
    """Whether R10 holds without a value; zeros around a number above zero that is left out confirm nothing."""
    values = _numbers(kept)
    group = min(place, VALUES - 1) // GROUP
    around = values[group * GROUP : (group + 1) * GROUP]
    return sums_hold(values) and (not left_out.printed.value or any(around))


def _numbers(marks: Sequence[Mark]) -> list[Number]:
    return [mark.printed.value or 0 for mark in marks]


def _rivals(marks: Sequence[Mark]) -> Iterator[tuple[Mark, ...]]:
    """Each way to take two neighbouring values for the halves of one number, or for one printed twice.

    The publisher may have added up one group wrongly, so that its sum does not tell.
    """
    for index, (one, two) in enumerate(pairwise(marks)):
        for whole in _wholes(one, two):
            row = (*marks[:index], whole, *marks[index + 2 :])
            if VALUES // GROUP - _groups_holding(_numbers(row)) <= 1:
                yield row


def _wholes(one: Mark, two: Mark) -> Iterator[Mark]:
    whole = read_count(one.text + two.text)
    if one.text != "0" and one.text.isdigit() and whole.kind is Kind.NUMBER:
        yield one._replace(printed=whole, text=one.text + two.text)
    if one.text == two.text:
        yield one


def _agreed(found: Sequence[Sequence[Mark]], marks: Sequence[Mark]) -> list[Slot]:
    if not found:
        return [unreadable("long_row", marks[0])] * VALUES
    slots = []
    for column in range(VALUES):
        values = sorted({kept[column].printed.value or 0 for kept in found})
        mark = found[0][column]
        one = len(values) == 1
        slots.append(
            inferred(values[0], mark, _RULES)
            if one
            else unreadable("long_row", mark, tuple(values))
        )
    return slots


def _settle_glued(marks: Sequence[Mark]) -> list[Slot]:
    """A digit for each value, where all sums hold and a row that lost a value or prints one twice has other digits.

    Longer numbers are not cut: beside the sums of its groups this table has nothing that would tell a row with a loss.
    """
    digits = "".join(mark.text for mark in marks)
    if not (digits.isascii() and digits.isdigit()) or len(digits) != VALUES:
        return [unreadable("glued", marks[0])] * VALUES
    values = [int(digit) for digit in digits]
    if not sums_hold(values) or _fits_damaged(digits):
        return [unreadable("glued", marks[0])] * VALUES
    return [inferred(value, marks[0], _RULES) for value in values]


def _fits_damaged(digits: str) -> bool:
    """Whether one group of the row may lack a value that its total makes up for, or hold one twice, and two are whole."""
    ends = range(len(digits) + 1)
    return any(
        sum(_is_whole(group) for group in groups) >= 2
        and any(
            _may_be_damaged(group)
            and all(_is_whole(other) for other in groups[:at] + groups[at + 1 :])
            for at, group in enumerate(groups)
        )
        for one in ends
        for two in ends[one:]
        for groups in [(digits[:one], digits[one:two], digits[two:])]
    )


@lru_cache(maxsize=4096)
def _is_whole(digits: str) -> bool:
    return any(sums_hold(values) for values in _numbers_in(digits, GROUP))


@lru_cache(maxsize=4096)
def _may_be_damaged(digits: str) -> bool:
    lacking = any(sum(parts) <= total for *parts, total in _numbers_in(digits, GROUP - 1))
    return lacking or any(
        values[at] == values[at + 1] and sums_hold([*values[:at], *values[at + 1 :]])
        for values in _numbers_in(digits, GROUP + 1)
        for at in range(GROUP)
    )


def _numbers_in(digits: str, count: int) -> Iterator[tuple[int, ...]]:
    """Every way to cut the digits into so many numbers without leading zeros."""
    if count == 0:
        if not digits:
            yield ()
        return
    longest = 1 if digits[:1] == "0" else len(digits) - count + 1
    for length in range(1, longest + 1):
        for rest in _numbers_in(digits[length:], count - 1):
            yield (int(digits[:length]), *rest)
