"""`gongkai review`: the waiting list on the screen, and decisions taken from the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from annual_reports.review.answers import AnswerError
from annual_reports.review.bulk import BulkError, template_rows
from annual_reports.review.grid import grid_around
from annual_reports.review.pages import place_label
from annual_reports.review.waiting import WaitingItem
from gongkai.errors import CommandError
from gongkai.lake_views import filled_lake
from gongkai.run_commands import run_flow
from gongkai.screen import screen
from schemas.parameters import DecidedScope, Decision, key_of
from tasks.atomic_files import write_atomically
from tasks.review_desk import asked_item, cells_beside, waiting_in

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def list_items(
    place: str | None, province: str | None, year: int | None, kind: str | None, limit: int
) -> int:
    """One line per item, the heaviest first."""
    items = _chosen(place, province, year)
    items = [item for item in items if kind in (None, item.kind.kind)]
    console = screen()
    console.print(f"待核 waiting: {len(items)}\n")
    table = Table()
    for label in (
        "编号 number",
        "事项 kind",
        "机关 publisher",
        "年度 year",
        "位置 place",
        "印出 printed",
    ):
        table.add_column(label, overflow="fold")
    for item in items[:limit]:
        shown = (item.kind.zh_label, item.publisher, str(item.year or ""), place_label(item))
        table.add_row(item.number, *map(escape, shown), escape(item.raw or ""))
    console.print(table)
    if len(items) > limit:
        console.print(f"… +{len(items) - limit}（--limit 显示更多 for more）")
    return 0


def show_item(place: str | None, number: str) -> int:
    """One item with its document, the grid round the cell and what may be answered."""
    lake = filled_lake(place)
    item = _asked(place, number)
    console = screen()
    for label, text in _facts(item):
        console.print(f"[bold]{label}[/]: {escape(text)}", soft_wrap=True)
    if item.cell and item.template:
        cells = cells_beside(lake, [item])[item.report_id]
        _print_grid(console, grid_around(item.template, item.cell, cells))
    console.print(
        f"[bold]怎么办 what to do[/]: {item.kind.zh_remedy} {item.kind.en_remedy}", soft_wrap=True
    )
    for decision in item.kind.decisions:
        console.print(f"  gongkai review decide {item.number} {decision} …", soft_wrap=True)
    return 0


def write_template(place: str | None, path: str) -> int:
    """The waiting list as a CSV file to fill in."""
    target = Path(path).expanduser()
    if target.exists():
        raise CommandError(f"{target} 已存在，请换一个文件名 exists already: name another file")
    items = _waiting(place)
    text = io.StringIO()
    csv.writer(text).writerows(template_rows(items))
    write_atomically(target, text.getvalue().encode("utf-8-sig"))
    screen().print(
        f"{target}: {len(items)} 项待核 items; 填好后 then: gongkai review decide --csv {target}",
        soft_wrap=True,
    )
    return 0


def decide_item(place: str | None, number: str, told: dict[str, Any]) -> int:
    """Run the flow `review` on one item."""
    _asked(place, number)  # a wrong number is said before anything is started

    def flow(root: str) -> State[Any]:
        from flows.review import review

        return review(item=number, lake=root, return_state=True, **told)

    return run_flow(place, flow)


def decide_in_bulk(place: str | None, path: str) -> int:
    """Run the flow `review` on the rows of a filled CSV file."""
    from tasks.review import read_answers

    source = Path(path).expanduser().resolve()
    if not source.is_file():
        raise CommandError(f"没有文件 no such file: {source}")
    try:
        if not read_answers(source):
            raise CommandError(f"{source} 里没有填写的行 no row is filled in")
    except BulkError as error:
        raise CommandError(f"{source}: {error}") from error

    def flow(root: str) -> State[Any]:
        from flows.review import review

        return review(csv_file=str(source), lake=root, return_state=True)

    return run_flow(place, flow)


def chosen_decision(word: str) -> Decision:
    """The decision of a word. Raises CommandError for one that is none."""
    words = {key_of(one): one for one in Decision}
    if word not in words:
        raise CommandError(f"没有这种决定 no such decision: {word}; 可用 use {'、'.join(words)}")
    return words[word]


def chosen_scope(word: str) -> DecidedScope:
    """The scope of a word. Raises CommandError for one that is none."""
    words = {key_of(one): one for one in DecidedScope}
    if word not in words:
        raise CommandError(f"没有这种口径 no such scope: {word}; 可用 use {'、'.join(words)}")
    return words[word]


def _waiting(place: str | None) -> tuple[WaitingItem, ...]:
    try:
        return waiting_in(filled_lake(place))
    except AnswerError as error:
        raise CommandError(str(error)) from error


def _chosen(place: str | None, province: str | None, year: int | None) -> list[WaitingItem]:
    return [
        item
        for item in _waiting(place)
        if province in (None, item.province) and year in (None, item.year)
    ]


def _asked(place: str | None, number: str) -> WaitingItem:
    try:
        return asked_item(filled_lake(place), _waiting(place), number)
    except (AnswerError, ValueError) as error:
        raise CommandError(str(error)) from error


def _facts(item: WaitingItem) -> list[tuple[str, str]]:
    return [
        ("编号 number", item.number),
        ("事项 kind", f"{item.kind.zh_label} {item.kind.en_label}"),
        ("报告 report", f"{item.publisher} {item.year or ''} {item.report_id}"),
        ("文档 document", f"{item.document_name} (sha256 {item.sha256})"),
        ("网址 address", item.url or "文件导入 taken in as a file"),
        ("位置 place", place_label(item)),
        ("印出 printed", "（无 none）" if item.raw is None else item.raw),
        ("可能的值 options", "、".join(item.options) or "—"),
        ("说明 note", item.message or "—"),
    ]


def _print_grid(console: Console, grid: list[list[str]]) -> None:
    table = Table(show_header=True)
    for head in grid[0]:
        table.add_column(head, overflow="fold")
    for row in grid[1:]:
        table.add_row(*map(escape, row))
    console.print(table)
