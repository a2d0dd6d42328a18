"""Words of RTF that the reader knows, and what a group inherits."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from enum import Enum, auto

from annual_reports.reading.office.rtf_tables import CellShape, RowShape

SKIPPED_DESTINATIONS = frozenset(
    [
        "colortbl",
        "stylesheet",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "ftnsep",
        "ftnsepc",
        "aftnsep",
        "aftnsepc",
        "fldinst",
        "shprslt",
        "nonesttables",
        "pict",
        "objdata",
        "sp",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "generator",
        "xmlnstbl",
        "filetbl",
        "author",
        "operator",
        "company",
        "category",
        "keywords",
        "comment",
        "doccomm",
        "subject",
        "manager",
        "template",
        "atnid",
        "atnauthor",
        "annotation",
        "bkmkstart",
        "bkmkend",
        "ud",
        "themedata",
        "datastore",
        "pnseclvl",
        "background",
    ]
)
CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
SYMBOLS = {b"~": " ", b"_": "-", b"-": ""}
CHINESE = "gb18030"
FONT_CHARSETS = {134: CHINESE, 136: "big5hkscs", 128: "cp932", 129: "cp949"}
_CODE_PAGES = {936: CHINESE, 54936: CHINESE, 950: "big5hkscs", 65001: "utf-8"}
_WHOLE_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xfe][\xa1-\xfe])+")


class Destination(Enum):
    """Where the text of a group goes."""

    TEXT = auto()
    SKIPPED = auto()
    FRAME = auto()
    NESTED_ROW = auto()
    LABEL = auto()
    FONTS = auto()
    TITLE = auto()
    NOTE = auto()


DESTINATIONS = {
    "fonttbl": Destination.FONTS, "title": Destination.TITLE, "footnote": Destination.NOTE,
    "listtext": Destination.LABEL, "pntext": Destination.LABEL, "shpinst": Destination.FRAME,
    "info": Destination.FRAME, "shptxt": Destination.TEXT, "fldrslt": Destination.TEXT,
    "nesttableprops": Destination.NESTED_ROW,
}  # fmt: skip


@dataclass(slots=True)
class GroupState:
    """What a group inherits from the one around it and gives back at its end."""

    destination: Destination = Destination.TEXT
    hidden: bool = False
    deleted: bool = False
    apart: bool = False
    box: int = 0
    fallback: int = 1
    font: int | None = None
    in_table: bool = False
    level: int = 0


@dataclass(slots=True)
class RowDefinition:
    """A row as `\\trowd … \\cellx` describe it."""

    left: int = 0
    edges: list[int] = field(default_factory=list)
    shapes: list[CellShape] = field(default_factory=list)
    next_shape: CellShape = field(default_factory=CellShape)

    def add_edge(self, edge: int) -> None:
        """The right edge of the cell that was described."""
        self.edges.append(edge)
        self.shapes.append(self.next_shape)
        self.next_shape = CellShape()

    def shape(self) -> RowShape:
        """The geometry of the whole row."""
        return RowShape((self.left, *self.edges), tuple(self.shapes))


def codec_of_page(number: int) -> str | None:
    """Python's name of a Windows code page; None for one it does not know."""
    if number in _CODE_PAGES:
        return _CODE_PAGES[number]
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return None


def is_whole_chinese(data: bytes) -> bool:
    """Whether all high bytes stand in pairs, as in GB2312."""
    return not data.isascii() and _WHOLE_PAIRS.fullmatch(data) is not None
