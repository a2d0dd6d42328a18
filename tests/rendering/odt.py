"""ODT as LibreOffice writes it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.damage.physical import Table

from . import Prose
from .docx import CHAPTERS
from .odf import package, paragraph, table_rows


def render_odt(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """Headings get automatic numbers or typed ones, all alike."""
    numbered = rng.random() < 0.5
    deleted = "<text:tracked-changes><text:changed-region><text:deletion><text:p>5</text:p></text:deletion></text:changed-region></text:tracked-changes>"
    parts = [rng.choice(("", deleted))]
    for place, lines in enumerate(prose):
        parts += [_line(line, rng, numbered) for line in lines]
        if place < len(tables):
            rows = table_rows(tables[place], rng, with_values=False)
            parts.append(
                f'<table:table table:name="T{place}"><table:table-column/>{rows}</table:table>'
            )
    body = f"<office:text>{''.join(parts)}</office:text>"
    return package("application/vnd.oasis.opendocument.text", body)


def _line(line: str, rng: random.Random, numbered: bool) -> str:
    if numbered and line[:1] in CHAPTERS and line[1:2] == "、":
        item = paragraph(line[2:], rng)
        return f'<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item>{item}</text:list-item></text:list>'
    return paragraph(line, rng)
