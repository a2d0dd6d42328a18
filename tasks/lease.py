"""One writer at a time on an object store, whatever the machine: a lease that must be renewed.

No clocks of two machines are compared. Who waits watches the lease: one whose tag has not changed for
`LEASE_SECONDS` by the waiter's own clock has lost its holder, and is taken over by a conditional write.
A holder writes nothing once it has not renewed for half of that time.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tasks.object_paths import ChangedMeanwhileError, ObjectPath, StorageError
from tasks.progress import announce

LEASE_SECONDS: Final = 60.0
_LOOK_AGAIN_SECONDS: Final = 0.5
ONE_WRITER_VARIABLE: Final = "GONGKAI_S3_ONE_WRITER"
_held: dict[ObjectPath, Lease] = {}
_conditional: set[str] = set()


class LeaseLostError(OSError):
    """Raised when a writer can no longer be sure that it is the only one; nothing more is written."""


class NoConditionalWritesError(OSError):
    """Raised when a store cannot keep two writers apart."""


class Lease:
    """The right to write below `root`. Renews itself in a thread while it is held."""

    def __init__(self, root: ObjectPath, machine: str, seconds: float = LEASE_SECONDS) -> None:
        self._place = root / ".writer.lease"
        self._machine = machine
        self._seconds = seconds
        self._tag: str | None = None
        self._renewed = 0.0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew_until_ended, daemon=True)

    def acquire(self) -> None:
        """Wait for the lease and take it."""
        seen: tuple[str | None, float] | None = None
        while not self._take(seen):
            tag = self._current()[1]
            if seen is None:
                announce(
                    "另一台机器正在写入，等待 another machine is writing, waiting: %s", self._place
                )
            if seen is None or seen[0] != tag:
                seen = (tag, time.monotonic())
            time.sleep(_LOOK_AGAIN_SECONDS)
        self._thread.start()

    def _take(self, seen: tuple[str | None, float] | None) -> bool:
        """Try once; `seen`: the tag last met and since when."""
        content, tag = self._current()
        if content is not None and not self._may_take(content, tag, seen):
            return False
        try:
            self._write(tag, free=False)
        except ChangedMeanwhileError:
            return False
        return True

    def _may_take(
        self, content: bytes, tag: str | None, seen: tuple[str | None, float] | None
    ) -> bool:
        """Free, or left by a dead process of this machine, whose own lock we hold, or not renewed."""
        said = json.loads(content)
        if said["free"] or said["machine"] == self._machine:
            return True
        return seen is not None and seen[0] == tag and time.monotonic() - seen[1] > said["seconds"]

    def _current(self) -> tuple[bytes | None, str | None]:
        try:
            return self._place.read_with_tag()
        except FileNotFoundError:
            return None, None

    def _write(self, tag: str | None, *, free: bool) -> None:
        began = time.monotonic()
        said = {
            "free": free,
            "machine": self._machine,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "seconds": self._seconds,
            "turn": uuid.uuid4().hex,
        }
        self._tag = self._place.put_if(json.dumps(said).encode(), tag)
        self._renewed = began

    def _renew_until_ended(self) -> None:
        while not self._ended.wait(self._seconds / 6):
            with self._lock:
                if self._ended.is_set():
                    return
                try:
                    self._write(self._tag, free=False)
                except ChangedMeanwhileError:
                    self._renewed = float("-inf")
                    return
                except StorageError:
                    continue

    def check(self) -> None:
        """Raises LeaseLostError when another may have taken the lease."""
        if time.monotonic() - self._renewed > self._seconds / 2:
            raise LeaseLostError(
                f"失去写入权，已停止写入；请再运行一次 the lease {self._place} was lost and nothing more is "
                f"written: run again"
            )

    def release(self) -> None:
        """Say that the lease is free, unless another has taken it."""
        self._ended.set()
        with self._lock:
            try:
                self._write(self._tag, free=True)
            except (ChangedMeanwhileError, StorageError):
                announce("写入权已被接管 the lease had been taken over: %s", self._place)


@contextmanager
def lease_held(root: ObjectPath, machine: str, seconds: float = LEASE_SECONDS) -> Iterator[None]:
    """Be the only writer below `root`. Raises NoConditionalWritesError where that cannot be known."""
    if os.environ.get(ONE_WRITER_VARIABLE) == "yes":
        yield
        return
    _require_conditional_writes(root)
    lease = Lease(root, machine, seconds)
    lease.acquire()
    _held[root] = lease
    try:
        yield
    finally:
        del _held[root]
        lease.release()


def check_lease(path: ObjectPath) -> None:
    """Before anything is written below a root whose lease this process holds."""
    for root, lease in list(_held.items()):
        if path.is_relative_to(root):
            lease.check()


def _require_conditional_writes(root: ObjectPath) -> None:
    """Once a process and bucket: the store must refuse to create what exists."""
    if root.bucket in _conditional:
        return
    probe = root / f".probe.{uuid.uuid4().hex}"
    try:
        probe.put_if(b"1", None)
        probe.put_if(b"2", None)
    except ChangedMeanwhileError:
        _conditional.add(root.bucket)
        return
    except StorageError as error:
        raise NoConditionalWritesError(_refusal(root, str(error))) from error
    finally:
        probe.unlink(missing_ok=True)
    raise NoConditionalWritesError(_refusal(root, "If-None-Match is ignored"))


def _refusal(root: ObjectPath, cause: str) -> str:
    return (
        f"{root} 的存储不支持条件写入，无法防止两台机器同时写入；若只有一台机器写入，请设置 "
        f"{ONE_WRITER_VARIABLE}=yes the store offers no conditional writes, so two machines could write at "
        f"once; where only one ever writes, set {ONE_WRITER_VARIABLE}=yes ({cause})"
    )
