"""Lines that belong to the page round a report: navigation, buttons, footers."""

from __future__ import annotations

from functools import lru_cache

from schemas.narrative import furniture_pattern

_FURNITURE_CHARACTERS = 160
_FEWEST_CHARACTERS = 2


def is_furniture(line: str) -> bool:
    """Whether a line is no part of the report."""
    return starts_trailer(line) or _matches(line, "line")


def starts_trailer(line: str) -> bool:
    """Whether the report ends before this line: links to neighbours, footer, scan-me banner."""
    return _matches(line, "trailer")


def _matches(line: str, kind: str) -> bool:
    bare = line.strip()
    if len(bare) < _FEWEST_CHARACTERS or len(bare) > _FURNITURE_CHARACTERS:
        return False
    return _is_of_kind(bare, kind)


@lru_cache(maxsize=8192)  # the lines round a report are the same on every page of a site
def _is_of_kind(bare: str, kind: str) -> bool:
    return furniture_pattern(kind).search(bare) is not None
