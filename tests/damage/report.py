"""Tallies of the damage corpus as lines of text: shares per damage and per style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from .harness import Tally

_KINDS = ("printed", "inferred", "refused", "silent")
_MOST_SHOWN = 40


def print_growing(runs: Iterable[tuple[int, Mapping[tuple[str, str], Tally]]]) -> int:
    """Print the sum so far after every seed and the shares at the end; exit code 1 if a number is silently wrong."""
    tallies: Mapping[tuple[str, str], Tally] = {}
    told = 0
    for seed, tallies in runs:
        print(f"up to seed {seed}: {total_line(tallies)}", flush=True)
        wrong = [line for tally in tallies.values() for line in tally.silent]
        if len(wrong) > told:
            print(*wrong[:_MOST_SHOWN], sep="\n", flush=True)
        told = len(wrong)
    for line in (*lines_by_damage(tallies), *silent_lines(tallies), total_line(tallies)):
        print(line)
    return 1 if told else 0


def lines_by_damage(tallies: Mapping[tuple[str, str], Tally]) -> Iterator[str]:
    """A header and one line per damage, then the same per style: shares of the cells that print a number."""
    for position, name in enumerate(("damage", "style")):
        counts: dict[str, Counter[str]] = {}
        for key, tally in tallies.items():
            counts.setdefault(key[position], Counter()).update(tally.counts)
        yield f"{name:32}{'cells':>10}{'right %':>10}{'inferred %':>12}{'refused %':>11}{'silent':>8}"
        for key, count in counts.items():
            yield _line(key, count)


def _line(name: str, count: Counter[str]) -> str:
    cells = sum(count[kind] for kind in _KINDS)
    printed, inferred, refused = (100 * count[kind] / max(1, cells) for kind in _KINDS[:3])
    return (
        f"{name:32}{sum(count.values()):>10}{printed:>10.2f}{inferred:>12.2f}{refused:>11.2f}"
        f"{count['silent']:>8}"
    )


def silent_lines(tallies: Mapping[tuple[str, str], Tally]) -> list[str]:
    return [line for tally in tallies.values() for line in tally.silent[:3]][:_MOST_SHOWN]


def total_line(tallies: Mapping[tuple[str, str], Tally]) -> str:
    cells = sum(sum(tally.counts.values()) for tally in tallies.values())
    return (
        f"{cells} cells, {sum(tally.counts['silent'] for tally in tallies.values())} silently wrong"
    )
