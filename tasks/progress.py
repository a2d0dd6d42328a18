"""Saying how far a run is: one message per step, for whoever listens (terminal, Prefect, a log).

Announcements go to the logger `gongkai.progress`; counts to its child `numbers`, as `extra`.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field

LOGGER = logging.getLogger("gongkai.progress")
LOGGER.setLevel(logging.INFO)
NUMBERS = logging.getLogger("gongkai.progress.numbers")
NUMBERS.setLevel(logging.INFO)
NUMBERS.propagate = False  # many a second: for a terminal, too many for a run's log
_TELL_EVERY_SECONDS = 0.05


@dataclass(slots=True)
class Progress:
    """How much of one stage is done. `label` is what a person reads; safe to share by threads."""

    stage: str
    label: str
    total: int
    done: int = 0
    _told: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._tell()

    def advance(self, number: int = 1) -> None:
        """Count `number` more as done."""
        with self._lock:
            self.done += number
        self._tell()

    @property
    def percent(self) -> float:
        return 100.0 if self.total == 0 else 100.0 * self.done / self.total

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told < _TELL_EVERY_SECONDS and self.done < self.total:
            return
        self._told = now
        NUMBERS.info(
            "%s %d/%d",
            self.label,
            self.done,
            self.total,
            extra={
                "stage": self.stage,
                "label": self.label,
                "done": self.done,
                "total": self.total,
            },
        )


def announce(message: str, *values: object) -> None:
    """One line about a step that is over or a thing worth knowing."""
    LOGGER.info(message, *values)
