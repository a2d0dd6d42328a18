"""Looking into a lake: totals, coverage, findings."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongkai.errors import CommandError
from gongkai.run_summary import partitions_table
from gongkai.screen import screen
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths, open_lake
from tasks.lake_summary import scan_published, summarise
from tasks.night_plan import today_in_china
from tasks.publication_gate import held_partitions
from tasks.run_history import read_runs

LAST_RUNS = 5


def show_status(place: str | None) -> int:
    """What the lake holds, how the last runs ended."""
    lake = filled_lake(place)
    console = screen()
    summary = summarise(lake)
    console.print(f"[bold]数据湖 lake[/]: {lake.root}", soft_wrap=True)
    console.print(partitions_table(summary))
    console.print(f"[bold]隔离 quarantined[/]: {read_quarantined(lake).height}")
    for reason, number in summary.quarantined.group_by("reason").len().sort("reason").iter_rows():
        console.print(f"  {reason}: {number}")
    for held in held_partitions(lake):
        console.print(f"[bold red]门禁 gate[/]: {escape(held.message)}", soft_wrap=True)
    console.print(_runs_table(lake))
    console.print(f"[bold]清单 manifest[/]: sha256 {summary.manifest_sha256}", soft_wrap=True)
    return 0


def show_coverage(
    place: str | None, province: str | None, year: int | None, only_overdue: bool, limit: int
) -> int:
    """Expected publishers and years, what became of them, and what is overdue today."""
    rows = _chosen(scan_published(filled_lake(place), "coverage"), province, year).collect()
    today = today_in_china(datetime.now(UTC))
    late = (pl.col("status") != "published") & (pl.col("due_date") < today)
    rows = rows.with_columns(
        overdue=pl.when(late).then((pl.lit(today) - pl.col("due_date")).dt.total_days())
    )
    if only_overdue:
        rows = rows.drop_nulls("overdue")
    console = screen()
    counted = rows.group_by("status").len().sort("status")
    console.print(
        ", ".join(f"{status} {number}" for status, number in counted.iter_rows()) or "无 none"
    )
    console.print(f"逾期未见 overdue: {rows['overdue'].count()}")
    columns = [
        "province",
        "year",
        "publisher",
        "status",
        "fetch_state",
        "due_date",
        "publish_date",
        "days_late",
        "overdue",
        "reason",
    ]
    _print_rows(console, rows.sort("province", "publisher", "year").select(columns), limit)
    return 0


def filled_lake(place: str | None) -> LakePaths:
    """The lake at a place. Raises CommandError where nothing is published yet."""
    lake = open_lake(place)
    if not lake.manifest.is_file():
        raise CommandError(
            f"{lake.root} 里还没有发布的数据 nothing is published there yet: "
            f"run `gongkai run sample` or `gongkai ingest PATH`, or choose a lake with --lake"
        )
    return lake


def _chosen(rows: pl.LazyFrame, province: str | None, year: int | None) -> pl.LazyFrame:
    if province is not None:
        rows = rows.filter(pl.col("province") == province)
    if year is not None:
        rows = rows.filter(pl.col("year") == year)
    return rows


def _runs_table(lake: LakePaths) -> Table:
    table = Table(title="最近的运行 last runs", title_justify="left")
    for label in ("运行 run", "流程 flow", "结果 outcome", "开始 started (UTC)", "说明 message"):
        table.add_column(label, overflow="fold")
    for row in read_runs(lake).tail(LAST_RUNS).iter_rows(named=True):
        started = f"{row['started_at']:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            row["run_id"], row["flow"], row["outcome"], started, escape(row["message"] or "")
        )
    return table


def _print_rows(console: Console, rows: pl.DataFrame, limit: int) -> None:
    table = Table()
    for name in rows.columns:
        table.add_column(name, overflow="fold")
    for row in rows.head(limit).iter_rows():
        table.add_row(*("" if value is None else escape(str(value)) for value in row))
    console.print(table)
    say_more(console, rows.height, limit)


def say_more(console: Console, rows: int, limit: int) -> None:
    """How many rows were left out."""
    if rows > limit:
        console.print(f"… +{rows - limit}（--limit 显示更多 for more）")
