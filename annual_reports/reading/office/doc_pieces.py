"""The header of a Word document and its piece table: which text stands where in the file."""

from __future__ import annotations

from dataclasses import dataclass

from annual_reports.reading.office.doc_bytes import KIND, numbers, unsigned
from annual_reports.reading.office.refusals import office_refusal

_WORD_8, _WORD_6 = 0xA5EC, 0xA5DC
_FIRST_WORD_97 = 0x00C1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_COMPRESSED = 0x4000_0000
_LENGTHS = ("main", "footnotes", "headers", "macros", "annotations", "endnotes", "boxes", "header_boxes")  # fmt: skip
MAX_CHARACTERS = 8_000_000


@dataclass(frozen=True, slots=True)
class Header:
    """`lengths`: characters of each story in order; `tables`: (offset, size) in the table stream."""

    table_stream: str
    lengths: dict[str, int]
    tables: tuple[tuple[int, int], ...]

    def table(self, number: int) -> tuple[int, int]:
        """Offset and size of a structure; (0, 0) where the file is too old to have it."""
        return self.tables[number] if number < len(self.tables) else (0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` to `end` of the document, stored at `offset`, `width` bytes each."""

    start: int
    end: int
    offset: int
    width: int
    text: str
    properties: bytes


def read_header(document: bytes) -> Header:
    """Raises QuarantinedDocument for Word 95, for passwords and for damage."""
    magic = unsigned(document, 0, 2)
    if magic == _WORD_6 or (magic == _WORD_8 and unsigned(document, 2, 2) < _FIRST_WORD_97):
        raise office_refusal("old_word")
    if magic != _WORD_8:
        raise office_refusal("damaged", kind=KIND)
    flags = unsigned(document, 0x0A, 2)
    if flags & _ENCRYPTED:
        raise office_refusal("encrypted")
    words = unsigned(document, 0x20, 2)
    longs_at = 0x22 + 2 * words
    longs = numbers(document, longs_at + 2, unsigned(document, longs_at, 2), "i")
    tables_at = longs_at + 2 + 4 * len(longs)
    count = unsigned(document, tables_at, 2)
    flat = numbers(document, tables_at + 2, 2 * count, "I")
    lengths = dict(zip(_LENGTHS, longs[3:11], strict=False))
    if len(lengths) < len(_LENGTHS) or any(
        not 0 <= one < MAX_CHARACTERS for one in lengths.values()
    ):
        raise office_refusal("damaged", kind=KIND)
    return Header(
        "1Table" if flags & _SECOND_TABLE else "0Table",
        lengths,
        tuple(zip(flat[::2], flat[1::2], strict=True)),
    )


def read_pieces(document: bytes, table: bytes, header: Header) -> list[Piece]:
    """Pieces in the order of the text, also those of fast-saved files."""
    position, size = header.table(33)
    end = position + size
    groups: list[bytes] = []
    while position < end and unsigned(table, position, 1) == 1:
        length = unsigned(table, position + 1, 2)
        groups.append(table[position + 3 : position + 3 + length])
        position += 3 + length
    if position >= end or unsigned(table, position, 1) != 2:
        raise office_refusal("damaged", kind=KIND)
    count = (unsigned(table, position + 1, 4) - 4) // 12
    starts = numbers(table, position + 5, count + 1, "I")
    stored_at = position + 5 + 4 * (count + 1)
    pieces = []
    total = 0
    for number in range(count):
        start, stop = starts[number], starts[number + 1]
        total += stop - start
        if stop < start or total > MAX_CHARACTERS:
            raise office_refusal("damaged", kind=KIND)
        place = unsigned(table, stored_at + 8 * number + 2, 4)
        modifier = unsigned(table, stored_at + 8 * number + 6, 2)
        pieces.append(_piece(document, start, stop, place, _modified(modifier, groups)))
    return pieces


def _piece(document: bytes, start: int, end: int, place: int, properties: bytes) -> Piece:
    compressed = bool(place & _COMPRESSED)
    width = 1 if compressed else 2
    offset = (place & (_COMPRESSED - 1)) // (2 if compressed else 1)
    data = document[offset : offset + width * (end - start)]
    if len(data) < width * (end - start):
        raise office_refusal("damaged", kind=KIND)
    if compressed:
        text = data.decode("latin-1").translate(_ANSI)
    else:
        text = "".join(map(chr, numbers(data, 0, end - start, "H")))
    return Piece(start, end, offset, width, text, properties)


_ANSI = {code: bytes((code,)).decode("cp1252", "ignore") or "\ufffd" for code in range(0x80, 0xA0)}

_SHORT_PROPERTIES = {0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x57: 0x0837, 0x5C: 0x083C}


def _modified(modifier: int, groups: list[bytes]) -> bytes:
    """The properties a piece adds to those of its text: a stored group, or one short property."""
    if modifier & 1:
        place = modifier >> 1
        return groups[place] if place < len(groups) else b""
    full = _SHORT_PROPERTIES.get((modifier >> 1) & 0x7F)
    return b"" if full is None else full.to_bytes(2, "little") + bytes((modifier >> 8,))
