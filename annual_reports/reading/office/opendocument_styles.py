"""OpenDocument styles: what is hidden, struck or raised, and how lists are numbered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from annual_reports.reading.office.lists import LEVELS, ListLevel
from annual_reports.reading.office.xml_parts import Node, attribute, child, local_name
from schemas.office import office_words

_HOLDERS = ("styles", "automatic-styles")
_TITLES = frozenset({"Title"})


@dataclass(slots=True)
class OdfStyles:
    """`hidden` texts and tables, `apart` (struck, raised), `titles`, by style name."""

    hidden: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=lambda: set(_TITLES))
    levels: dict[tuple[str, int], ListLevel] = field(default_factory=dict)
    list_of: dict[str, str] = field(default_factory=dict)


OUTLINE = "\0outline"
"""Names the numbering of headings, which belongs to no list style."""


def read_odf_styles(roots: Sequence[Node]) -> OdfStyles:
    """Common styles first, then those of the document itself."""
    styles = OdfStyles()
    parents: dict[str, str] = {}
    for node in _style_nodes(roots):
        name, kind = attribute(node, "name") or "", local_name(node)
        if kind == "style":
            _read_style(node, name, styles)
            parents[name] = attribute(node, "parent-style-name") or ""
        elif kind in ("list-style", "outline-style"):
            _read_list_style(node, OUTLINE if kind == "outline-style" else name, styles)
    for _ in range(LEVELS):  # inheritance is never deeper in practice
        for name, parent in parents.items():
            for names in (styles.hidden, styles.apart, styles.titles):
                if parent in names:
                    names.add(name)
            if parent in styles.list_of:
                styles.list_of.setdefault(name, styles.list_of[parent])
    return styles


def _style_nodes(roots: Sequence[Node]) -> Iterator[Node]:
    for root in roots:
        for holder in root:
            if local_name(holder) in _HOLDERS:
                yield from holder


def _read_style(node: Node, name: str, styles: OdfStyles) -> None:
    text, table = child(node, "text-properties"), child(node, "table-properties")
    if text is not None:
        if attribute(text, "display") == "none":
            styles.hidden.add(name)
        position = (attribute(text, "text-position") or "").split(" ")[0]
        struck = attribute(text, "text-line-through-style") or "none"
        if struck != "none" or position not in ("", "0%"):
            styles.apart.add(name)
    if table is not None and attribute(table, "display") == "false":
        styles.hidden.add(name)
    if list_style := attribute(node, "list-style-name"):
        styles.list_of[name] = list_style


def _read_list_style(node: Node, name: str, styles: OdfStyles) -> None:
    formats = office_words("odf_number_format")
    for one in node:
        level = int(attribute(one, "level") or "1") - 1 if (attribute(one, "level") or "1").isdecimal() else 0  # fmt: skip
        if local_name(one) not in ("list-level-style-number", "outline-level-style"):
            continue
        if not 0 <= level < LEVELS or not (printed := attribute(one, "num-format")):
            continue
        shown = attribute(one, "display-levels") or "1"
        first = max(0, level + 1 - int(shown)) if shown.isdecimal() else level
        places = ".".join(f"%{at + 1}" for at in range(first, level + 1))
        start = attribute(one, "start-value") or "1"
        styles.levels[name, level] = ListLevel(
            number_format=formats.get(printed, "none"),
            text=f"{attribute(one, 'num-prefix') or ''}{places}{attribute(one, 'num-suffix') or ''}",
            start=int(start) if start.isdecimal() and len(start) < 6 else 1,
        )
