"""OLE files: streams by name, and which document they hold."""

from __future__ import annotations

import struct
from io import BytesIO

import olefile

from annual_reports.reading.office.refusals import office_refusal

OLE_DAMAGE = (
    OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, EOFError,
    RecursionError, struct.error,
)  # fmt: skip
"""What olefile raises on damaged files, loops in the allocation table included."""

_ENCRYPTED_STREAMS = frozenset({"encryptedpackage", "encryptioninfo"})


class OleFile:
    """Streams of an OLE file by name, upper and lower case alike; raises QuarantinedDocument."""

    def __init__(self, content: bytes, kind: str) -> None:
        self._kind = kind
        self._content_size = len(content)
        try:
            self._file = olefile.OleFileIO(BytesIO(content))
            listed = self._file.listdir(streams=True, storages=False)
        except OLE_DAMAGE as damage:
            raise office_refusal("damaged", kind=kind) from damage
        self.names = {path[0].lower(): path[0] for path in listed if len(path) == 1}
        if _ENCRYPTED_STREAMS & self.names.keys():
            raise office_refusal("encrypted")

    def read(self, name: str) -> bytes:
        """A stream at the root; empty where there is none of the name."""
        found = self.names.get(name.lower())
        if found is None:
            return b""
        try:
            data: bytes = self._file.openstream(found).read()
        except OLE_DAMAGE as damage:
            raise office_refusal("damaged", kind=self._kind) from damage
        return data

    def title(self) -> str | None:
        """The title in the summary, decoded in the mainland's code page where bytes are stored."""
        try:
            title = self._file.get_metadata().title
        except OLE_DAMAGE:
            return None  # a broken summary says nothing about the document
        if isinstance(title, bytes):
            for codec in ("utf-8", "gb18030"):
                try:
                    return title.rstrip(b"\0").decode(codec).strip() or None
                except UnicodeDecodeError:
                    continue
        return None
