"""Coverage as a grid province × year, and a page per province that says what each cell lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from schemas.fetch_causes import fetch_causes
from schemas.parameters import province_names
from tasks.story.chart import Bar, stacked_bars
from tasks.story.markdown import bar, link, one_line, section, table
from tasks.story.picture import LakePicture

_STATUSES = {
    "published": "已发布 published",
    "unreadable": "无法读取 unreadable",
    "fetch_failed": "取不到 fetch failed",
    "not_found": "未找到 not found",
}
MOST_YEARS = 20
_YEARS_ABREAST = 9


def coverage_page(picture: LakePicture, pages: Mapping[str, str], today: date) -> str:
    """The page `coverage`: a chart by province, the grid, what is overdue. `pages`: province → its page."""
    total = picture.expected.height
    if not total:
        return (
            "# 覆盖 Coverage\n\n来源文件没有写明应报年度 the sources name no year they expect "
            f"(`years:`)；已发布 published: {picture.reports.height:,}"
        )
    overdue = picture.overdue(today)
    return "\n\n".join(
        [
            "# 覆盖：省份 × 年度 Coverage: province × year",
            f"应报 expected **{total:,}**，已发布 published **{picture.covered:,}** "
            f"{bar(picture.covered / total)}，逾期未见 overdue on {today} **{overdue.height:,}**",
            chart_by_province(picture),
            section(
                "已发布 / 应报 published / expected",
                "点数字看缺什么 a number leads to what is missing.",
                grid(picture, pages),
            ),
        ]
    )


def chart_by_province(picture: LakePicture) -> str:
    """Every province as one bar, by what became of its expected reports."""
    counted = (
        picture.expected.group_by("province")
        .agg(**{status: (pl.col("status") == status).sum() for status in _STATUSES})
        .sort("province")
    )
    names = province_names()
    bars = [
        Bar(
            f"{row['province']} {names.get(row['province'], '')}",
            tuple(row[status] for status in _STATUSES),
            f"{row['published']:,} / {sum(row[status] for status in _STATUSES):,}",
        )
        for row in counted.iter_rows(named=True)
    ]
    return stacked_bars(bars, list(_STATUSES.values()), "各省覆盖 coverage by province")


def grid(picture: LakePicture, pages: Mapping[str, str]) -> str:
    """`published/expected` per province and year, newest first, as many years abreast as a page shows; a
    lacking cell leads to the page of its province."""
    cells = {
        (row["province"], row["year"]): (row["published"], row["expected"])
        for row in picture.expected.group_by("province", "year")
        .agg(expected=pl.len(), published=(pl.col("status") == "published").sum())
        .iter_rows(named=True)
    }
    known = sorted({year for _, year in cells}, reverse=True)
    years = known[:MOST_YEARS]
    shown = [
        _grid_of_years(cells, years[start : start + _YEARS_ABREAST], pages)
        for start in range(0, len(years), _YEARS_ABREAST)
    ]
    if len(known) > len(years):
        shown.append(
            f"另有 {len(known) - len(years)} 个更早的年度，见各省页 earlier years stand on the pages of the provinces"
        )
    return "\n\n".join(shown)


def _grid_of_years(
    cells: Mapping[tuple[str, int], tuple[int, int]],
    years: Sequence[int],
    pages: Mapping[str, str],
) -> str:
    names = province_names()
    rows = []
    for province in sorted({province for province, year in cells if year in years}):
        page = pages.get(province)
        row: list[object] = [link(f"{province} {names.get(province, '')}", page)]
        row += [_cell(cells.get((province, year)), page) for year in years]
        rows.append(row)
    return table(["省份 province", *(str(year) for year in years)], rows, most=50)


def _cell(counted: tuple[int, int] | None, page: str | None) -> str:
    if counted is None:
        return "·"
    published, expected = counted
    if published == expected:
        return f"✓ {published:,}"
    return link(f"{published:,}/{expected:,}", page)


def province_page(picture: LakePicture, province: str) -> str:
    """One province: its years in numbers, then what is missing and why, then doubtful reports."""
    name = f"{province} {province_names().get(province, '')}"
    parts = [
        f"# {name}",
        section("年度 Years", _years(picture, province)),
        section("缺的报告 Missing", _missing(picture, province)),
        section(
            "待核和矛盾的报告 Doubtful reports",
            "逐条见 quality 页；待核的用 review 部署处理 "
            "one by one on the page quality; settle them with the deployment review.",
            _doubtful(picture, province),
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def _years(picture: LakePicture, province: str) -> str:
    expected = picture.expected.filter(pl.col("province") == province)
    reports = picture.reports.filter(pl.col("province") == province)
    judged = reports.group_by("year").agg(
        reports=pl.len(),
        ok=(pl.col("status") == "ok").sum(),
        inconsistent=(pl.col("status") == "inconsistent").sum(),
        needs_review=(pl.col("status") == "needs_review").sum(),
    )
    counted = expected.group_by("year").agg(
        expected=pl.len(), published=(pl.col("status") == "published").sum()
    )
    joined = judged.join(counted, on="year", how="full", coalesce=True, validate="1:1")
    newest_first = joined.fill_null(0).sort("year", descending=True)
    rows = newest_first.select(
        "year", "expected", "published", "reports", "ok", "inconsistent", "needs_review"
    )
    header = (
        "年度 year",
        "应报 due",
        "已发布 published",
        "报告 reports",
        "正常 ok",
        "矛盾 broken",
        "待核 review",
    )
    return table(header, rows.rows())


def _missing(picture: LakePicture, province: str) -> str:
    causes = fetch_causes()
    missing = picture.expected.filter(
        pl.col("province") == province, pl.col("status") != "published"
    ).sort("year", "publisher", descending=[True, False])
    rows = []
    for row in missing.iter_rows(named=True):
        cause = causes.get(row["cause"] or "")
        rows.append(
            (
                row["year"],
                link(row["publisher"] or "", row["url"]),
                _STATUSES[row["status"]].split()[0],
                cause.zh_label if cause else one_line(row["reason"] or "", 24),
                one_line(cause.zh_remedy, 24) if cause else "",
            )
        )
    header = ("年度", "机关 publisher", "状态 status", "原因 cause", "怎么办 to do")
    return table(header, rows, see_more=f"`gongkai coverage --province {province} --limit 100000`")


def _doubtful(picture: LakePicture, province: str) -> str:
    doubtful = picture.reports.filter(
        pl.col("province") == province, pl.col("status") != "ok"
    ).sort("findings_hard", "report_id", descending=[True, False])
    rows = [
        (
            row["year"],
            link(row["publisher"] or row["document_name"], row["url"]),
            row["status"],
            row["findings_hard"],
            row["cells_unreadable"],
        )
        for row in doubtful.iter_rows(named=True)
    ]
    header = (
        "年度",
        "机关 publisher",
        "状态 status",
        "硬 hard",
        "读不定 unreadable",
        "报告 report",
    )
    return table(header, rows, see_more=f"`gongkai findings --province {province} --limit 100000`")
