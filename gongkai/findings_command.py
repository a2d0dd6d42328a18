"""`gongkai findings`: relations that do not hold, and a letter about those a person has confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.markup import escape

from annual_reports.review.letter import ConfirmedError, letter
from gongkai.errors import CommandError
from gongkai.lake_views import filled_lake, say_more
from gongkai.screen import screen
from schemas.tables import vocabulary, vocabulary_labels
from tasks.findings_seen import scan_findings_seen
from tasks.lake_paths import LakePaths
from tasks.lake_summary import scan_published

_CONFIRMED = "source_error"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings are asked for; None asks for all."""

    province: str | None
    year: int | None
    rule: str | None
    finding_class: str | None

    def chosen(self, findings: pl.LazyFrame) -> pl.LazyFrame:
        """The findings asked for. Raises CommandError for a class that does not exist."""
        classes = vocabulary("finding_classes")
        if self.finding_class is not None and self.finding_class not in classes:
            raise CommandError(
                f"没有这种归属 no such class: {self.finding_class}; 可用 use {'、'.join(classes)}"
            )
        asked = {
            "province": self.province,
            "year": self.year,
            "rule_id": self.rule,
            "class": self.finding_class,
        }
        return findings.filter(**{name: told for name, told in asked.items() if told is not None})


def show_gone_findings(place: str | None, filters: Filters, limit: int) -> int:
    """Relations that did not hold once and are published no more, the last seen first."""
    seen = filters.chosen(scan_findings_seen(filled_lake(place)))
    gone = seen.filter(~pl.col("stands"), pl.col("status") == "fail")
    number = _number_of(gone)
    console = screen()
    console.print(f"已不再出现 no longer there {number}\n")
    latest = gone.sort(
        "last_seen", "report_id", "rule_id", "place", descending=[True, *[False] * 3]
    )
    for row in latest.head(limit).collect(engine="streaming").iter_rows(named=True):
        console.print(
            f"{row['rule_id']} [bold]{row['report_id']}[/] {row['place']} [dim]{row['class']}[/]\n"
            f"  {_seen_in_words(row)}\n"
        )
    say_more(console, number, limit)
    return 0


def _seen_in_words(row: dict[str, Any]) -> str:
    """When and by which runs a finding was seen; empty where no run has noted it."""
    if row["first_run"] is None:
        return ""
    returned = f"，曾消失 had gone {row['times_gone']} 次" if row["times_gone"] else ""
    return (
        f"首见 first seen {row['first_seen']:%Y-%m-%d}（{row['first_run']}），"
        f"末见 last seen {row['last_seen']:%Y-%m-%d}（{row['last_run']}）{returned}"
    )


def show_findings(place: str | None, filters: Filters, limit: int) -> int:
    """Relations that do not hold, with what people judged them to be."""
    lake = filled_lake(place)
    rows = filters.chosen(scan_published(lake, "findings"))
    failed = rows.filter(pl.col("status") == "fail")
    number = _number_of(failed)
    console = screen()
    console.print(f"不符 fail {number}, 无法判断 not assessable {_number_of(rows) - number}\n")
    judgements = vocabulary_labels("finding_judgements")
    first = failed.sort("report_id", "rule_id", "place").head(limit).collect(engine="streaming")
    for row in _with_runs(lake, first).iter_rows(named=True):
        colour = "red" if row["severity"] == "hard" else "yellow"
        judged = f" [green]{judgements[row['judgement']]}[/]" if row["judgement"] else ""
        console.print(
            f"[{colour}]{row['rule_id']} {row['severity']}[/] [bold]{escape(str(row['publisher']))}"
            f" {row['report_year']}[/] {row['place']} [dim]{row['report_id']} {row['class']}[/]{judged}"
        )
        console.print(f"  {escape(row['message'])}")
        console.print(f"  [dim]{_seen_in_words(row)}[/]\n")
    say_more(console, number, limit)
    return 0


def _number_of(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


def _with_runs(lake: LakePaths, findings: pl.DataFrame) -> pl.DataFrame:
    """The findings in their order, with the runs that saw them."""
    keys = ["province", "year", "fingerprint"]
    asked = pl.col("fingerprint").is_in(findings.get_column("fingerprint").implode())
    seen = scan_findings_seen(lake).filter(asked)
    runs = seen.select(*keys, "first_run", "first_seen", "last_run", "last_seen", "times_gone")
    return findings.join(runs.collect(), on=keys, how="left", validate="m:1", maintain_order="left")


def print_letter(place: str | None, publisher: str, filters: Filters) -> int:
    """The draft of a letter about the confirmed errors of a publisher."""
    lake = filled_lake(place)
    its_own = pl.any_horizontal(pl.col("publisher", "publisher_name", "publisher_id") == publisher)
    reports = scan_published(lake, "reports").filter(its_own).collect()
    if reports.is_empty():
        raise CommandError(
            f"没有这个机关的报告 no report of {publisher}: give its name as printed, in full, or its publisher_id"
        )
    confirmed = filters.chosen(scan_published(lake, "findings")).filter(judgement=_CONFIRMED)
    told = (
        confirmed.collect()
        .join(
            reports.select("province", "year", "report_id", "title", "url", "publisher_name"),
            on=["province", "year", "report_id"],
            how="inner",
            validate="m:1",
        )
        .sort("year", "report_id", "rule_id", "place")
    )
    if told.is_empty():
        raise CommandError(
            f"{publisher} 没有已确认的原文错误；请先在待核清单中判断 no confirmed error yet: "
            f"judge its findings first (gongkai review list)"
        )
    errors = [
        ConfirmedError(
            year=row["year"],
            title=row["title"] or "政府信息公开工作年度报告",
            url=row["url"],
            **{name: row[name] for name in ("rule_id", "place", "left", "right", "message")},
        )
        for row in told.iter_rows(named=True)
    ]
    print(letter(told["publisher_name"][0] or publisher, errors))
    return 0
