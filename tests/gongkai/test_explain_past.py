"""`gongkai explain REPORT CELL --on DAY`: what the page said on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from annual_reports.lake import document_id
from annual_reports.lake.extractions import extraction_frame
from annual_reports.model import Extraction
from gongkai.errors import CommandError
from gongkai.explain_command import explain_cell_on
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.observations import Observation, ObservationLog, Outcome, Purpose, new_run_id
from tasks.publish import publish_lake
from tests.annual_reports.lake.lake_documents import report

CELL = "requests.new_received.total"
MONTHS = {1: 7, 3: 9, 6: 12}
"""The month in which the page came to say so many requests."""


def version(received: int) -> Extraction:
    return report("石桥镇", values={CELL: received})


@pytest.fixture
def lake(tmp_path: Path) -> LakePaths:
    """A page that showed three versions, one after the other, at one address."""
    lake = LakePaths(tmp_path)
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True)
    documents = [version(received) for received in MONTHS.values()]
    extraction_frame(documents, "1").sort("document_id").write_parquet(path)
    log = ObservationLog(
        lake.observations, new_run_id(datetime(2025, 1, 1, tzinfo=UTC), "abcdef"), "fetch0001"
    )
    for month, document in zip(MONTHS, documents, strict=True):
        log.append(
            Observation(
                Purpose.REPORT,
                Outcome.NEW,
                datetime(2025, month, 10, 2, 0, tzinfo=UTC),
                "s",
                url=document.document.url,
                sha256=document.document.sha256,
            )
        )
    log.flush()
    publish_lake(lake)
    return lake


def reports_id(lake: LakePaths) -> str:
    return str(pl.read_parquet(lake.published / "reports" / "**" / "*.parquet")["report_id"].item())


@pytest.mark.parametrize(
    ("day", "said", "revision"),
    [
        (date(2025, 1, 10), 7, 1),
        (date(2025, 3, 9), 7, 1),
        (date(2025, 3, 10), 9, 2),
        (date(2025, 6, 9), 9, 2),
        (date(2026, 1, 1), 12, 3),
    ],
)
def test_the_version_of_the_day_is_told(
    lake: LakePaths, capfd: pytest.CaptureFixture[str], day: date, said: int, revision: int
) -> None:
    assert explain_cell_on(str(lake.root), reports_id(lake), CELL, day) == 0
    told = capfd.readouterr().out
    assert f"value: {said}\n" in told
    assert f"version: {revision} / 3" in told
    assert str(version(said).document.sha256) in told
    assert str(version(said).document.url) in told


def test_before_the_page_was_seen_there_is_nothing(lake: LakePaths) -> None:
    with pytest.raises(CommandError, match="not there on that day"):
        explain_cell_on(str(lake.root), reports_id(lake), CELL, date(2025, 1, 9))


def test_the_documents_of_the_page_are_those_of_its_observations(lake: LakePaths) -> None:
    """What the other tests rest on."""
    rows = pl.read_parquet(lake.published / "report_revisions" / "**" / "*.parquet")
    assert rows["first_seen"].null_count() == 0
    assert rows.height == len(MONTHS)
    assert document_id(version(7).document) in rows["source_document_id"].to_list()
