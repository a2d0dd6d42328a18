"""ODS as LibreOffice writes it: values beside the text that is shown."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.damage.physical import Table

from . import Prose
from .odf import package, paragraph, table_rows


def render_ods(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """One sheet, or one a table; a hidden sheet and hidden rows hold other numbers."""
    apart = rng.random() < 0.5
    hidden_row = '<table:table-row table:visibility="collapse"><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell></table:table-row>'
    sheets, rows = [], ""
    for place, lines in enumerate(prose):
        if place and apart and place < len(tables):
            sheets.append(rows)
            rows = ""
        for line in lines:
            rows += f"<table:table-row><table:table-cell>{paragraph(line, rng)}</table:table-cell></table:table-row>"
        if place < len(tables):
            rows += rng.choice(("", hidden_row)) + table_rows(tables[place], rng, with_values=True)
    sheets.append(
        rows
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    body = "".join(
        f'<table:table table:name="表{number}"><table:table-column table:number-columns-repeated="1024"/>{one}</table:table>'
        for number, one in enumerate(sheets)
    )
    body += f'<table:table table:name="底稿" table:style-name="off">{hidden_row}</table:table>'
    return package(
        "application/vnd.oasis.opendocument.spreadsheet",
        f"<office:spreadsheet>{body}</office:spreadsheet>",
    )
