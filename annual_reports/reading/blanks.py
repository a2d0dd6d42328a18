"""White space as printed pages use it: what counts as blank, and how a cell's text is tidied."""

from __future__ import annotations

import re
from collections.abc import Sequence

_INVISIBLE_CHARACTERS = r"\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufdd0-\ufdef"
_INVISIBLE = re.compile(rf"[{_INVISIBLE_CHARACTERS}]+")
_VISIBLE = re.compile(rf"[^\s{_INVISIBLE_CHARACTERS}]")
_WIDE_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

_RARE_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"


def tidy_line(text: str) -> str:
    """One line without invisible characters, wide spaces as plain ones, ends stripped."""
    if text.isprintable() or text.isascii():  # printable: no blank but the plain space
        return text.strip()
    return _WIDE_SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def tidy_lines(texts: Sequence[str]) -> list[str]:
    """As `tidy_line` of each but the empty ones."""
    return [text.strip() if text.isprintable() else tidy_line(text) for text in texts if text]


def is_blank(text: str) -> bool:
    """Whether a text of any length shows nothing."""
    return _VISIBLE.search(text) is None


def tidy_cell_text(text: str) -> str:
    """A cell's layout text: its non-blank lines joined by newlines; empty for a blank cell."""
    if "\n" not in text:
        return tidy_line(text)
    return "\n".join(line for part in text.split("\n") if (line := tidy_line(part)))


def split_lines(text: str) -> list[str]:
    """The physical lines of a text, for every line end seen in exported documents."""
    if any(map(text.__contains__, _RARE_LINE_ENDS)):
        return _LINE_ENDS.split(text)
    return text.split("\n")
