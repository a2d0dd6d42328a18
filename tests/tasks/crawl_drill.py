"""Kill -9 at random moments of a crawl, as often as asked: `python -m tests.tasks.crawl_drill [KILLS] [PAGES]`.

The crawl runs in a process of its own over sites with faults; afterwards the lake must be that of an
undisturbed crawl, and no site may have been asked more than the retry policy allows.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tasks.crawl import Crawl
from tasks.fetching import fetch_shards, page_shards
from tasks.host_rules import FetchLimits
from tasks.lake_paths import LakePaths
from tasks.night import asked_tonight
from tasks.observations import NOT_FINAL, Outcome, Purpose, last_sights, read_observations
from tasks.open_run import recorded_run
from tasks.polite_fetch import PageRequest
from tasks.progress import Progress
from tests.tasks.misbehaving_site import MisbehavingSite, misbehaving_sites

SITES = 5
LIMITS = FetchLimits(
    local_seconds_between_requests=0.002,
    requests_at_once_per_host=4,
    silent_seconds=0.5,
    whole_seconds=5.0,
    attempts=4,
    first_wait_seconds=0.01,
)
FAULTS = ("gone", "heals", "cut-once", "never-heals", "soft-404", "challenge-words", "cut-short")
_ONE_IN = 12
_NEEDED = 3
"""Requests that the page needs which answers 503 and then heals."""
_COMPARED = ("purpose", "outcome", "status", "cause", "sha256")


def pages_of(bases: Sequence[str], pages: int) -> list[str]:
    """Addresses over the sites in turn, one in twelve of them with a fault."""
    return [f"{bases[number % len(bases)]}/{_name(number)}/{number}" for number in range(pages)]


def _name(number: int) -> str:
    return FAULTS[number // _ONE_IN % len(FAULTS)] if number % _ONE_IN == 0 else "page"


def crawl_once(lake: str, pages: int, bases: Sequence[str]) -> None:
    """One run of the crawl, as a night does it: what killed runs have asked is not asked again."""
    with recorded_run("nightly", None, lake, {}) as run:
        seen = read_observations(run.lake.observations)
        tonight = asked_tonight(seen, run.earlier_tonight)
        crawl = Crawl(run.lake, run.record.run_id, last_sights(seen), LIMITS, tonight)
        requests = [
            PageRequest("drill", Purpose.REPORT, url, local=True) for url in pages_of(bases, pages)
        ]
        fetch_shards(crawl, page_shards(requests), Progress("f", "f", len(requests)))


def crawl_with_kills(
    lake: Path, pages: int, kills: int, sites: Sequence[MisbehavingSite], seed: int
) -> int:
    """Run the crawl to its end, killing it at random moments; gives the kills that hit it."""
    draw = random.Random(seed)
    command = [sys.executable, "-m", "tests.tasks.crawl_drill", "--crawl", str(lake), str(pages)]
    command += [site.base for site in sites]
    hit = 0
    for _ in range(kills):
        before = _asked(sites)
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while _asked(sites) == before and running.poll() is None:
            time.sleep(0.001)
        time.sleep(draw.uniform(0.0, 0.25))
        hit += running.poll() is None
        running.kill()
        running.wait()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return hit


def _asked(sites: Sequence[MisbehavingSite]) -> int:
    return sum(site.asked.total() for site in sites)


def differences(undisturbed: Path, killed: Path) -> list[str]:
    """What the two lakes do not have in common; times, runs and unfinished attempts aside.

    Left out is a page of which kills cut off so many attempts that the rest could not heal it.
    """
    starved = _starved(killed)
    one, other = _content(undisturbed, starved), _content(killed, starved)
    return [
        f"{key}: {one.get(key)!r:.200} / {other.get(key)!r:.200}"
        for key in one | other
        if one.get(key) != other.get(key)
    ]


def _starved(lake: Path) -> set[str]:
    """Healing pages whose attempts that were not cut off are fewer than healing takes."""
    seen = read_observations(LakePaths(lake).observations)
    cut = Counter(seen.filter(outcome=Outcome.INTERRUPTED)["url"])
    return {
        url for url, times in cut.items() if "/heals/" in url and LIMITS.attempts - times < _NEEDED
    }


def _content(lake: Path, left_out: set[str]) -> dict[str, object]:
    """The objects by name, and the final rows of each address, all of them; some addresses aside."""
    final = read_observations(LakePaths(lake).observations).filter(
        ~pl.col("outcome").is_in(NOT_FINAL), pl.col("purpose") != Purpose.ROBOTS
    )
    is_left_out = pl.col("url").is_in(left_out)
    of_others = final.filter(~is_left_out)
    aside = set(final.filter(is_left_out)["sha256"]) - set(of_others["sha256"])
    objects = {
        path.name: path.read_bytes()
        for path in (lake / "raw" / "objects").rglob("*.*")
        if path.name.split(".")[0] not in aside
    }
    by_url = of_others.group_by("url").agg(_COMPARED)
    return objects | {row[0]: row[1:] for row in by_url.iter_rows()}


def asked_too_often(sites: Sequence[MisbehavingSite], lake: Path) -> Counter[str]:
    """Pages asked for more often than the attempts of the retry policy.

    Attempts cut off by a kill count as attempts; only one that was the last is made again.
    """
    cut = read_observations(LakePaths(lake).observations).filter(
        pl.col("outcome") == Outcome.INTERRUPTED, pl.col("attempt") >= LIMITS.attempts
    )
    last_attempts_cut = Counter(cut["url"].to_list())
    return Counter(
        {
            site.base + path: times
            for site in sites
            for path, times in site.asked.items()
            if times > LIMITS.attempts + last_attempts_cut[site.base + path]
            and path != "/robots.txt"
        }
    )


def drill(pages: int, kills: int, seed: int, folder: Path) -> tuple[int, list[str], Counter[str]]:
    """(kills that hit a running crawl, differences to the undisturbed lake, pages asked too often)."""
    with misbehaving_sites(SITES) as sites:
        crawl_with_kills(folder / "undisturbed", pages, 0, sites, seed)
        for site in sites:
            site.asked.clear()
        hit = crawl_with_kills(folder / "killed", pages, kills, sites, seed)
        return (
            hit,
            differences(folder / "undisturbed", folder / "killed"),
            asked_too_often(sites, folder / "killed"),
        )


def main() -> int:
    """The drill at the size asked for, or one crawl of it."""
    if sys.argv[1:2] == ["--crawl"]:
        lake, pages, *bases = sys.argv[2:]
        crawl_once(lake, int(pages), bases)
        return 0
    kills, size = (int(text) for text in [*sys.argv[1:3], "50", "2000"][:2])
    with tempfile.TemporaryDirectory() as folder:
        hit, differing, too_often = drill(size, kills, 1, Path(folder))
    print(
        f"{size} pages, {hit} of {kills} kills hit a running crawl, {len(differing)} differences, "
        f"{len(too_often)} pages asked too often"
    )
    print("\n".join([*differing[:10], *(f"{url}: {n}" for url, n in too_often.most_common(10))]))
    return 1 if differing or too_often or hit < kills * 0.8 else 0


if __name__ == "__main__":
    sys.exit(main())
