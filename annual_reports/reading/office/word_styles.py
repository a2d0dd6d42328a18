"""`styles.xml`: which styles are hidden, numbered or the title; inheritance resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    child,
    children_by_name,
    is_on,
    local_name,
    value_of,
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


_PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Styles:
    """Styles by id, resolved; `default` is the default paragraph style."""

    by_id: dict[str, Style]
    default: Style = _PLAIN

    def of(self, style_id: str | None) -> Style:
        """The style of a paragraph or run; the default one where it names none or an unknown one."""
        return self.by_id.get(style_id, _PLAIN) if style_id else self.default


def read_styles(root: Node | None) -> Styles:
    """An empty book where the document has no styles part."""
    if root is None:
        return Styles({})
    written: dict[str, _Written] = {}
    default = None
    for node in root:
        if local_name(node) != "style":
            continue
        name = attribute(node, "styleId") or ""
        written[name] = _as_written(node)
        if attribute(node, "default") in ("1", "true", "on"):
            is_paragraph = attribute(node, "type") == "paragraph"
            default = name if default is None and is_paragraph else default
    resolved = {name: _resolved(name, written) for name in written}
    return Styles(resolved, _PLAIN if default is None else resolved[default])


@dataclass(frozen=True, slots=True)
class _Written:
    """A style as it stands in the part, with the id of the one it is based on."""

    own: Style
    base: str


def _resolved(name: str, written: dict[str, _Written]) -> Style:
    style = replace(_PLAIN, is_title=written[name].own.is_title)
    at = name
    for _ in range(_DEEPEST_INHERITANCE):
        if at not in written:
            break
        own = written[at].own
        style = Style(
            hidden=own.hidden if style.hidden is None else style.hidden,
            list_id=own.list_id if style.list_id is None else style.list_id,
            level=own.level if style.level is None else style.level,
            is_title=style.is_title,
        )
        at = written[at].base
    return style


def _as_written(node: Node) -> _Written:
    parts = children_by_name(node)
    vanish = child(parts["rPr"], "vanish") if "rPr" in parts else None
    paragraph = children_by_name(parts.get("pPr"))
    numbered = children_by_name(paragraph.get("numPr", paragraph.get("listPr")))
    numbers = value_of(numbered.get("numId")) or value_of(numbered.get("ilfo"))
    title = (value_of(parts.get("name")) or "").lower() in _TITLE_NAMES
    hidden = None if vanish is None else is_on(vanish)
    own = Style(hidden, numbers, value_of(numbered.get("ilvl")), title)
    return _Written(own, value_of(parts.get("basedOn")) or "")
