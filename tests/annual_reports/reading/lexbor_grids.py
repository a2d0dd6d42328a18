"""Tables of a page read a second time, straightforwardly, by another parser: lexbor through selectolax.

Nothing here is shared with the reader under test: its own tree, spans, hidden text and line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

Slot = tuple[int, int, int, int, str]
"""(row, column, row span, column span, text without any blanks)"""

_UNSEEN = "script,style,template,noscript,[style*='display:none' i],[style*='display: none' i],[style*='mso-hide:all' i]"
_BLANKS = re.compile("[\\s\u00a0\u3000\ufeff\u200b]+")
_LARGEST_SPAN = 1000


def lexbor_grids(html: str) -> list[list[Slot]]:
    """The cells of every table that holds no other table, in document order."""
    parser = LexborHTMLParser(html)
    for node in parser.css(_UNSEEN):
        node.decompose()
    return [_slots(table) for table in parser.css("table") if len(table.css("table")) == 1]


def _slots(table: LexborNode) -> list[Slot]:
    taken: set[tuple[int, int]] = set()
    slots: list[Slot] = []
    rows = table.css("tr")
    for r, row in enumerate(rows):
        c = 0
        for cell in _cells(row):
            while (r, c) in taken:
                c += 1
            height = min(_span(cell, "rowspan"), len(rows) - r)
            width = _span(cell, "colspan")
            taken |= {(r + dr, c + dc) for dr in range(height) for dc in range(width)}
            slots.append((r, c, height, width, _BLANKS.sub("", cell.text(deep=True))))
            c += width
    return slots


def _cells(row: LexborNode) -> Iterator[LexborNode]:
    node = row.child
    while node is not None:
        if node.tag in ("td", "th"):
            yield node
        node = node.next


def _span(cell: LexborNode, name: str) -> int:
    written = re.match(r"\s*\+?(\d+)", cell.attributes.get(name) or "")
    return min(int(written[1]), _LARGEST_SPAN) or 1 if written else 1
