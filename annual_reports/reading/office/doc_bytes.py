"""Numbers in the binary structures of Word; what lies outside the file is damage."""

from __future__ import annotations

import struct

from annual_reports.reading.office.refusals import office_refusal

KIND = "DOC"


def unsigned(data: bytes, offset: int, size: int) -> int:
    """A little-endian number of 1, 2 or 4 bytes."""
    if offset < 0 or offset + size > len(data):
        raise office_refusal("damaged", kind=KIND)
    return int.from_bytes(data[offset : offset + size], "little")


def numbers(data: bytes, offset: int, count: int, code: str) -> tuple[int, ...]:
    """`count` numbers of a `struct` code."""
    form = f"<{count}{code}"
    if count < 0 or offset < 0 or offset + struct.calcsize(form) > len(data):
        raise office_refusal("damaged", kind=KIND)
    return struct.unpack_from(form, data, offset)
