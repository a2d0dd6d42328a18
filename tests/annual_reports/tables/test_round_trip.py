"""Every style gives back what was drawn, or refuses; readable styles give back all of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.model import CellStatus
from annual_reports.tables.decode import decode_tables
from tests.damage.damages import frozen, undamaged
from tests.damage.styles import (
    FLAT_STYLES,
    GRID_STYLES,
    flat_document,
    grid_document,
    text_blocks,
)
from tests.damage.truths import Truth, random_truth, with_blanks

LOSSY = {"glued_rows", "glued_whole", "commas", "values_before_labels", "tabs_doubled"}
VALUED = (CellStatus.PRINTED, CellStatus.INFERRED)
truths = st.integers(0, 2**32).map(lambda seed: random_truth(random.Random(seed)))


def drawn(truth: Truth) -> tuple:  # type: ignore[type-arg]
    return frozen(undamaged(random.Random(0), truth)[1])


def values_of(found) -> dict:  # type: ignore[no-untyped-def,type-arg]
    return {
        (cell.table, cell.row_key, cell.column_key): cell.value
        for cell in found.cells
        if cell.status in VALUED
    }


@pytest.mark.parametrize("style", [name for name in FLAT_STYLES if name not in LOSSY])
@settings(max_examples=15)
@given(truth=truths)
def test_flattened_text_gives_back_every_cell(style: str, truth: Truth) -> None:
    found = decode_tables(text_blocks(flat_document(drawn(truth), style)))
    assert values_of(found) == truth.values
    assert found.templates["requests"] == truth.requests_form
    assert found.templates["active_disclosure"] == truth.active_form
    assert not found.ends_inside_table


@pytest.mark.parametrize("style", sorted(LOSSY))
@settings(max_examples=15)
@given(truth=truths)
def test_lossy_text_gives_back_nothing_wrong(style: str, truth: Truth) -> None:
    found = decode_tables(text_blocks(flat_document(drawn(truth), style)))
    assert all(truth.values[key] == value for key, value in values_of(found).items())


@pytest.mark.parametrize("style", GRID_STYLES)
@settings(max_examples=15)
@given(truth=truths)
def test_grids_give_back_every_cell_as_printed(style: str, truth: Truth) -> None:
    found = decode_tables(grid_document(drawn(truth), style))
    assert {cell.status for cell in found.cells} == {CellStatus.PRINTED}
    assert values_of(found) == truth.values


@settings(max_examples=25)
@given(truth=truths, seed=st.integers(0, 1000))
def test_blanks_of_a_grid_stay_blank(truth: Truth, seed: int) -> None:
    truth = with_blanks(random.Random(seed), truth)
    found = decode_tables(grid_document(drawn(truth), "spanned"))
    for cell in found.cells:
        value = truth.values[cell.table, cell.row_key, cell.column_key]
        assert cell.value == value
        assert cell.status is (CellStatus.BLANK if value is None else CellStatus.PRINTED)


@settings(max_examples=20)
@given(truth=truths, style=st.sampled_from(sorted(FLAT_STYLES)))
def test_decoding_is_deterministic(truth: Truth, style: str) -> None:
    blocks = text_blocks(flat_document(drawn(truth), style))
    assert decode_tables(blocks) == decode_tables(blocks)
