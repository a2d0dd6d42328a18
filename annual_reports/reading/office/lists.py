"""Automatic paragraph numbers: levels, counters, and the label a paragraph gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from annual_reports.reading.office.counting import NUMBER_FORMATS

_PLACE = re.compile(r"%([1-9])")
_NEEDS_SPACE = re.compile(r"[0-9A-Za-z.]\Z")
LEVELS = 9


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level: `text` holds %1 … %9 for the numbers of the levels; `followed` says what comes next."""

    number_format: str
    text: str
    start: int = 1
    followed: str = "tab"
    restarts_after: int | None = None


@dataclass(slots=True)
class Lists:
    """`levels`: by list and level. `counted_in` names the counters a list shares with others."""

    levels: Mapping[tuple[str, int], ListLevel]
    counted_in: Mapping[str, str]
    restarts: Mapping[tuple[str, int], int] = field(default_factory=dict)
    _counters: dict[str, list[int | None]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def label(self, list_id: str, level: int) -> str:
        """Count one paragraph and give its printed label; empty for bullets and unknown lists."""
        drawn = self.levels.get((list_id, level))
        if drawn is None:
            return ""
        counters = self._counters.setdefault(self.counted_in.get(list_id, list_id), [None] * LEVELS)
        if list_id not in self._seen:
            self._seen.add(list_id)
            for (other, at), start in self.restarts.items():
                if other == list_id:
                    counters[at] = start - 1
        counters[level] = drawn.start if (now := counters[level]) is None else now + 1
        for deeper in range(level + 1, LEVELS):
            below = self.levels.get((list_id, deeper))
            if below is None or below.restarts_after != 0:
                counters[deeper] = None
        return self._printed(list_id, drawn, counters)

    def restart(self, list_id: str) -> None:
        """Count from the start again."""
        self._counters.pop(self.counted_in.get(list_id, list_id), None)

    def _printed(self, list_id: str, drawn: ListLevel, counters: list[int | None]) -> str:
        if drawn.number_format not in NUMBER_FORMATS and not _PLACE.search(drawn.text):
            return ""

        def number_of(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            level = self.levels.get((list_id, at))
            if level is None or level.number_format not in NUMBER_FORMATS:
                return ""
            number = counters[at]
            return NUMBER_FORMATS[level.number_format](level.start if number is None else number)

        label = _PLACE.sub(number_of, drawn.text)
        return f"{label} " if drawn.followed != "nothing" and _NEEDS_SPACE.search(label) else label
