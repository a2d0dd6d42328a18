"""The snippets of `docs/bi/` run as printed, as far as their engine can be installed here."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tests.conftest import ROOT
from tests.tasks.test_reader_contract import lay

PAGES = sorted((ROOT / "docs" / "bi").glob("*.md"))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = ("powerquery", "r")


def blocks(language: str) -> list[tuple[str, str]]:
    """(page, code) of every fenced block of a language."""
    return [
        (page.stem, code)
        for page in PAGES
        for kind, code in _BLOCK.findall(page.read_text(encoding="utf-8"))
        if kind == language
    ]


def named(found: list[tuple[str, str]]) -> list[str]:
    return [f"{page}-{number}" for number, (page, _) in enumerate(found)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `data_lake/published` is a lake of two provinces."""
    place = tmp_path_factory.mktemp("place")
    lake = LakePaths(place / "data_lake")
    lay(lake, "CN-SX", 2023, ("甲镇", "乙镇"))
    lay(lake, "CN-SX", 2024, ("甲镇", "乙镇", "丙镇"))
    lay(lake, "CN-GD", 2024, ("丁镇",))
    publish_lake(lake)
    return place


def statements(code: str) -> Iterator[str]:
    """The statements of a block; comments end with their line."""
    for statement in re.sub(r"--[^\n]*", "", code).split(";"):
        if statement.strip():
            yield statement.strip()


SQL = [
    (page, "\n".join(code for other, code in blocks("sql") if other == page))
    for page in dict.fromkeys(page for page, _ in blocks("sql"))
]


@pytest.mark.parametrize(("page", "code"), SQL, ids=named(SQL))
def test_sql_runs_and_finds_rows(
    page: str, code: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    asked = 0
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for statement in statements(code):
            rows = connection.execute(statement).fetchall()
            if statement.startswith("SELECT"):
                asked += 1
                assert rows, f"{page}: {statement}"
    assert asked


@pytest.mark.parametrize(("page", "code"), blocks("python"), ids=named(blocks("python")))
def test_python_runs(page: str, code: str, place: Path) -> None:
    needed = re.findall(r"^# needs: (\w+)$", code, re.MULTILINE)
    for module in needed:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=place,
        env=os.environ | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{page}: {done.stderr}"


def test_the_settings_of_superset_connect(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    ((_, settings),) = blocks("json")
    options = json.loads(settings)["connect_args"]
    with duckdb.connect("data_lake/published/gongkai.duckdb", **options) as connection:
        row = connection.execute("SELECT sum(new_received) FROM v_requests_own").fetchone()
        assert row is not None and row[0] > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_not_run_says_so(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    kinds = {kind for kind, _ in _BLOCK.findall(text)}
    assert kinds <= {"sql", "python", "json", "", *NOT_RUN}
    if kinds & set(NOT_RUN):
        assert "没有在此运行" in text and "not run here" in text
    if page.stem != "README":
        assert f"({page.name})" in (page.parent / "README.md").read_text(encoding="utf-8")
