"""`styles.xml`: which styles are hidden, numbered or the title; inheritance resolved."""

from __future__ import annotations

from dataclasses import dataclass

from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    child,
    child_value,
    is_on,
    local_name,
)

_DEEPEST_INHERITANCE = 12
_TITLE_NAMES = frozenset({"title", "标题"})


@dataclass(frozen=True, slots=True)
class Style:
    """Of a style only what changes what is printed; None where it leaves that to its base."""

    hidden: bool | None = None
    list_id: str | None = None
    level: str | None = None
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """Styles by id, resolved; `default` is the default paragraph style."""

    by_id: dict[str, Style]
    default: Style = Style()

    def of(self, style_id: str | None) -> Style:
        """The style of a paragraph or run; the default one where it names none or an unknown one."""
        return self.by_id.get(style_id, Style()) if style_id else self.default


def read_styles(root: Node | None) -> Styles:
    """An empty book where the document has no styles part."""
    if root is None:
        return Styles({})
    nodes = {attribute(n, "styleId") or "": n for n in root if local_name(n) == "style"}
    resolved = {name: _resolved(name, nodes) for name in nodes}
    default = next(
        (
            resolved[name]
            for name, node in nodes.items()
            if attribute(node, "default") in ("1", "true", "on")
            and attribute(node, "type") == "paragraph"
        ),
        Style(),
    )
    return Styles(resolved, default)


def _resolved(name: str, nodes: dict[str, Node]) -> Style:
    style, at = Style(), name
    for depth in range(_DEEPEST_INHERITANCE):
        node = nodes.get(at)
        if node is None:
            break
        own = _own(node)
        style = Style(
            hidden=own.hidden if style.hidden is None else style.hidden,
            list_id=own.list_id if style.list_id is None else style.list_id,
            level=own.level if style.level is None else style.level,
            is_title=style.is_title or (depth == 0 and own.is_title),
        )
        at = child_value(node, "basedOn") or ""
    return style


def _own(node: Node) -> Style:
    vanish = child(node, "rPr", "vanish")
    numbered = child(node, "pPr", "numPr")
    if numbered is None:
        numbered = child(node, "pPr", "listPr")
    list_id = level = None
    if numbered is not None:
        list_id = child_value(numbered, "numId") or child_value(numbered, "ilfo")
        level = child_value(numbered, "ilvl")
    return Style(
        hidden=None if vanish is None else is_on(node, "rPr", "vanish"),
        list_id=list_id,
        level=level,
        is_title=(child_value(node, "name") or "").lower() in _TITLE_NAMES,
    )
