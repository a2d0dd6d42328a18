"""A disk that fails in the middle of a night costs the batch it fails, not the night."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from flows.ingest import ingest
from tasks import reading_plan
from tasks.arrivals import Arrival
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths
from tasks.reader_pool import ReaderPool
from tasks.reading import LakeFailedError
from tasks.run_history import read_runs
from tasks.run_items import read_items
from tests.conftest import ROOT

SOUND, WAVERING, FAILING = "glued_zeros.txt", "four_of_seven_zeros.txt", "bars_between_cells.txt"


@pytest.fixture
def failing_disk(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """One document a batch; the disk fails for one of them always, for another once. Counts attempts."""
    asked: Counter[str] = Counter()
    read = ReaderPool.read

    def read_from_a_failing_disk(self: ReaderPool, documents: Sequence[DocumentToRead]) -> Arrival:
        name = documents[0].name
        asked[name] += 1
        if name == FAILING or (name == WAVERING and asked[name] == 1):
            raise LakeFailedError("Input/output error")
        return read(self, documents)

    monkeypatch.setattr(ReaderPool, "read", read_from_a_failing_disk)
    monkeypatch.setattr(reading_plan, "_SMALLEST", 1)
    return asked


def test_a_failed_batch_names_its_documents_is_told_and_left_for_the_next_run(
    failing_disk: Counter[str], prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, folder = LakePaths(tmp_path / "lake"), tmp_path / "documents"
    folder.mkdir()
    for name in (SOUND, WAVERING, FAILING):
        shutil.copy(ROOT / "tests" / "golden" / name, folder)
    state = ingest(documents=[str(folder)], lake=str(lake.root), return_state=True)
    assert failing_disk == {SOUND: 1, WAVERING: 2, FAILING: 3}
    assert state.is_completed()
    assert FAILING in (state.message or "")
    first = read_runs(lake).row(0, named=True)
    assert (first["outcome"], first["read"]) == ("completed", 2)
    assert outcomes(lake, first["run_id"]) == {
        SOUND: "read", WAVERING: "read", FAILING: "not_done",
    }  # fmt: skip

    summary = page(prefect_api, first["flow_run_id"], "ingest-summary")
    assert "完成，有提醒 done, with notes" in summary
    assert f"内含 it held 1: {FAILING}" in summary
    retries = summary.split("## 重试 Retries")[1].split("##")[0]
    assert retries.count("失败 1 次") == 1
    assert retries.count("失败 3 次") == 1
    assert "LakeFailedError: Input/output error" in retries

    monkeypatch.undo()
    ingest(documents=[str(folder)], lake=str(lake.root), return_state=True)
    second = read_runs(lake).row(1, named=True)
    assert outcomes(lake, second["run_id"])[FAILING] == "read"
    assert "重试 Retries" not in page(prefect_api, second["flow_run_id"], "ingest-summary")


def outcomes(lake: LakePaths, run: str) -> dict[str, str]:
    """Name of a document → what the run came to with it."""
    read = read_items(lake, run).filter(stage="extract")
    return {Path(item).name: outcome for item, outcome in read.select("item", "outcome").rows()}


def page(api: str, flow_run: str, key: str) -> str:
    asked = {"artifacts": {"flow_run_id": {"any_": [flow_run]}, "key": {"any_": [key]}}}
    found = httpx.post(f"{api}/artifacts/filter", json=asked, timeout=60).json()
    return str(found[0]["data"])
