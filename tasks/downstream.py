"""What the example flow does with a partition that was published."""

from __future__ import annotations

import polars as pl
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.lake_paths import open_lake
from tasks.lake_summary import scan_published
from tasks.story.markdown import link, table


def leave_partition_page(province: str, year: int, lake: str) -> State[None]:
    """The reports of one partition with their verdicts, as a page of the UI."""
    published = scan_published(open_lake(lake or None), "reports")
    reports = published.filter(pl.col("province") == province, pl.col("year") == year).collect()
    page = partition_page(province, year, reports)
    create_markdown_artifact(page, key="downstream-example", description=f"{province} {year}")
    return Completed(message=f"{province} {year}: {reports.height} 份报告 reports")


def partition_page(province: str, year: int, reports: pl.DataFrame) -> str:
    """One row per report; `reports` has the published columns."""
    rows = [
        (link(row["publisher"] or row["document_name"], row["url"]), row["status"])
        for row in reports.sort("report_id").iter_rows(named=True)
    ]
    shown = table(("机关 publisher", "结论 verdict"), rows, see_more="`gongkai status`")
    return f"# {province} {year} 已发布 published: {reports.height:,}\n\n{shown}"
