"""Batches that wait to be laid in: nothing is lost by a kill, nothing counts twice, old results stay until then."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

import tasks.arrivals
from annual_reports.lake import EXTRACTION_SCHEMA
from tasks.arrivals import Arrival, Intake, lay_down, take_in
from tasks.documents import DocumentToRead
from tasks.extractions import places_of_documents, read_partition
from tasks.lake_paths import LakePaths
from tasks.reading import ReadBatch
from tasks.reading_plan import reading_plan
from tests.tasks.test_extractions import KEYS, aside, batch, files, part


def test_batches_read_by_a_killed_run_are_laid_in_by_the_next(tmp_path: Path) -> None:
    killed, undisturbed = LakePaths(tmp_path / "a"), LakePaths(tmp_path / "b")
    lay_down(killed, batch(part(KEYS[0], 2020)))
    lay_down(killed, aside(KEYS[1]))
    (killed.arrivals / ".half.read.parquet.tmp").write_bytes(b"PAR1")
    assert take_in(killed) == 2
    lay_down(undisturbed, batch(part(KEYS[0], 2020)))
    lay_down(undisturbed, aside(KEYS[1]))
    take_in(undisturbed)
    assert files(killed) == files(undisturbed)
    assert take_in(killed) == 0


def test_a_document_two_runs_have_read_stands_once(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    for _ in range(2):
        lay_down(lake, batch(part(KEYS[0], 2020)))
    assert take_in(lake) == 1
    assert read_partition(lake, "CN-SX", 2020).height == 1


def test_arrivals_of_another_release_are_left_to_be_read_anew(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    lay_down(lake, batch(part(KEYS[0], 2020)))
    (path,) = lake.arrivals.iterdir()
    buffer = io.BytesIO()
    EXTRACTION_SCHEMA.to_frame().drop("part").write_parquet(buffer)
    path.write_bytes(buffer.getvalue())
    assert take_in(lake) == 0
    assert list(lake.arrivals.iterdir()) == []


def groups_laid_in(monkeypatch: pytest.MonkeyPatch) -> list[ReadBatch]:
    """Every group from now on, in the order they are laid in."""
    groups: list[ReadBatch] = []
    real = tasks.arrivals.merge_batch

    def merge(lake: LakePaths, group: ReadBatch) -> int:
        groups.append(group)
        return real(lake, group)

    monkeypatch.setattr(tasks.arrivals, "merge_batch", merge)
    return groups


def test_many_arrivals_are_laid_in_by_groups_that_fit_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.arrivals, "MOST_DOCUMENTS_AT_ONCE", 3)
    groups = groups_laid_in(monkeypatch)
    lake = LakePaths(tmp_path)
    intake = Intake(lake)
    for key in KEYS:
        intake.add(lay_down(lake, batch(part(key, 2020))))
    assert [one.rows.height for one in groups] == [3, 3]
    for _ in range(2):
        intake.add(Arrival(0, 0, (), ()))
    take_in(lake)
    assert [one.rows.height for one in groups] == [3, 3, 2]
    assert read_partition(lake, "CN-SX", 2020).height == len(KEYS)


def test_whole_shards_are_laid_in_once_while_reading_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.arrivals, "MOST_DOCUMENTS_AT_ONCE", 4)
    groups = groups_laid_in(monkeypatch)
    rows = [
        part(f"{number:032x}", 2020).with_columns(sha256=pl.lit(shard * 64))
        for number, shard in enumerate("000112223333344")
    ]
    lake = LakePaths(tmp_path)
    intake = Intake(lake)
    for first in range(0, len(rows), 2):
        intake.add(lay_down(lake, batch(*rows[first : first + 2])))
    take_in(lake)
    shards = ["".join(one.rows["sha256"].str.head(1)) for one in groups]
    assert shards == ["000", "11", "222", "3333", "344"]
    assert read_partition(lake, "CN-SX", 2020).height == len(rows)


def test_others_read_on_while_one_lays_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(lake: LakePaths, *, to_go_on: bool) -> int:
        begun.set()
        assert may_end.wait(60)
        return take_in(lake, to_go_on=to_go_on)

    monkeypatch.setattr(tasks.arrivals, "take_in", slow)
    monkeypatch.setattr(tasks.arrivals, "MOST_DOCUMENTS_AT_ONCE", 2)
    lake = LakePaths(tmp_path)
    intake = Intake(lake)
    arrivals = [lay_down(lake, batch(part(key, 2020))) for key in KEYS[:5]]
    with ThreadPoolExecutor(1) as other:
        intake.add(arrivals[0])
        laying_in = other.submit(intake.add, arrivals[1])
        assert begun.wait(60)
        for arrival in arrivals[2:]:
            intake.add(arrival)
        assert not laying_in.done()
        may_end.set()
    laying_in.result()
    take_in(lake)
    assert read_partition(lake, "CN-SX", 2020).height == len(arrivals)


def document(number: int, size: int = 1000) -> DocumentToRead:
    return DocumentToRead(f"{number:064x}", f"{number}.html", None, size=size)


def test_new_documents_are_read_first_then_old_ones_newest_years_first(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    documents = [document(number) for number in range(4)]
    years = {0: 2019, 1: 2023, 3: 2021}
    for number, year in years.items():
        row = part(documents[number].document_id, year, "old")
        lay_down(lake, batch(row.with_columns(sha256=pl.lit("0" * 64))))
    take_in(lake)
    plan = reading_plan(documents, places_of_documents(lake, "0"), readers=1)
    assert [[int(one.sha256, 16) for one in batch] for batch in plan] == [[2], [1], [3], [0]]


def test_batches_are_cut_by_number_and_by_size() -> None:
    nothing = places_of_documents(LakePaths(Path("/nowhere")), "0")
    many = [document(number) for number in range(5000)]
    plan = reading_plan(many, nothing, 2)
    assert [len(batch) for batch in plan] == [500] * 8 + [125] * 8
    assert [one for batch in plan for one in batch] == many
    few = many[:120]
    assert [len(batch) for batch in reading_plan(few, nothing, 2)] == [50, 50, 20]
    large = [document(number, 30 << 20) for number in range(5)]
    assert [len(batch) for batch in reading_plan(large, nothing, 2)] == [2, 2, 1]
