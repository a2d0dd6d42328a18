"""Hosts are shared out over shards, and a shard has one holder at a time, whatever the process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock

from tasks.atomic_files import write_atomically
from tasks.lake_paths import LakePaths

HOST_SHARDS = 16


@contextmanager
def shard_held(lake: LakePaths, shard: int, gap: float) -> Iterator[None]:
    """Hold a shard of hosts; waits for another holder, and until `gap` seconds after it."""
    folder = lake.root / "raw" / "hosts"
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f"{shard:02}.left"
    with FileLock(folder / f"{shard:02}.lock"):
        if left.exists():
            since = max(0.0, time.time() - left.stat().st_mtime)
            time.sleep(max(0.0, gap - since))
        try:
            yield
        finally:
            write_atomically(left, b"")
