"""Merging rows into the lake: a file depends on the documents it holds and on nothing else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annual_reports.extract import EXTRACTOR_VERSION
from annual_reports.lake import EXTRACTION_SCHEMA
from tasks.documents import DocumentToRead
from tasks.extractions import (
    extracted_partitions,
    merge_batch,
    partition_file,
    places_of_documents,
    quarantine_file,
    read_partition,
    read_quarantined,
    remove_outdated_files,
    unread_documents,
)
from tasks.lake_paths import LakePaths
from tasks.reading import QUARANTINED_SCHEMA, QuarantinedRow, ReadBatch, quarantined_frame

KEYS = [f"{number:032x}" for number in range(8)]


def part(key: str, year: int, version: str = EXTRACTOR_VERSION, title: str = "t") -> pl.DataFrame:
    row = dict.fromkeys(EXTRACTION_SCHEMA.names()) | {
        "document_id": key,
        "source_document_id": key,
        "part": "",
        "part_count": 1,
        "sha256": "a" + "0" * 63,
        "extractor_version": version,
        "partition_province": "CN-SX",
        "report_year": year,
        "title": title,
        "cells": [],
    }
    return pl.DataFrame([row], schema=EXTRACTION_SCHEMA)


def batch(*parts: pl.DataFrame) -> ReadBatch:
    return ReadBatch(pl.concat(parts), quarantined_frame([]))


def aside(key: str) -> ReadBatch:
    row = QuarantinedRow(
        key,
        key,
        "",
        1,
        "n",
        None,
        "a" + "0" * 63,
        0,
        "empty",
        None,
        "m",
        "r",
        None,
        EXTRACTOR_VERSION,
    )
    return ReadBatch(EXTRACTION_SCHEMA.to_frame(), quarantined_frame([row]))


def files(lake: LakePaths) -> dict[str, bytes]:
    return {
        path.relative_to(lake.root).as_posix(): path.read_bytes()
        for path in sorted(lake.root.rglob("*.parquet"))
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    order=st.permutations(KEYS),
    cuts=st.lists(st.integers(1, 7), max_size=4),
    repeated=st.sampled_from(KEYS),
)
def test_files_do_not_depend_on_the_order_or_number_of_merges(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], cuts: list[int], repeated: str
) -> None:
    at_once, bit_by_bit = (LakePaths(tmp_path_factory.mktemp("lake")) for _ in range(2))
    years = {key: 2020 + number % 2 for number, key in enumerate(KEYS)}
    merge_batch(at_once, batch(*(part(key, years[key]) for key in KEYS)))
    edges = sorted({0, *cuts, len(order)})
    for start, stop in pairwise(edges):
        merge_batch(bit_by_bit, batch(*(part(k, years[k]) for k in order[start:stop])))
    merge_batch(bit_by_bit, batch(part(repeated, years[repeated])))
    assert files(at_once) == files(bit_by_bit)


def test_a_document_that_moves_leaves_no_stale_row(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    merge_batch(lake, batch(part(KEYS[0], 2020, "old"), part(KEYS[1], 2020)))
    merge_batch(lake, batch(part(KEYS[0], 2021)))
    assert read_partition(lake, "CN-SX", 2020)["document_id"].to_list() == [KEYS[1]]
    assert read_partition(lake, "CN-SX", 2021)["document_id"].to_list() == [KEYS[0]]
    merge_batch(lake, batch(part(KEYS[1], 2021)))
    assert extracted_partitions(lake) == [("CN-SX", 2021)]
    assert not partition_file(lake, "CN-SX", 2020, "a").parent.exists()


def test_a_document_moves_between_extracted_and_quarantined(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    merge_batch(lake, aside(KEYS[0]))
    assert read_quarantined(lake)["reason"].to_list() == ["empty"]
    merge_batch(lake, batch(part(KEYS[0], 2020)))
    assert read_quarantined(lake).is_empty()
    assert not quarantine_file(lake, "a").exists()
    merge_batch(lake, aside(KEYS[0]))
    assert extracted_partitions(lake) == []


def test_only_what_this_version_has_not_read_is_read(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    documents = [DocumentToRead("a" + "0" * 63, f"{number}.html", None) for number in range(4)]
    ids = [document.document_id for document in documents]
    merge_batch(lake, batch(part(ids[0], 2020), part(ids[1], 2020, "old")))
    merge_batch(lake, aside(ids[2]))
    unread = unread_documents(documents, places_of_documents(lake, "a"), EXTRACTOR_VERSION)
    assert unread == [documents[1], documents[3]]


def test_a_document_that_stands_twice_after_a_kill_is_read_again(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    document = DocumentToRead("a" + "0" * 63, "a.html", None)
    key = document.document_id
    merge_batch(lake, batch(part(key, 2020)))
    stale = partition_file(lake, "CN-SX", 2020, "a").read_bytes()
    merge_batch(lake, batch(part(key, 2021)))
    left_behind = partition_file(lake, "CN-SX", 2020, "a")
    left_behind.parent.mkdir(parents=True)
    left_behind.write_bytes(stale)
    places = places_of_documents(lake, "a")
    assert unread_documents([document], places, EXTRACTOR_VERSION) == [document]
    merge_batch(lake, batch(part(key, 2021)))
    assert extracted_partitions(lake) == [("CN-SX", 2021)]


def test_files_of_an_older_release_are_removed_and_their_documents_unread(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    old = partition_file(lake, "CN-SX", 2024, "a")
    aside = quarantine_file(lake, "a")
    for path in (old, aside):
        path.parent.mkdir(parents=True)
    EXTRACTION_SCHEMA.to_frame().drop("part").write_parquet(old)
    QUARANTINED_SCHEMA.to_frame().drop("part").write_parquet(aside)
    kept = partition_file(lake, "CN-SX", 2023, "a")
    kept.parent.mkdir(parents=True)
    EXTRACTION_SCHEMA.to_frame().write_parquet(kept)
    assert remove_outdated_files(lake) == 2
    assert [path.exists() for path in (old, aside, kept)] == [False, False, True]
    assert remove_outdated_files(lake) == 0
