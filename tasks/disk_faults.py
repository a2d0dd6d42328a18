"""What a disk refuses, in a sentence that says what to do."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

_REMEDIES = {
    errno.ENOSPC: "磁盘已满，请腾出空间后再运行，已完成的部分会保留 the disk is full: make room and run again, what is done is kept",
    errno.EDQUOT: "磁盘配额用尽，请扩大配额后再运行 the disk quota is used up: raise it and run again",
    errno.EROFS: "磁盘为只读，请恢复可写后再运行 the disk is read-only: make it writable and run again",
    errno.EMFILE: "打开的文件过多，请提高 ulimit -n 后再运行 too many open files: raise ulimit -n and run again",
    errno.EIO: "磁盘读写出错，请检查磁盘后再运行 the disk fails to read or write: check it and run again",
}


class DiskRefusedError(OSError):
    """Raised in place of the bare error of the system; the message says what to do."""


def remedy_of(error: OSError) -> str | None:
    """What an operator should do about it, with the file if it is known; None where nobody can say."""
    remedy = _REMEDIES.get(error.errno or 0)
    place = f" ({os.fsdecode(error.filename)})" if isinstance(error.filename, str | bytes) else ""
    return remedy and remedy + place


@contextmanager
def disk_faults_told() -> Iterator[None]:
    """Raise DiskRefusedError for what a full, failing or read-only disk refuses inside the block."""
    try:
        yield
    except OSError as error:
        if remedy := remedy_of(error):
            raise DiskRefusedError(remedy) from error
        raise
