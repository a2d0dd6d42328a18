"""Whatever is written of a declared table goes through its guard; what does not fit is kept with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from annual_reports.lake import extraction_frame
from annual_reports.lake.dimensions import dimension_tables
from schemas.tables import tables
from tasks import publish
from tasks.extractions import merge_batch, partition_file, read_quarantined
from tasks.findings_seen import remember_findings, scan_findings_seen
from tasks.guarded_rows import set_aside_bytes
from tasks.lake_paths import LakePaths
from tasks.observations import (
    Observation,
    ObservationLog,
    Outcome,
    Purpose,
    join_observation_files,
    read_observations,
)
from tasks.publish import publish_lake
from tasks.reading import ReadBatch
from tasks.run_history import end_run, read_runs, start_run
from tasks.run_items import keep_items, read_items
from tests.annual_reports.lake.lake_documents import NO_EXTRACTIONS, report
from tests.schemas.test_models import row

RUN = "20260101T000000Z-0a"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LakePaths:
    monkeypatch.setenv("GONGKAI_CORRECTIONS", str(tmp_path / "corrections"))
    return LakePaths(tmp_path / "lake")


def _runs(lake: LakePaths) -> int:
    record = start_run(lake, "publish", None, {})
    end_run(lake, record, "perhaps", "", {})
    assert read_runs(lake)["outcome"].to_list() == ["started"]
    return read_runs(lake).height


def _run_items(lake: LakePaths) -> int:
    items = [
        {"stage": "extract", "item": "a", "outcome": "read"},
        {"stage": "extract", "item": "b", "outcome": "perhaps"},
    ]
    keep_items(lake, RUN, "extract0001", items)
    return read_items(lake, RUN).height


def _observations(lake: LakePaths) -> int:
    log = ObservationLog(lake.observations, RUN, "fetch0001")
    sound = Observation(Purpose.REPORT, Outcome.NEW, NOW, "s", url="http://a/1")
    for one in (sound, replace(sound, attempt=0)):
        log.append(one)
    log.flush()
    join_observation_files(lake, RUN)
    return read_observations(lake.observations).height


def _quarantined_documents(lake: LakePaths) -> int:
    sound = row("quarantined_documents", part="")
    bad = row("quarantined_documents", document_id="1" * 32, reason="perhaps")
    merge_batch(lake, ReadBatch(NO_EXTRACTIONS, pl.concat([sound, bad])))
    return read_quarantined(lake).height


def _findings_seen(lake: LakePaths) -> int:
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True)
    extraction_frame([report("甲镇")], "1").write_parquet(path)
    publish_lake(lake)
    record = start_run(lake, "publish", None, {})
    remember_findings(lake, record)
    seen = scan_findings_seen(lake).collect().height
    (kept,) = (lake.runs / "findings_seen").glob("province=CN-SX/year=2024/*.parquet")
    rows = pl.read_parquet(kept, hive_partitioning=False)
    strange = rows.head(1).with_columns(fingerprint=pl.lit("perhaps"))
    pl.concat([rows, strange]).write_parquet(kept)
    extraction_frame([report("甲镇"), report("乙镇")], "1").write_parquet(path)
    publish_lake(lake)
    remember_findings(lake, record)
    assert scan_findings_seen(lake).collect().height > seen
    return 1


WRITERS: dict[str, Callable[[LakePaths], int]] = {
    "runs": _runs,
    "run_items": _run_items,
    "observations": _observations,
    "quarantined_documents": _quarantined_documents,
    "findings_seen": _findings_seen,
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_row_that_does_not_fit_is_set_aside_whole(name: str, lake: LakePaths) -> None:
    assert WRITERS[name](lake) == 1, "the row that fits is kept"
    (path,) = (lake.quarantined / name).rglob("*.parquet")
    (aside,) = pl.read_parquet(path).rows(named=True)
    assert aside["table"] == name
    assert "不合 breaks" in aside["reasons"] and aside["row_json"].startswith("{")
    assert ("perhaps" in aside["row_json"]) or ('"attempt":0' in aside["row_json"])


def test_every_table_that_is_written_is_tried_here_or_published() -> None:
    beside = {one.name for one in tables().values() if one.layer != "published"}
    assert beside == {*WRITERS, "quarantined_rows"}


def test_rows_set_aside_are_guarded_themselves(tmp_path: Path) -> None:
    bad = pl.concat([row("quarantined_rows"), row("quarantined_rows", table="?", row_order=2)])
    (tmp_path / "a.parquet").write_bytes(set_aside_bytes(bad))
    told = pl.read_parquet(tmp_path / "a.parquet")
    assert sorted(told["table"]) == sorted(
        [row("quarantined_rows")["table"][0], "quarantined_rows"]
    )


def test_a_published_row_that_does_not_fit_is_set_aside_and_told(
    lake: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True)
    extraction_frame([report("甲镇", town_code="149999999")], "1").write_parquet(path)
    (warning, *_) = publish_lake(lake).warnings
    assert "CN-SX/2024" in warning and "149999999" in warning
    place = lake.quarantined / "reports" / "province=CN-SX" / "year=2024" / "part-0.parquet"
    (reasons,) = pl.read_parquet(place)["reasons"]
    assert "town_code in regions" in reasons


def test_a_publisher_that_does_not_fit_stops_no_publication(
    lake: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_a_strange_publisher(reports: pl.DataFrame) -> object:
        strange = reports.head(1).with_columns(
            publisher_id=pl.lit("strange"), county_code=pl.lit("99")
        )
        return dimension_tables(pl.concat([reports, strange]))

    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True)
    extraction_frame([report("甲镇")], "1").write_parquet(path)
    monkeypatch.setattr(publish, "dimension_tables", with_a_strange_publisher)
    warnings = publish_lake(lake).warnings
    assert any("publishers 1" in one for one in warnings)
    (aside,) = pl.read_parquet(lake.quarantined / "publishers.parquet").rows(named=True)
    assert "county_code: 99" in aside["reasons"]
    assert pl.read_parquet(lake.published / "publishers.parquet").height == 1
