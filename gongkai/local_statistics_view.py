"""Local indicator tables on the screen: a row per label, a column per head, as printed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from annual_reports.model import CellStatus, LocalStatistic

_WITHOUT_NUMBER = {CellStatus.BLANK: "空", CellStatus.MISSING: "·"}


def local_statistics_table(cells: Sequence[LocalStatistic]) -> Table:
    """All local cells of a document; what could not be tied to a column shows its text after ？."""
    heads = list(dict.fromkeys(cell.column for cell in cells))
    shown = Table(title="地方统计表 Local indicator tables", title_justify="left")
    shown.add_column("指标 indicator", overflow="fold", min_width=30)
    shown.add_column("单位 unit")
    for head in heads:
        shown.add_column(escape(head) or "—", justify="right", overflow="fold")
    rows: dict[tuple[int | None, int | None, int | None, str], list[LocalStatistic]] = {}
    for cell in cells:
        place = cell.evidence
        rows.setdefault((place.table_index, place.row, place.line, cell.label), []).append(cell)
    for row in rows.values():
        texts = {cell.column: _text(cell) for cell in row}
        depth = "  " * row[0].label.count("/")
        label = escape(f"{depth}{row[0].printed_label or '？'}")
        shown.add_row(label, row[0].unit or "", *(texts.get(head, "") for head in heads))
    return shown


def _text(cell: LocalStatistic) -> str:
    if cell.value is not None:
        return str(cell.value)
    if cell.status is CellStatus.UNREADABLE:
        return escape(f"？{cell.raw or ''}")
    if cell.status is CellStatus.NOTE:
        return escape(f"“{cell.raw}”")
    return _WITHOUT_NUMBER[cell.status]
