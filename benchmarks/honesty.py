"""Right, inferred, refused and silently wrong cells per style and damage, over reports of known truth."""

from __future__ import annotations

from collections.abc import Iterator

from tests.damage.documents import run_documents
from tests.damage.harness import run
from tests.damage.report import lines_by_damage, silent_lines, total_line

FIRST_SEED = 40_000
"""Seeds nobody tunes on; `python -m tests.damage FIRST SEEDS` runs any others."""


def measure_honesty(seeds: int = 2, processes: int = 2) -> Iterator[str]:
    """The lines of the tables; the last of each part says how many numbers were silently wrong."""
    chosen = range(FIRST_SEED, FIRST_SEED + seeds)
    for part, tallies in (
        ("blocks to cells", run(chosen, processes)),
        ("files to cells", run_documents(chosen, processes)),
    ):
        yield f"\nreports of known truth, {part}"
        yield from lines_by_damage(tallies)
        yield from silent_lines(tallies)
        yield total_line(tallies)
