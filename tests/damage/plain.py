"""`python -m tests.damage.plain [FIRST_SEED] [SEEDS] [PROCESSES]`: plainly written reports in the buckets of the design study.

Twelve damages in the sixteen styles that keep what separates the cells, and the styles that do not, undamaged.
"""

from __future__ import annotations

import random
import sys

from .harness import Tallies, Tally, damaged_text, growing_tallies
from .report import print_growing
from .styles import FLAT_STYLES
from .truths import random_truth

DAMAGES = (
    "undamaged",
    "one_dropped",
    "five_dropped",
    "one_doubled",
    "page_numbers",
    "bare_page_numbers",
    "label_typos",
    "label_characters_lost",
    "digit_changed",
    "letter_for_zero",
    "label_lost",
    "truncated",
)
GLUED = ("glued_rows", "glued_whole", "wrapped_around_values")
SEPARATED = tuple(
    style
    for style in FLAT_STYLES
    if style not in (*GLUED, "values_before_labels", "tabs_doubled", "commas")
)
CASES = (
    *((damage, style) for damage in DAMAGES for style in SEPARATED),
    *(("undamaged", style) for style in GLUED),
)


def tally_plain(seed: int) -> Tallies:
    """Tallies of one seed by (damage, style); what is undamaged in a glued style under the style's own name."""
    tallies: Tallies = {}
    for damage, style in CASES:
        name = f"plain {seed}/{damage}/{style}"
        source = random.Random(name)
        case = damaged_text(source, name, random_truth(source), damage, style)
        if case is not None:
            bucket = style if style in GLUED else damage
            tallies.setdefault((bucket, style), Tally()).add(case[1], case[2], name)
    return tallies


def main(first: int = 0, seeds: int = 6, processes: int = 2) -> int:
    """Print the shares of every bucket; exit code 1 if one number is silently wrong."""
    return print_growing(growing_tallies(tally_plain, range(first, first + seeds), processes))


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
