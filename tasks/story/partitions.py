"""Freshness and lineage: one row per partition, what it was made from and when its sites were asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from annual_reports.lake.manifest import Manifest
from schemas.parameters import province_names
from tasks.night_plan import CHINA
from tasks.observations import HAVING_BYTES, NOT_FINAL, REPORTING, Outcome
from tasks.story.picture import LakePicture

MOST_ROWS = 1000
_NEWS = (Outcome.NEW, Outcome.CHANGED, Outcome.MOVED)


def partition_rows(
    manifest: Manifest | None, observations: pl.DataFrame, picture: LakePicture, today: date
) -> list[dict[str, object]]:
    """Every partition, newest year first; Prefect's table takes them as they are."""
    made = _made(manifest)
    asked = _asked(observations)
    expected = _counts(picture.expected)
    published = _counts(picture.expected.filter(pl.col("status") == "published"))
    overdue = _counts(picture.overdue(today))
    reports = _counts(picture.reports)
    names = province_names()
    rows: list[dict[str, object]] = []
    for key in sorted({*made, *expected, *reports}, key=lambda key: (-key[1], key[0])):
        last_asked, last_news = asked.get(key, (None, None))
        rows.append(
            {
                "省份 province": f"{key[0]} {names.get(key[0], '')}",
                "年度 year": key[1],
                "报告 reports": reports.get(key, 0),
                "已发布/应报 due": f"{published.get(key, 0)}/{expected.get(key, 0)}",
                "逾期 late": overdue.get(key, 0),
                "问过 asked": str(last_asked or ""),
                "更新 news": str(last_news or ""),
                "由来 inputs": made.get(key, "")[:12],
            }
        )
    return rows


def _made(manifest: Manifest | None) -> dict[tuple[str, int], str]:
    """What each partition was made from: the hash of its inputs."""
    made: dict[tuple[str, int], str] = {}
    for file in manifest.files if manifest else ():
        parts = dict(part.split("=", 1) for part in file.path.split("/") if "=" in part)
        if "province" in parts:
            made[parts["province"], int(parts["year"])] = file.input_hash
    return made


def _asked(observations: pl.DataFrame) -> dict[tuple[str, int], tuple[date, date | None]]:
    days = pl.col("requested_at").dt.convert_time_zone(CHINA).dt.date()
    rows = (
        observations.filter(
            pl.col("purpose").is_in(REPORTING),
            ~pl.col("outcome").is_in(NOT_FINAL),
            pl.col("province").is_not_null(),
            pl.col("year").is_not_null(),
        )
        .group_by("province", "year")
        .agg(asked=days.max(), news=days.filter(pl.col("outcome").is_in(_NEWS)).max())
    )
    return {(province, year): (asked, news) for province, year, asked, news in rows.iter_rows()}


def last_news(observations: pl.DataFrame) -> date | None:
    """The last day (in China) on which an address of a report gave something new."""
    days = (
        observations.filter(
            pl.col("purpose").is_in(REPORTING),
            pl.col("outcome").is_in(_NEWS),
            pl.col("outcome").is_in(HAVING_BYTES),
        )["requested_at"]
        .dt.convert_time_zone(CHINA)
        .dt.date()
    )
    found: Iterable[date] = days.drop_nulls().to_list()
    return max(found, default=None)


def _counts(rows: pl.DataFrame) -> dict[tuple[str, int], int]:
    counted = rows.group_by("province", "year").len()
    return {(province, year): number for province, year, number in counted.iter_rows()}
