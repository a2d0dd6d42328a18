"""Building spread over runs: what a publication asks of other workers, and what they built.

`building/{publication}/` holds a folder for each part: `orders.json` with the tables the orders are made from, and
in time `built.json`. The publication holds the right to write all the while, so that nothing it hashed changes
under those who help; what they write has names nobody reads until its manifest names them. Only an answer to
this very attempt counts, and a part nobody answers for is built by the publication itself.
"""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from annual_reports.lake.manifest import MOST_DOCUMENTS_AT_ONCE, PartitionKey, PublishedFile
from schemas.decision_book import DecisionBook
from tasks.atomic_files import remove_file, write_atomically
from tasks.builder_pool import Built, built_by, in_turns, processes_for, shared_out
from tasks.code_version import code_version
from tasks.decided import book_hash
from tasks.decision_files import read_decision_book
from tasks.lake_paths import LakePaths
from tasks.parquet_files import read_frame
from tasks.partition_builder import BuildOrder, BuiltPartition
from tasks.run_history import is_open

_ORDERS, _ANSWER = "orders.json", "built.json"
_FRAMES = ("expected", "attempts", "spans")
_LOOK_EVERY_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 1800.0


class OtherProgramError(Exception):
    """Raised where a worker has another program, or other decisions, than the publication it is to build for."""


class Helpers(Protocol):
    """Runs that were asked to build the parts of a publication from the second on."""

    @property
    def publication(self) -> str:
        """The id, in the lake, of the run that publishes."""

    @property
    def parts(self) -> int:
        """How many, the publication's own among them."""

    def is_building(self, part: int) -> bool:
        """Whether the answer of a part may still come."""


@contextmanager
def built_in_parts(
    lake: LakePaths, orders: Sequence[BuildOrder], documents: int, helpers: Helpers
) -> Iterator[Iterator[Built]]:
    """What the orders give: built here and, where `documents` are enough for several, by the helpers."""
    enough = documents >= helpers.parts * MOST_DOCUMENTS_AT_ONCE
    mine, *theirs = _shares(orders, helpers.parts) if enough else [list(orders)]
    theirs += [[]] * (helpers.parts - 1 - len(theirs))
    attempt = _Attempt(lake, helpers, documents)
    try:
        for part, orders_of_part in enumerate(theirs, start=2):
            attempt.ask(part, orders_of_part)
        yield attempt.built(mine, theirs)
    finally:
        clear_building(lake)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One publication with its helpers. Only answers that repeat its `name` are of what it hashed."""

    lake: LakePaths
    helpers: Helpers
    documents: int
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def place(self, part: int) -> Path:
        return _place(self.lake, self.helpers.publication, part)

    def ask(self, part: int, orders: Sequence[BuildOrder]) -> None:
        """Leave the orders of a part, the file that names them last."""
        for frame in _FRAMES if orders else ():
            rows = [getattr(order, frame).with_columns(order=n) for n, order in enumerate(orders)]
            buffer = io.BytesIO()
            pl.concat(rows).write_parquet(buffer)
            write_atomically(self.place(part) / f"{frame}.parquet", buffer.getvalue())
        asked = {
            "attempt": self.name,
            "program": code_version(),
            "decisions": book_hash(orders[0].decided) if orders else None,
            "documents": self.documents // self.helpers.parts,
            "orders": [
                [[key.province, key.year, order.hashes[key]] for key in order.partitions]
                for order in orders
            ],
        }
        write_atomically(self.place(part) / _ORDERS, json.dumps(asked).encode())

    def built(
        self, mine: Sequence[BuildOrder], theirs: Sequence[Sequence[BuildOrder]]
    ) -> Iterator[Built]:
        """All of it: what is built here first, then what the helpers built, and what they left."""
        yield from self._built_here(mine)
        for part, orders in enumerate(theirs, start=2):
            answers = self._answers(part) if orders else []
            yield from (answer for answer in answers if answer is not None)
            answered = [answer is not None for answer in answers] or [False] * len(orders)
            yield from self._built_here(
                [order for order, is_there in zip(orders, answered, strict=True) if not is_there]
            )

    def _built_here(self, orders: Sequence[BuildOrder]) -> Iterator[Built]:
        if orders:
            with built_by(self.lake, orders, processes_for(self.documents)) as built:
                yield from built

    def _answers(self, part: int) -> list[Built | None]:
        """What a helper built, order by order, None where it did not; nothing where no answer came."""
        while (told := self._answer(part)) is None and self.helpers.is_building(part):
            time.sleep(_LOOK_EVERY_SECONDS)
        told = told or self._answer(part)  # it may have come while the state was asked
        built = told["built"] if told else []
        return [None if one is None else dict(map(_built_partition, one)) for one in built]

    def _answer(self, part: int) -> dict[str, Any] | None:
        told = _read_json(self.place(part) / _ANSWER)
        return told if told and told["attempt"] == self.name else None


def build_part(lake: LakePaths, publication: str, part: int) -> int:
    """Build what a publication asks of this part; says how many partitions. Raises OtherProgramError.

    No orders, or none before that run is over, are no work.
    """
    place = _place(lake, publication, part)
    asked = _awaited_orders(lake, publication, place / _ORDERS)
    if asked is None or not asked["orders"]:
        return 0
    orders = _orders(place, asked)
    with built_by(lake, orders, processes_for(asked["documents"])) as built:
        answers = list(built)
    told = {"attempt": asked["attempt"], "built": [_answer(one) for one in answers]}
    write_atomically(place / _ANSWER, json.dumps(told).encode())
    return sum(len(one) for one in answers)


def _shares(orders: Sequence[BuildOrder], parts: int) -> list[list[BuildOrder]]:
    """The orders of each part; years that follow each other stay together where there are turns enough."""
    turns = shared_out(in_turns(orders), parts)
    return [[order for turn in turns[part::parts] for order in turn] for part in range(parts)]


def _place(lake: LakePaths, publication: str, part: int) -> Path:
    return lake.building / publication / f"part{part}"


def clear_building(lake: LakePaths) -> None:
    """Remove all that was asked of helpers, by killed publications too: the one that clears holds the right to write."""
    for path in sorted(lake.building.rglob("*")):
        if path.is_file():
            remove_file(path)


def _orders(place: Path, asked: Mapping[str, Any]) -> list[BuildOrder]:
    decided = read_decision_book()
    if asked["program"] != code_version() or asked["decisions"] != book_hash(decided):
        raise OtherProgramError(
            "本机的程序或 corrections/ 与发起发布的机器不同，请更新到同一版本；这一份由对方生成 this machine has another "
            "program or other decisions than the one that publishes: bring both to one version; it builds this part itself"
        )
    frames = {name: read_frame(place / f"{name}.parquet") for name in _FRAMES}
    return [
        _order({name: _of(frame, n) for name, frame in frames.items()}, decided, partitions)
        for n, partitions in enumerate(asked["orders"])
    ]


def _of(frame: pl.DataFrame, order: int) -> pl.DataFrame:
    return frame.filter(pl.col("order") == order).drop("order")


def _order(
    frames: Mapping[str, pl.DataFrame],
    decided: DecisionBook,
    partitions: Sequence[tuple[str, int, str]],
) -> BuildOrder:
    hashes = {PartitionKey(province, year): digest for province, year, digest in partitions}
    return BuildOrder(tuple(hashes), **frames, decided=decided, hashes=hashes)


def _answer(built: Built) -> list[dict[str, Any]] | None:
    """What was built of one order; None where rows were set aside, which only the publication writes down."""
    if any(partition.set_aside for partition in built.values()):
        return None
    return [
        {
            "partition": [key.province, key.year],
            "files": [[*astuple(file), is_new] for file, is_new in partition.files],
            "measures": dict(partition.measures),
        }
        for key, partition in built.items()
    ]


def _built_partition(told: Mapping[str, Any]) -> tuple[PartitionKey, BuiltPartition]:
    files = tuple((PublishedFile(*file), is_new) for *file, is_new in told["files"])
    return PartitionKey(*told["partition"]), BuiltPartition(files, told["measures"], {})


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return told


def _awaited_orders(lake: LakePaths, publication: str, place: Path) -> dict[str, Any] | None:
    """The orders once they are there; it hashes its inputs, and may wait for its turn to write, before it gives any."""
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while (asked := _read_json(place)) is None and time.monotonic() < deadline:
        if not is_open(lake, publication):
            return None
        time.sleep(_LOOK_EVERY_SECONDS)
    return asked
