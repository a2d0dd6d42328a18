"""Readers beside publications that are killed: `python -m tests.tasks.readers_drill [PUBLICATIONS] [folder|store] [MINUTES]`.

Every publication brings a new revision of every report; half of them are killed at a random moment, every
second kill while the files are being put in place. Four readers loop meanwhile. Two read each table by
pattern, as BI tools do: every partition there, every report whole and of one revision. Two read many tables
of one publication, through `gongkai.duckdb` and through the manifest: no table may differ from another.

Polars opens a file it finds by pattern more than once, and everybody asks a store for parts of an object; where it
was replaced in between they fail aloud. Such refusals are counted apart and are no fault; a reader of one publication
may never be refused anything.

No publication begins before every reader has read as often as there were publications, so that the slowest reader
of a busy machine sees as much as the fastest.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tasks.lake_paths import LakePaths, open_lake
from tasks.object_paths import SCHEME, ObjectPath

PARTITIONS = (("CN-GD", 2024), ("CN-SX", 2023), ("CN-SX", 2024))
NAMES = ("甲镇", "乙镇")
REPORT = ("province", "year", "report_id", "document_id")
ROWS_OF_A_REPORT = {
    "reports": 1,
    "report_revisions": 1,
    "cells": 200,
    "active_disclosure": 1,
    "requests": 7,
    "review_litigation": 3,
    "sections": 1,
    "claims": 1,
}
END = "end"
"""A file of this name tells the readers to stop."""
_KEPT_HOURS = str(10 / 60)
"""Far below the day of a lake, so that versions are collected meanwhile, and longer than any read takes."""
_NEW_RECEIVED = "requests.new_received.total"


@dataclass(slots=True)
class Read:
    """Rows per (province, year, report, document) of each table; the sums of requests, said two ways."""

    rows: Mapping[str, Mapping[tuple[object, ...], int]]
    summed: Mapping[tuple[object, ...], int] = field(default_factory=dict)
    totals: Mapping[tuple[object, ...], int] = field(default_factory=dict)


def faults_within_tables(read: Read) -> Iterator[str]:
    """A partition or a report that is not there, a report twice or in part."""
    for table, rows in read.rows.items():
        reports = Counter((province, year) for province, year, *_ in rows)
        revisions = 2 if table == "report_revisions" else 1
        expected = dict.fromkeys(PARTITIONS, len(NAMES) * revisions)
        if reports != expected:
            yield f"{table}: {dict(reports)}"
        if set(rows.values()) != {ROWS_OF_A_REPORT[table]}:
            yield f"{table}: {Counter(rows.values())} rows of a report"


def faults_between_tables(read: Read) -> Iterator[str]:
    """Tables that hold other revisions than `reports`, totals that are not those of `requests`."""
    current = read.rows["reports"].keys()
    for table, rows in read.rows.items():
        if not (current <= rows.keys() if table == "report_revisions" else current == rows.keys()):
            yield f"{table}: other revisions than in reports"
    if read.summed != read.totals:
        yield f"totals {read.totals}, requests {read.summed}"


def read_with_duckdb(place: str, source: Callable[[str], str]) -> Read:
    """Every table through SQL; `source` names what to read of a table."""
    keys = ", ".join(REPORT)
    with _connection(place) as ask:
        rows = {
            table: {
                tuple(key): number
                for *key, number in ask(
                    f"SELECT {keys}, count(*) FROM {source(table)} GROUP BY {keys}"
                )
            }
            for table in ROWS_OF_A_REPORT
        }
        received = "SELECT province, year, sum(new_received)::BIGINT FROM"
        summed = ask(f"{received} {source('requests')} WHERE is_total GROUP BY province, year")
        totals = ask(
            f"{received} {source('totals')} WHERE scope = 'own' AND level = 'township' "
            "AND organ_type = 'township_government' GROUP BY province, year"
        )
    return Read(rows, _by_key(summed), _by_key(totals))


def _by_key(rows: Iterable[tuple[object, ...]]) -> dict[tuple[object, ...], int]:
    return {tuple(key): int(str(value)) for *key, value in rows}


@contextmanager
def _connection(place: str) -> Iterator[Callable[[str], list[tuple[object, ...]]]]:
    """The views of the lake, opened as they are now."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "gongkai.duckdb"
        database.write_bytes((open_lake(place).published / "gongkai.duckdb").read_bytes())
        with duckdb.connect(str(database), read_only=True) as connection:
            if place.startswith(SCHEME):
                connection.register_filesystem(_store_of_fsspec())
            connection.execute(f"SET file_search_path = '{place}/published'")
            yield lambda query: connection.execute(query).fetchall()


def _store_of_fsspec() -> object:
    """The store for DuckDB, whose own extension cannot be installed without the internet."""
    from obstore.fsspec import FsspecStore

    class Store(FsspecStore):
        def glob(self, path: str, **_: object) -> list[str]:
            folder, _, pattern = path.partition("/**/")
            found = ObjectPath.of(folder).rglob(pattern) if pattern else [path]
            return [str(each) for each in found]

    address = os.environ["GONGKAI_S3_ENDPOINT"]
    return Store("s3", endpoint=address, client_options={"allow_http": True})


def read_with_polars(place: str, source: Callable[[str], list[str]]) -> Read:
    """Every table with Polars; `source` lists the files of a table."""
    import polars as pl

    options = {
        "aws_endpoint_url": os.environ.get("GONGKAI_S3_ENDPOINT", ""),
        "aws_allow_http": "true",
    }
    stored = options if place.startswith(SCHEME) else None

    def table(name: str) -> pl.DataFrame:
        return pl.read_parquet(source(name), hive_partitioning=True, storage_options=stored)

    def received(rows: pl.DataFrame) -> dict[tuple[object, ...], int]:
        sums = rows.group_by("province", "year").agg(pl.col("new_received").sum())
        return _by_key(sums.iter_rows())

    frames = {name: table(name) for name in (*ROWS_OF_A_REPORT, "totals")}
    rows = {
        name: {
            tuple(key): number for *key, number in frames[name].group_by(REPORT).len().iter_rows()
        }
        for name in ROWS_OF_A_REPORT
    }
    own = frames["totals"].filter(
        pl.col("scope") == "own",
        pl.col("level") == "township",
        pl.col("organ_type") == "township_government",
    )
    return Read(rows, received(frames["requests"].filter("is_total")), received(own))


def _pattern(place: str, table: str) -> str:
    return f"{place}/published/{table}/**/*.parquet"


def _versions(place: str) -> Callable[[str], list[str]]:
    listed = json.loads(open_lake(place).manifest.read_text())["files"]
    return lambda table: [
        f"{place}/published/{file['version']}" for file in listed if file["table"] == table
    ]


def _listed_for_duckdb(place: str) -> Callable[[str], str]:
    """The files the views of a store's database stand for, by address: DuckDB joins none to relative paths."""
    listed = _versions(place)
    return lambda table: f"read_parquet({listed(table)}, hive_partitioning = true)"


def _view(table: str) -> str:
    views = {"requests": "(SELECT * FROM v_requests_own)", "totals": "v_totals_own"}
    measured = ("cells", "active_disclosure", "review_litigation")
    return views.get(table, f"v_{table}_own" if table in measured else f"v_{table}")


READERS: dict[str, Callable[[str], Iterable[str]]] = {
    "duckdb by pattern": lambda place: faults_within_tables(
        read_with_duckdb(
            place, lambda t: f"read_parquet('{_pattern(place, t)}', hive_partitioning = true)"
        )
    ),
    "polars by pattern": lambda place: faults_within_tables(
        read_with_polars(place, lambda table: [_pattern(place, table)])
    ),
    "duckdb views": lambda place: faults_of_whole(
        read_with_duckdb(place, _listed_for_duckdb(place))
        if place.startswith(SCHEME)
        else _without_applicants(read_with_duckdb(place, _view))
    ),
    "polars by manifest": lambda place: faults_of_whole(read_with_polars(place, _versions(place))),
}


def _without_applicants(read: Read) -> Read:
    """`v_requests_own` holds the total column alone: count it as the seven columns it stands for."""
    whole = {
        key: number * ROWS_OF_A_REPORT["requests"] for key, number in read.rows["requests"].items()
    }
    return Read({**read.rows, "requests": whole}, read.summed, read.totals)


def faults_of_whole(read: Read) -> Iterator[str]:
    """All that can be wrong with several tables read together."""
    yield from faults_within_tables(read)
    yield from faults_between_tables(read)


def read_until(place: str, kind: str, folder: Path) -> None:
    """Read again and again until told to end; prints how often, and every fault seen."""
    import polars as pl

    os.nice(5)  # the publisher first, or its readers would only wait for it
    reads, refused, faults = 0, 0, []
    while not (folder / END).exists():
        try:
            faults += [f"{kind}: {fault}" for fault in READERS[kind](place)]
            reads += 1
            os.truncate(_tally(folder, kind), reads)
        except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - whatever it meets
            refused += 1
            if not kind.endswith("by pattern"):
                faults.append(f"{kind}: {type(error).__name__}: {error}"[:400])
    print(json.dumps({"reads": reads, "refused": refused, "faults": faults[:20]}))


def _tally(folder: Path, kind: str) -> Path:
    """A file with as many bytes as the reader has made reads."""
    return folder / kind.replace(" ", "_")


def wait_for_reads(folder: Path, reads: int) -> None:
    """Wait until every reader has made as many reads; a reader that makes none for ten minutes ends the drill."""
    for kind in READERS:
        tally, moved = _tally(folder, kind), (0, time.monotonic())
        while (made := tally.stat().st_size) < reads:
            if made != moved[0]:
                moved = (made, time.monotonic())
            elif time.monotonic() - moved[1] > 600:
                raise SystemExit(f"the reader {kind} has not read for ten minutes")
            time.sleep(0.02)


def write_revision(lake: LakePaths, number: int) -> None:
    """Lay revision `number` of every report into `extracted/`, beside the one before."""
    from datetime import date, timedelta

    from annual_reports.lake.extractions import extraction_frame
    from tasks.atomic_files import write_atomically
    from tasks.extractions import _file_bytes, partition_file
    from tests.annual_reports.lake.lake_documents import report

    for province, year in PARTITIONS:
        documents = [
            report(
                name,
                values={_NEW_RECEIVED: each, "requests.new_received.natural_person": each},
                province=province,
                year=year,
                publish_date=(date(year + 1, 1, 1) + timedelta(each)).isoformat(),
            )
            for name in NAMES
            for each in (number - 1, number)
        ]
        rows = _file_bytes(extraction_frame(documents, "1"))
        write_atomically(partition_file(lake, province, year, "0"), rows)


def publish_revision(place: str, number: int, shown: int | None) -> None:
    """Publish a revision; tells on the pipe `shown` when it begins to put files in place."""
    from tasks import publish

    lake = open_lake(place)
    write_revision(lake, number)
    if shown is not None:
        begin = publish.begin_putting_in_place

        def begin_and_tell(lake: LakePaths) -> None:
            begin(lake)
            os.write(shown, b"1")

        publish.begin_putting_in_place = begin_and_tell
    publish.publish_lake(lake)


def publish_with_kills(
    place: str, folder: Path, publications: int, seed: int, minutes: float
) -> None:
    """Publish one revision after another, each in a process of its own; prints how many, and how many were killed.

    After `minutes` the next publication is the last.
    """
    import tasks.publish  # noqa: F401 - loaded once, before forking; it starts no thread of Polars

    draw, lasted, putting = random.Random(seed), 1.0, 0.05
    killed = Counter[str]()
    number, last = 1, publications + 1
    ends = time.monotonic() + minutes * 60
    while number < last:
        wait_for_reads(folder, number)
        number += 1
        if time.monotonic() > ends:
            last = number
        watched, told = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                publish_revision(place, number, told)
                status = 0
            finally:
                os._exit(status)
        os.close(told)
        shown_at = None
        if draw.random() < 0.5 and number < last:
            if draw.random() < 0.5:
                select.select([watched], [], [], lasted * 4)
                time.sleep(draw.uniform(0, putting))
                kind = "while putting in place"
            else:
                time.sleep(draw.uniform(0, lasted))
                kind = "at any moment"
            gone, _ = os.waitpid(child, os.WNOHANG)
            if not gone:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                killed[kind] += 1
        else:
            select.select([watched], [], [])
            shown_at = time.monotonic()
            _, status = os.waitpid(child, 0)
            if status != 0:
                raise SystemExit(f"publication {number} failed")
            lasted, putting = time.monotonic() - started, time.monotonic() - shown_at
        os.close(watched)
    wait_for_reads(folder, number)
    print(json.dumps({"publications": number - 1, **killed}))


@dataclass(slots=True)
class Outcome:
    """What a drill saw: kills by kind, reads by reader, faults, what is wrong with the lake in the end.

    `refused`: reads by pattern that failed aloud.
    """

    publications: int
    killed: dict[str, int]
    reads: dict[str, int]
    refused: int
    faults: list[str]
    problems: list[str]


def drill(place: str, publications: int, seed: int = 1, minutes: float = 1e6) -> Outcome:
    """Publish and read at once, then look at what is left."""
    from tasks.verification import verify_lake

    publish_revision(place, 1, None)
    with tempfile.TemporaryDirectory() as folder:
        for kind in READERS:
            _tally(Path(folder), kind).touch()
        readers = {kind: _start("--read", place, kind, folder) for kind in READERS}
        try:
            asked = (str(publications), str(seed), str(minutes))
            publisher = _start("--publish", place, folder, *asked)
            killed = json.loads(_output_of(publisher))
            made = killed.pop("publications")
        finally:
            (Path(folder) / END).touch()
        read = {kind: json.loads(_output_of(reader)) for kind, reader in readers.items()}
    return Outcome(
        made,
        killed,
        {kind: each["reads"] for kind, each in read.items()},
        sum(each["refused"] for each in read.values()),
        [fault for each in read.values() for fault in each["faults"]],
        [problem.message for problem in verify_lake(open_lake(place)).problems],
    )


def _start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.tasks.readers_drill", *arguments]
    settings = {"GONGKAI_KEEP_VERSIONS_HOURS": _KEPT_HOURS, "POLARS_MAX_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | settings)


def _output_of(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{process.args} ended with {process.returncode}")
    return output


def main() -> int:
    """The drill at the size asked for, or one process of it."""
    match sys.argv[1:]:
        case ["--read", place, kind, told]:
            read_until(place, kind, Path(told))
            return 0
        case ["--publish", place, told, publications, seed, minutes]:
            publish_with_kills(place, Path(told), int(publications), int(seed), float(minutes))
            return 0
    asked, where, within = [*sys.argv[1:4], *("200", "folder", "1e6")[len(sys.argv) - 1 :]]
    publications, minutes = int(asked), float(within)
    with tempfile.TemporaryDirectory() as folder:
        if where == "store":
            from tests.tasks.store_server import new_bucket, store_server

            with store_server(Path(folder)) as address:
                outcome = drill(str(new_bucket(address)), publications, 1, minutes)
        else:
            outcome = drill(folder, publications, 1, minutes)
    print(f"{outcome.publications} publications, killed: {outcome.killed}, reads: {outcome.reads}")
    print(
        f"{len(outcome.faults)} faults, {len(outcome.problems)} problems in the end, "
        f"{outcome.refused} reads by pattern refused"
    )
    print("\n".join([*outcome.faults[:20], *outcome.problems[:20]]))
    return 1 if outcome.faults or outcome.problems else 0


if __name__ == "__main__":
    sys.exit(main())
