"""RTF as Word and WPS write it: code page bytes or Unicode with fallbacks, rows described by edges."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.damage.physical import Table

from . import Prose
from .docx import CHAPTERS
from .placing import slots_of, table_width

_UNPRINTED = (
    "", "", "", r"{\v 9}", r"{\deleted 8}", r"{\*\bkmkstart x7}", r"{\field{\*\fldinst DATE 6}{\fldrslt }}",
    r"\-", r"{\*\unknown 5 {\inner 4}}",
)  # fmt: skip


def render_rtf(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """One way of writing characters for a file; headings get automatic numbers or typed ones."""
    unicode, numbered = rng.random() < 0.5, rng.random() < 0.5
    page = rng.choice((936, 936, 1252))
    parts = [
        rf"{{\rtf1\ansi\ansicpg{page}\deff0{{\fonttbl{{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}{{\f1\froman\fcharset0 Times;}}}}",
        r"{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}}{\info{\title 1}{\author 2}}",
        r"{\header \pard 3\par}",
    ]
    for place, lines in enumerate(prose):
        for line in lines:
            label = ""
            if numbered and line[:1] in CHAPTERS and line[1:2] == "、":
                label = rf"{{\listtext\pard\plain {written(line[:2], unicode)}\tab}}"
            shown = line[2:] if label else line
            parts.append(rf"\pard\plain\f0 {label}{text(shown, unicode, rng)}\par")
        if place < len(tables):
            parts.append(_table(tables[place], unicode, rng))
    return "\r\n".join([*parts, "}"]).encode("ascii")


def _table(table: Table, unicode: bool, rng: random.Random) -> str:
    width = table_width(table)
    edges = [(column + 1) * 700 + rng.randint(-9, 9) for column in range(width)]
    twice = rng.random() < 0.5
    rows = []
    for row in slots_of(table):
        described = "".join(
            (r"\clvmrg" if slot.continues else r"\clvmgf" if slot.rows > 1 else "")
            + rf"\clbrdrt\brdrs\cellx{edges[slot.column + slot.cell.columns - 1] + rng.randint(-5, 5)}"
            for slot in row
        )
        left = edges[row[0].column - 1] if row and row[0].column else -108
        head = rf"\trowd\irow0\trgaph108\trleft{left}{described}"
        cells = "".join(
            rf"\pard\intbl {'' if slot.continues else text(slot.cell.text, unicode, rng)}\cell"
            for slot in row
        )
        rows.append(f"{head}{cells}{head if twice else ''}\\row")
    return "\r\n".join(rows)


def text(shown: str, unicode: bool, rng: random.Random) -> str:
    """The text in one or two groups, among things that are not printed."""
    if not shown:
        return ""
    cut = rng.randint(0, len(shown))
    first, second = written(shown[:cut], unicode), written(shown[cut:], unicode)
    return f"{{{first}}}{rng.choice(_UNPRINTED)}{{\\f0 {second}}}"


def written(shown: str, unicode: bool) -> str:
    parts = []
    for char in shown:
        if char == "\n":
            parts.append(r"\line ")
        elif char in "\\{}":
            parts.append(f"\\{char}")
        elif char.isascii():
            parts.append(char)
        elif unicode:
            code = ord(char) - 0x10000 if ord(char) > 0x7FFF else ord(char)
            parts.append(rf"\u{code}?")
        else:
            parts.append("".join(rf"\'{byte:02x}" for byte in char.encode("gb18030")))
    return "".join(parts)
