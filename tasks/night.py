"""One night may take several runs: what killed ones have already asked is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from tasks.observations import NOT_FINAL, Observation, Outcome, Purpose

_CHINA = ZoneInfo("Asia/Shanghai")
LONGEST_NIGHT = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class AskedTonight:
    """What runs of this night that were killed left behind.

    `settled`: URL → the final row of its request. `attempts`: URL → attempts made without one.
    """

    settled: Mapping[str, Observation] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)


def runs_of_this_night(runs: pl.DataFrame, flow: str, run_id: str, now: datetime) -> list[str]:
    """The runs of a flow that were killed since the last one that ended, oldest first.

    `runs` as `run_history.read_runs` gives them. Runs begun longer ago than a night are another night's.
    """
    earlier = runs.filter(pl.col("flow") == flow, pl.col("run_id") != run_id).sort(
        "started_at", descending=True
    )
    killed: list[str] = []
    for row in earlier.iter_rows(named=True):
        if row["outcome"] != "interrupted" or now - row["started_at"] > LONGEST_NIGHT:
            break
        killed.append(row["run_id"])
    return killed[::-1]


def asked_tonight(observations: pl.DataFrame, run_ids: list[str]) -> AskedTonight:
    """What these runs asked. robots.txt is read anew by every run."""
    rows = observations.filter(
        pl.col("run_id").is_in(run_ids),
        pl.col("url").is_not_null(),
        pl.col("purpose") != Purpose.ROBOTS,
    )
    final = ~pl.col("outcome").is_in(NOT_FINAL)
    settled = rows.filter(final).unique("url", keep="last", maintain_order=True)
    tried = rows.filter(~final).group_by("url").agg(pl.col("attempt").max())
    return AskedTonight(
        {row["url"]: _observation(row) for row in settled.iter_rows(named=True)},
        dict(tried.join(settled, on="url", how="anti").iter_rows()),
    )


def _observation(row: dict[str, object]) -> Observation:
    known = {name: row[name] for name in Observation.__dataclass_fields__}
    return Observation(
        **(known | {"purpose": Purpose(row["purpose"]), "outcome": Outcome(row["outcome"])})  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class NightWindow:
    """The hours in which sites are asked, by the clock in China; open from `opens` until `closes`."""

    opens: time
    closes: time

    def is_open(self, now: datetime) -> bool:
        """Whether a request may be sent at this moment (aware)."""
        clock = now.astimezone(_CHINA).time()
        if self.opens <= self.closes:
            return self.opens <= clock < self.closes
        return clock >= self.opens or clock < self.closes


def parse_window(text: str) -> NightWindow | None:
    """`22:00-07:00` as a window; None for an empty text. Raises ValueError for anything else."""
    if not text.strip():
        return None
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as error:
        raise ValueError(
            f"时段应写成 22:00-07:00 hours are written as 22:00-07:00, not {text!r}"
        ) from error
    return NightWindow(opens, closes)
