"""Children that never outlive their parent, even one killed with -9."""

from __future__ import annotations

import os
import threading
import time

_LOOK_EVERY_SECONDS = 0.5


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


def is_running(pid: int) -> bool:
    """Whether a process with this id exists on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
