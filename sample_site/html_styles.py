"""How editors leave the statutory tables in HTML: clean, pasted from Word, inside layout tables."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from sample_site.form_tables import FormTable, TableCell

_WORD_CELL = (
    "border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm 5.4pt"
)
_WORD_RUN = "font-size:9.0pt;font-family:宋体;mso-hansi-font-family:Calibri;mso-font-kerning:0pt"


def clean_table(table: FormTable) -> str:
    """A table as a careful editor writes it."""
    return _table(table, '<table border="1">', _clean_cell)


def word_table(table: FormTable) -> str:
    """A table pasted from Word: mso styles, o:p, and numbers cut over several runs."""
    opening = (
        '<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 width="100%" '
        "style='border-collapse:collapse;border:none;mso-yfti-tbllook:1184'>"
    )
    return _table(table, opening, _word_cell)


def old_editor_table(table: FormTable) -> str:
    """A table of an old editor: font tags, upper-case markup, no closing tags, nbsp for blanks."""
    lines = ['<TABLE cellSpacing=0 borderColorDark=#ffffff cellPadding=0 width="96%" border=1>']
    for row in table.rows:
        lines.append("<TR>" + "".join(_old_cell(cell) for cell in row))
    return "\n".join([*lines, "</TABLE>"])


HTML_TABLES: dict[str, Callable[[FormTable], str]] = {
    "clean": clean_table,
    "word": word_table,
    "old_editor": old_editor_table,
}


def _table(table: FormTable, opening: str, cell_html: Callable[[TableCell], str]) -> str:
    rows = ["<tr>" + "".join(cell_html(cell) for cell in row) + "</tr>" for row in table.rows]
    return "\n".join([opening, "<tbody>", *rows, "</tbody>", "</table>"])


def _spans(cell: TableCell) -> str:
    columns = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return columns + rows


def _clean_cell(cell: TableCell) -> str:
    return f"<td{_spans(cell)}>{escape(cell.text)}</td>"


def _word_cell(cell: TableCell) -> str:
    text = _word_runs(cell.text)
    return (
        f"<td{_spans(cell)} style='{_WORD_CELL}'><p class=MsoNormal align=center "
        f"style='text-align:center;mso-pagination:widow-orphan'>{text}</p></td>"
    )


def _word_runs(text: str) -> str:
    """Word starts a new run where spelling or revision changed: also in the middle of a number."""
    if not text:
        return f"<span lang=EN-US style='{_WORD_RUN}'><o:p>&nbsp;</o:p></span>"
    cut = len(text) // 2 if text.isdigit() else len(text)
    runs = [part for part in (text[:cut], text[cut:]) if part]
    spans = "".join(f"<span lang=EN-US style='{_WORD_RUN}'>{escape(run)}</span>" for run in runs)
    return f"{spans}<span lang=EN-US><o:p></o:p></span>"


def _old_cell(cell: TableCell) -> str:
    text = escape(cell.text) or "&nbsp;"
    return f"<TD{_spans(cell)}><P align=center><FONT face=宋体 size=2>{text}</FONT></P>"
