"""The filters of PDF streams that unpack, as iterators of pieces: what comes out before the first fault."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

Pieces = Iterator[bytes]

_PIECE = 1 << 22
_CLEAR, _END, _FIRST_FREE, _TABLE_FULL = 256, 257, 258, 4096
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]")


class Filter(NamedTuple):
    """`most` is how many times larger than its input the output can be."""

    most: int
    unpacked: Callable[[Pieces], Pieces]


def inflated(pieces: Pieces) -> Pieces:
    inflater = zlib.decompressobj()
    for piece in pieces:
        try:
            yield inflater.decompress(piece, _PIECE)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _PIECE)
        except zlib.error:
            return


def of_ascii85(pieces: Pieces) -> Pieces:
    packed = b"".join(pieces)
    try:
        yield base64.a85decode(packed.split(b"~>")[0].strip())
    except ValueError:
        yield packed


def of_hex(pieces: Pieces) -> Pieces:
    digits = _NOT_HEX.sub(b"", b"".join(pieces).split(b">")[0])
    yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def of_runs(pieces: Pieces) -> Pieces:
    packed, at = b"".join(pieces), 0
    while at < len(packed) and packed[at] != 128:
        length = packed[at]
        if length < 128:
            yield packed[at + 1 : at + 2 + length]
            at += 2 + length
        else:
            yield packed[at + 1 : at + 2] * (257 - length)
            at += 2


def of_lzw(pieces: Pieces) -> Pieces:
    """Codes of 9 to 12 bits; `EarlyChange` of one, the default, switches the width a code early."""
    packed, bits, held, width = b"".join(pieces), 0, 0, 9
    table = _fresh_table()
    last = b""
    for byte in packed:
        bits, held = ((bits & ((1 << held) - 1)) << 8) | byte, held + 8
        if held < width:
            continue
        held -= width
        code = bits >> held
        if code == _CLEAR:
            table, width, last = _fresh_table(), 9, b""
            continue
        if code == _END or code > len(table) or (code == len(table) and not last):
            return
        entry = table[code] if code < len(table) else last + last[:1]
        yield entry
        if last and len(table) < _TABLE_FULL:
            table.append(last + entry[:1])
        last = entry
        width = max(9, min(12, (len(table) + 1).bit_length()))


def _fresh_table() -> list[bytes]:
    return [*(bytes((value,)) for value in range(256)), b"", b""]


FILTERS = {
    name: found
    for names, found in (
        ((b"FlateDecode", b"Fl"), Filter(1032, inflated)),
        ((b"LZWDecode", b"LZW"), Filter(2730, of_lzw)),
        ((b"RunLengthDecode", b"RL"), Filter(64, of_runs)),
        ((b"ASCII85Decode", b"A85"), Filter(4, of_ascii85)),
        ((b"ASCIIHexDecode", b"AHx"), Filter(1, of_hex)),
    )
    for name in names
}
"""By the names a stream may give them; those of pictures (DCT, JPX, CCITT, JBIG2) are not unpacked to read text."""
