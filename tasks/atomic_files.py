"""Writing a file so that a reader, or a power cut, meets the old bytes or the new, never half."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.child_processes import is_running
from tasks.lease import check_lease
from tasks.object_paths import ObjectPath

TEMPORARY_SUFFIX = ".tmp"
WRITERS = 4
"""Threads that write many files: compressing and waiting for the disk leave the interpreter free."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step. The temporary file stands in the same folder."""
    if isinstance(path, ObjectPath):
        check_lease(path)
        path.put(content)
        return
    with _replaced(path) as temporary:
        _write_through(temporary, content)


def place_copy(source: Path, target: Path) -> None:
    """Replace `target` by the bytes of `source` in one step: a second name of one file, where that can be."""
    if isinstance(target, ObjectPath):
        check_lease(target)
        target.copy_from(source)
        return
    with _replaced(target) as temporary:
        try:
            temporary.hardlink_to(source)
        except OSError:  # a file system without hard links, or too many of one file
            _write_through(temporary, source.read_bytes())


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """A name beside `path` for the new file, which takes its place in one step once it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ours = f"{os.getpid()}-{uuid.uuid4().hex}"
    temporary = path.with_name(f".{path.name}.{ours}{TEMPORARY_SUFFIX}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # it stays where both were one file already
    _sync_folder(path.parent)


def _write_through(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write only when the bytes differ from those on disk; says whether it wrote."""
    if holds(path, content):
        return False
    write_atomically(path, content)
    return True


def holds(path: Path, content: bytes) -> bool:
    """Whether a file has these bytes."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def remove_file(path: Path) -> None:
    """Remove a file and the folders it leaves empty, up to two levels (year=…, province=…)."""
    if isinstance(path, ObjectPath):
        check_lease(path)
        path.unlink(missing_ok=True)
        return
    path.unlink(missing_ok=True)
    for folder in list(path.parents)[:2]:
        if folder.is_dir() and any(folder.iterdir()):
            return
        folder.rmdir()


def remove_leftovers(folder: Path) -> int:
    """Remove temporary files a killed run left below `folder`; says how many.

    Those of a process that lives are about to be moved into place. An object store has none: what was
    not received whole is not there.
    """
    if isinstance(folder, ObjectPath) or not folder.is_dir():
        return 0
    found = folder.rglob(f".*{TEMPORARY_SUFFIX}")
    leftovers = [path for path in found if not _is_being_written(path)]
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    return len(leftovers)


def _is_being_written(temporary: Path) -> bool:
    """Whether the process that named the file lives."""
    writer = temporary.name.removesuffix(TEMPORARY_SUFFIX).rsplit(".", 1)[-1].split("-")[0]
    return writer.isdecimal() and is_running(int(writer))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
