"""What processes cost: seconds, processor seconds and memory of this one and all below it. Imports no Prefect."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

_LOOK_EVERY_SECONDS = 0.5
_SERVER = "tasks.local_server"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds from `began` (time.monotonic, the same clock in all processes), and processor seconds.

    `processor`: of all processes; `own`: of the one that measures; `server`: of Prefect's server below it.
    """

    began: float
    seconds: float
    processor: float
    own: float
    server: float


def cost(work: Callable[[], object]) -> Cost:
    """What it costs this process and all below it."""
    before, began = _processors(), time.monotonic()
    work()
    seconds = time.monotonic() - began
    return Cost(
        began, seconds, *(now - then for now, then in zip(_processors(), before, strict=True))
    )


def _processors() -> tuple[float, float, float]:
    servers = [pid for pid in family(os.getpid()) if _SERVER in _command(pid)]
    server = sum(map(processor_seconds, servers))
    return processor_seconds(os.getpid()), time.process_time(), server


def processor_seconds(ancestor: int) -> float:
    """Of a process and all below it that live, with the children each has waited for."""
    ticks = 0
    for pid in family(ancestor):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS_A_SECOND


class MemoryWatch(threading.Thread):
    """The most memory this process and all below it held together. Pages they share count for each of them:
    counting them once stops a process of gigabytes for a tenth of a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._of: dict[int, tuple[float, str]] = {}
        self._over = threading.Event()

    def __enter__(self) -> MemoryWatch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            total = 0.0
            for pid in family(os.getpid()):
                mib = _resident_mib(pid)
                total += mib
                if mib > self._of.get(pid, (0.0, ""))[0]:
                    self._of[pid] = (mib, _command(pid))
            self.peak = max(self.peak, total)

    @property
    def server(self) -> float:
        """The most Prefect's server held."""
        return max((mib for mib, command in self._of.values() if _SERVER in command), default=0.0)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _resident_mib(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * _PAGE_BYTES / (1 << 20)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
