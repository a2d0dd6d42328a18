"""A page parsed without what needs no parsing: known tables, and the content of scripts and style sheets.

Before a page is decoded and parsed, a known table is cut down to one cell that holds a mark, and a script to a
mark. Where the marks come out of the parser each in an element of its own, the parser stood where it would have
stood in front of the whole table or script, and so behind it. Where one does not, the page is parsed whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import turbohtml
from turbohtml import Document, Element, Text

from annual_reports.reading.charset import beyond_plain_ascii
from annual_reports.reading.known_tables import KnownCells, cells_at, cells_of
from annual_reports.reading.plain_markup import MARK_END, MARK_START
from annual_reports.reading.written_table import foreign_of

ParsedPage = tuple[Document, Mapping[Element, KnownCells]]
"""The tree of a page, and the cells of those tables in it that only stand for known ones.

What scripts and style sheets say may be left out of them.
"""

_UNREAD_MARK = f"{MARK_START}s{MARK_END}"
_UNREAD_BYTES = _UNREAD_MARK.encode()
_LEAST_UNREAD = 100  # bytes
_BEGINS = re.compile(r"<(?:(script|style)(?:[ \t\r\n][^<>]*)?>|(table|TABLE))")
_ENDS = {
    "script": re.compile(r"</[sS][cC][rR][iI][pP][tT][ \t\r\n\f/>]"),
    "style": re.compile(r"</[sS][tT][yY][lL][eE][ \t\r\n\f/>]"),
}
_COMMENT = "<!--"  # in a script it changes what ends the script


class ShortPage(NamedTuple):
    """A page in UTF-8 with marks for its known tables, which have these `cells`, and for `unread` scripts and style sheets.

    `foreign` is what the whole page holds beyond plain ASCII, in order, but for what is left out of a script in ASCII.
    """

    markup: bytes
    foreign: bytes
    cells: Sequence[KnownCells]
    unread: int


class _LeftOut(NamedTuple):
    """A stretch of a page to leave out: the content of a known table, or (`cells` None) of a script or style sheet."""

    start: int
    end: int
    foreign: bytes
    cells: KnownCells | None


def shortened(page: bytes) -> ShortPage | None:
    """A page in UTF-8 without what needs no parsing; None where something left out is not in UTF-8."""
    html = page.decode("latin-1")  # byte by byte: all that is looked for is ASCII
    markup: list[bytes] = []
    foreign: list[bytes] = []
    cells: list[KnownCells] = []
    unread = done = 0
    try:
        for left_out in _left_out(html):
            kept = page[done : left_out.start]
            markup.append(kept)
            foreign += (beyond_plain_ascii(kept), left_out.foreign)
            if left_out.cells is None:
                markup.append(_UNREAD_BYTES)
                unread += 1
            else:
                mark = f"<tbody><tr><td>{MARK_START}{len(cells)}{MARK_END}</td></tr></tbody>"
                markup.append(mark.encode())
                cells.append(left_out.cells)
            done = left_out.end
    except UnicodeDecodeError:
        return None
    kept = page[done:]
    return ShortPage(
        markup=b"".join((*markup, kept)),
        foreign=b"".join((*foreign, beyond_plain_ascii(kept))),
        cells=cells,
        unread=unread,
    )


def parse_page(html: str) -> ParsedPage:
    """The tree of a page without what needs no parsing."""
    if MARK_START not in html:
        page = html.encode("utf-8", "surrogatepass")
        short = shortened(page)
        if short is not None:
            parsed = parse_short(short, short.markup.decode("utf-8", "surrogatepass"))
            if parsed is not None:
                return parsed
    return turbohtml.parse(html), {}


def parse_short(short: ShortPage, markup: str) -> ParsedPage | None:
    """The tree of a shortened page by its decoded markup; None where it has to be parsed whole."""
    document = turbohtml.parse(markup)
    known = _standing_for(document, short.cells)
    if known is None or (short.unread and not _holds_unread(document, short.unread)):
        return None
    return document, known


def _left_out(html: str) -> Iterator[_LeftOut]:
    """What of a page, byte by byte, needs no parsing, in order."""
    at = 0
    while (begun := _BEGINS.search(html, at)) is not None:
        unread, table = begun.groups()
        if table is not None:
            found = _known_table(html, begun.end(), table)
        elif (end := _ENDS[unread].search(html, begun.end())) is not None:
            at = end.start()
            found = _unread(html, begun.end(), at, unread)
        else:
            return
        if found is not None:
            yield found
        at = max(at, begun.end() if found is None else found.end)


def _known_table(html: str, at: int, tag: str) -> _LeftOut | None:
    """The content of the table whose start tag `at` stands in; None where it holds another or is not known."""
    start = html.find(">", at) + 1
    closing = f"</{tag}>"
    if (as_written := cells_at(html, start, closing)) is not None:
        found, end, foreign = as_written
        return _LeftOut(start, end, foreign, found)
    end = html.find(closing, at)
    if not 0 < start <= end or html.find(f"<{tag}", at, end) >= 0:
        return None
    content = html[start:end].encode("latin-1")
    cells = cells_of(content.decode())
    return None if cells is None else _LeftOut(start, end, beyond_plain_ascii(content), cells)


def _unread(html: str, start: int, end: int, tag: str) -> _LeftOut | None:
    """The content of a script or style sheet, if it is worth leaving out and nothing in it changes where it ends."""
    content = html[start:end]
    if len(content) < _LEAST_UNREAD or (tag == "script" and _COMMENT in content):
        return None
    foreign = b"" if content.isascii() and "\0" not in content else foreign_of(content)
    return _LeftOut(start, end, foreign, None)


def _holds_unread(document: Document, marks: int) -> bool:
    """Whether each mark is the whole of a script or style sheet, none of them in a drawing, where they are markup."""
    found = [one for one in document.select("script,style") if one.text == _UNREAD_MARK]
    return len(found) == marks and document.find("svg") is None and document.find("math") is None


def _standing_for(
    document: Document, cells: Sequence[KnownCells]
) -> dict[Element, KnownCells] | None:
    """The tables of a tree that hold nothing but a mark, in order; None unless each mark has its own."""
    found: dict[Element, KnownCells] = {}
    if not cells:
        return found
    for table in document.select("table"):
        if not table.text.startswith(MARK_START):
            continue
        ordinal = len(found)
        if ordinal >= len(cells) or not _holds_only(table, f"{MARK_START}{ordinal}{MARK_END}"):
            return None
        found[table] = cells[ordinal]
    return found if len(found) == len(cells) else None


def _holds_only(table: Element, mark: str) -> bool:
    """Whether a table is one cell with this text, and no link or heading that takes its text holds it."""
    node = table
    for tag in ("tbody", "tr", "td"):
        children = node.children
        if len(children) != 1 or not isinstance(children[0], Element) or children[0].tag != tag:
            return False
        node = children[0]
    content = node.children
    return (
        len(content) == 1
        and isinstance(content[0], Text)
        and content[0].data == mark
        and table.closest("a,h1,title") is None
    )
