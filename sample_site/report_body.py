"""The body of a sample report: headings, paragraphs and tables in printing order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sample_site.form_tables import (
    FormTable,
    Printed,
    active_disclosure_table,
    printed_active_disclosure,
    printed_requests,
    printed_review_litigation,
    requests_table,
    review_litigation_table,
    with_labels,
)

TABLES = ("active_disclosure", "requests", "review_litigation")
HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


@dataclass(frozen=True)
class Heading:
    """A chapter heading."""

    text: str


Block = Heading | FormTable | str


def printed_tables(report: Mapping[str, Any]) -> dict[str, dict[tuple[str, str], str]]:
    """What each of the three tables prints, cell by cell."""
    forms = forms_of(report)
    return {
        "active_disclosure": printed_active_disclosure(
            forms["active_disclosure"], report.get("active_disclosure", {})
        ),
        "requests": printed_requests(forms["requests"], report.get("requests", {})),
        "review_litigation": printed_review_litigation(
            forms["review_litigation"], report.get("review_litigation", {})
        ),
    }


def forms_of(report: Mapping[str, Any]) -> dict[str, str]:
    """The form of each table: one name for all three, or one for each."""
    form = report.get("form", "t2021")
    return dict(form) if isinstance(form, Mapping) else dict.fromkeys(TABLES, form)


def report_blocks(report: Mapping[str, Any]) -> list[Block]:
    """Preface, six chapters, the three tables behind the headings two to four."""
    printed = printed_tables(report)
    forms = forms_of(report)
    spellings = report.get("spellings", {})
    tables = {
        2: active_disclosure_table(forms["active_disclosure"], printed["active_disclosure"]),
        3: requests_table(forms["requests"], printed["requests"]),
        4: review_litigation_table(forms["review_litigation"], printed["review_litigation"]),
    }
    words = _numbers_for_prose(printed)
    blocks: list[Block] = [*_paragraphs(report.get("preface", ""), words)]
    headings = report.get("headings", {})
    for number, standard in enumerate(HEADINGS, start=1):
        blocks.append(Heading(headings.get(number, standard)))
        blocks += _paragraphs(report["chapters"].get(number, ""), words)
        if number in tables:
            blocks.append(with_labels(tables[number], spellings))
    return [*blocks, *_paragraphs(report.get("closing", ""), words)]


def _paragraphs(text: str, words: Mapping[str, str]) -> list[str]:
    """One paragraph a line; `{received}` and the like become what the tables print."""
    return [line.strip().format_map(words) for line in text.splitlines() if line.strip()]


def _numbers_for_prose(printed: Mapping[str, Printed]) -> dict[str, str]:
    requests = printed["requests"]
    disputes = printed["review_litigation"]
    return {
        "received": requests["new_received", "total"],
        "carried_in": requests["carried_in", "total"],
        "handled": requests["handled_total", "total"],
        "carried_out": requests["carried_out", "total"],
        "disclosed": requests["disclosed_full", "total"],
        "partly": requests["disclosed_partial", "total"],
        "refused": _sum_of(requests, "nd_"),
        "unable": _sum_of(requests, "up_"),
        "not_processed": _sum_of(requests, "np_"),
        "otherwise": _sum_of(requests, "oh_", "other_handling"),
        "reconsiderations": disputes["reconsideration", "total"],
        "lawsuits": _sum_of(disputes, "litigation_"),
        "documents_made": printed["active_disclosure"]["normative_documents", "made"],
    }


def _sum_of(printed: Printed, *prefixes: str) -> str:
    totals = [
        text
        for (row, column), text in printed.items()
        if row.startswith(prefixes) and column == "total" and text.isdigit()
    ]
    return str(sum(map(int, totals)))
