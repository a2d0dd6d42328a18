"""Where views are printed: the terminal as wide as it is, files and pipes wide enough for tables."""

from __future__ import annotations

from rich.console import Console

_WIDTH_OF_A_FILE = 140


def screen() -> Console:
    """A console for standard output."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_FILE)
