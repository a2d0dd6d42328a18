"""A number read by OCR stays only where the form's relations confirm it."""

from __future__ import annotations

import random
from collections import Counter

from annual_reports.model import Cell, CellEvidence, CellStatus
from annual_reports.tables.recognised import count_refused, unconfirmed_refused
from tests.damage.truths import Truth, random_truth


def cells_of(truth: Truth, page: int = 1) -> list[Cell]:
    return [
        Cell(*key, value, CellStatus.PRINTED, str(value), CellEvidence(0, 0, 0, page))
        for key, value in truth.values.items()
    ]


def truths(count: int) -> list[Truth]:
    source = random.Random(11)
    return [random_truth(source) for _ in range(count)]


def test_tables_with_sums_are_confirmed_and_table_two_never() -> None:
    for truth in truths(20):
        for cell in unconfirmed_refused(cells_of(truth), {1}):
            confirmed = cell.table != "active_disclosure"
            assert (cell.status is CellStatus.PRINTED) == confirmed
            assert confirmed or cell.evidence.options == (truth.values[cell[:3]],)


def test_one_wrong_digit_is_never_confirmed() -> None:
    source = random.Random(12)
    for truth in truths(60):
        cells = cells_of(truth)
        at = source.choice([i for i, c in enumerate(cells) if c.table != "active_disclosure"])
        wrong = (cells[at].value or 0) + source.choice((1, 2, 5, 10))
        cells[at] = cells[at]._replace(value=wrong)
        kept = unconfirmed_refused(cells, {1})
        assert kept[at].status is CellStatus.UNREADABLE
        assert kept[at].evidence.options == (wrong,)
        assert all(c.value in (None, truth.values[c[:3]]) for c in kept)


def test_a_blank_among_the_leaves_leaves_its_column_unconfirmed() -> None:
    cells = cells_of(truths(1)[0])
    at = next(i for i, c in enumerate(cells) if c[1:3] == ("disclosed_full", "natural_person"))
    cells[at] = cells[at]._replace(value=None, status=CellStatus.BLANK)
    kept = unconfirmed_refused(cells, {1})
    touched = [
        c
        for c in kept
        if c.table == "requests" and c.column_key == "natural_person" and c is not kept[at]
    ]
    assert {c.status for c in touched} == {CellStatus.UNREADABLE}


def test_cells_of_other_pages_are_left_alone() -> None:
    cells = cells_of(truths(1)[0], page=3)
    kept = unconfirmed_refused(cells, {1, 2})
    assert list(kept) == cells
    assert count_refused(cells, kept) == {}


def test_refused_cells_are_counted_by_table() -> None:
    cells = cells_of(truths(1)[0])
    counts = count_refused(cells, unconfirmed_refused(cells, {1}))
    assert counts == {"active_disclosure": Counter(c.table for c in cells)["active_disclosure"]}
