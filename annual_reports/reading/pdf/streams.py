"""Streams that inflate to more than any page or picture holds, found before pdfium inflates them."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from annual_reports.reading.pdf.limits import MAX_STREAM_BYTES, refuse_more_than

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_MOST_INFLATION = 1032
"""Deflate packs no tighter, so that most streams need no look."""
_DICTIONARY_BYTES = 600
_PIECE = 1 << 22


def refuse_inflating(content: bytes) -> None:
    """Raise QuarantinedDocument where a stream of a PDF inflates beyond the limit.

    Flate streams are measured, packed twice or written as text (ASCII85) too; encrypted ones cannot be.
    """
    for filters, packed in _streams_worth_a_look(content):
        pieces: Iterator[bytes] = iter((_of_text(packed) if b"85" in filters else packed,))
        for _ in range(max(1, filters.count(b"Fl"))):
            pieces = _inflated(pieces)
        size = 0
        for piece in pieces:
            size += len(piece)
            refuse_more_than(MAX_STREAM_BYTES, size, "一个数据流的字节数", "bytes in one stream")


def _streams_worth_a_look(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(end of the dictionary with its filters, data) of streams that could inflate beyond the limit."""
    for match in _STREAM.finditer(content):
        head = content[max(0, match.start() - _DICTIONARY_BYTES) : match.start()]
        filters = head[max(0, head.rfind(b"/Filter")) :]
        end = content.find(b"endstream", match.end())
        end = len(content) if end < 0 else end
        levels = max(1, filters.count(b"Fl"))
        if (end - match.end()) * _MOST_INFLATION**levels > MAX_STREAM_BYTES:
            yield filters, content[match.end() : end]


def _of_text(packed: bytes) -> bytes:
    try:
        return base64.a85decode(packed.strip().removesuffix(b"~>"))
    except ValueError:
        return packed


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What comes out before the first fault, piece by piece."""
    inflater = zlib.decompressobj()
    for piece in pieces:
        try:
            yield inflater.decompress(piece, _PIECE)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, _PIECE)
        except zlib.error:
            return
