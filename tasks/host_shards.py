"""Hosts are shared out over shards, and a shard has one holder at a time, whatever the process."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from tasks.atomic_files import write_atomically
from tasks.lake_paths import LakePaths
from tasks.lease import lease_held
from tasks.object_paths import ObjectPath
from tasks.spool import machine_name, spool_of

HOST_SHARDS = 16
_LOOK_AGAIN_SECONDS = 0.05


def shard_of_url(url: str) -> int:
    """The shard of the host of an address."""
    return zlib.crc32((urlsplit(url).hostname or "").encode()) % HOST_SHARDS


@asynccontextmanager
async def shard_held(lake: LakePaths, shard: int, gap: float) -> AsyncIterator[None]:
    """Hold a shard of hosts; waits for another holder, and until `gap` seconds after it."""
    folder = spool_of(lake.root) / "raw" / "hosts"
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f"{shard:02}.left"
    lock = FileLock(folder / f"{shard:02}.lock", blocking=False)
    while not _taken(lock):
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    among_machines = ExitStack()
    try:
        if isinstance(lake.root, ObjectPath):
            place = lake.root / "raw" / "hosts" / f"{shard:02}"
            lease = lease_held(place, machine_name())
            await asyncio.to_thread(among_machines.enter_context, lease)
        if left.exists():
            since = max(0.0, time.time() - left.stat().st_mtime)
            await asyncio.sleep(max(0.0, gap - since))
        try:
            yield
        finally:
            write_atomically(left, b"")
    finally:
        try:
            await asyncio.to_thread(among_machines.close)
        finally:
            lock.release()


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire()
    except Timeout:
        return False
    return True
