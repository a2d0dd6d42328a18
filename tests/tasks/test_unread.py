"""What is found shard by shard is what is found in one piece, and nothing is found twice."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from annual_reports.extract import EXTRACTOR_VERSION
from tasks.arrivals import lay_down, take_in
from tasks.documents import documents_of
from tasks.identity_hints import with_hints
from tasks.lake_paths import LakePaths
from tasks.observations import (
    Observation,
    ObservationLog,
    Outcome,
    Purpose,
    join_observation_files,
    read_observations,
)
from tasks.reading_plan import ALL_SHARDS, shards_of_part
from tasks.unread import find_unread
from tests.tasks.test_extractions import batch, part

START = datetime(2026, 1, 1, tzinfo=UTC)


def lake_of_many_pages(folder: Path) -> LakePaths:
    """Forty addresses, each seen twice with other bytes, listed under another publisher the second time."""
    lake = LakePaths(folder)
    log = ObservationLog(lake.observations, "20260101T000000Z-0a", "fetch0001")
    for number in range(80):
        log.append(
            Observation(
                Purpose.REPORT,
                Outcome.NEW,
                START + timedelta(minutes=number),
                "s",
                f"https://a.gov.cn/{number % 40}.html",
                publisher=f"第{number}镇人民政府",
                province="CN-SX",
                sha256=hashlib.sha256(str(number).encode()).hexdigest(),
                bytes=1000,
            )
        )
    log.flush()
    join_observation_files(lake, "20260101T000000Z-0a")
    return lake


def test_shards_together_are_the_whole_with_the_same_hints(tmp_path: Path) -> None:
    lake = lake_of_many_pages(tmp_path)
    observations = read_observations(lake.observations)
    whole = with_hints(documents_of(observations), observations, [], ())
    found = find_unread(lake, ALL_SHARDS)
    assert found.documents == whole
    assert [one.hints for one in found.documents] == [one.hints for one in whole]
    assert {one.hints.source.publisher for one in whole if one.hints.source} == {
        f"第{number}镇人民政府" for number in range(40, 80)
    }
    apart = [find_unread(lake, shards_of_part(number, 3)) for number in (1, 2, 3)]
    assert sum(one.known for one in apart) == found.known == 80
    assert sorted(one for part in apart for one in part.documents) == whole


def test_what_stands_already_is_left_and_what_is_older_is_named_with_its_place(
    tmp_path: Path,
) -> None:
    lake = lake_of_many_pages(tmp_path)
    first, second, *_ = find_unread(lake, ALL_SHARDS).documents
    for document, version in ((first, EXTRACTOR_VERSION), (second, "0")):
        row = part(document.document_id, 2021, document.version(version))
        lay_down(lake, batch(row.with_columns(sha256=pl.lit(document.sha256))))
    take_in(lake)
    found = find_unread(lake, ALL_SHARDS)
    assert first not in found.documents
    assert second in found.documents
    assert found.places["source_document_id"].to_list() == [second.document_id]
