"""Hosts are shared out over shards, and a shard has one holder at a time, whatever the process."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from tasks.atomic_files import write_atomically
from tasks.lake_paths import LakePaths

HOST_SHARDS = 16
_LOOK_AGAIN_SECONDS = 0.05


def shard_of_url(url: str) -> int:
    """The shard of the host of an address."""
    return zlib.crc32((urlsplit(url).hostname or "").encode()) % HOST_SHARDS


@asynccontextmanager
async def shard_held(lake: LakePaths, shard: int, gap: float) -> AsyncIterator[None]:
    """Hold a shard of hosts; waits for another holder, and until `gap` seconds after it."""
    folder = lake.root / "raw" / "hosts"
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f"{shard:02}.left"
    lock = FileLock(folder / f"{shard:02}.lock", blocking=False)
    while not _taken(lock):
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    try:
        if left.exists():
            since = max(0.0, time.time() - left.stat().st_mtime)
            await asyncio.sleep(max(0.0, gap - since))
        try:
            yield
        finally:
            write_atomically(left, b"")
    finally:
        lock.release()


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True
