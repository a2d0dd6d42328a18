"""The last screen of a run: what the lake holds now, what changed, and what to do next."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gongkai.screen import screen
from tasks.lake_paths import LakePaths
from tasks.lake_summary import LakeSummary, summarise
from tasks.local_server import HOST, UI_PORT
from tasks.run_history import read_runs

LONGEST_LIST = 10


def print_summary(lake: LakePaths, digest_before: str | None, message: str) -> None:
    """Chinese first, English beside; plain enough to be read in a log."""
    console = screen()
    summary = summarise(lake)
    console.print(f"\n[bold]结果 result[/]: {escape(message)}")
    _print_counts(console, lake)
    console.print(partitions_table(summary))
    _print_quarantined(console, summary)
    _print_findings(console, summary)
    if digest_before == summary.manifest_sha256:
        console.print("[bold]数据湖没有变化 nothing changed in the lake[/]")
    console.print(f"[bold]数据湖 lake[/]: {lake.root}", soft_wrap=True)
    console.print(f"[bold]清单 manifest[/]: sha256 {summary.manifest_sha256}", soft_wrap=True)
    console.print(
        f"[bold]界面 UI[/]: make ui（或 or gongkai serve）→ http://{HOST}:{UI_PORT}", soft_wrap=True
    )
    console.print("[bold]查询 query[/]（DuckDB，粘贴即可 paste it）:")
    print(example_query(lake))


def example_query(lake: LakePaths) -> str:
    """One DuckDB statement over the lake: requests received by province, year and scope."""
    requests = lake.published / "requests" / "**" / "*.parquet"
    return (
        "  SELECT province, year, scope, count(*) AS reports, sum(new_received) AS requests_received\n"
        f"  FROM read_parquet('{str(requests).replace(chr(39), chr(39) * 2)}', hive_partitioning = true)\n"
        "  WHERE is_total GROUP BY ALL ORDER BY ALL;"
    )


def partitions_table(summary: LakeSummary) -> Table:
    """Reports by province and year, with their quality."""
    table = Table(title=f"报告 reports: {summary.reports}", title_justify="left")
    for label in ("省份 province", "年度 year"):
        table.add_column(label)
    for label in (
        "报告 reports",
        "正常 ok",
        "矛盾 inconsistent",
        "待核 review",
        "硬 hard",
        "软 soft",
    ):
        table.add_column(label, justify="right")
    shown = summary.partitions.select(
        pl.format("{} {}", "province", "province_name"),
        "year",
        "reports",
        "ok",
        "inconsistent",
        "needs_review",
        "hard",
        "soft",
    )
    for row in shown.iter_rows():
        table.add_row(*(str(value) for value in row))
    return table


def _print_counts(console: Console, lake: LakePaths) -> None:
    runs = read_runs(lake)
    if runs.is_empty():
        return
    last = runs.row(-1, named=True)
    console.print(
        f"[bold]本次 this run[/]: 发现 found {last['found']}, 新取 fetched {last['fetched']} new, "
        f"未变 unchanged {last['unchanged']}, 取不到 failed {last['failed']}, "
        f"识读 read {last['read']}, 隔离 quarantined {last['quarantined']}"
    )


def _print_quarantined(console: Console, summary: LakeSummary) -> None:
    aside = summary.quarantined
    console.print(f"[bold]隔离 quarantined[/]: {aside.height}")
    shown = aside.sort("reason", "name").head(LONGEST_LIST)
    for name, url, reason, message in shown.select("name", "url", "reason", "message").iter_rows():
        console.print(f"  {reason}  {escape(url or name)}: {escape(message)}", soft_wrap=True)
    if aside.height > LONGEST_LIST:
        console.print(f"  … +{aside.height - LONGEST_LIST}")


def _print_findings(console: Console, summary: LakeSummary) -> None:
    failed = summary.findings.filter(pl.col("status") == "fail")
    unjudged = summary.findings.filter(pl.col("status") != "fail")["number"].sum()
    console.print(
        f"[bold]核对 findings[/]: 不符 fail {failed['number'].sum()}, 无法判断 not assessable {unjudged}"
    )
    for rule, severity, number in (
        failed.select("rule_id", "severity", "number").head(LONGEST_LIST).iter_rows()
    ):
        console.print(f"  {rule} ({severity}): {number}")
