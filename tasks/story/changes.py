"""What a run changed: reports that came, changed, went, or are judged otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tasks.story.markdown import link, section, table
from tasks.story.picture import LakePicture

_KEY = ["province", "year", "report_id"]
_LABELS = {
    "new": "新增 new",
    "changed": "内容更改 changed",
    "judged": "结论改变 judged anew",
    "gone": "不再发布 gone",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """`rows`: kind, province, year, report_id, publisher, url, status_before, status, one per report."""

    rows: pl.DataFrame

    def number(self, kind: str) -> int:
        return int((self.rows["kind"] == kind).sum())


def changes_between(before: LakePicture, after: LakePicture) -> Changes:
    """Compare two pictures report by report; the same bytes and the same verdict are no change."""
    joined = after.reports.join(
        before.reports.select(
            *_KEY,
            status_before="status",
            sha256_before="sha256",
            publisher_before="publisher",
        ),
        on=_KEY,
        how="left",
        validate="1:1",
    )
    kind = (
        pl.when(pl.col("sha256_before").is_null())
        .then(pl.lit("new"))
        .when(pl.col("sha256_before") != pl.col("sha256"))
        .then(pl.lit("changed"))
        .when(pl.col("status_before") != pl.col("status"))
        .then(pl.lit("judged"))
    )
    columns = [
        "kind",
        "province",
        "year",
        "report_id",
        "publisher",
        "url",
        "status_before",
        "status",
    ]
    here = joined.with_columns(kind=kind).drop_nulls("kind").select(columns)
    gone = (
        before.reports.join(after.reports, on=_KEY, how="anti")
        .with_columns(
            kind=pl.lit("gone"), status_before=pl.col("status"), status=pl.lit(None, pl.String)
        )
        .select(columns)
    )
    order = pl.Enum(list(_LABELS))
    rows = pl.concat([here, gone]).with_columns(pl.col("kind").cast(order))
    return Changes(rows.sort("kind", "province", "year", "report_id"))


def changes_section(changes: Changes) -> str:
    """The changes in numbers by kind and province, then the first of them by name."""
    title = "有什么变化 What changed"
    if changes.rows.is_empty():
        return section(title, "与运行前相同 the same as before the run")
    counts = ", ".join(
        f"{label} **{changes.number(kind):,}**"
        for kind, label in _LABELS.items()
        if changes.number(kind)
    )
    rows = [
        (
            _LABELS[row["kind"]],
            f"{row['province']} {row['year']}",
            link(row["publisher"] or row["report_id"], row["url"]),
            _verdict(row["status_before"], row["status"]),
        )
        for row in changes.rows.iter_rows(named=True)
    ]
    header = ("变化 change", "省份年度", "机关 publisher", "结论 verdict")
    more = "全部见 all of them: `gongkai runs RUN --stage extract`"
    return section(title, counts, table(header, rows, see_more=more))


def _verdict(before: str | None, now: str | None) -> str:
    if before is None or now is None or before == now:
        return str(now or before)
    return f"{before} → {now}"
