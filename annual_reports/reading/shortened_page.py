"""A page parsed without what needs no parsing: known tables, and the content of scripts and style sheets.

Before a page is parsed, a known table is cut down to one cell that holds a mark, and a script to a mark.
Where the marks come out of the parser each in an element of its own, the parser stood where it would have
stood in front of the whole table or script, and so behind it. Where one does not, the page is parsed whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import turbohtml
from turbohtml import Document, Element, Text

from annual_reports.reading.known_tables import KnownCells, cells_at, cells_of
from annual_reports.reading.plain_markup import MARK_END, MARK_START

_UNREAD_MARK = f"{MARK_START}s{MARK_END}"
_LEAST_UNREAD = 100  # characters
_UNREAD = re.compile(r"<(script|style)(?:[ \t\r\n][^<>]*)?>")
_ENDS = {
    "script": re.compile(r"</[sS][cC][rR][iI][pP][tT][ \t\r\n\f/>]"),
    "style": re.compile(r"</[sS][tT][yY][lL][eE][ \t\r\n\f/>]"),
}
_COMMENT = re.compile("<!--")  # in a script it changes what ends the script


def parse_page(html: str) -> tuple[Document, Mapping[Element, KnownCells]]:
    """The tree of a page, and the cells of those tables in it that only stand for known ones.

    What scripts and style sheets say may be left out of them.
    """
    if MARK_START not in html:
        cells: list[KnownCells] = []
        short = _with_marks_for_tables(html, cells)
        short, unread = _without_unread(short)
        if cells or unread:
            document = turbohtml.parse(short)
            known = _standing_for(document, cells)
            if known is not None and (not unread or _holds_unread(document, unread)):
                return document, known
    return turbohtml.parse(html), {}


def _with_marks_for_tables(html: str, cells: list[KnownCells]) -> str:
    """The page with marks for the known tables, whose cells are added to `cells`."""
    parts: list[str] = []
    done = 0
    for start, end, found in _known_tables(html):
        mark = f"{MARK_START}{len(cells)}{MARK_END}"
        parts += (html[done:start], "<tbody><tr><td>", mark, "</td></tr></tbody>")
        done = end
        cells.append(found)
    return "".join((*parts, html[done:])) if parts else html


def _known_tables(html: str) -> Iterator[tuple[int, int, KnownCells]]:
    """Where the content of each known table begins and ends; tags in one case throughout."""
    tag = "table" if "<table" in html else "TABLE"
    opening, closing = f"<{tag}", f"</{tag}>"
    at = html.find(opening)
    while at >= 0:
        start = html.find(">", at) + 1
        if (as_written := cells_at(html, start, closing)) is not None:
            found, end = as_written
            yield start, end, found
            at = html.find(opening, end)
            continue
        end, at = html.find(closing, at), html.find(opening, at + 1)
        holds_table = 0 <= at < end
        if not holds_table and 0 < start <= end and (cells := cells_of(html[start:end])):
            yield start, end, cells


def _without_unread(html: str) -> tuple[str, int]:
    """The page with marks for the content of its scripts and style sheets, and how many marks."""
    parts: list[str] = []
    done = 0
    while (found := _UNREAD.search(html, done)) is not None:
        end = _ENDS[found[1]].search(html, found.end())
        if end is None:
            break
        start, stop = found.end(), end.start()
        is_unread = stop - start >= _LEAST_UNREAD and (
            found[1] == "style" or _COMMENT.search(html, start, stop) is None
        )
        parts += (html[done:start], _UNREAD_MARK) if is_unread else (html[done:stop],)
        done = stop
    return "".join((*parts, html[done:])) if parts else html, parts.count(_UNREAD_MARK)


def _holds_unread(document: Document, marks: int) -> bool:
    """Whether each mark is the whole of a script or style sheet, none of them in a drawing, where they are markup."""
    found = [one for one in document.select("script,style") if one.text == _UNREAD_MARK]
    return len(found) == marks and document.find("svg") is None and document.find("math") is None


def _standing_for(
    document: Document, cells: Sequence[KnownCells]
) -> dict[Element, KnownCells] | None:
    """The tables of a tree that hold nothing but a mark, in order; None unless each mark has its own."""
    found: dict[Element, KnownCells] = {}
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
