"""An HTML page to blocks: what a browser shows, tables as grids, everything else as lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import MappingProxyType

import turbohtml
from turbohtml import Element, Text

from annual_reports.model import GridCell
from annual_reports.reading.attachments import may_lead_to_file
from annual_reports.reading.blanks import tidy_cell_text, tidy_line, tidy_lines
from annual_reports.reading.block_list import BlockList
from annual_reports.reading.content import PageLink
from annual_reports.reading.known_tables import KnownCells
from annual_reports.reading.plain_markup import MARK_END, MARK_START, TELLING_STYLES
from annual_reports.reading.shortened_page import parse_page
from annual_reports.reading.spans import PLAIN_TEXT, table_cells, tags_of
from annual_reports.reading.table_shape import table_pieces

_NEVER_SHOWN = ("script", "style", "noscript", "template", "select", "datalist")
_HIDDEN_STYLE = re.compile(rb"display: ?none|visibility: ?hidden|mso-hide:all")
_TABLE_TAGS = ("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th")
# Inside a cell these would glue two numbers into one: a struck or raised digit is not part of
# the number beside it, and a list marker is not a value.
_TAGS_SET_APART = ("del", "s", "strike", "sup", "sub")
_STYLE_SET_APART = re.compile(b"line-through|display:block")
_TELLING_WORDS = tuple(word.encode() for word in TELLING_STYLES)
_TYPED_INPUTS = frozenset({"", "text", "number", "tel"})
_PICTURE = "[图片]"
_EMBEDDING = ("src", "data", "data-src", "data-url", "data-file", "data-href", "data-pdf")
_NOT_EMBEDDING = frozenset({"img", "input", "audio", "video", "source", "track"})
_TEXT = itemgetter(0)
_MARK = re.compile(f"{MARK_START}(\\d+){MARK_END}")


@dataclass(frozen=True, slots=True)
class ListedLink:
    """One link of a list: `title` is its title attribute, often longer than the shown `text`."""

    href: str
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """An index page. `headings`: window title, column name in meta, and the page's headings."""

    links: tuple[ListedLink, ...]
    headings: tuple[str, ...]
    base_href: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as shown. `headings` are its h1 texts, `links` those that may lead to files.

    `hidden_text_read` says that the tables stood in an element that starts hidden (a tab, for
    example) and were read all the same.
    """

    blocks: BlockList
    article_title: str | None
    headings: tuple[str, ...]
    window_title: str | None
    metadata: dict[str, str]
    links: tuple[PageLink, ...]
    hidden_text_read: bool


def read_page(html: str) -> Page:
    """Parse a page by the HTML standard and read it top to bottom."""
    return read_parsed_page(*parse_page(html))


def read_parsed_page(
    document: turbohtml.Document, known: Mapping[Element, KnownCells] = MappingProxyType({})
) -> Page:
    """Read the tree of a page top to bottom. `known` are the cells of those tables in it that stand for known ones."""
    metadata = _metadata(document)
    window_title = _text_of(document.select_one("title"))
    _drop_never_shown(document)
    styled = _telling_styles(document)
    hidden_text_read = _drop_hidden(document, styled)
    links = (*_links(document), *_embedded_files(document))
    headings = tuple(text for h1 in document.select("h1") if (text := _text_of(h1)))
    return Page(
        blocks=_read_blocks(document, styled, known),
        article_title=metadata.get("ArticleTitle"),
        headings=headings,
        window_title=window_title,
        metadata=metadata,
        links=links,
        hidden_text_read=hidden_text_read,
    )


def _links(document: turbohtml.Document) -> tuple[PageLink, ...]:
    """Links that may lead to a file; most pages have none among their hundred."""
    found = document.xpath("//a/@href")
    hrefs = found if isinstance(found, list) else []
    if not may_lead_to_file(" ".join(map(str, hrefs))):
        return ()
    return tuple(
        PageLink(href, tidy_line(link.attr("title") or link.text))
        for link in document.select("a[href]")
        if may_lead_to_file(href := link.attr("href") or "")
    )


def _embedded_files(document: turbohtml.Document) -> tuple[PageLink, ...]:
    """What frames, players and script viewers show: the addresses stand in their attributes."""
    return tuple(
        PageLink(address, tidy_line(element.attr("title") or ""))
        for element in document.select(",".join(f"[{name}]" for name in _EMBEDDING))
        if element.tag not in _NOT_EMBEDDING
        for name in _EMBEDDING
        if (address := element.attr(name))
    )


def read_list_page(html: str) -> ListPage:
    """The links of an index page in page order, with what the page calls itself."""
    document = turbohtml.parse(html)
    metadata = _metadata(document)
    _drop_never_shown(document)
    _drop_hidden(document, _telling_styles(document))
    titles = [_text_of(found) for found in document.select("title,h1,h2,h3")]
    base = document.select_one("base[href]")
    return ListPage(
        links=tuple(
            ListedLink(
                href=link.attr("href") or "",
                text=_text_of(link) or "",
                title=tidy_line(link.attr("title") or ""),
            )
            for link in document.select("a[href]")
        ),
        headings=tuple(text for text in (*titles, metadata.get("ColumnName")) if text),
        base_href=base.attr("href") if base is not None else None,
    )


def _metadata(document: turbohtml.Document) -> dict[str, str]:
    """`<meta name content>` pairs in page order, the first of a name; empty contents left out."""
    found: dict[str, str] = {}
    for meta in document.select("meta[name][content]"):
        name, content = tidy_line(meta.attr("name") or ""), tidy_line(meta.attr("content") or "")
        if name and content:
            found.setdefault(_META_NAMES.get(name.lower(), name), content)
    return found


_META_NAMES = {
    name.lower(): name
    for name in (
        "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnDescription", "ColumnType",
        "ArticleTitle", "PubDate", "ContentSource", "Author", "Keywords", "Description", "Url",
    )
}  # fmt: skip


def _text_of(element: Element | None) -> str | None:
    if element is None:
        return None
    text = tidy_cell_text(element.to_text(PLAIN_TEXT))
    return "".join(text.split("\n")) or None


def _drop_never_shown(document: turbohtml.Document) -> None:
    """Element by element: after `remove` the tree looks for every tag from its root."""
    for tag in _NEVER_SHOWN:
        for element in document.find_all(tag):
            element.decompose()


def _drop_hidden(document: turbohtml.Document, styled: Sequence[tuple[Element, bytes]]) -> bool:
    """Remove what no reader sees. True when hidden tables were kept, being the page's only ones."""
    hidden = _hidden_elements(document, styled)
    hidden_cells = sum(len(element.select("td")) for element in hidden)
    if hidden_cells and not _has_shown_cells(document, hidden):
        hidden = [element for element in hidden if not element.select_one("td")]
    else:
        hidden_cells = 0
    for element in hidden:
        element.decompose()
    return hidden_cells > 0


def _hidden_elements(
    document: turbohtml.Document, styled: Sequence[tuple[Element, bytes]]
) -> list[Element]:
    """Elements hidden by attribute or by a style of their own."""
    by_style = [element for element, style in styled if _HIDDEN_STYLE.search(style)]
    return list(dict.fromkeys([*document.select("[hidden]"), *by_style]))


def _telling_styles(document: turbohtml.Document) -> list[tuple[Element, bytes]]:
    """Elements with a style of their own that may hide them or set them apart, with that style in lower case.

    One look at each style costs a tenth of what selectors for parts of a style do.
    """
    elements = document.select("[style]")
    styles = "\0".join([element.attr("style") or "" for element in elements])
    together = styles.encode("utf-8", "replace").lower()  # of bytes: in ASCII, as in a style sheet
    words = [word for word in _TELLING_WORDS if word in together]
    if not words:
        return []
    lowered = together.split(b"\0")
    found = {n for word in words for n, style in enumerate(lowered) if word in style}
    return [(elements[n], lowered[n]) for n in sorted(found)]


def _has_shown_cells(document: turbohtml.Document, hidden: list[Element]) -> bool:
    """Whether any table cell stands outside all hidden elements and is not itself hidden."""
    within = {cell for element in hidden for cell in (element, *element.select("td"))}
    return any(cell not in within for cell in document.select("td"))


def _read_blocks(
    document: turbohtml.Document,
    styled: Sequence[tuple[Element, bytes]],
    known: Mapping[Element, KnownCells],
) -> BlockList:
    """Grids are cut out of the tree, the rest is laid out as text, and both are put in order."""
    blocks = BlockList()
    body = document.find("body") or document.root
    if not isinstance(body, Element):
        return blocks
    _set_cell_parts_apart(document, styled)
    tables = _cut_out_grids(document, known)
    for tag in _TABLE_TAGS:
        for remaining in document.select(tag):
            remaining.tag = "div"
    lines = body.to_text(PLAIN_TEXT).split("\n")
    done = 0
    for place in [n for n, line in enumerate(lines) if MARK_START in line]:
        if mark := _MARK.search(lines[place]):
            blocks.add_lines(tidy_lines(lines[done:place]))
            done = place + 1
            _add_table(blocks, tables[int(mark[1])])
    blocks.add_lines(tidy_lines(lines[done:]))
    return blocks


def _add_table(blocks: BlockList, table: KnownCells | tuple[GridCell, ...]) -> None:
    if isinstance(table, KnownCells) and table.size is not None:
        blocks.add_columns(table.columns, table.size)
        return
    for piece in table_pieces(table.cells if isinstance(table, KnownCells) else table):
        if piece and isinstance(piece[0], GridCell):
            blocks.add_grid(piece)
        else:
            for line in piece:
                blocks.add_line(str(line))


def _cut_out_grids(
    document: turbohtml.Document, known: Mapping[Element, KnownCells]
) -> list[KnownCells | tuple[GridCell, ...]]:
    """Replace every table that holds no table by a mark; give the cells, by mark number."""
    grids: list[KnownCells | tuple[GridCell, ...]] = []
    tables = document.select("table")
    tags = tags_of(document) if len(tables) > len(known) else frozenset()
    holding = {above for table in tables if (above := _table_above(table)) is not None}
    for table in tables:
        if table in holding:
            continue
        found = known.get(table) or table_cells(table, tags)
        if not isinstance(found, KnownCells) and not any(map(_TEXT, found)):
            table.decompose()
            continue
        mark = Element("div")
        if "caption" in tags and (caption := _text_of(table.select_one("caption"))):
            mark.append(Text(caption))
            mark.append(Element("br"))
        mark.append(Text(f"{MARK_START}{len(grids)}{MARK_END}"))
        table.replace_with(mark)
        grids.append(found)
    return grids


def _table_above(table: Element) -> Element | None:
    return table.parent.closest("table") if isinstance(table.parent, Element) else None


def _set_cell_parts_apart(
    document: turbohtml.Document, styled: Sequence[tuple[Element, bytes]]
) -> None:
    for tag in _TAGS_SET_APART:
        if document.select_one(tag) is not None:
            for part in document.select(f"td {tag},th {tag}"):
                part.tag = "div"
    for part, style in styled:
        if _STYLE_SET_APART.search(style) and _is_in_cell(part):
            part.tag = "div"
    if document.select_one("ol") is not None:
        for ordered in document.select("td ol,th ol"):
            ordered.tag = "ul"
    for field in document.select("td input"):
        if (field.attr("type") or "").lower() in _TYPED_INPUTS:
            field.replace_with(Text(field.attr("value") or ""))
    for picture in document.select("td img"):
        cell = picture.closest("td")
        if cell is not None and not tidy_cell_text(cell.to_text(PLAIN_TEXT)):
            picture.replace_with(Text(_PICTURE))


def _is_in_cell(part: Element) -> bool:
    above = part.parent
    return isinstance(above, Element) and above.closest("td,th") is not None
