"""`python -m tests.damage [FIRST_SEED] [SEEDS]`: the damage corpus at any size, one line per damage."""

from __future__ import annotations

import sys

from .harness import run


def main(first: int = 0, seeds: int = 4) -> int:
    """Print the shares of every damage; exit code 1 if one number is silently wrong."""
    tallies = run(range(first, first + seeds))
    cells = wrong = 0
    for damage, tally in tallies.items():
        total = sum(tally.counts.values())
        cells += total
        wrong += tally.counts["silent"]
        shares = " ".join(
            f"{kind} {100 * count / total:.2f}%" for kind, count in sorted(tally.counts.items())
        )
        print(f"{damage:28} {total:8} cells  {shares}")
        for line in tally.silent[:3]:
            print(f"    {line}")
    print(f"{cells} cells, {wrong} silently wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
