"""An operator's day in the real UI, in Chromium."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import polars as pl
import pytest

from schemas.fetch_causes import fetch_causes
from tests.flows.browser import CHROMIUM, OperatorsBrowser, operators_browser
from tests.flows.served import Served, wait_for

SHOTS_VARIABLE = "GONGKAI_SCREENSHOTS"
SAMPLE = "sample_site/source.yml"
pytestmark = pytest.mark.skipif(
    not Path("/proc").is_dir(), reason="processes are looked up in /proc"
)
with_chromium = pytest.mark.skipif(
    not CHROMIUM.is_file(), reason=f"needs Chromium at {CHROMIUM}: apt install chromium"
)


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[OperatorsBrowser]:
    shots = os.environ.get(SHOTS_VARIABLE)
    with operators_browser(served.ui, Path(shots) if shots else None) as opened:
        yield opened


@with_chromium
def test_a_night_is_started_from_its_form_watched_and_read(browser: OperatorsBrowser) -> None:
    browser.open("/deployments")
    browser.picture("deployments")
    browser.open_form("nightly")
    browser.write("sources", SAMPLE)
    browser.choose("provinces", "CN-SX 山西")
    browser.choose("provinces", "CN 中央")
    browser.write("first_year", "2023")
    browser.picture("form")
    run = browser.submit()
    browser.watch(run)
    browser.picture("run")
    summary = browser.read_artifact(run, "nightly-summary")
    assert "运行小结：正常 all well" in summary
    assert "新增 new" in summary
    browser.picture("summary")


@with_chromium
def test_a_failure_is_found_with_its_remedy(browser: OperatorsBrowser, served: Served) -> None:
    run = served.ask(
        "flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    )
    night = next(one for one in run if one["name"].startswith("每夜"))
    shown = browser.read_artifact(night["id"], "failures")
    browser.picture("failures")
    missing = fetch_causes()["not_there"]
    assert missing.zh_label in shown
    assert missing.zh_remedy in shown
    assert "大同市人民政府" in shown
    grid = browser.read_artifact(night["id"], "coverage")
    browser.picture("coverage")
    assert "CN-SX 山西" in grid
    assert "缺的报告" in browser.follow("CN-SX 山西")
    browser.read_artifact(night["id"], "quality")
    browser.picture("quality")


@with_chromium
def test_one_province_and_year_is_filled_by_the_plan(
    browser: OperatorsBrowser, served: Served
) -> None:
    browser.open_form("backfill")
    browser.write("sources", SAMPLE)
    browser.choose("provinces", "CN-YN 云南")
    browser.write("first_year", "2022")
    browser.write("last_year", "2022")
    browser.picture("backfill-form")
    run = browser.submit()
    browser.watch(run)
    assert "CN-YN 云南 2022" in served.ask(f"flow_runs/{run}")["name"]
    plan = browser.read_artifact(run, "backfill-plan")
    browser.picture("backfill-plan")
    assert "1 格要补 cells to do" in plan
    reports = pl.read_parquet(served.lake / "published" / "reports", hive_partitioning=True)
    assert {("CN-YN", 2022), ("CN-SX", 2023)} <= set(reports.select("province", "year").rows())


@with_chromium
def test_a_doubtful_report_is_reviewed(browser: OperatorsBrowser, served: Served) -> None:
    browser.open_form("review")
    run = browser.submit()
    browser.watch(run)
    waiting = browser.read_artifact(run, "review-list")
    browser.picture("review-list")
    item = re.findall(r"\bc[0-9a-f]{8}\b", waiting)[0]
    browser.open_form("review")
    browser.write("item", item)
    browser.choose("decision", "no_value 无数")
    browser.write("reason", "原文此格只有符号，没有数字")
    browser.write("decided_by", "测试员")
    browser.picture("review-form")
    run = browser.submit()
    browser.watch(run)
    left = browser.read_artifact(run, "review-list")
    assert number_waiting(left) == number_waiting(waiting) - 1
    kept = (served.home.parent / "corrections").rglob("*.y*ml")
    assert any("测试员" in path.read_text(encoding="utf-8") for path in kept)


def number_waiting(shown: str) -> int:
    found = re.search(r"Waiting for a person: ([\d,]+)", shown)
    assert found, shown
    return int(found[1].replace(",", ""))


@with_chromium
def test_neither_browser_nor_server_asks_anyone_else(
    browser: OperatorsBrowser, served: Served
) -> None:
    assert browser.hosts - {""} == {served.ui.removeprefix("http://")}


def test_work_downstream_runs_when_its_partition_is_published(served: Served) -> None:
    """The central organs were published by the night; without Chromium an event says so."""
    if not CHROMIUM.is_file():
        httpx.post(f"{served.ui}/api/events", json=[published("CN 中央", 2023, served.lake)])

    def names() -> set[str]:
        found = served.ask("flow_runs/filter", {"flows": {"name": {"any_": ["downstream"]}}})
        return {run["name"] for run in found if run["state"]["type"] == "COMPLETED"}

    wait_for(lambda: "下游示例 downstream CN 中央 2023" in names())


def published(province: str, year: int, lake: Path) -> dict[str, object]:
    return event(
        "gongkai.published",
        f"gongkai.partition.CN.{year}",
        {"province": province, "year": year, "lake": str(lake)},
    )


def event(name: str, resource: str, payload: dict[str, object]) -> dict[str, object]:
    return {
        "event": name,
        "occurred": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "resource": {"prefect.resource.id": resource},
        "payload": payload,
        "id": str(uuid4()),
    }
