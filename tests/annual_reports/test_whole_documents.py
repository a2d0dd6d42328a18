"""Bytes in, known numbers out: every medium and style, undamaged whole, damaged without a wrong number.

`python -m tests.damage.documents FIRST SEEDS` runs any number of documents and prints the shares.
"""

from __future__ import annotations

import random

import pytest

from tests.damage.documents import (
    GRID_MEDIA,
    MEDIA,
    MILD,
    TEXT_MEDIA,
    documents,
    judged,
    read,
)
from tests.damage.harness import Tally

LOSSY = {
    "glued_rows",
    "glued_whole",
    "commas",
    "values_before_labels",
    "tabs_doubled",
    "wrapped_around_values",
}
"""Styles in which the sums must help, or that lose what tells."""
PRACTICAL = [medium for medium in TEXT_MEDIA if medium.removeprefix("txt ") not in LOSSY]
SEEDS = range(5)


@pytest.mark.parametrize("medium", [*GRID_MEDIA, *PRACTICAL])
def test_an_undamaged_document_gives_every_printed_cell(medium: str) -> None:
    """Right and printed as such, whatever the manner of writing."""
    for seed in SEEDS:
        for name, truth, content in documents(seed, (medium,), ("undamaged",)):
            found = read(content, medium)
            assert found is not None, name
            expected = {key: (value, "printed") for key, value in truth.values.items()}
            assert found == expected, name


@pytest.mark.parametrize("damage", MILD)
def test_a_damaged_document_makes_no_silent_error(damage: str) -> None:
    tally = Tally()
    media = random.Random(damage).sample(list(MEDIA), 12)
    for name, truth, content in documents(7, media, (damage,)):
        tally.join(judged(truth, read(content, name.split("/")[2]), name))
    assert tally.silent == []
    assert tally.counts["printed"] > 0


@pytest.mark.parametrize(
    ("seed", "damage", "medium"),
    [
        pytest.param(
            3000004, "column_values_lost", "txt markdown", id="table three one to the left"
        ),
        pytest.param(3000000, "five_dropped", "txt markdown", id="three of table four lost"),
        pytest.param(3000002, "five_dropped", "txt markdown", id="zeros that lost both ones"),
        pytest.param(
            5000000, "dropped_and_doubled", "xlsx", id="a column hidden beside table four"
        ),
    ],
)
def test_files_once_read_wrongly_are_not_again(seed: int, damage: str, medium: str) -> None:
    for name, truth, content in documents(seed, (medium,), (damage,)):
        tally = judged(truth, read(content, medium), name)
        assert tally.silent == []
        assert tally.counts["refused"] > 0


def test_a_wrong_number_is_counted() -> None:
    name, truth, content = next(documents(0, ("html",), ("undamaged",)))
    key = ("requests", "new_received", "total")
    other = truth.changed(key, int(truth.values[key] or 0) + 1)
    assert judged(other, read(content, "html"), name).counts["silent"] == 1
    assert judged(truth, read(content, "html"), name).counts["silent"] == 0
