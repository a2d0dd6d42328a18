"""Reading in parts: the same bytes as in one run, whoever reads which part."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from annual_reports.extract import EXTRACTOR_VERSION
from tasks.child_processes import PROCESSES_VARIABLE, processes_of_a_run
from tasks.documents import documents_of
from tasks.lake_paths import LakePaths
from tasks.observations import read_observations
from tasks.reading_plan import ALL_SHARDS, NoSuchPartError, shards_of_part
from tests.conftest import ROOT, lasting_files

DOCUMENTS = ROOT / "tests" / "golden"


@pytest.mark.parametrize("parts", range(1, 17))
def test_every_shard_belongs_to_one_part(parts: int) -> None:
    shards = "".join(shards_of_part(part, parts) for part in range(1, parts + 1))
    assert sorted(shards) == list(ALL_SHARDS)


@pytest.mark.parametrize(("part", "parts"), [(0, 2), (3, 2), (1, 17)])
def test_a_part_that_does_not_exist_is_refused(part: int, parts: int) -> None:
    with pytest.raises(NoSuchPartError):
        shards_of_part(part, parts)


@pytest.mark.parametrize("wrong", ["0", "two", "-1"])
def test_a_wrong_number_of_processes_is_told(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv(PROCESSES_VARIABLE, wrong)
    with pytest.raises(ValueError, match=PROCESSES_VARIABLE):
        processes_of_a_run()


def keep(lake: Path) -> None:
    from tasks.ingest import keep_named_files
    from tasks.local_files import find_documents
    from tasks.open_run import recorded_run

    with recorded_run("ingest", None, str(lake), {}) as run:
        keep_named_files(run, find_documents([DOCUMENTS]))


def extracted(lake: Path) -> dict[str, bytes]:
    return {
        path: content
        for path, content in lasting_files(lake).items()
        if path.startswith(("extracted", "quarantined"))
    }


@pytest.mark.usefixtures("prefect_api")
def test_parts_read_apart_are_the_whole_and_a_missing_deployment_is_told(tmp_path: Path) -> None:
    from flows.publish import publish
    from flows.read import read

    whole, apart = tmp_path / "whole", tmp_path / "apart"
    keep(whole)
    keep(apart)
    for part in (2, 1):
        state = read(part=part, parts=2, lake=str(apart), return_state=True)
        assert state.is_completed(), state.message
    known = documents_of(read_observations(LakePaths(apart).observations))
    read_files = pl.concat(
        [
            pl.read_parquet(path, columns=["source_document_id", "extractor_version"])
            for path in (
                *(apart / "extracted").rglob("*.parquet"),
                *(apart / "quarantined").rglob("*.parquet"),
            )
        ]
    )
    assert set(read_files["source_document_id"]) == {one.document_id for one in known}
    assert set(read_files["extractor_version"].str.head(1)) == {EXTRACTOR_VERSION}
    state = publish(parts=2, lake=str(whole), return_state=True)
    assert "read" in str(state.message)
    assert extracted(whole) == extracted(apart)


@pytest.mark.usefixtures("prefect_api")
def test_a_helper_of_a_publication_that_is_over_builds_nothing(tmp_path: Path) -> None:
    from flows.build import build
    from tasks.run_history import end_run, start_run

    lake = LakePaths(tmp_path / "lake")
    over = start_run(lake, "publish", None, {})
    end_run(lake, over, "failed", "", {})
    state = build(publication=over.run_id, lake=str(lake.root), return_state=True)
    assert state.is_completed()
    assert "partitions built 0" in str(state.message)
