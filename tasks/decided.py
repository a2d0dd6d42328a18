"""What people decided, told apart by the partitions it touches."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from annual_reports.lake.manifest import PartitionKey
from schemas.decision_book import DecisionBook, Record
from tasks.extractions import partition_folder
from tasks.lake_paths import LakePaths
from tasks.parquet_files import read_frame


def decision_hashes(
    lake: LakePaths, book: DecisionBook, keys: Iterable[PartitionKey]
) -> Mapping[PartitionKey, str]:
    """Partition → a hash of the records about its documents and its findings; only where there are any.

    A record about a document counts in every partition that holds a report of it.
    """
    touching: dict[PartitionKey, list[Record]] = defaultdict(list)
    for judgement in book.judgements:
        touching[PartitionKey(judgement.province, judgement.year)].append(judgement)
    if book.cells:
        by_document = defaultdict(list)
        for decision in book.cells:
            by_document[decision.guard.sha256].append(decision)
        for key in keys:
            for sha256 in _documents(lake, key, {name[0] for name in by_document}):
                touching[key] += by_document.get(sha256, [])
    return {key: _hash(records) for key, records in touching.items() if records}


def book_hash(book: DecisionBook) -> str:
    """A hash of all records that count."""
    return _hash([*book.identity, *book.cells, *book.judgements])


def _documents(lake: LakePaths, key: PartitionKey, shards: set[str]) -> list[str]:
    """The content hashes of a partition's documents, of these shards, each once and in order."""
    folder = partition_folder(lake, key.province, key.year)
    paths = [path for path in sorted(folder.glob("*.parquet")) if path.stem in shards]
    if not paths:
        return []
    rows = read_frame(paths, hive_partitioning=False)
    return rows.get_column("sha256").unique().sort().to_list()


def _hash(records: Iterable[Record]) -> str:
    written = sorted(record.model_dump_json() for record in records)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()
