"""How fast the machine is while something else is measured: one piece of the same work, read every few seconds.

A machine that others share is a tenth or a half slower from one half hour to the next, and says nothing of it:
processor seconds grow as well. What was measured in two half hours is compared in pieces of this work.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from statistics import fmean
from typing import Self

_EVERY_SECONDS = 4.0
_DOCUMENTS = 9
"""Pages, texts and a DOCX: about 40 ms of one processor, twice every four seconds: a hundredth of two processors."""
_UNTIMED = 5
"""Pieces until layouts are known and code is warm."""


class MachineSpeed(threading.Thread):
    """Watches the speed from `with` to its end, in a process beside those measured."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        command = [sys.executable, "-m", "benchmarks.machine_speed"]
        self._watcher = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._seen: list[tuple[float, float]] = []
        self._begun = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        self._begun.wait()
        if not self._seen:
            raise RuntimeError("the process that watches the speed of the machine ended")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._watcher.stdin
        self._watcher.stdin.close()
        self._watcher.wait()
        self.join()

    def run(self) -> None:
        assert self._watcher.stdout
        for line in self._watcher.stdout:
            moment, speed = map(float, line.split())
            self._seen.append((moment, speed))
            self._begun.set()
        self._begun.set()

    def during(self, began: float, seconds: float) -> float:
        """Pieces of work a processor second was worth from `began` (time.monotonic) on, for so many seconds.

        Raises RuntimeError when the process that watches has ended meanwhile.
        """
        if self._watcher.poll() is not None:
            raise RuntimeError("the process that watches the speed of the machine ended")
        seen = list(self._seen)
        within = [speed for moment, speed in seen if began <= moment <= began + seconds]
        return fmean(within or [min(seen, key=lambda one: abs(one[0] - began))[1]])


def _watch() -> None:
    """Until standard input ends. Each piece is done twice and the second timed, so that others' caches count less."""
    import select

    from annual_reports.extract import extract_document
    from benchmarks.corpus import MIXED_STYLES, made_reports

    reports = list(made_reports(_DOCUMENTS, MIXED_STYLES))

    def piece() -> float:
        before = time.process_time()
        for report in reports:
            extract_document(report.content, report.name)
        return time.process_time() - before

    for _ in range(_UNTIMED):
        piece()
    while True:
        piece()
        print(time.monotonic(), 1 / piece(), flush=True)
        if select.select([sys.stdin], [], [], _EVERY_SECONDS)[0]:
            return


if __name__ == "__main__":
    _watch()
