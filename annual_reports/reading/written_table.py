"""How a table is written round its numbers, and the numbers of another one written the same way.

Markup is looked through byte by byte: a text with one character for each byte of its UTF-8 (`Latin-1`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from annual_reports.reading.charset import beyond_plain_ascii
from annual_reports.reading.plain_markup import (
    NUMBER,
    RUN_BREAK,
    is_run_break,
    with_joined_runs,
)


class _Row(NamedTuple):
    """Numbers up to the end of a row: the markup behind each with its length, and the row where all are 0."""

    behind: tuple[tuple[str, int], ...]
    of_zeros: str
    zeros: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """`first` is the markup before the first number; most rows of most reports are all zeros.

    `foreign` is what all of it holds beyond plain ASCII.
    """

    first: str
    rows: tuple[_Row, ...]
    foreign: bytes

    def numbers_in(self, html: str, start: int) -> tuple[list[str], int, bytes] | None:
        """The numbers of the table at `start`, where it ends, and what it holds beyond plain ASCII.

        None where another one stands there. Raises UnicodeDecodeError where a number is broken by what is not in UTF-8.
        """
        if not html.startswith(self.first, start):
            return None
        at = start + len(self.first)
        printed: list[str] = []
        for behind, of_zeros, zeros in self.rows:
            if html.startswith(of_zeros, at):
                printed += zeros
                at += len(of_zeros)
                continue
            for markup, length in behind:
                if html.startswith(markup, at + 1):
                    printed.append(html[at])
                    at += 1 + length
                    continue
                stop = html.find("<", at)
                if not html.startswith(markup, stop):
                    stop = _end_of_runs(html, stop, markup)
                    if stop < 0:
                        return None
                printed.append(html[at:stop])
                at = stop + length
        if (joined := "".join(printed)).isdigit() and joined.isascii() and all(printed):
            return printed, at, self.foreign
        numbers = [number for text in printed if (number := _as_number(text)) is not None]
        if len(numbers) < len(printed):
            return None
        return numbers, at, self.foreign + foreign_of(joined)


def written_table(pieces: Sequence[str]) -> WrittenTable | None:
    """How the table is written that NUMBER cuts into these pieces; None where it does not tell its numbers apart."""
    behind = [f"<{piece}>" for piece in pieces[1:]]
    if not behind or any(map(is_run_break, behind)):
        return None
    behind[-1:] = [last[:-2] for last in behind[-1:]]
    first, *behind = [byte_by_byte(markup) for markup in (f"{pieces[0]}>"[1:], *behind)]
    foreign = beyond_plain_ascii("".join(pieces).encode())
    return WrittenTable(first=first, rows=tuple(_rows(behind)), foreign=foreign)


def foreign_of(markup: str) -> bytes:
    """What markup holds beyond plain ASCII; raises UnicodeDecodeError where it is not in UTF-8."""
    if markup.isascii() and markup.isprintable():
        return b""
    written = markup.encode("latin-1")
    written.decode()
    return beyond_plain_ascii(written)


def byte_by_byte(text: str) -> str:
    """A text with one character for each byte of its UTF-8."""
    return text.encode().decode("latin-1")


def _rows(behind: Sequence[str]) -> Iterator[_Row]:
    """Neighbours of a row have the markup between them that stands most often between two numbers."""
    usual = max(counted := Counter(behind), key=lambda markup: counted[markup], default="")
    row: list[str] = []
    for n, markup in enumerate(behind):
        row.append(markup)
        if markup != usual or n == len(behind) - 1:
            zeros = ("0",) * len(row)
            of_zeros = "".join(map("".join, zip(zeros, row, strict=True)))
            yield _Row(tuple((piece, len(piece)) for piece in row), of_zeros, zeros)
            row = []


def _end_of_runs(html: str, stop: int, markup: str) -> int:
    """Where this markup stands behind a number that goes on in other runs; below zero where it does not."""
    while html.startswith(RUN_BREAK, stop):
        stop = html.find("<", html.find(">", stop + len(RUN_BREAK)))
        if html.startswith(markup, stop):
            return stop
    return -1


def _as_number(text: str) -> str | None:
    if text.isdigit() and text.isascii():
        return text
    found = NUMBER.fullmatch(with_joined_runs(f">{text}<"))
    return None if found is None else found[1]
