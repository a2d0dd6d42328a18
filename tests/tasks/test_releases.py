"""A release is frozen once, checksummed, named in a change log, and made again from `raw/` alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tasks.documents import documents_of
from tasks.extractions import merge_batch
from tasks.lake_paths import LakePaths
from tasks.observations import Observation, ObservationLog, Outcome, Purpose, read_observations
from tasks.publish import publish_lake
from tasks.raw_store import RawStore
from tasks.reading import read_batch
from tasks.releases import LATEST, SUMS, ReleaseRefused, altered_files, make_release
from tasks.verification import verify_lake
from tests.conftest import ROOT

NAMES = ("word_table_gb18030.html", "publishers_own_sums_wrong.html")
LATER = "tabs_under_markdown_headings.txt"


def receive(lake: LakePaths, name: str) -> None:
    """Bytes and the row of their request, as a run that takes in a file keeps them."""
    from datetime import UTC, datetime

    sha256 = RawStore(lake.objects).put((ROOT / "tests" / "golden" / name).read_bytes())
    log = ObservationLog(lake.observations, f"20260101T0200{len(name):02d}Z-000000", "file0001")
    when = datetime(2026, 1, 1, 2, len(name) % 60, tzinfo=UTC)
    log.append(Observation(Purpose.FILE, Outcome.NEW, when, "files", name=name, sha256=sha256))
    log.flush()


def read_and_publish(lake: LakePaths) -> None:
    """Everything that `raw/` holds, read and published."""
    documents = documents_of(read_observations(lake.observations))
    merge_batch(lake, read_batch(RawStore(lake.objects), documents))
    publish_lake(lake)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakePaths:
    """Two releases: of two reports, and of three."""
    lake = LakePaths(tmp_path_factory.mktemp("lake"))
    for name in NAMES:
        receive(lake, name)
    read_and_publish(lake)
    make_release(lake, "2026.11")
    receive(lake, LATER)
    read_and_publish(lake)
    make_release(lake, "2026.12")
    return lake


def folder(lake: LakePaths, name: str) -> Path:
    return lake.root / "releases" / name


def test_latest_is_the_last_release_and_every_sum_is_right(lake: LakePaths) -> None:
    assert folder(lake, LATEST).resolve() == folder(lake, "2026.12").resolve()
    for name in ("2026.11", "2026.12"):
        assert altered_files(folder(lake, name)) == []
        described = json.loads((folder(lake, name) / "datapackage.json").read_text("utf-8"))
        assert described["version"] == name
        assert f'version: "{name}"' in (folder(lake, name) / "CITATION.cff").read_text("utf-8")
    assert verify_lake(lake).problems == ()


def test_the_change_log_names_table_province_and_year(lake: LakePaths) -> None:
    first = (folder(lake, "2026.11") / "CHANGES.md").read_text("utf-8")
    second = (folder(lake, "2026.12") / "CHANGES.md").read_text("utf-8")
    assert "首个版本" in first
    assert "since 2026.11" in second
    reports = [line for line in second.splitlines() if line.startswith("| reports |")]
    assert len(reports) == 1
    assert "新增 added" in reports[0]


def test_a_release_is_never_changed(lake: LakePaths) -> None:
    again = make_release(lake, "2026.12")
    assert not again.is_new
    with pytest.raises(ReleaseRefused, match=r"2026\.11\.2"):
        make_release(lake, "2026.11")
    for name in ("november", "2026.13", "../2026.11"):
        with pytest.raises(ReleaseRefused, match=r"2026\.11"):
            make_release(lake, name)
    file = folder(lake, "2026.12") / "rules.parquet"
    assert file.stat().st_mode & 0o222 == 0


def test_an_altered_release_is_found(lake: LakePaths, tmp_path: Path) -> None:
    copy = tmp_path / "2026.12"
    shutil.copytree(folder(lake, "2026.12"), copy)
    (copy / "rules.parquet").chmod(0o644)
    (copy / "rules.parquet").write_bytes(b"other")
    (copy / "CHANGES.md").unlink()
    (copy / "notes.txt").write_text("mine", encoding="utf-8")
    assert altered_files(copy) == ["CHANGES.md", "notes.txt", "rules.parquet"]
    (copy / SUMS).unlink()
    assert altered_files(copy) == [SUMS]


def test_a_damaged_file_stops_a_release(lake: LakePaths, tmp_path: Path) -> None:
    shutil.copytree(lake.published, tmp_path / "published")
    damaged = LakePaths(tmp_path)
    (damaged.published / "rules.parquet").write_bytes(b"other")
    with pytest.raises(ReleaseRefused, match="verify"):
        make_release(damaged, "2026.11")
    assert list((tmp_path / "releases").rglob("*.parquet")) == []


def test_raw_alone_gives_the_same_release(lake: LakePaths, tmp_path: Path) -> None:
    shutil.copytree(lake.root / "raw", tmp_path / "raw")
    rebuilt = LakePaths(tmp_path)
    read_and_publish(rebuilt)
    make_release(rebuilt, "2026.12")
    one, two = (folder(each, "2026.12") for each in (lake, rebuilt))
    sums = [(each / SUMS).read_text("utf-8").splitlines() for each in (one, two)]
    # The change log knows of the release before; the bytes of the database differ, its views do not.
    passed_over = ("CHANGES.md", "gongkai.duckdb")
    kept = [[line for line in lines if not line.endswith(passed_over)] for lines in sums]
    assert kept[0] == kept[1]
    assert len(kept[0]) > 40
