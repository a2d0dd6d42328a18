"""Members of a ZIP-based office file, opened with caps on what they really unpack to."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from annual_reports.reading.office.refusals import office_refusal
from schemas.office import MAX_MEMBERS, MAX_UNPACKED_BYTES

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError,
    OverflowError, IndexError,
)  # fmt: skip
_ENCRYPTED = 0x1


class Archive:
    """Reads members by name; raises QuarantinedDocument for damage, passwords and bombs.

    The cap counts bytes as they come out, since declared sizes may lie.
    """

    def __init__(self, content: bytes, kind: str) -> None:
        self._kind = kind
        self._left = MAX_UNPACKED_BYTES
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self.names = {info.filename: info for info in self._zip.infolist()}
        except _DAMAGE as damage:
            raise office_refusal("damaged", kind=kind) from damage
        if len(self.names) > MAX_MEMBERS:
            raise office_refusal("too_many_members", count=len(self.names), limit=MAX_MEMBERS)

    def read(self, name: str) -> bytes:
        """One member, which must exist."""
        found = self.read_if_present(name)
        if found is None:
            raise office_refusal("damaged", kind=self._kind)
        return found

    def read_if_present(self, name: str) -> bytes | None:
        """One member; None where the archive holds none of the name."""
        info = self.names.get(name)
        if info is None:
            return None
        if info.flag_bits & _ENCRYPTED:
            raise office_refusal("encrypted")
        try:
            with self._zip.open(info) as member:
                data = member.read(self._left + 1)
        except (*_DAMAGE, RuntimeError) as damage:
            raise office_refusal("damaged", kind=self._kind) from damage
        self._left -= len(data)
        if self._left < 0:
            raise office_refusal("too_large_inside", limit=MAX_UNPACKED_BYTES)
        return data

    def refuse_what_unpacks_too_large(self) -> None:
        """For libraries that open the archive themselves: every member is unpacked and counted."""
        for info in self._zip.infolist():
            self.read_if_present(info.filename)
