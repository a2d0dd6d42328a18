"""Streams that unpack to more than any page or picture holds, found before pdfium unpacks them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from annual_reports.reading.pdf.filters import FILTERS, Filter
from annual_reports.reading.pdf.limits import MAX_FILTERS, MAX_STREAM_BYTES, refuse_more_than

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_DICTIONARY_BYTES = 2000
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_FILTERS_GIVEN = re.compile(rb"/(?:Filter|F)\s*(\[[^\]]*\]|/[^\s/<>\[\]()]+|\d+\s+\d+\s+R)")
_NAME = re.compile(rb"/([^\s/<>\[\]()]+)")
_UNKNOWN = (FILTERS[b"FlateDecode"],) * 2
"""Where the names stand in another object."""


def refuse_inflating(content: bytes) -> None:
    """Raise QuarantinedDocument where a stream of a PDF unpacks beyond the limit.

    Measured through every chain of its filters; encrypted ones cannot be.
    """
    for filters, packed in _streams_worth_a_look(content):
        pieces: Iterator[bytes] = iter((packed,))
        for one in filters:
            pieces = one.unpacked(_counted(pieces))
        for _ in _counted(pieces):
            pass


def _counted(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces as they come; what comes out between two filters is limited too."""
    size = 0
    for piece in pieces:
        size += len(piece)
        refuse_more_than(MAX_STREAM_BYTES, size, "一个数据流的字节数", "bytes in one stream")
        yield piece


def _streams_worth_a_look(content: bytes) -> Iterator[tuple[tuple[Filter, ...], bytes]]:
    """(filters, data) of streams that could unpack beyond the limit."""
    for match in _STREAM.finditer(content):
        filters = _filters_of(content[max(0, match.start() - _DICTIONARY_BYTES) : match.start()])
        end = content.find(b"endstream", match.end())
        end = len(content) if end < 0 else end
        refuse_more_than(MAX_FILTERS, len(filters), "一个数据流的滤镜数", "filters of one stream")
        if (end - match.end()) * prod(one.most for one in filters) > MAX_STREAM_BYTES:
            yield filters, content[match.end() : end]


def _filters_of(before: bytes) -> tuple[Filter, ...]:
    """The filters that unpack, in order, by the dictionary that ends `before`."""
    head = before[max(0, before.rfind(b" obj")) :]
    if b"#" in head:
        head = _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), head)
    given = _FILTERS_GIVEN.findall(head)
    if not given:
        return ()
    if given[-1].endswith(b"R"):
        return _UNKNOWN
    return tuple(FILTERS[name] for name in _NAME.findall(given[-1]) if name in FILTERS)
