"""A minimal writer of OLE compound files: a few streams at the root, none of them small."""

from __future__ import annotations

import struct

_SECTOR = 512
_SMALLEST_STREAM = 4096
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def ole_file(streams: dict[str, bytes]) -> bytes:
    """Streams are padded to the size from which they are kept in sectors of their own."""
    padded = {name: data.ljust(_SMALLEST_STREAM, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chain: list[int] = []
    starts: dict[str, int] = {}
    for name, data in padded.items():
        starts[name] = len(sectors)
        _append(sectors, chain, data)
    directory_at = len(sectors)
    _append(sectors, chain, _directory(padded, starts))
    tables = 1
    while tables * (_SECTOR // 4) < len(sectors) + tables:
        tables += 1
    first_table = len(sectors)
    chain += [_TABLE] * tables
    chain += [_FREE] * (tables * (_SECTOR // 4) - len(chain))
    packed = struct.pack(f"<{len(chain)}I", *chain)
    sectors += [packed[at : at + _SECTOR] for at in range(0, len(packed), _SECTOR)]
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, directory_at, 0, _SMALLEST_STREAM, _END, 0, _END, 0, first_table,
    )  # fmt: skip
    listed = [first_table + number for number in range(tables)]
    header = header[:76] + struct.pack(f"<{tables}I", *listed) + b"\xff" * (4 * (109 - tables))
    return header + b"".join(sectors)


def _append(sectors: list[bytes], chain: list[int], data: bytes) -> None:
    count = -(-len(data) // _SECTOR)
    first = len(sectors)
    for number in range(count):
        sectors.append(data[number * _SECTOR : (number + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
        chain.append(_END if number == count - 1 else first + number + 1)


def _directory(streams: dict[str, bytes], starts: dict[str, int]) -> bytes:
    """The root and its streams, each the right neighbour of the one before (a valid tree of names)."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, 1 if names else _FREE, _FREE, _END, 0)]
    for number, name in enumerate(names, start=1):
        right = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, _FREE, right, starts[name], len(streams[name])))
    while len(entries) % 4:
        entries.append(bytes(64) + struct.pack("<HBBIII", 0, 0, 0, _FREE, _FREE, _FREE) + bytes(48))
    return b"".join(entries)


def _entry(  # noqa: PLR0917
    name: str, kind: int, child: int, right: int, start: int, size: int
) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    return (
        coded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(coded), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
