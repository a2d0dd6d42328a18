"""Holding processes to a part of a processor, by the control groups of Linux. Only root may."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_PERIOD_MICROSECONDS = 20_000
_LONGEST_WAIT_SECONDS = 10.0


@contextmanager
def held_to(share: float, name: str) -> Iterator[Callable[[], None]]:
    """What a process has to call, as its first act, to be held to `share` of one processor with all below it.

    Raises OSError where this user or this machine cannot do so.
    """
    quota = f"{share * _PERIOD_MICROSECONDS:.0f}"
    first = (_GROUPS / "cpu").is_dir()  # each controller has a tree of its own there
    group = (_GROUPS / "cpu" if first else _GROUPS) / f"gongkai-{os.getpid()}-{name}"
    group.mkdir()
    try:
        if first:
            (group / "cpu.cfs_period_us").write_text(f"{_PERIOD_MICROSECONDS}")
            (group / "cpu.cfs_quota_us").write_text(quota)
        else:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD_MICROSECONDS}")
        yield lambda: _join(group)
    finally:
        _remove(group)


def _join(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _remove(group: Path) -> None:
    """Remove a group once the processes in it have gone."""
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while (group / "cgroup.procs").read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    group.rmdir()
