"""One extraction on the screen: who, which year, the tables with their blanks, what does not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annual_reports.model import Cell, CellStatus, Claim, Extraction, Finding
from gongkai.local_statistics_view import local_statistics_table
from gongkai.screen import screen
from schemas.fields import Field, table_form

_WITHOUT_NUMBER = {
    CellStatus.BLANK: "空",
    CellStatus.MISSING: "·",
    CellStatus.UNREADABLE: "？",
}
_LEGEND = "空 blank  · 无此格 missing  ？无法确定 unreadable  * 推得 inferred  “…” 文字 words"
_TABLE_TITLES = {
    "active_disclosure": "二、主动公开政府信息情况 Proactive disclosure",
    "requests": "三、收到和处理政府信息公开申请情况 Requests",
    "review_litigation": "四、行政复议、行政诉讼情况 Review and litigation",
    "statistics": "政府信息公开情况统计表 Statistics form of 2014",
}
_STATUS = {
    "ok": "[green]正常 ok[/]",
    "inconsistent": "[yellow]原文自相矛盾 inconsistent[/]",
    "needs_review": "[red]待人工核对 needs review[/]",
}


def show_extraction(extraction: Extraction) -> None:
    """Print a report as a person reads it."""
    console = screen()
    _show_identity(console, extraction)
    has_tables = any(extraction.templates.values())
    for table, template in extraction.templates.items():
        if template is None and has_tables and "statistics" in extraction.templates:
            continue  # a report with the form of 2014 has no tables two to four
        if template is None:
            console.print(f"[bold]{_TABLE_TITLES.get(table, table)}[/]: 未找到 not found\n")
        else:
            console.print(_cells_table(table, template, extraction.cells))
    if extraction.local_statistics:
        console.print(local_statistics_table(extraction.local_statistics))
    console.print(f"[dim]{_LEGEND}[/]\n")
    _show_claims(console, extraction.claims)
    _show_findings(console, extraction.findings)


def _show_identity(console: Console, extraction: Extraction) -> None:
    identity = extraction.identity
    place = " ".join(
        name
        for name in (
            identity.province_name,
            identity.prefecture_name,
            identity.county_name,
            identity.town_name,
        )
        if name
    )
    facts = (
        (
            "文档 document",
            " / ".join(filter(None, (extraction.document.name, extraction.document.part))),
        ),
        ("标题 title", extraction.title),
        ("机关 publisher", identity.publisher),
        ("年度 year", identity.year),
        ("地区 place", f"{place or None} ({identity.province})"),
        ("口径 scope", identity.scope),
        ("把握 confidence", identity.confidence),
    )
    for label, value in facts:
        console.print(
            f"[bold]{label}[/]: {escape(str(value)) if value is not None else '未识别 unresolved'}"
        )
    console.print(f"[bold]结论 status[/]: {_STATUS[extraction.status]}\n")


def _cells_table(table: str, template: str, cells: Sequence[Cell]) -> Table:
    """Rows and columns of the form; printed numbers, blanks shown as 空."""
    texts = {
        (cell.row_key, cell.column_key): _cell_text(cell) for cell in cells if cell.table == table
    }
    form = table_form(template, table)
    columns = _columns([field for row in form.rows for field in row])
    shown = Table(title=f"{_TABLE_TITLES[table]} ({template})", title_justify="left")
    shown.add_column("", overflow="fold", min_width=30)
    for label in columns.values():
        shown.add_column(label, justify="right", overflow="fold")
    groups: Sequence[str] = ()
    for row in form.rows:
        *above, label = row[0].row_label.split("/")
        for depth, group in enumerate(above):
            if list(groups[: depth + 1]) != above[: depth + 1]:
                shown.add_row(f"[bold]{_indented(depth, group)}[/]")
        groups = above
        values = (texts.get((row[0].row_key, column), "") for column in columns)
        shown.add_row(_indented(len(above), label), *values)
    return shown


def _indented(depth: int, label: str) -> str:
    return "  " * depth + escape(label)


def _columns(fields: Sequence[Field]) -> dict[str, str]:
    """column_key → its label without the part all columns share."""
    labels = {field.column_key: field.column_label for field in fields}
    return {key: escape(label.rsplit("/", 1)[-1]) for key, label in labels.items()}


def _cell_text(cell: Cell) -> str:
    if cell.value is not None:
        return f"{cell.value}{'*' if cell.status is CellStatus.INFERRED else ''}"
    if cell.status is CellStatus.NOTE:
        return escape(f"“{cell.raw}”")
    return _WITHOUT_NUMBER[cell.status]


def _show_claims(console: Console, claims: Sequence[Claim]) -> None:
    """How many numbers of the prose agree with the tables, and each one that does not."""
    if not claims:
        return
    counts = Counter(claim.verdict for claim in claims)
    console.print(
        f"[bold]正文数字 numbers in the prose[/]: 相符 agree {counts['agrees']}, "
        f"矛盾 contradict {counts['contradicts']}, 无法判断 not assessable {counts['not_assessable']}"
    )
    for claim in claims:
        if claim.verdict == "contradicts":
            place = "正文" if claim.section is None else f"正文第 {claim.section} 章"
            console.print(f"  [yellow]{place}[/]“{escape(claim.text)}”与表中数字不符")
    console.print()


def _show_findings(console: Console, findings: Sequence[Finding]) -> None:
    failed = [finding for finding in findings if finding.status == "fail"]
    open_questions = len(findings) - len(failed)
    console.print(
        f"[bold]核对 findings[/]: 不符 fail {len(failed)}, 无法判断 not assessable {open_questions}"
    )
    for finding in failed:
        colour = "red" if finding.severity == "hard" else "yellow"
        console.print(
            f"  [{colour}]{finding.rule_id}[/] {escape(finding.scope)}: {escape(finding.message)}"
            + _sides(finding)
        )


def _sides(finding: Finding) -> str:
    if finding.left is None and finding.right is None:
        return ""
    return f" ({finding.left} ≠ {finding.right}, 差 difference {finding.difference})"
