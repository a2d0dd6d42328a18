"""Since when a finding stands and until when it stood: kept beside the lake, run by run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from annual_reports.lake import extraction_frame
from tasks import findings_seen
from tasks.extractions import partition_file
from tasks.findings_seen import remember_findings, scan_findings_seen
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.run_history import RunRecord
from tests.annual_reports.lake.lake_documents import report
from tests.conftest import Gongkai, lasting_files

WRONG = {"requests.handled_total.natural_person": 6, "requests.handled_total.total": 6}
PLACE = {"rule_id": "R01", "place": "requests.natural_person"}


def run(day: int) -> RunRecord:
    start = datetime(2026, 11, day, 2, tzinfo=UTC)
    return RunRecord(f"run-{day}", "publish", None, "{}", "started", start, "here", 1, None)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LakePaths:
    monkeypatch.setenv("GONGKAI_CORRECTIONS", str(tmp_path / "corrections"))
    return LakePaths(tmp_path / "lake")


def publish(lake: LakePaths, day: int, values: dict[str, Any] | None) -> None:
    """A run that finds two towns' reports; the first prints these values."""
    path = partition_file(lake, "CN-SX", 2024, "0")
    path.parent.mkdir(parents=True, exist_ok=True)
    documents = (report("甲镇", values=values), report("乙镇", values=WRONG))
    extraction_frame(documents, "1").write_parquet(path)
    publish_lake(lake)
    remember_findings(lake, run(day))


def seen(lake: LakePaths, town: str = "甲镇") -> tuple[Any, ...]:
    publisher = report(town).identity.publisher_id or ""
    rows = scan_findings_seen(lake).collect().filter(**PLACE)
    (row,) = (r for r in rows.iter_rows(named=True) if r["report_id"].startswith(publisher))
    return tuple(row[name] for name in ("first_run", "last_run", "stands", "times_gone"))


def test_a_finding_is_seen_then_gone_then_back(lake: LakePaths) -> None:
    publish(lake, 1, WRONG)
    assert seen(lake) == ("run-1", "run-1", True, 0)
    publish(lake, 2, WRONG)
    assert seen(lake) == ("run-1", "run-2", True, 0), "the lake did not change, the run saw it"
    publish(lake, 3, None)
    assert seen(lake) == ("run-1", "run-2", False, 1)
    publish(lake, 4, None)
    assert seen(lake) == ("run-1", "run-2", False, 1)
    publish(lake, 5, WRONG)
    assert seen(lake) == ("run-1", "run-5", True, 1)
    assert seen(lake, "乙镇") == ("run-1", "run-5", True, 0)


def test_other_values_are_another_finding(lake: LakePaths) -> None:
    publish(lake, 1, WRONG)
    publish(lake, 2, dict.fromkeys(WRONG, 5))
    rows = scan_findings_seen(lake).collect().filter(**PLACE).sort("first_run", "last_run")
    told = rows.select("first_run", "last_run", "stands").rows()
    assert sorted(told) == [
        ("run-1", "run-1", False),
        ("run-1", "run-2", True),
        ("run-2", "run-2", True),
    ]


def test_the_published_lake_knows_nothing_of_runs(lake: LakePaths) -> None:
    publish(lake, 1, WRONG)
    before = lasting_files(lake.root)
    publish(lake, 2, WRONG)
    assert lasting_files(lake.root) == before


def test_a_run_killed_before_it_remembered_is_made_up_for(
    lake: LakePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lake, 1, WRONG)
    with monkeypatch.context() as killed:
        killed.setattr(findings_seen, "_write_latest", _killed)
        with pytest.raises(KeyboardInterrupt):
            publish(lake, 2, None)
    remember_findings(lake, run(3))
    assert seen(lake) == ("run-1", "run-1", False, 1)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_partition_that_is_removed_takes_its_findings_along(lake: LakePaths) -> None:
    publish(lake, 1, WRONG)
    partition_file(lake, "CN-SX", 2024, "0").unlink()
    publish_lake(lake, ["all"])
    remember_findings(lake, run(2))
    assert seen(lake) == ("run-1", "run-1", False, 1)


def test_the_screen_tells_both_runs(lake: LakePaths, gongkai: Gongkai) -> None:
    publish(lake, 1, WRONG)
    publish(lake, 2, None)
    publish(lake, 3, WRONG)
    shown = gongkai("findings", "--rule", "R01", "--lake", str(lake.root))
    assert shown.returncode == 0, shown.stderr
    assert "2026-11-01（run-1）" in shown.stdout and "2026-11-03（run-3）" in shown.stdout
    assert "had gone 1" in shown.stdout
    publish(lake, 4, None)
    gone = gongkai("findings", "--rule", "R01", "--gone", "--lake", str(lake.root))
    assert gone.returncode == 0, gone.stderr
    assert "no longer there 2" in gone.stdout and "（run-3）" in gone.stdout
