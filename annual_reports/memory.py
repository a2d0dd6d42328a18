"""A bounded memory of layouts learnt from documents read before in this process."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar

_MOST_SEEN = 4096

Layout = TypeVar("Layout")


class LayoutMemory(Generic[Layout]):
    """Layouts by key, the oldest of `most` forgotten first. What it holds changes how fast, never what is read.

    A layout is worth learning once its key has come twice: most documents of a careless site never
    repeat one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Hashable, Layout] = {}
        self._seen: dict[int, None] = {}

    def get(self, key: Hashable) -> Layout | None:
        return self._known.get(key)

    def comes_again(self, key: Hashable) -> bool:
        """Whether this key was asked about before; remembered as asked about from now on."""
        mark = hash(key)
        if mark in self._seen:
            return True
        self._seen[mark] = None
        _forget_oldest(self._seen, _MOST_SEEN)
        return False

    def keep(self, key: Hashable, layout: Layout) -> None:
        self._known[key] = layout
        _forget_oldest(self._known, self._most)

    def clear(self) -> None:
        self._known.clear()
        self._seen.clear()


def picker(ordinals: Sequence[int | None]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What takes two or more texts from their constant ones followed by their numbers.

    `ordinals` say for each text which number it is, None for a constant one.
    """
    constants = ordinals.count(None)
    constant_at = iter(range(constants))
    return itemgetter(
        *[next(constant_at) if number is None else constants + number for number in ordinals]
    )


def _forget_oldest(entries: dict[Any, Any], most: int) -> None:
    if len(entries) > most:
        entries.pop(next(iter(entries)), None)
