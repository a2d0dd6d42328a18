"""Processes of this machine as tests look them up, in /proc."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.processes import family


def descendants_of(pid: int) -> list[int]:
    """The processes this one has started, and those they have started."""
    return family(pid)[1:]


def is_alive(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        return (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
