"""Children that never outlive their parent, even one killed with -9."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

WORKER_VARIABLE = "GONGKAI_WORKER_PID"
"""Set by `gongkai serve` for the runs it starts: its own process id."""
PROCESSES_VARIABLE = "GONGKAI_PROCESSES"
"""How many processes a run may have for reading and for building; without it, one for each processor."""
_LOOK_EVERY_SECONDS = 0.5
_LOOK_AT_MEMORY_EVERY_SECONDS = 0.1


def processes_of_a_run() -> int:
    """As the operator says, else one for each processor. Raises ValueError for anything but a number above 0."""
    chosen = os.environ.get(PROCESSES_VARIABLE, "")
    if chosen and not (chosen.isdecimal() and int(chosen) > 0):
        raise ValueError(
            f"{PROCESSES_VARIABLE} 应为正整数 must be a whole number above 0: {chosen}"
        )
    return int(chosen) if chosen else os.cpu_count() or 1


def end_with_parent(parent: int) -> None:
    """End this process soon after `parent` has gone.

    A thread watches the parent's id: the kernel's own death signal (PR_SET_PDEATHSIG) fires
    already when the *thread* that started us ends, which pool threads do.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_EVERY_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def end_with_worker() -> None:
    """End this process soon after the `gongkai serve` that started it has gone, even by kill -9."""
    worker = os.environ.get(WORKER_VARIABLE)
    if worker is not None and os.getppid() == int(worker):
        end_with_parent(int(worker))


def end_when_too_large(most_bytes: int) -> None:
    """End this process, saying so on stderr, soon after it holds more than `most_bytes` in memory.

    What is resident is watched: a limit on addresses would count what libraries reserve and never use.
    """
    page_bytes = os.sysconf("SC_PAGE_SIZE")

    def watch() -> None:
        while True:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            if pages * page_bytes > most_bytes:
                megabytes = most_bytes >> 20
                message = f"占用内存超过 {megabytes} MB more memory than {megabytes} MB\n"
                os.write(2, message.encode())
                os._exit(4)
            time.sleep(_LOOK_AT_MEMORY_EVERY_SECONDS)

    if Path("/proc/self/statm").exists():
        threading.Thread(target=watch, daemon=True, name="memory-watch").start()


def is_running(pid: int) -> bool:
    """Whether a process with this id exists on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
