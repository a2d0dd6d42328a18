"""The waiting list as one page of Markdown, Chinese first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from annual_reports.review.grid import Cells, cell_label, grid_around
from annual_reports.review.places import rule_place
from annual_reports.review.waiting import WaitingItem, plain_number
from schemas.review import ReviewKind

MOST_SHOWN = 40
CellsByReport = Mapping[str, Cells]


def waiting_page(items: Sequence[WaitingItem], cells: CellsByReport, lake: str) -> str:
    """What waits by kind, then the heaviest items, each with its document, grid and options."""
    head = f"# 待人核对 Waiting for a person: {len(items):,}\n\n数据湖 lake: `{lake}`"
    if not items:
        return f"{head}\n\n没有待核对的事项。Nothing waits."
    shown = items[:MOST_SHOWN]
    parts = [head, _HOW_TO, _counts(items)]
    for report, group in groupby(
        shown, key=lambda item: (item.kind.kind, item.report_id, item.sha256)
    ):
        members = list(group)
        parts.append(_report(members, cells.get(report[1], {})))
    if len(items) > len(shown):
        parts.append(
            f"… 另有 {len(items) - len(shown):,} 项 more: `gongkai review list`，"
            f"成批处理 in bulk: `gongkai review --csv FILE`"
        )
    return "\n\n".join(parts)


_HOW_TO = (
    "处理办法：到部署 **review** 点 Run → Custom run，填“编号”和决定。"
    "To decide: run the deployment **review** with the number of an item."
)


def _counts(items: Iterable[WaitingItem]) -> str:
    counted = Counter(item.kind for item in items)
    ordered = sorted(counted, key=lambda kind: -kind.weight)
    return "\n".join(_kind(kind, counted[kind]) for kind in ordered)


def _kind(kind: ReviewKind, number: int) -> str:
    """A kind as a list entry: a table would be cut off at the right edge of the page."""
    return (
        f"- **{kind.zh_label} {kind.en_label}**: {number:,} 件 items\n"
        f"  - 怎么办 what to do: {kind.zh_remedy}\n"
        f"  - 可答 answers: {'、'.join(kind.decisions) or '—'}"
    )


def _report(members: Sequence[WaitingItem], cells: Cells) -> str:
    first = members[0]
    document = f"[{first.document_name}]({first.url})" if first.url else first.document_name
    year = "" if first.year is None else f" {first.year} 年度"
    parts = [
        f"## {first.kind.zh_label}：{first.publisher}{year}\n\n"
        f"文档 document: {document} · 报告 report: `{first.report_id or '—'}`"
    ]
    with_grid = next((one for one in members if one.cell and one.template), None)
    if with_grid is not None:
        parts.append(_grids(members, cells))
    parts.append(_items(members))
    return "\n\n".join(parts)


def _grids(members: Sequence[WaitingItem], cells: Cells) -> str:
    """One excerpt per row in doubt."""
    rows = {item.cell.rsplit(".", 1)[0]: item for item in members if item.cell and item.template}
    in_doubt = {item.cell for item in members}
    excerpts = (grid_around(item.template, item.cell, cells, in_doubt) for item in rows.values())
    return "\n\n".join(markdown_table(grid[0], grid[1:]) for grid in excerpts)


def _items(members: Sequence[WaitingItem]) -> str:
    return markdown_table(
        [
            "编号 number",
            "位置 place",
            "印出 printed",
            "可能的值 options",
            "说明 note",
        ],
        [
            [
                f"`{item.number}`",
                place_label(item),
                item.raw or "",
                "、".join(item.options),
                item.message,
            ]
            for item in members
        ],
    )


def place_label(item: WaitingItem) -> str:
    """The cell in the words of the form, or the rule with its place and both sides."""
    if item.cell:
        return cell_label(item.template, item.cell)
    if item.rule_id:
        sides = [plain_number(side) for side in (item.left, item.right) if side is not None]
        return f"{item.rule_id} {rule_place(item.rule_id, item.place)} {' ≠ '.join(sides)}".rstrip()
    return "整份 the whole document"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and line ends inside a cell are made harmless."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in line) + " |"
        for line in lines
    )
