"""`gongkai doctor`: what is wrong on this machine and what to do, one line each."""

from __future__ import annotations

import os

from rich.markup import escape

from gongkai.errors import PROBLEM
from gongkai.screen import screen
from tasks.doctor import Health, examine_machine
from tasks.lake_paths import open_lake
from tasks.local_server import shared_server
from tasks.prefect_environment import prepare_prefect

_COLOURS = {Health.GOOD: "green", Health.NOTE: "yellow", Health.BAD: "red"}


def examine(place: str | None) -> int:
    """Print every finding; exit code 1 when one needs a person."""
    lake, home = open_lake(place), prepare_prefect()
    api = os.environ.get("PREFECT_API_URL") or shared_server(home)
    found = examine_machine(lake, home, api)
    console = screen()
    for one in found:
        console.print(
            f"[{_COLOURS[one.health]}]{one.health.value}[/] [bold]{one.subject}[/]: {escape(one.found)}",
            soft_wrap=True,
        )
        if one.remedy:
            console.print(f"    怎么办 what to do: {escape(one.remedy)}", soft_wrap=True)
    return PROBLEM if any(one.health is Health.BAD for one in found) else 0
