"""Every command that a page or a message tells people to type is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import typer.main

from gongkai.command_line import app
from tests.conftest import ROOT

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "corrections/*.md",
    "sources/*.md",
)
MESSAGES = ("gongkai/*.py", "tasks/**/*.py", "annual_reports/**/*.py", "schemas/data/**/*.csv")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
TYPED = re.compile(r"(?<![/\w.])gongkai ([a-z]+)(?: ([a-z]+))?")
RUN = re.compile(r"\bgongkai (run) ([a-z]+)")


def promised() -> Iterator[tuple[str, str, str]]:
    """The file, the command and the word after it."""
    for pattern in PAGES:
        for path in ROOT.glob(pattern):
            for code in CODE.findall(path.read_text(encoding="utf-8")):
                for command, word in TYPED.findall(code):
                    yield path.name, command, word
    for pattern in MESSAGES:
        for path in ROOT.glob(pattern):
            for command, word in RUN.findall(path.read_text(encoding="utf-8")):
                yield path.name, command, word


def test_every_command_told_of_is_there() -> None:
    commands = typer.main.get_group(app).commands
    told = set(promised())
    assert len(told) > 30
    for file, command, word in sorted(told):
        assert command in commands, f"{file}: gongkai {command}"
        below = getattr(commands[command], "commands", None)
        if below and word:
            assert word in below, f"{file}: gongkai {command} {word}"
