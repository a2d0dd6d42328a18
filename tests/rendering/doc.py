"""Word 97 files: header, piece table, property pages, row definitions, automatic numbers."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from tests.damage.physical import Table

from . import Prose
from .docx import CHAPTERS
from .ole import ole_file
from .placing import Slot, slots_of, table_width

_TEXT_AT = 0x800
_IN_TABLE, _ROW_END = b"\x16\x24\x01", b"\x17\x24\x01"
_NUMBERED = b"\x0a\x26\x00\x0b\x46\x01\x00"
_HIDDEN, _DELETED = b"\x3c\x08\x01", b"\x00\x08\x01"


@dataclass
class Run:
    text: str
    look: bytes = b""


@dataclass
class Mark:
    """A paragraph: its runs, the mark that ends it, and its properties."""

    runs: list[Run]
    mark: str = "\r"
    properties: bytes = b""


def render_doc(tables: Sequence[Table], prose: Prose, rng: random.Random) -> bytes:
    """Whole or fast-saved; pieces of Latin text compressed; headings numbered or typed, all alike."""
    return word_file(marks_of(tables, prose, rng), rng)


def marks_of(tables: Sequence[Table], prose: Prose, rng: random.Random) -> list[Mark]:
    numbered = rng.random() < 0.5
    marks: list[Mark] = []
    for place, lines in enumerate(prose):
        for line in lines:
            if numbered and line[:1] in CHAPTERS and line[1:2] == "、":
                marks.append(Mark(runs(line[2:], rng), properties=_NUMBERED))
            else:
                marks.append(Mark(runs(line, rng)))
        if place < len(tables):
            marks += _table(tables[place], rng)
    return marks


def runs(text: str, rng: random.Random) -> list[Run]:
    """The text among things that are not printed."""
    if not text:
        return []
    text = text.replace("\n", "\x0b")
    cut = rng.randint(0, len(text))
    unseen = rng.choice(
        (None, None, None, Run("9", _HIDDEN), Run("8", _DELETED), Run("\x13 DATE 7 \x14\x15"), Run("\x1f"))
    )  # fmt: skip
    parts = [Run(text[:cut]), *([unseen] if unseen else []), Run(text[cut:])]
    return [part for part in parts if part.text]


def _table(table: Table, rng: random.Random) -> list[Mark]:
    width = table_width(table)
    edges = [(column + 1) * 700 + rng.randint(-9, 9) for column in range(width)]
    marks = []
    for row in slots_of(table):
        for slot in row:
            shown = [] if slot.continues else runs(slot.cell.text, rng)
            marks.append(Mark(shown, "\x07", _IN_TABLE))
        left = edges[row[0].column - 1] if row and row[0].column else -108
        marks.append(Mark([], "\x07", _IN_TABLE + _ROW_END + definition(row, left, edges)))
    return marks


def definition(row: Sequence[Slot], left: int, edges: Sequence[int]) -> bytes:
    """sprmTDefTable: edges, and 20 bytes a cell with its vertical merge."""
    positions = [left, *(edges[slot.column + slot.cell.columns - 1] for slot in row)]
    cells = b"".join(
        struct.pack("<H18x", 0x20 if slot.continues else 0x60 if slot.rows > 1 else 0)
        for slot in row
    )
    operand = struct.pack(f"<B{len(positions)}h", len(row), *positions) + cells
    return b"\x08\xd6" + struct.pack("<H", len(operand) + 1) + operand


def word_file(marks: Sequence[Mark], rng: random.Random) -> bytes:
    """Paragraphs to a file; a piece a stretch of paragraphs, stored in any order if fast-saved."""
    stretches = _stretches(marks, rng)
    order = list(range(len(stretches)))
    if rng.random() < 0.5:
        rng.shuffle(order)
    data, offsets = b"", {}
    paragraphs, characters = [], []
    for number in order:
        stretch, compressed = stretches[number]
        offsets[number] = _TEXT_AT + len(data)
        for mark in stretch:
            start = _TEXT_AT + len(data)
            for run in [*mark.runs, Run(mark.mark)]:
                coded = run.text.encode("cp1252" if compressed else "utf-16-le")
                at = _TEXT_AT + len(data)
                characters.append((at, at + len(coded), run.look))
                data += coded
            paragraphs.append((start, _TEXT_AT + len(data), mark.properties))
    pieces = [
        (sum(len(run.text) for mark in stretch for run in [*mark.runs, Run("x")]), offsets[number], compressed)
        for number, (stretch, compressed) in enumerate(stretches)
    ]  # fmt: skip
    return _assembled(data, pieces, paragraphs, characters)


def _stretches(marks: Sequence[Mark], rng: random.Random) -> list[tuple[list[Mark], bool]]:
    """Consecutive paragraphs that may be compressed, or not."""
    found: list[tuple[list[Mark], bool]] = []
    for mark in marks:
        latin = all(run.text.isascii() for run in mark.runs)
        if found and found[-1][1] == latin and rng.random() < 0.9:
            found[-1][0].append(mark)
        else:
            found.append(([mark], latin))
    return found


def _assembled(data: bytes, pieces: list, paragraphs: list, characters: list) -> bytes:  # type: ignore[type-arg]
    text = bytes(_TEXT_AT) + data
    document = bytearray(text.ljust(-(-len(text) // 512) * 512, b"\0"))
    paragraph_table = _pages(document, paragraphs, 13)
    character_table = _pages(document, characters, 1)
    total = sum(length for length, _, _ in pieces)
    places, at = [0], 0
    for length, _, _ in pieces:
        at += length
        places.append(at)
    piece_table = struct.pack(f"<{len(places)}I", *places) + b"".join(
        struct.pack("<HIH", 0, (offset * 2) | 0x40000000 if compressed else offset, 0)
        for _, offset, compressed in pieces
    )
    lists, uses = _lists()
    table = b""
    positions: dict[int, tuple[int, int]] = {}
    for number, part, length in (
        (12, character_table, None), (13, paragraph_table, None),
        (33, b"\x02" + struct.pack("<I", len(piece_table)) + piece_table, None),
        (73, lists, 30), (74, uses, None),
    ):  # fmt: skip
        positions[number] = (len(table), len(part) if length is None else length)
        table += part
    document[: 0x9A + 8 * 93] = _header(total, positions)
    return ole_file({"WordDocument": bytes(document), "1Table": table})


def _header(total: int, positions: dict[int, tuple[int, int]]) -> bytes:
    base = struct.pack("<HHHHHH20x", 0xA5EC, 0xC1, 0, 0x804, 0, 0x0200)
    longs = [0] * 22
    longs[3] = total
    flat = [one for number in range(93) for one in positions.get(number, (0, 0))]
    return (
        base + struct.pack("<H28x", 14) + struct.pack("<H22i", 22, *longs)
        + struct.pack("<H186I", 93, *flat)
    )  # fmt: skip


def _pages(document: bytearray, runs: list[tuple[int, int, bytes]], width: int) -> bytes:
    """Append property pages to the document; give the bin table that lists them."""
    edges: list[int] = []
    numbers: list[int] = []
    runs = sorted(runs)
    place = 0
    while place < len(runs):
        taken, free = [], 511 - 4
        while place < len(runs):
            size = len(runs[place][2]) + 6
            if free < 4 + width + size:
                break
            free -= 4 + width + size
            taken.append(runs[place])
            place += 1
        edges.append(taken[0][0])
        numbers.append(len(document) // 512)
        document += _page(taken, width)
    edges.append(runs[-1][1])
    return struct.pack(f"<{len(edges)}I{len(numbers)}I", *edges, *numbers)


def _page(runs: list[tuple[int, int, bytes]], width: int) -> bytes:
    page = bytearray(512)
    struct.pack_into(f"<{len(runs) + 1}I", page, 0, *(run[0] for run in runs), runs[-1][1])
    end = 510
    for number, (_, _, properties) in enumerate(runs):
        stored = (
            _stored_paragraph(properties) if width == 13 else bytes((len(properties),)) + properties
        )
        if width == 1 and not properties:
            continue
        end = (end - len(stored)) & ~1
        page[end : end + len(stored)] = stored
        page[4 * (len(runs) + 1) + width * number] = end // 2
    page[511] = len(runs)
    return bytes(page)


def _stored_paragraph(properties: bytes) -> bytes:
    """Style number and properties; their length counts in words, odd or even."""
    body = b"\0\0" + properties
    if len(body) % 2:
        return bytes(((len(body) + 1) // 2,)) + body
    return bytes((0, len(body) // 2)) + body


def _lists() -> tuple[bytes, bytes]:
    """One simple list: 一、 二、 …, nothing behind the number."""
    head = struct.pack("<H", 1) + struct.pack("<II18xBB", 77, 0, 1, 0)
    text = "\x00、".encode("utf-16-le")
    level = struct.pack("<iBB9xB8xBBBB", 1, 37, 0, 2, 0, 0, 0, 0) + struct.pack("<H", 2) + text
    return head + level, struct.pack("<I", 1) + struct.pack("<I12x", 77)
