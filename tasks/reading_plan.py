"""What is read in which order, and in which batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from tasks.documents import DocumentToRead

_LARGEST, _SMALLEST = 500, 50
"""Documents in a batch: a task run costs 9 ms and 30 of the server, a document about 5."""
_MOST_BYTES = 64 << 20
_BATCHES_PER_READER = 4
_PIECES_AT_THE_END = 4
"""The last batch of each reader is cut in so many, so that none works on alone for long."""
ALL_SHARDS = "0123456789abcdef"
"""The sixteen files of a province and year, by the first digit of a document's SHA-256."""


class NoSuchPartError(ValueError):
    """Raised when a part of the shards is asked for that does not exist."""


def reading_plan(
    unread: Sequence[DocumentToRead], places: pl.DataFrame, readers: int
) -> list[list[DocumentToRead]]:
    """Batches of the documents: what was never read first, then what an older version read, newest years first.

    `places`: PLACES_SCHEMA, where rows of documents stand. What the older version read stays published meanwhile.
    """
    readers = max(1, readers)
    each = -(-len(unread) // (readers * _BATCHES_PER_READER))
    largest = max(_SMALLEST, min(_LARGEST, each))
    by_year = _by_year_read(unread, places)
    order = sorted(by_year, key=lambda year: (year is not None, -(year or 0)))
    batches = [batch for year in order for batch in _cut(by_year[year], largest)]
    return batches[:-readers] + [
        piece for batch in batches[-readers:] for piece in _in_pieces(batch)
    ]


def shards_of_part(part: int, parts: int) -> str:
    """The shards of one part of `parts`, counted from one. Raises NoSuchPartError."""
    if not 1 <= part <= parts <= len(ALL_SHARDS):
        raise NoSuchPartError(
            f"没有第 {part} 份（共 {parts} 份）there is no part {part} of {parts}: "
            f"parts are counted from 1, at most {len(ALL_SHARDS)}"
        )
    return ALL_SHARDS[part - 1 :: parts]


def _by_year_read(
    unread: Sequence[DocumentToRead], places: pl.DataFrame
) -> dict[int | None, list[DocumentToRead]]:
    """The documents by the newest year they stand in; None: in none, never read or set aside."""
    year = pl.col("path").str.extract(r"/year=(\d{4})/").cast(pl.Int64)
    known = places.select("source_document_id", year=year).drop_nulls()
    years = dict(known.group_by("source_document_id").agg(pl.col("year").max()).iter_rows())
    groups: dict[int | None, list[DocumentToRead]] = defaultdict(list)
    for document in unread:
        groups[years.get(document.document_id)].append(document)
    return groups


def _in_pieces(batch: list[DocumentToRead]) -> Iterator[list[DocumentToRead]]:
    size = max(_SMALLEST, -(-len(batch) // _PIECES_AT_THE_END))
    for first in range(0, len(batch), size):
        yield batch[first : first + size]


def _cut(documents: Sequence[DocumentToRead], largest: int) -> Iterator[list[DocumentToRead]]:
    """Pieces in hash order: few shards each, so that laying them in rewrites few files."""
    batch: list[DocumentToRead] = []
    size = 0
    for document in sorted(documents):
        if batch and (len(batch) == largest or size + document.size > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += document.size
    if batch:
        yield batch
