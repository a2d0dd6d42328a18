"""No damage makes the decoder print a number the report does not have.

`GONGKAI_DAMAGE_SEEDS` sets how many random reports each damage and style is tried on (1 by default);
`python -m tests.damage FIRST COUNT` runs any number and prints the shares.
"""

from __future__ import annotations

import os

import pytest

from tests.damage.harness import ALL_GRID_DAMAGES, FLAT_DAMAGES, Tally, flat_cases, grid_cases
from tests.damage.styles import FLAT_STYLES, GRID_STYLES

SEEDS = range(int(os.environ.get("GONGKAI_DAMAGE_SEEDS", "1")))
LEAST_READ = {"undamaged": 0.8, "page_numbers": 0.8, "one_dropped": 0.75, "label_typos": 0.75}
"""Shares of the cells that print a number: a third of the reports is written in a way whose numbers a flattened text may not place."""


@pytest.mark.parametrize("damage", FLAT_DAMAGES)
def test_damaged_text_makes_no_silent_error(damage: str) -> None:
    tally = Tally()
    for seed in SEEDS:
        for name, truth, blocks in flat_cases(seed, (damage,), tuple(FLAT_STYLES)):
            tally.add(truth, blocks, name)
    assert tally.silent == []
    read = tally.counts["printed"] + tally.counts["inferred"]
    assert read >= LEAST_READ.get(damage, 0.0) * (read + tally.counts["refused"])


@pytest.mark.parametrize("damage", ALL_GRID_DAMAGES)
def test_damaged_grids_make_no_silent_error(damage: str) -> None:
    tally = Tally()
    for seed in SEEDS:
        for name, truth, blocks in grid_cases(seed, (damage,), tuple(GRID_STYLES)):
            tally.add(truth, blocks, name)
    assert tally.silent == []
    assert tally.counts["printed"] > 0


@pytest.mark.parametrize(
    ("seed", "damage", "style"),
    [
        pytest.param(
            2000000, "dropped_and_doubled", "glued_rows", id="a stroke among glued digits"
        ),
        pytest.param(2000012, "labels_swapped", "values_before_labels", id="the total comes last"),
        pytest.param(3000021, "numbers_split", "values_before_labels", id="14 broken, wrong sum"),
        pytest.param(4000005, "label_typos", "double_spaces", id="an empty row above 3.止他"),
        pytest.param(4000011, "label_typos", "tabs", id="an empty row above 2.重复申止"),
        pytest.param(4000031, "numbers_split", "cell_marks", id="11 broken or 1 printed twice"),
        pytest.param(5000002, "numbers_split", "tabs", id="1 4件 is 14件, wrong sum"),
        pytest.param(5000013, "values_glued", "tabs_with_fillers", id="two of table two in one"),
        pytest.param(
            7210002, "label_lost", "labels_above_values", id="－ － － 0 － － － is a row"
        ),
        pytest.param(8000077, "label_lost", "labels_above_values", id="0 0 0 / 0 0 0 is a row"),
    ],
)
def test_reports_once_read_wrongly_are_not_again(seed: int, damage: str, style: str) -> None:
    tally = Tally()
    for name, truth, blocks in flat_cases(seed, (damage,), (style,)):
        tally.add(truth, blocks, name)
    assert tally.silent == []
    assert tally.counts["refused"] > 0


@pytest.mark.parametrize(
    ("seed", "damage", "style"),
    [pytest.param(6000024, "one_doubled", "ragged_header", id="7 values and an empty 8th cell")],
)
def test_grids_once_read_wrongly_are_not_again(seed: int, damage: str, style: str) -> None:
    tally = Tally()
    for name, truth, blocks in grid_cases(seed, (damage,), (style,)):
        tally.add(truth, blocks, name)
    assert tally.silent == []
    assert tally.counts["refused"] > 0


def test_the_harness_counts_a_wrong_number() -> None:
    """A harness that cannot fail proves nothing: another truth than the document's must be counted."""
    name, truth, blocks = next(flat_cases(0, ("undamaged",), ("tabs",)))
    key = ("requests", "new_received", "total")
    tally = Tally()
    tally.add(truth.changed(key, int(truth.values[key] or 0) + 1), blocks, name)
    assert tally.counts["silent"] == 1
