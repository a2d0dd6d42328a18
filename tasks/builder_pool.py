"""Processes that build partitions side by side; few partitions are built in this process."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import cast

from annual_reports.lake.manifest import MOST_DOCUMENTS_AT_ONCE, PartitionKey
from tasks.child_processes import processes_of_a_run
from tasks.lake_paths import LakePaths
from tasks.partition_builder import BuildOrder, BuiltPartition, PartitionBuilder
from tasks.piped_processes import receive, send, start_process

_BYTES_OF_A_PROCESS = 3 << 30
"""More than a process needs at its peak."""
_MAIN = "from tasks.partition_builder import main; main()"
"""Not `-m`: what it sends must be of the module everybody imports."""
Built = Mapping[PartitionKey, BuiltPartition]


class BuilderDiedError(Exception):
    """Raised when a process that builds partitions ended instead of answering; nothing was published."""


class BuilderPool:
    """`size` processes, each started when first needed and ended with the pool."""

    def __init__(self, lake: LakePaths, size: int) -> None:
        self._lake = lake
        self._size = size
        self._threads = ThreadPoolExecutor(size)
        self._of_thread = threading.local()
        self._all: list[subprocess.Popen[bytes]] = []

    def build_all(self, orders: Iterable[BuildOrder]) -> Iterator[Built]:
        """What each order gave, in the order of the orders. Years that follow each other go to one process."""
        turns = shared_out(in_turns(orders), self._size)
        for built in self._threads.map(self._build_in_turn, turns):
            yield from built

    def _build_in_turn(self, orders: Sequence[BuildOrder]) -> list[Built]:
        return [self._build(order) for order in orders]

    def _build(self, order: BuildOrder) -> Built:
        builder = getattr(self._of_thread, "process", None) or self._start()
        assert builder.stdin and builder.stdout
        try:
            send(builder.stdin, order)  # type: ignore[arg-type]
            return cast("Built", receive(builder.stdout))  # type: ignore[arg-type]
        except (EOFError, BrokenPipeError) as error:
            raise BuilderDiedError(
                f"生成分区的进程意外结束（退出码 {builder.wait()}，多为内存不足）；没有发布任何内容，请加内存后再运行 "
                f"a process that builds partitions ended, most often for lack of memory; nothing was published: "
                f"run again with more memory"
            ) from error

    def _start(self) -> subprocess.Popen[bytes]:
        builder = start_process(["-c", _MAIN], self._lake)
        self._of_thread.process = builder
        self._all.append(builder)
        return builder

    def stop(self) -> None:
        """End the processes at once: what they write has no name yet."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for builder in self._all:
            builder.kill()
            builder.wait()
        self._threads.shutdown()
        for builder in self._all:
            assert builder.stdin and builder.stdout
            builder.stdout.close()
            with suppress(BrokenPipeError):
                builder.stdin.close()


@contextmanager
def built_by(
    lake: LakePaths, orders: Iterable[BuildOrder], processes: int
) -> Iterator[Iterator[Built]]:
    """What the orders give, in their order: built here, or by so many processes if more than one."""
    if processes < 2:
        builder = PartitionBuilder(lake)
        yield (builder.build(order) for order in orders)
        return
    pool = BuilderPool(lake, processes)
    try:
        yield pool.build_all(orders)
    finally:
        pool.stop()


_MOST_IN_TURN = 6
"""Orders one process carries out in turn, so that a province of many years is not built by one alone."""


def in_turns(orders: Iterable[BuildOrder]) -> list[list[BuildOrder]]:
    """Orders whose years follow each other together: each takes the year before from what the last one built."""
    turns: list[list[BuildOrder]] = []
    for order in orders:
        last = turns[-1] if turns else []
        follows = bool(last) and order.partitions[0].year_before in last[-1].partitions
        if follows and len(last) < _MOST_IN_TURN:
            last.append(order)
        else:
            turns.append([order])
    return turns


def shared_out(turns: list[list[BuildOrder]], processes: int) -> list[list[BuildOrder]]:
    """The turns, those cut in pieces that would be left to some processes while the others had nothing to do."""
    left = len(turns) % processes
    whole, last = turns[: len(turns) - left], turns[len(turns) - left :]
    pieces = -(-processes // max(1, left))
    return whole + [piece for turn in last for piece in _cut(turn, pieces)]


def _cut(turn: list[BuildOrder], pieces: int) -> list[list[BuildOrder]]:
    size = -(-len(turn) // pieces)
    return [turn[start : start + size] for start in range(0, len(turn), size)]


def processes_for(documents: int) -> int:
    """How many processes so many documents are worth, within the processors and the memory there are."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    bounds = (
        processes_of_a_run(),
        documents // MOST_DOCUMENTS_AT_ONCE,
        memory // _BYTES_OF_A_PROCESS,
    )
    return max(1, min(bounds))
