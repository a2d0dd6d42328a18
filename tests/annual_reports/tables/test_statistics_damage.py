"""Random indicator tables with known truth, flattened and damaged: no number is silently wrong."""

from __future__ import annotations

import pytest

from tests.damage.statistics_documents import FLAT_STYLES
from tests.damage.statistics_harness import run

WHOLE_STYLES = ("one_field_a_line", "tabs", "bars", "spaces", "double_spaces", "one_line")


@pytest.mark.parametrize("seed", [11, 12])
def test_no_number_of_an_indicator_table_is_silently_wrong(seed: int) -> None:
    tallies = run([seed])
    assert [line for tally in tallies.values() for line in tally.silent] == []
    assert sum(tally.counts["right"] for tally in tallies.values()) > 10_000


def test_undamaged_documents_give_every_cell() -> None:
    for style in (*WHOLE_STYLES, "grid", "split_grid"):
        for kind in ("form", "local"):
            tally = run([21, 22], style=style, damage="undamaged", kind=kind)[f"{kind} undamaged"]
            assert (tally.counts["refused"], tally.silent) == (0, []), (kind, style)


def test_the_styles_named_here_exist() -> None:
    assert set(WHOLE_STYLES) < set(FLAT_STYLES)
