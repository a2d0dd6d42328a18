"""`gongkai explain`: from a number in the lake back to the printed cell it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape

from gongkai.errors import CommandError
from gongkai.screen import screen
from schemas.fields import all_fields
from schemas.rules import bare_path, operands_in, rule_instances
from tasks.lake_paths import LakePaths, open_lake
from tasks.lake_summary import scan_published
from tasks.past_pages import page_on
from tasks.raw_store import RawStore

SIMILAR = 5


def explain_cell(place: str | None, report_id: str, cell_key: str) -> int:
    """Print value, status, raw text, place, document, address, raw object and rules of one cell."""
    lake = open_lake(place)
    report = _report(lake, report_id)
    cell = _cell(_of_report(lake, "cells", report), cell_key)
    console = screen()
    for label, value in _facts(report, cell, RawStore(lake.objects)):
        console.print(f"[bold]{label}[/]: {escape(str(value))}", soft_wrap=True)
    _print_rules(console, _of_report(lake, "findings", report), cell)
    return 0


def explain_cell_on(place: str | None, report_id: str, cell_key: str, day: date) -> int:
    """Print which version the page showed on a day, and the cell as that version said it."""
    lake = open_lake(place)
    report = _report(lake, report_id)
    page = page_on(lake, report, day)
    if page is None:
        raise CommandError(
            f"{day} 还没有看到这份报告，或网页已撤下 {report_id} was not there on that day, as far as was seen: "
            f"the table sightings says when it was"
        )
    cell, version = _cell(page.cells, cell_key), page.version
    seen = [version["seen_from"], version["seen_until"]]
    told = {
        "报告 report": f"{report['publisher']} {report['report_year']} ({report['scope']})",
        "当日版本 version": f"{version['revision_order']} / {report['revisions']}（{version['revision_reason']}）",
        "单元格 cell": cell_key,
        "数值 value": _printed_number(cell["value"]),
        "状态 status": cell["status"],
        "原文 raw": "（无 none）" if cell["raw"] is None else repr(cell["raw"]),
        "文档 document": f"{version['document_name']} (sha256 {version['sha256']})",
        "网址 address": version["address"] or version["url"] or "文件导入 taken in as a file",
        "看到的时间 seen": " – ".join(
            "…" if moment is None else f"{moment:%Y-%m-%d}" for moment in seen
        ),
    }
    console = screen()
    for label, value in told.items():
        console.print(f"[bold]{label}[/]: {escape(str(value))}", soft_wrap=True)
    return 0


def _report(lake: LakePaths, report_id: str) -> dict[str, Any]:
    return _only(
        scan_published(lake, "reports").filter(pl.col("report_id") == report_id).collect(),
        f"没有这份报告 no report {report_id} in {lake.root}; `gongkai findings` and the table reports list them",
    )


def _of_report(lake: LakePaths, table: str, report: dict[str, Any]) -> pl.DataFrame:
    """The rows of one report, looked for in its partition alone."""
    keys = {name: report[name] for name in ("province", "year", "report_id")}
    return scan_published(lake, table).filter(**keys).collect()


def _printed_number(value: Decimal | None) -> str:
    return "空（不是零）null, not zero" if value is None else f"{value.normalize():f}"


def _cell(cells: pl.DataFrame, key: str) -> dict[str, Any]:
    parts = key.split(".")
    if len(parts) != 3:
        raise CommandError(
            f"单元格写作 表.行.列 write the cell as table.row_key.column_key, not {key}; "
            f"for example requests.new_received.total"
        )
    table, row_key, column_key = parts
    found = cells.filter(
        pl.col("table") == table, pl.col("row_key") == row_key, pl.col("column_key") == column_key
    )
    near = cells.filter(
        pl.col("table") == table, pl.col("row_key").str.contains(row_key, literal=True)
    )
    examples = near if near.height else cells
    names = ", ".join(
        ".".join(row)
        for row in examples.select("table", "row_key", "column_key").head(SIMILAR).iter_rows()
    )
    return _only(
        found,
        f"报告里没有单元格 no cell {key} in this report; 例如 for example: {names or '无 none'}",
    )


def _only(rows: pl.DataFrame, otherwise: str) -> dict[str, Any]:
    if rows.is_empty():
        raise CommandError(otherwise)
    return rows.row(0, named=True)


def _facts(report: dict[str, Any], cell: dict[str, Any], store: RawStore) -> list[tuple[str, Any]]:
    place = {
        "table": cell["table_index"],
        "row": cell["grid_row"],
        "column": cell["grid_column"],
        "line": cell["line"],
        "page": cell["page"],
    }
    facts = [
        ("报告 report", f"{report['publisher']} {report['report_year']} ({report['scope']})"),
        (
            "单元格 cell",
            f"{_printed_label(cell)} — {cell['table']}.{cell['row_key']}.{cell['column_key']}",
        ),
        ("数值 value", f"{_printed_number(cell['value'])} {cell['unit'] or ''}"),
        ("状态 status", cell["status"]),
        ("原文 raw", "（无 none）" if cell["raw"] is None else repr(cell["raw"])),
        (
            "位置 place",
            ", ".join(f"{key} {number}" for key, number in place.items() if number is not None)
            or "无 none",
        ),
    ]
    if cell["box_left"] is not None:
        edges = (cell[f"box_{edge}"] for edge in ("left", "top", "right", "bottom"))
        facts.append(("页面上的框（磅）box in points", " ".join(f"{edge:.1f}" for edge in edges)))
    if cell["rules"]:
        facts.append(("推定依据 proof", cell["rules"]))
    if cell["options"]:
        facts.append(("可能的值 options", cell["options"]))
    return [
        *facts,
        ("文档 document", f"{report['document_name']} (sha256 {report['sha256']})"),
        ("文档内位置 part", report["part"] or "整份 the whole document"),
        ("网址 address", report["url"] or "文件导入 taken in as a file"),
        ("原始文件 raw object", store.path_of(report["sha256"])),
    ]


def _printed_label(cell: dict[str, Any]) -> str:
    labels = (
        f"{field.row_label} · {field.column_label}"
        for field in all_fields()
        if field.template == cell["template"]
        and (field.table, field.row_key, field.column_key)
        == (cell["table"], cell["row_key"], cell["column_key"])
    )
    return next(labels, "")


def _print_rules(console: Console, of_report: pl.DataFrame, cell: dict[str, Any]) -> None:
    """The rules this cell takes part in and what they said of its report, by its findings."""
    operand = f"{cell['table']}.{cell['row_key']}.{cell['column_key']}"
    at_place = {
        (rule, place): (status, message)
        for rule, place, status, message in of_report.select(
            "rule_id", "place", "status", "message"
        ).iter_rows()
    }
    unjudged = {
        rule: (status, message)
        for rule, status, message in of_report.filter(pl.col("status") != "fail")
        .select("rule_id", "status", "message")
        .iter_rows()
    }
    console.print("[bold]涉及的规则 rules that touch it[/]:")
    for instance in rule_instances(cell["template"]):
        if operand in {bare_path(path) for path in operands_in(instance.condition)}:
            rule = instance.rule
            nothing = ("无不符 nothing against it", f"{rule.zh_label} {rule.en_label}")
            status, message = at_place.get(
                (rule.rule_id, instance.scope), unjudged.get(rule.rule_id, nothing)
            )
            console.print(
                f"  {rule.rule_id} {instance.scope} {status}: {escape(message)}", soft_wrap=True
            )
