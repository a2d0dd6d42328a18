"""`gongkai findings`: relations that do not hold, and a letter about those a person has confirmed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from rich.markup import escape

from annual_reports.review.letter import ConfirmedError, letter
from gongkai.errors import CommandError
from gongkai.lake_views import filled_lake, say_more
from gongkai.screen import screen
from schemas.tables import vocabulary, vocabulary_labels
from tasks.lake_summary import read_published

_CONFIRMED = "source_error"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which findings are asked for; None asks for all."""

    province: str | None
    year: int | None
    rule: str | None
    finding_class: str | None

    def chosen(self, findings: pl.DataFrame) -> pl.DataFrame:
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


def show_findings(place: str | None, filters: Filters, limit: int) -> int:
    """Relations that do not hold, with what people judged them to be."""
    rows = filters.chosen(read_published(filled_lake(place), "findings"))
    failed = rows.filter(pl.col("status") == "fail").sort("report_id", "rule_id", "place")
    console = screen()
    console.print(
        f"不符 fail {failed.height}, 无法判断 not assessable {rows.height - failed.height}\n"
    )
    judgements = vocabulary_labels("finding_judgements")
    for row in failed.head(limit).iter_rows(named=True):
        colour = "red" if row["severity"] == "hard" else "yellow"
        judged = f" [green]{judgements[row['judgement']]}[/]" if row["judgement"] else ""
        console.print(
            f"[{colour}]{row['rule_id']} {row['severity']}[/] [bold]{escape(str(row['publisher']))}"
            f" {row['report_year']}[/] {row['place']} [dim]{row['report_id']} {row['class']}[/]{judged}"
        )
        console.print(f"  {escape(row['message'])}\n")
    say_more(console, failed.height, limit)
    return 0


def print_letter(place: str | None, publisher: str, filters: Filters) -> int:
    """The draft of a letter about the confirmed errors of a publisher."""
    lake = filled_lake(place)
    reports = read_published(lake, "reports").filter(
        (pl.col("publisher") == publisher)
        | (pl.col("publisher_name") == publisher)
        | (pl.col("publisher_id") == publisher)
    )
    if reports.is_empty():
        raise CommandError(
            f"没有这个机关的报告 no report of {publisher}: give its name as printed, in full, or its publisher_id"
        )
    confirmed = filters.chosen(read_published(lake, "findings")).filter(judgement=_CONFIRMED)
    told = confirmed.join(
        reports.select("province", "year", "report_id", "title", "url", "publisher_name"),
        on=["province", "year", "report_id"],
        how="inner",
        validate="m:1",
    ).sort("year", "report_id", "rule_id", "place")
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
