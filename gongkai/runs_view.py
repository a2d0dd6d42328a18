"""The history of runs on the screen, read from the lake: it outlives Prefect's server."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.markup import escape
from rich.table import Table

from gongkai.errors import CommandError
from gongkai.screen import screen
from tasks.lake_paths import LakePaths, open_lake
from tasks.run_history import COUNTED, read_runs
from tasks.run_items import read_items

_COLOURS = {"completed": "green", "failed": "red", "interrupted": "yellow", "started": "cyan"}


def show_runs(place: str | None, flow: str | None, limit: int) -> int:
    """The last runs, newest first."""
    found = read_runs(open_lake(place)).sort("started_at", descending=True)
    if flow is not None:
        found = found.filter(pl.col("flow") == flow)
    table = Table(title="运行 runs", title_justify="left")
    for label in ("运行 run", "流程 flow", "结果 outcome", "用时 took"):
        table.add_column(label, no_wrap=True)
    table.add_column("发现/新取/未变/失败/识读/隔离/分区", overflow="fold")
    table.add_column("说明 message", overflow="fold")
    for row in found.head(limit).iter_rows(named=True):
        colour = _COLOURS[row["outcome"]]
        table.add_row(
            row["run_id"],
            row["flow"],
            f"[{colour}]{row['outcome']}[/]",
            _took(row),
            "/".join(str(row[name]) for name in COUNTED),
            escape(row["message"] or ""),
        )
    console = screen()
    console.print(table)
    if found.height > limit:
        console.print(f"… +{found.height - limit}（--limit 显示更多 for more）")
    return 0


def _took(row: dict[str, Any]) -> str:
    started, ended = row["started_at"], row["ended_at"]
    return "" if ended is None else f"{(ended - started).total_seconds():.0f} s"


def show_items(
    place: str | None, run: str, stage: str | None, outcome: str | None, limit: int
) -> int:
    """One run: its parameters and code, its outcomes in numbers, then what it did with each thing."""
    lake = open_lake(place)
    row = _the_run(lake, run)
    items = read_items(lake, row["run_id"])
    console = screen()
    for label, name in (
        ("运行 run", "run_id"),
        ("流程 flow", "flow"),
        ("结果 outcome", "outcome"),
        ("说明 message", "message"),
        ("参数 parameters", "parameters"),
        ("代码 code", "code_commit"),
        ("Prefect", "flow_run_id"),
    ):
        console.print(f"[bold]{label}[/]: {escape(str(row[name] or ''))}", soft_wrap=True)
    for kind, number in _in_numbers(items):
        console.print(f"  {kind}: {number}")
    chosen = items
    if stage is not None:
        chosen = chosen.filter(pl.col("stage") == stage)
    if outcome is not None:
        chosen = chosen.filter(pl.col("outcome") == outcome)
    for one in chosen.head(limit).iter_rows(named=True):
        words = " ".join(
            str(one[name])
            for name in ("province", "report_year", "publisher", "cause", "message")
            if one[name] is not None
        )
        console.print(
            f"{one['stage']} {one['outcome']} {escape(one['item'])} {escape(words)}", soft_wrap=True
        )
    if chosen.height > limit:
        console.print(f"… +{chosen.height - limit}（--limit 显示更多 for more）")
    return 0


def _in_numbers(items: pl.DataFrame) -> list[tuple[str, int]]:
    counted = items.group_by("stage", "outcome", maintain_order=True).len()
    return [(f"{stage} {outcome}", number) for stage, outcome, number in counted.iter_rows()]


def _the_run(lake: LakePaths, beginning: str) -> dict[str, Any]:
    found = read_runs(lake).filter(pl.col("run_id").str.starts_with(beginning))
    if found.height != 1:
        what = "没有这次运行 no such run" if found.is_empty() else f"{found.height} 次运行 runs"
        raise CommandError(f"{what}: {beginning}；用 gongkai runs 查编号 look its id up there")
    return found.row(0, named=True)
