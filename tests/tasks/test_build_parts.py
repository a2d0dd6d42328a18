"""A publication built by several: the bytes of one built alone, whatever becomes of those who help."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

import tasks.build_parts
from annual_reports.lake import extraction_frame, manifest
from tasks.build_parts import OtherProgramError, build_part
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.run_history import end_run, start_run
from tests.annual_reports.lake.lake_documents import report
from tests.conftest import ROOT, files_of_any_making
from tests.tasks.test_publish import take_in

GOLDEN = sorted(path.name for path in (ROOT / "tests" / "golden").glob("*.html"))[:12]


@dataclass(frozen=True, slots=True)
class Help:
    """Helpers whose state is what a test says."""

    publication: str
    parts: int
    building: Callable[[], bool]

    def is_building(self, part: int) -> bool:
        return self.building()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a lake published by one."""
    lake = LakePaths(tmp_path_factory.mktemp("alone"))
    for name in GOLDEN:
        take_in(lake, name)
    shutil.copytree(lake.root, lake.root.with_name("unpublished"))
    publish_lake(lake)
    return files_of_any_making(lake.root)


@pytest.fixture
def lake(
    alone: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> LakePaths:
    """The same, not yet published."""
    (unpublished,) = tmp_path_factory.getbasetemp().glob("unpublished")
    shutil.copytree(unpublished, tmp_path / "lake")
    return LakePaths(tmp_path / "lake")


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.build_parts, "MOST_DOCUMENTS_AT_ONCE", 1)
    monkeypatch.setattr(tasks.build_parts, "_LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(manifest, "MOST_PARTITIONS_AT_ONCE", 1)


@contextmanager
def helping(lake: LakePaths, parts: int) -> Iterator[tuple[Help, list[int]]]:
    """Helpers that build for as long as the publication runs, and how many partitions each built."""
    record = start_run(lake, "publish", None, {})
    built: list[int] = []
    helpers = [
        Thread(target=lambda part=part: built.append(build_part(lake, record.run_id, part)))
        for part in range(2, parts + 1)
    ]
    for helper in helpers:
        helper.start()
    yield Help(record.run_id, parts, lambda: any(one.is_alive() for one in helpers)), built
    end_run(lake, record, "completed", "", {})
    for helper in helpers:
        helper.join()
    shutil.rmtree(lake.runs)


def published(lake: LakePaths) -> dict[str, bytes]:
    assert not list(lake.building.rglob("*")), "nothing of the building stays"
    return files_of_any_making(lake.root)


@pytest.mark.parametrize("parts", [2, 3])
def test_several_build_the_bytes_of_one(
    lake: LakePaths, alone: dict[str, bytes], parts: int
) -> None:
    with helping(lake, parts) as (helpers, built):
        outcome = publish_lake(lake, helpers=helpers)
    assert len(built) == parts - 1
    assert 0 < sum(built) < len(outcome.partitions)
    assert published(lake) == alone
    assert len(outcome.partitions) == len(set(outcome.partitions))


def test_where_there_is_little_nobody_is_asked(
    lake: LakePaths, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.build_parts, "MOST_DOCUMENTS_AT_ONCE", len(GOLDEN))
    with helping(lake, 2) as (helpers, built):
        publish_lake(lake, helpers=helpers)
    assert built == [0]
    assert published(lake) == alone


def test_what_nobody_built_the_publication_builds(lake: LakePaths, alone: dict[str, bytes]) -> None:
    publish_lake(lake, helpers=Help("20260101T000000Z-a", 3, lambda: False))
    assert published(lake) == alone


def test_what_a_killed_publication_asked_for_goes_with_the_next(lake: LakePaths) -> None:
    left = lake.building / "20260101T000000Z-a" / "part2" / "orders.json"
    left.parent.mkdir(parents=True)
    left.write_text("{}", encoding="utf-8")
    publish_lake(lake)
    assert not list(lake.building.rglob("*"))


def test_an_answer_to_another_attempt_does_not_count(
    lake: LakePaths, alone: dict[str, bytes]
) -> None:
    place = lake.building / "20260101T000000Z-a" / "part2" / "built.json"

    def answer_to_an_earlier_attempt() -> bool:
        asked = json.loads(place.with_name("orders.json").read_text(encoding="utf-8"))
        old = {"attempt": "earlier", "built": [[] for _ in asked["orders"]]}
        place.write_text(json.dumps(old), encoding="utf-8")
        return False

    publish_lake(lake, helpers=Help("20260101T000000Z-a", 2, answer_to_an_earlier_attempt))
    assert published(lake) == alone


def test_another_program_builds_nothing(
    lake: LakePaths, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[OtherProgramError] = []

    def build_with_other_decisions() -> bool:
        with monkeypatch.context() as other:
            other.setattr(tasks.build_parts, "code_version", lambda: "another")
            try:
                build_part(lake, "20260101T000000Z-a", 2)
            except OtherProgramError as error:
                refused.append(error)
        return False

    publish_lake(lake, helpers=Help("20260101T000000Z-a", 2, build_with_other_decisions))
    assert len(refused) == 1
    assert published(lake) == alone


def test_one_province_is_shared_too(tmp_path: Path) -> None:
    alone, helped = LakePaths(tmp_path / "alone"), LakePaths(tmp_path / "helped")
    for lake in (alone, helped):
        for year in range(2019, 2024):
            path = partition_file(lake, "CN-SX", year, "0")
            path.parent.mkdir(parents=True)
            extraction_frame([report("甲镇", year=year)], "1").write_parquet(path)
    publish_lake(alone)
    with helping(helped, 2) as (helpers, built):
        outcome = publish_lake(helped, helpers=helpers)
    assert 0 < built[0] < len(outcome.partitions)
    assert published(helped) == files_of_any_making(alone.root)


def test_rows_set_aside_are_left_to_the_publication(tmp_path: Path) -> None:
    alone, helped = LakePaths(tmp_path / "alone"), LakePaths(tmp_path / "helped")
    for lake in (alone, helped):
        for year in range(2015, 2025, 2):
            path = partition_file(lake, "CN-SX", year, "0")
            path.parent.mkdir(parents=True)
            bad = report("甲镇", town_code="149999999", year=year)
            extraction_frame([bad], "1").write_parquet(path)
    publish_lake(alone)
    with helping(helped, 2) as (helpers, built):
        outcome = publish_lake(helped, helpers=helpers)
    assert built[0] > 0
    assert sum("149999999" in warning for warning in outcome.warnings) == 5
    assert published(helped) == files_of_any_making(alone.root)
