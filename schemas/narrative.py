"""What the running text of a report looks like: its title, its chapters, the page round it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.fields import read_data_rows


@dataclass(frozen=True, slots=True)
class ChapterTitle:
    """A chapter: one of the six of the national form, or one of the years before it.

    `pattern` matches its wording, loosely; `zh_title` is one wording in full. `number` is that of the
    form of 2019 and later on the same subject, None where that form has no such chapter.
    """

    number: int | None
    pattern: re.Pattern[str]
    zh_title: str
    is_of_form: bool


@cache
def report_title_patterns() -> tuple[re.Pattern[str], ...]:
    """Wordings by which a title names an annual report on information disclosure."""
    return tuple(re.compile(row["pattern"]) for row in read_data_rows("report_titles.csv"))


@cache
def chapter_titles() -> tuple[ChapterTitle, ...]:
    """The chapters of the national form in order, then those of older reports."""
    return tuple(
        ChapterTitle(
            number=int(row["number"]) if row["number"] else None,
            pattern=re.compile(f"(?:{row['title_pattern']})"),
            zh_title=row["zh_title"],
            is_of_form=row["period"] == "form",
        )
        for row in read_data_rows("section_titles.csv")
    )


@cache
def furniture_pattern(kind: str) -> re.Pattern[str]:
    """Lines that belong to the page, not to the report, all patterns of a kind in one.

    `line`: this line only. `trailer`: this line and what follows it, up to the next chapter.
    """
    patterns = [row["pattern"] for row in read_data_rows("furniture.csv") if row["kind"] == kind]
    return re.compile("|".join(patterns))


@cache
def list_page_pattern(kind: str) -> re.Pattern[str]:
    """Wordings of list pages, all patterns of a kind (next, page, last, back, …) in one."""
    patterns = [row["pattern"] for row in read_data_rows("list_pages.csv") if row["kind"] == kind]
    return re.compile("|".join(patterns))


@cache
def document_findings() -> dict[str, dict[str, str]]:
    """Doubts about a whole document by rule: severity, class and the wording in both languages."""
    return {row["rule_id"]: row for row in read_data_rows("document_findings.csv")}


def table_name(table: str) -> str:
    """The Chinese name of a statutory table; KeyError for an unknown one."""
    names = {row["table"]: row["zh_name"] for row in read_data_rows("table_names.csv")}
    return names[table]
