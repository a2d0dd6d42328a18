"""Runs of a paragraph to its text: breaks, fields, symbols, pictures, and what does not show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from annual_reports.reading.office.word_counts import shown_count
from annual_reports.reading.office.word_names import (
    BREAKS,
    LOOKS,
    NOTE_CALLS,
    PICTURES,
    UNPRINTED,
    is_deletion,
    variant_shown,
)
from annual_reports.reading.office.word_styles import Styles
from annual_reports.reading.office.xml_parts import (
    Node,
    attribute,
    bare_name,
    child,
    child_value,
    children_by_name,
    first_named,
    is_on,
    local_name,
    value_of,
)
from schemas.office import office_words

_SYMBOL_FONT_START = 0xF000
_PICTURE_MARK = office_words("placeholder")["picture"]


@dataclass(slots=True)
class RunReader:
    """Reads one paragraph after another; a field may reach over several of them.

    `notes_called` collects the kind and number of every note, in the order of their calls.
    """

    styles: Styles
    notes_called: list[tuple[str, str]] = field(default_factory=list)
    _fields: list[bool] = field(default_factory=list)

    def read(
        self, parts: Iterable[Node], texts: list[str], boxes: list[Node], hidden: bool
    ) -> None:
        """Text of all runs among and below `parts`; text boxes are put aside, in order."""
        for node in parts:
            name = bare_name(node.tag)
            if name == "r":
                self._run(node[:], texts, boxes, hidden)
            elif name == "txbxContent":
                boxes.append(node)
            elif name == "AlternateContent":
                self.read(variant_shown(node)[:], texts, boxes, hidden)
            elif name not in UNPRINTED and not is_deletion(name, node):
                self.read(node[:], texts, boxes, hidden)

    def _run(self, parts: list[Node], texts: list[str], boxes: list[Node], hidden: bool) -> None:
        looks = children_by_name(first_named(parts, "rPr"))
        if LOOKS.isdisjoint(looks):
            self._run_parts(parts, texts, boxes, hidden)
            return
        if "vanish" in looks:
            hidden = is_on(looks["vanish"])
        elif "rStyle" in looks:
            own = self.styles.of(value_of(looks["rStyle"])).hidden
            hidden = hidden if own is None else own
        own_texts: list[str] = []
        self._run_parts(parts, own_texts, boxes, hidden)
        if own_texts:
            texts += ["\n", *own_texts, "\n"] if _stands_apart(looks) else own_texts

    def _run_parts(
        self, parts: list[Node], texts: list[str], boxes: list[Node], hidden: bool
    ) -> None:
        for node in parts:
            name = bare_name(node.tag)
            if name == "fldChar":
                self._field_mark(node, texts)
            elif hidden or not all(self._fields):
                continue
            elif name == "t":
                texts.append(node.text or "")
            elif name in BREAKS:
                texts.append(BREAKS[name])
            elif name in NOTE_CALLS:
                self.notes_called.append((NOTE_CALLS[name], attribute(node, "id") or ""))
            elif name in ("footnote", "endnote"):
                boxes.append(node)  # Word 2003 keeps a note where it is called
            elif name == "AlternateContent":
                self._run_parts(variant_shown(node)[:], texts, boxes, hidden)
            elif name in PICTURES:
                _read_picture(node, texts, boxes)
            elif name == "sym":
                texts.append(_symbol(attribute(node, "char")))
            elif name == "ruby":
                self.read(node[:], texts, boxes, hidden)

    def _field_mark(self, node: Node, texts: list[str]) -> None:
        """A field prints its result only: what stands between its separator and its end."""
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self._fields.append(False)
            if (chosen := _chosen_entry(node)) and all(self._fields[:-1]):
                texts.append(chosen)
        elif kind == "separate" and self._fields:
            self._fields[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()


def _read_picture(node: Node, texts: list[str], boxes: list[Node]) -> None:
    """The text boxes of a drawing; where it has none, its place is marked if it is an image."""
    found = list(node.iter("{*}txbxContent"))
    inner = {id(box) for outer in found for box in outer.iter("{*}txbxContent") if box is not outer}
    boxes += [box for box in found if id(box) not in inner]
    if not found and _is_image(node):
        texts.append(_PICTURE_MARK)


def _is_image(node: Node) -> bool:
    return any(local_name(one) in ("blip", "imagedata", "OLEObject") for one in node.iter("{*}*"))


def _stands_apart(looks: dict[str, Node]) -> bool:
    """A struck or raised digit is no part of the number beside it."""
    if is_on(looks.get("strike")) or is_on(looks.get("dstrike")):
        return True
    return value_of(looks.get("vertAlign")) in ("superscript", "subscript")


def _chosen_entry(node: Node) -> str:
    """What a drop-down form field shows: it has no result of its own."""
    choices = child(node, "ffData", "ddList")
    if choices is None:
        return ""
    entries = [attribute(one, "val") or "" for one in choices if local_name(one) == "listEntry"]
    place = shown_count(child_value(choices, "result") or child_value(choices, "default"), 0)
    return entries[place] if place < len(entries) else ""


def _symbol(code: str | None) -> str:
    """A character of a symbol font; fonts such as Wingdings keep it in the private use area."""
    try:
        number = int(code or "", 16)
    except ValueError:
        return ""
    ascii_code = number - _SYMBOL_FONT_START
    if 0x30 <= ascii_code <= 0x39 or not 0x20 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return chr(number)
