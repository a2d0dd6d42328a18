"""A review through Prefect's API: from the waiting list to the published cell, and what is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from tasks.deployments import declared_deployments, served_deployment
from tasks.documents import DocumentToRead
from tasks.extractions import merge_batch
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tasks.raw_store import RawStore
from tasks.reading import read_batch
from tests.conftest import ROOT

DOCUMENT = "sixteen_values_in_table_four.txt"
CELL = {
    "table": "review_litigation",
    "row_key": "litigation_direct",
    "column_key": "upheld",
}
GIVEN = {"value": "2", "reason": "原文首格印的是 2", "decided_by": "张三"}


@pytest.fixture
def corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "corrections"
    monkeypatch.setenv("GONGKAI_CORRECTIONS", str(folder))
    return folder


@pytest.fixture
def lake(tmp_path: Path, corrections: Path) -> LakePaths:
    """A lake with one report, of which two cells could not be read."""
    paths = LakePaths(tmp_path / "lake")
    store = RawStore(paths.objects)
    sha256 = store.put((ROOT / "tests" / "golden" / DOCUMENT).read_bytes())
    merge_batch(paths, read_batch(store, [DocumentToRead(sha256, DOCUMENT, None)]))
    publish_lake(paths)
    return paths


class Desk:
    """The deployment `review` of one lake, reached through the API only."""

    def __init__(self, api: str, lake: LakePaths) -> None:
        self.api = api
        declared = next(one for one in declared_deployments() if one.name == "review")
        self.deployment = str(served_deployment(declared, str(lake.root)).apply())

    def ask(self, **parameters: Any) -> httpx.Response:
        url = f"{self.api}/deployments/{self.deployment}/create_flow_run"
        return httpx.post(url, json={"parameters": parameters, "enforce_parameter_schema": True})

    def run(self, **parameters: Any) -> dict[str, Any]:
        """Start a run and let it end; gives it as the API tells it, with the page it left."""
        asked = self.ask(**parameters)
        assert asked.status_code == 201, asked.text
        flow_run = str(asked.json()["id"])
        environment = os.environ | {"PREFECT__FLOW_RUN_ID": flow_run, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-m", "prefect.engine"],
            env=environment | {"PREFECT_API_URL": self.api},
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
        told: dict[str, Any] = httpx.get(f"{self.api}/flow_runs/{flow_run}").json()
        wanted = {"artifacts": {"flow_run_id": {"any_": [flow_run]}}}
        pages = httpx.post(f"{self.api}/artifacts/filter", json=wanted).json()
        listed = next(page for page in pages if page["key"] == "review-list")
        return told | {"page": listed["data"]}


@pytest.fixture
def desk(prefect_api: str, lake: LakePaths) -> Iterator[Desk]:
    yield Desk(prefect_api, lake)


def published_cell(lake: LakePaths) -> dict[str, Any]:
    cells = pl.read_parquet(lake.published / "cells" / "**" / "*.parquet")
    return cells.filter(**CELL).row(0, named=True)


def test_a_review_from_the_waiting_list_to_the_published_cell(
    desk: Desk, lake: LakePaths, corrections: Path
) -> None:
    listed = desk.run()
    assert listed["state"]["type"] == "COMPLETED"
    assert "未经复议直接起诉" in listed["page"] and "【？2】" in listed["page"]
    (number,) = re.findall(r"`(c[0-9a-f]{8})` \| 未经复议直接起诉 · 结果维持", listed["page"])
    assert published_cell(lake)["status"] == "unreadable"

    decided = desk.run(item=number, decision="value 填数", **GIVEN)
    assert decided["state"]["type"] == "COMPLETED", decided["state"]
    assert number not in decided["page"]
    cell = published_cell(lake)
    assert (cell["value"], cell["status"], cell["raw"]) == (2, "corrected", "2")
    (record,) = corrections.glob("*.yml")
    text = record.read_text(encoding="utf-8")
    for words in (decided["id"], cell["correction"], "张三", GIVEN["reason"]):
        assert words in text

    again = desk.run(item=number, decision="value 填数", **GIVEN)
    assert again["state"]["type"] == "FAILED"
    assert number in again["state"]["message"]
    assert list(corrections.glob("*.yml")) == [record]


@pytest.mark.parametrize(
    "wrong",
    [
        {"item": "12"},
        {"decision": "maybe"},
        {"value": "十二"},
        {"value": "1e3"},
        {"region_code": "14"},
        {"year": "1990"},
        {"reason": "好"},
        {"scope": "all"},
    ],
)
def test_wrong_input_is_refused_before_a_run(
    prefect_api: str, tmp_path: Path, wrong: dict[str, str]
) -> None:
    refused = Desk(prefect_api, LakePaths(tmp_path)).ask(**wrong)
    assert refused.status_code in (409, 422)
    assert next(iter(wrong)) in refused.text or next(iter(wrong.values())) in refused.text
