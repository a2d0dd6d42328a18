"""What a person sees while a flow runs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from tasks.progress import LOGGER, NUMBERS

_PLAIN_STEPS = 4


class _Bars(logging.Handler):
    """One bar per stage; announcements above the bars."""

    def __init__(self, bars: Progress) -> None:
        super().__init__(logging.INFO)
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "total"):
            self._bars.console.print(record.getMessage(), highlight=False, markup=False)
            return
        fields = record.__dict__
        with self._guard:
            if fields["stage"] not in self._tasks:
                self._tasks[fields["stage"]] = self._bars.add_task(fields["label"])
            task = self._tasks[fields["stage"]]
        self._bars.update(task, completed=fields["done"], total=fields["total"])


class _Lines(logging.Handler):
    """A line per announcement and per quarter of a stage."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._shown: dict[str, int] = {}
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "total"):
            print(record.getMessage(), flush=True)
            return
        fields = record.__dict__
        step = _PLAIN_STEPS * fields["done"] // fields["total"] if fields["total"] else 0
        with self._guard:
            is_news = step > self._shown.get(fields["stage"], 0)
            self._shown[fields["stage"]] = max(step, self._shown.get(fields["stage"], 0))
        if is_news:
            print(f"  {fields['label']} {fields['done']}/{fields['total']}", flush=True)


@contextmanager
def shown_progress() -> Iterator[None]:
    """Show the progress of whatever runs inside."""
    if not sys.stdout.isatty():
        with _listening(_Lines()):
            yield
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console()) as bars, _listening(_Bars(bars)):
        yield


@contextmanager
def _listening(handler: logging.Handler) -> Iterator[None]:
    for logger in (LOGGER, NUMBERS):
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in (LOGGER, NUMBERS):
            logger.removeHandler(handler)
