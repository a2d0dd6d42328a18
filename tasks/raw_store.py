"""The bytes as received: kept once per content, compressed, verified whenever they are read."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import zstandard

from tasks.atomic_files import write_atomically
from tasks.object_paths import ObjectPath

_LEVEL = 10
_LONGEST_FRAME_HEADER = 18


class RawObjectLostError(Exception):
    """Raised when stored bytes are not there or no longer match their SHA-256."""

    def __init__(self, path: Path, sha256: str, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class RawStore:
    """Objects under `folder`, named by the SHA-256 of their uncompressed bytes."""

    folder: Path

    @property
    def is_remote(self) -> bool:
        """Whether a look at an object is a question over the network."""
        return isinstance(self.folder, ObjectPath)

    def path_of(self, sha256: str) -> Path:
        """Where the object with this hash lies or would lie."""
        return self.folder / sha256[:2] / f"{sha256}.zst"

    def put(self, content: bytes) -> str:
        """Keep the bytes and give their SHA-256. A damaged copy already there is replaced."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.holds(sha256):
            compressed = zstandard.ZstdCompressor(level=_LEVEL).compress(content)
            write_atomically(self.path_of(sha256), compressed)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes with this hash. Raises RawObjectLostError when absent or altered."""
        path = self.path_of(sha256)
        try:
            content = zstandard.ZstdDecompressor().decompress(path.read_bytes())
        except FileNotFoundError as error:
            raise RawObjectLostError(path, sha256, "原始文件不见了 raw object missing") from error
        except zstandard.ZstdError as error:
            raise RawObjectLostError(path, sha256, "原始文件已损坏 raw object damaged") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise RawObjectLostError(path, sha256, "原始文件与校验值不符 raw object altered")
        return content

    def seems_to_hold(self, sha256: str) -> bool:
        """Whether an object stands there that begins like one: a look that costs no reading.

        Bytes were verified when they were written; whoever reads them verifies them again.
        """
        if self.is_remote:
            return self.path_of(sha256).is_file()
        try:
            descriptor = os.open(self.path_of(sha256), os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            zstandard.get_frame_parameters(os.read(descriptor, _LONGEST_FRAME_HEADER))
        except zstandard.ZstdError:
            return False
        finally:
            os.close(descriptor)
        return True

    def holds_tonight(self, sha256: str, night: int) -> bool:
        """Whether the object is there; every sixteenth night (counted in days) all its bytes are looked at."""
        if int(sha256[0], 16) == night % 16:
            return self.holds(sha256)
        return self.seems_to_hold(sha256)

    def holds(self, sha256: str) -> bool:
        """Whether the object is there and its bytes are what they should be."""
        try:
            self.read(sha256)
        except RawObjectLostError:
            return False
        return True
