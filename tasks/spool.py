"""What a lake on an object store keeps on this machine: locks between its processes, journals under way."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path

from filelock import FileLock

from tasks.atomic_files import write_atomically
from tasks.object_paths import ObjectPath

SPOOL_VARIABLE = "GONGKAI_SPOOL"


def spool_of(place: Path) -> Path:
    """A folder of this machine for `place`: itself, or one that belongs to an address of a store."""
    if not isinstance(place, ObjectPath):
        return place
    name = hashlib.sha256(str(place).encode()).hexdigest()[:16]
    folder = _base() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def machine_name() -> str:
    """A name of this machine and this spool that no other has."""
    place = _base() / "machine"
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        if not place.is_file():
            write_atomically(place, uuid.uuid4().hex.encode())
    return place.read_text(encoding="ascii")


def _base() -> Path:
    chosen = os.environ.get(SPOOL_VARIABLE)
    return Path(chosen).expanduser() if chosen else Path.home() / ".local" / "state" / "gongkai"
