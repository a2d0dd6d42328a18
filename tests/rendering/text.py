"""Flattened text as converters write it: every style, in the charsets and line ends of real files."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.damage.physical import Table
from tests.damage.styles import FLAT_STYLES

from . import Prose

CHARSETS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def render_text(tables: Sequence[Table], prose: Prose, rng: random.Random, style: str) -> bytes:
    """The tables in one flattening style between the lines of prose."""
    lines: list[str] = []
    for place, said in enumerate(prose):
        lines += said
        if place < len(tables):
            lines += FLAT_STYLES[style](tables[place])
    return rng.choice(("\n", "\r\n")).join(lines).encode(rng.choice(CHARSETS))
