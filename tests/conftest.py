"""What several tests share: one Prefect server for the whole session, and the project's command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("no deadline", settings(), deadline=None)
settings.load_profile("no deadline")  # a busy machine is no fault of an example

ROOT = Path(__file__).resolve().parent.parent
Gongkai = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect-home")


@pytest.fixture(scope="session")
def prefect_api(prefect_home: Path) -> Iterator[str]:
    """The address of a Prefect server of our own, started once, in a home of its own."""
    from tasks.local_server import embedded_server

    before = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["PREFECT_HOME"] = str(prefect_home)
    with embedded_server() as server:
        from prefect.settings import PREFECT_API_URL, temporary_settings

        # A test module may have imported Prefect before, without this address.
        with temporary_settings({PREFECT_API_URL: server.api_url}):
            yield server.api_url
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def prefect_database(
    prefect_api: str, prefect_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A home with a database that needs no migration, for tests that start a server themselves."""
    import sqlite3

    home = tmp_path_factory.mktemp("prefect-database")
    source, copy = (
        sqlite3.connect(prefect_home / "prefect.db"),
        sqlite3.connect(home / "prefect.db"),
    )
    source.backup(copy)
    source.close()
    copy.close()
    return home


@pytest.fixture
def own_prefect_home(prefect_database: Path, tmp_path: Path) -> Path:
    home = tmp_path / "prefect"
    shutil.copytree(prefect_database, home)
    return home


def gongkai_command() -> list[str]:
    return [sys.executable, "-c", "from gongkai.command_line import main; main()"]


def gongkai_environment(**extra: str) -> dict[str, str]:
    """This process's environment without settings of an operator, with the project importable."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GONGKAI_", "PREFECT_"))
    }
    return kept | {"PYTHONPATH": str(ROOT)} | extra


@pytest.fixture
def gongkai() -> Gongkai:
    """Run the command without Prefect; gives the completed process."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*gongkai_command(), *arguments],
            env=gongkai_environment(**settings),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def gongkai_with_server(gongkai: Gongkai, prefect_api: str, prefect_home: Path) -> Gongkai:
    """Run the command against the session's Prefect server."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return gongkai(*arguments, PREFECT_API_URL=prefect_api, PREFECT_HOME=str(prefect_home))

    return run


@pytest.fixture(scope="session")
def sample_run(
    prefect_api: str, prefect_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One undisturbed `gongkai run sample`: its lake and what it printed. Tests must not change it."""
    lake = tmp_path_factory.mktemp("sample") / "lake"
    done = subprocess.run(
        [*gongkai_command(), "run", "sample", "--lake", str(lake)],
        env=gongkai_environment(PREFECT_API_URL=prefect_api, PREFECT_HOME=str(prefect_home)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return lake, done


LASTING = ("raw/objects", "raw/sources", "extracted", "quarantined", "published")


def lasting_files(lake: Path) -> dict[str, bytes]:
    """Every file that depends on the documents only, by its path inside the lake.

    The versions of published files have the same bytes once more, and those of earlier publications.
    """
    return {
        path.relative_to(lake).as_posix(): path.read_bytes()
        for folder in LASTING
        for path in sorted((lake / folder).rglob("*"))
        if path.is_file() and "_versions" not in path.parts
    }


def files_of_any_making(lake: Path) -> dict[str, bytes]:
    """As `lasting_files`, but for the database: DuckDB writes other bytes for the same views."""
    return {
        path: content for path, content in lasting_files(lake).items() if path[-7:] != ".duckdb"
    }


TIMED_TABLES = ("report_revisions", "sightings", "cell_changes", "reports")


def timeless_files(lake: Path) -> dict[str, object]:
    """As `lasting_files`, without the times of requests: for lakes filled at different times.

    Rows of the tables that tell times stand in for their bytes; of the manifest the files, of the
    data package the names and schemas of its resources.
    """
    import io
    import json

    import polars as pl
    from polars import selectors

    files: dict[str, object] = {}
    for path, content in lasting_files(lake).items():
        if path.endswith(".duckdb"):
            continue  # its bytes differ from run to run; its views are those of the program
        files[path] = content
        if path.endswith("/manifest.json"):
            listed = json.loads(content)["files"]
            files[path] = [(entry["path"], entry["rows"]) for entry in listed]
        elif path.endswith("/datapackage.json"):
            described = json.loads(content)["resources"]
            files[path] = [(resource["name"], resource["schema"]) for resource in described]
        elif path.startswith("published/") and path.split("/")[1] in TIMED_TABLES:
            rows = pl.read_parquet(io.BytesIO(content))
            files[path] = rows.drop(selectors.datetime()).write_ndjson()
    return files
