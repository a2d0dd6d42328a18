"""`numbering.xml` (and `w:lists` of Word 2003) to list levels."""

from __future__ import annotations

from annual_reports.reading.office.lists import LEVELS, ListLevel, Lists
from annual_reports.reading.office.xml_parts import Node, attribute, child, child_value, local_name

_OLD_FORMATS = {"0": "decimal", "1": "upperRoman", "2": "lowerRoman", "3": "upperLetter", "4": "lowerLetter", "11": "japaneseCounting", "12": "ideographDigital", "18": "decimalEnclosedCircle", "23": "bullet", "35": "taiwaneseCountingThousand", "37": "chineseCounting", "38": "chineseLegalSimplified", "39": "chineseCountingThousand", "255": "none"}  # fmt: skip


def read_lists(root: Node | None) -> Lists:
    """The lists of a document; an empty book where it has no numbering part."""
    levels: dict[tuple[str, int], ListLevel] = {}
    counted_in: dict[str, str] = {}
    restarts: dict[tuple[str, int], int] = {}
    if root is None:
        return Lists(levels, counted_in)
    definitions, styled = _definitions(root)
    for number in root:
        if local_name(number) not in ("num", "list"):
            continue
        list_id = attribute(number, "numId") or attribute(number, "ilfo") or ""
        definition = child_value(number, "abstractNumId") or child_value(number, "ilst") or ""
        own, link = definitions.get(definition, ({}, None))
        if not own and link is not None:
            definition = styled.get(link, definition)
            own = definitions.get(definition, ({}, None))[0]
        counted_in[list_id] = definition
        levels.update({(list_id, at): level for at, level in own.items()})
        for override in number:
            if local_name(override) in ("lvlOverride",):
                _read_override(override, list_id, levels, restarts)
    return Lists(levels, counted_in, restarts)


def _definitions(
    root: Node,
) -> tuple[dict[str, tuple[dict[int, ListLevel], str | None]], dict[str, str]]:
    definitions: dict[str, tuple[dict[int, ListLevel], str | None]] = {}
    styled: dict[str, str] = {}
    for node in root:
        if local_name(node) in ("abstractNum", "listDef"):
            name = attribute(node, "abstractNumId") or attribute(node, "listDefId") or ""
            levels = dict(map(_level, (one for one in node if local_name(one) == "lvl")))
            definitions[name] = (levels, child_value(node, "numStyleLink"))
            if link := child_value(node, "styleLink"):
                styled[link] = name
    return definitions, styled


def _level(node: Node) -> tuple[int, ListLevel]:
    restart = child_value(node, "lvlRestart")
    old_format = child_value(node, "nfc")
    return _integer(attribute(node, "ilvl"), 0), ListLevel(
        number_format=child_value(node, "numFmt")
        or (_OLD_FORMATS.get(old_format, "none") if old_format is not None else "decimal"),
        text=child_value(node, "lvlText") or "",
        start=_integer(child_value(node, "start"), 1),
        followed=(child_value(node, "suff") or "tab").lower(),
        restarts_after=None if restart is None else _integer(restart, 0),
    )


def _read_override(
    node: Node,
    list_id: str,
    levels: dict[tuple[str, int], ListLevel],
    restarts: dict[tuple[str, int], int],
) -> None:
    at = _integer(attribute(node, "ilvl"), 0)
    if (own := child(node, "lvl")) is not None:
        levels[list_id, at] = _level(own)[1]
    if (start := child_value(node, "startOverride")) is not None:
        restarts[list_id, at] = _integer(start, 1)


def _integer(text: str | None, default: int) -> int:
    """A level or a start; anything that is no small number gives `default`."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 6 else default


def list_level(text: str | None) -> int:
    """0 to 8; what lies outside counts as the first."""
    level = _integer(text, 0)
    return level if level < LEVELS else 0
