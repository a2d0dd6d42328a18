"""`python -m tests.damage [FIRST_SEED] [SEEDS] [PROCESSES]`: the damage corpus at any size, as a table."""

from __future__ import annotations

import sys

from .harness import growing_tallies, tally_seed
from .report import print_growing


def main(first: int = 0, seeds: int = 4, processes: int = 2) -> int:
    """Print sums while it runs and the shares of every damage; exit code 1 if one number is silently wrong."""
    return print_growing(growing_tallies(tally_seed, range(first, first + seeds), processes))


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
