"""One `gongkai serve` for the tests of this folder that do not kill it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.served import Inbox, Served, free_port, inbox_open, serve, stop


@pytest.fixture(scope="session")
def inbox_and_channels() -> Iterator[tuple[Inbox, dict[str, str]]]:
    with inbox_open() as opened:
        yield opened


@pytest.fixture(scope="session")
def inbox(inbox_and_channels: tuple[Inbox, dict[str, str]]) -> Inbox:
    """What webhook and mail of `served` have brought so far."""
    return inbox_and_channels[0]


@pytest.fixture(scope="session")
def served(
    prefect_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    inbox_and_channels: tuple[Inbox, dict[str, str]],
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    home = Path(shutil.copytree(prefect_database, folder / "home"))
    decisions = {"GONGKAI_CORRECTIONS": str(folder / "corrections")}
    (folder / "corrections").mkdir()
    running = serve(folder / "lake", home, free_port(), **inbox_and_channels[1], **decisions)
    yield running
    stop(running)
    assert "已停止 stopped" in running.log.read_text(encoding="utf-8")
