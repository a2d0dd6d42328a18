"""`python -m tests.damage [FIRST_SEED] [SEEDS] [PROCESSES]`: the damage corpus at any size, as a table."""

from __future__ import annotations

import sys

from .harness import run
from .report import lines_by_damage, silent_lines, total_line


def main(first: int = 0, seeds: int = 4, processes: int = 2) -> int:
    """Print the shares of every damage; exit code 1 if one number is silently wrong."""
    tallies = run(range(first, first + seeds), processes)
    for line in (*lines_by_damage(tallies), *silent_lines(tallies), total_line(tallies)):
        print(line)
    return 1 if any(tally.silent for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:4])))
