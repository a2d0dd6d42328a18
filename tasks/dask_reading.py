"""Reading on the workers of a Dask cluster, where the address of its scheduler is set: one wide run.

Batches go out through prefect-dask as names of documents; a worker fetches their bytes from the lake, reads them
in a process of its own and writes the rows into the arrivals itself. What comes back are counts.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from prefect.futures import PrefectFuture

from tasks.arrivals import Arrival
from tasks.batches import task_of
from tasks.documents import DocumentToRead
from tasks.lake_paths import open_lake
from tasks.reader_pool import ReaderPool
from tasks.run_items import keep_items

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

SCHEDULER_VARIABLE = "GONGKAI_DASK_SCHEDULER"
"""Address of a scheduler, such as tcp://10.0.0.1:8786; without it runs read on their own machine."""


class DaskUnusableError(Exception):
    """Raised when a scheduler is set and cannot be used; the message says what to do."""


def scheduler_address() -> str | None:
    """Where the scheduler answers, if one is set."""
    return os.environ.get(SCHEDULER_VARIABLE) or None


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """A cluster that is reached: how many batches its workers read at once, and how to send one."""

    runner: DaskTaskRunner
    threads: int

    def submit(
        self, lake: str, run_id: str, label: str, documents: Sequence[DocumentToRead]
    ) -> PrefectFuture[Arrival]:
        """Let a worker read a batch. As bytes: Dask makes plain tuples of what it finds in arguments."""
        batch = pickle.dumps(list(documents))
        values = {"lake": lake, "run_id": run_id, "label": label, "batch": batch}
        return self.runner.submit(read_far_away, parameters=values)


@contextmanager
def dask_cluster(address: str) -> Iterator[DaskCluster]:
    """The cluster of a scheduler, through prefect-dask. Raises DaskUnusableError."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise DaskUnusableError(
            f"设置了 {SCHEDULER_VARIABLE}，但没有安装 prefect-dask；请安装它或取消该变量 "
            f"prefect-dask is not installed: install it or unset the variable"
        ) from error
    with DaskTaskRunner(address=address) as runner:
        try:
            threads = sum(runner.client.nthreads().values())
        except (OSError, TimeoutError, ValueError) as error:
            raise DaskUnusableError(
                f"连不上 Dask 调度器 {address}；请检查 {SCHEDULER_VARIABLE} the scheduler does not answer: check it"
            ) from error
        if not threads:
            raise DaskUnusableError(
                f"Dask 调度器 {address} 没有工作进程；请先执行 dask worker {address} no workers: start some"
            )
        yield DaskCluster(runner, threads)


@cache
def _pool_of_worker(lake: str) -> ReaderPool:
    """The reader of a worker, ended with it; a document that ends the reader spares the worker."""
    return ReaderPool(open_lake(lake), size=1).__enter__()


@task_of("extract")
def read_far_away(lake: str, run_id: str, label: str, batch: bytes) -> Arrival:
    """Read a batch on a worker; what became of each document is kept there and does not travel."""
    arrival = _pool_of_worker(lake).read(pickle.loads(batch))
    keep_items(open_lake(lake), run_id, label, arrival.items)
    return replace(arrival, items=())
