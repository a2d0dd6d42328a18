"""How portals and converters flatten the statutory tables into lines of text: five styles, seen often.

Each function takes a table and gives the lines a page prints for it.
"""

from __future__ import annotations

from collections.abc import Callable

from sample_site.form_tables import FormTable, TableCell


def pipe_lines(table: FormTable) -> list[str]:
    """One cell a line, a pipe behind each; every row opens with a pipe on a line of its own."""
    lines: list[str] = []
    for row in table.rows:
        lines.append("|")
        lines += [f"{cell.text} |" for cell in row[:-1]]
        lines.append(f"{row[-1].text} " + "|" * max(1, table.columns - len(row)))
    return lines


def pipe_ends(table: FormTable) -> list[str]:
    """One cell a line, a pipe at the end; the pipes of spanned columns trail after the row."""
    lines: list[str] = []
    for row in table.rows:
        lines += [f"{cell.text} |" for cell in row]
        missing = table.columns - len(row)
        if missing:
            lines[-1] += " " + "|" * missing
    return lines


def spread_tabs(table: FormTable) -> list[str]:
    """One row a line, cells parted by tabs; spanned columns leave tabs before and after."""
    return ["\t".join(slots) for slots in _slots(table)]


def blank_line_cells(table: FormTable) -> list[str]:
    """One cell between blank lines; a blank cell leaves only blank lines."""
    lines: list[str] = []
    for row in table.rows:
        for cell in row:
            lines += [cell.text, ""]
    return lines


def markdown_table(table: FormTable) -> list[str]:
    """A Markdown table: the first row is its header, spanned columns are empty cells."""
    rows = ["| " + " | ".join(slots) + " |" for slots in _slots(table)]
    rule = "|" + " --- |" * table.columns
    return [rows[0], rule, *rows[1:]]


def lost_columns(table: FormTable) -> list[str]:
    """Tabs again, but a page cut swallowed the first three number columns of table three."""
    lines = []
    for slots in _slots(table):
        is_requests = table.columns == 10
        lines.append("\t".join([*slots[:3], *slots[6:]] if is_requests else slots))
    return lines


TABLE_LINES: dict[str, Callable[[FormTable], list[str]]] = {
    "pipe_lines": pipe_lines,
    "pipe_ends": pipe_ends,
    "spread_tabs": spread_tabs,
    "blank_line_cells": blank_line_cells,
    "markdown_table": markdown_table,
    "lost_columns": lost_columns,
}


def _slots(table: FormTable) -> list[list[str]]:
    """Every row as `columns` texts; a span's text stands in its first slot, the others are empty."""
    taken: set[tuple[int, int]] = set()
    rows = []
    for number, row in enumerate(table.rows):
        slots = [""] * table.columns
        waiting = list(row)
        for column in range(table.columns):
            if (number, column) not in taken and waiting:
                cell = waiting.pop(0)
                slots[column] = cell.text
                taken |= _covered(cell, number, column)
        rows.append(slots)
    return rows


def _covered(cell: TableCell, row: int, column: int) -> set[tuple[int, int]]:
    return {(row + i, column + j) for i in range(cell.rows) for j in range(cell.columns)}
