"""`extracted/` and `quarantined/documents`: which documents are done, and merging new rows in.

A file is a pure function of the documents it holds: rows are sorted, and carry no clock.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from annual_reports.lake import EXTRACTION_SCHEMA
from schemas.polars_schemas import polars_schema
from tasks.atomic_files import remove_file, write_if_changed
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.parquet_files import read_frame, scan_frame
from tasks.reading import QuarantinedRow, ReadBatch

QUARANTINED_SCHEMA = polars_schema("quarantined_documents")


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a document: its file, the part of how many, and the version of the reader."""

    path: Path
    part: str
    part_count: int
    extractor_version: str


def partition_folder(lake: LakePaths, province: str, year: int) -> Path:
    """Where the extractions of one province and year lie."""
    return lake.extractions / f"province={province}" / f"year={year}"


def partition_file(lake: LakePaths, province: str, year: int, shard: str) -> Path:
    """The file of one shard of one province and year."""
    return partition_folder(lake, province, year) / f"{shard}.parquet"


def quarantine_file(lake: LakePaths, shard: str) -> Path:
    """The file of one shard of documents set aside."""
    return lake.quarantined_documents / f"{shard}.parquet"


def remove_outdated_files(lake: LakePaths) -> int:
    """Remove files an older release wrote with other columns; says how many.

    Their documents count as unread and are read again from `raw/`; what is published stands meanwhile.
    """
    outdated = [
        path
        for folder, schema in (
            (lake.extractions, EXTRACTION_SCHEMA),
            (lake.quarantined_documents, QUARANTINED_SCHEMA),
        )
        for path in sorted(folder.rglob("*.parquet"))
        if scan_frame(path, hive_partitioning=False).collect_schema() != schema
    ]
    with locked_for_writing(lake):
        for path in outdated:
            remove_file(path)
    return len(outdated)


_PLACE_COLUMNS = ["source_document_id", "part", "part_count", "extractor_version"]


def places_of_documents(lake: LakePaths, shards: Iterable[str]) -> dict[str, list[Place]]:
    """Id of a document as received → every row of it, one per part.

    One part has more than one row only after a kill between two writes.
    """
    places: dict[str, list[Place]] = defaultdict(list)
    for shard in sorted(set(shards)):
        paths = sorted(lake.extractions.glob(f"province=*/year=*/{shard}.parquet"))
        for path in [*paths, quarantine_file(lake, shard)]:
            if not path.is_file():
                continue
            rows = read_frame(path, hive_partitioning=False).select(_PLACE_COLUMNS)
            for key, part, part_count, version in rows.iter_rows():
                places[key].append(Place(path, part, part_count, version))
    return dict(places)


def unread_documents(
    documents: Sequence[DocumentToRead], places: Mapping[str, Sequence[Place]], version: str
) -> list[DocumentToRead]:
    """Those of which not every part stands once, read by this version of the reader with their hints."""
    return [
        document
        for document in documents
        if not _is_complete(places.get(document.document_id, ()), document.versions_done(version))
    ]


def _is_complete(rows: Sequence[Place], versions: frozenset[str]) -> bool:
    parts = {row.part for row in rows}
    return (
        bool(rows)
        and {row.extractor_version for row in rows} <= versions
        and {row.part_count for row in rows} == {len(rows)}
        and len(parts) == len(rows)
    )


def merge_batch(lake: LakePaths, batch: ReadBatch) -> int:
    """Lay the rows of a batch into their files; says how many files changed.

    Files that gain rows are written before files that lose the old row of the same document:
    killed in between, a document stands twice and is read again, never lost.
    """
    with locked_for_writing(lake):
        gains = _gains(lake, batch)
        losses = _files_with(lake, batch) - set(gains)
        changed = [_lay_in(path, rows, batch.document_ids) for path, rows in sorted(gains.items())]
        changed += [_take_out(path, batch.document_ids) for path in sorted(losses)]
    return sum(changed)


def _gains(lake: LakePaths, batch: ReadBatch) -> dict[Path, pl.DataFrame]:
    gains: dict[Path, list[pl.DataFrame]] = defaultdict(list)
    for part in batch.parts:
        path = partition_file(lake, part.province, part.year, part.shard)
        gains[path].append(pl.read_ipc(io.BytesIO(part.rows)))
    aside: dict[Path, list[QuarantinedRow]] = defaultdict(list)
    for row in batch.quarantined:
        aside[quarantine_file(lake, row.sha256[0])].append(row)
    for path, rows in aside.items():
        gains[path].append(pl.DataFrame([asdict(row) for row in rows], schema=QUARANTINED_SCHEMA))
    return {path: pl.concat(frames) for path, frames in gains.items()}


def _files_with(lake: LakePaths, batch: ReadBatch) -> set[Path]:
    keys = set(batch.document_ids)
    shards = {part.shard for part in batch.parts} | {row.sha256[0] for row in batch.quarantined}
    places = places_of_documents(lake, shards)
    return {place.path for key in keys & places.keys() for place in places[key]}


def _lay_in(path: Path, rows: pl.DataFrame, replaced: Sequence[str]) -> bool:
    kept = [_rows_besides(path, replaced)] if path.is_file() else []
    return write_if_changed(path, _file_bytes(pl.concat([*kept, rows])))


def _take_out(path: Path, replaced: Sequence[str]) -> bool:
    kept = _rows_besides(path, replaced)
    if kept.is_empty():
        remove_file(path)
        return True
    return write_if_changed(path, _file_bytes(kept))


def _rows_besides(path: Path, replaced: Sequence[str]) -> pl.DataFrame:
    return read_frame(path, hive_partitioning=False).filter(~_is_one_of(replaced))


def _is_one_of(keys: Sequence[str]) -> pl.Expr:
    return pl.col("source_document_id").is_in(list(keys))


def _file_bytes(rows: pl.DataFrame) -> bytes:
    """Parquet bytes that depend on the rows only: sorted, in one piece, without statistics of time."""
    buffer = io.BytesIO()
    rows.sort("document_id").rechunk().write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def read_partition(lake: LakePaths, province: str, year: int) -> pl.DataFrame:
    """All extractions of one province and year."""
    paths = sorted(partition_folder(lake, province, year).glob("*.parquet"))
    if not paths:
        return EXTRACTION_SCHEMA.to_frame()
    return read_frame(paths, hive_partitioning=False)


def documents_in_partition(lake: LakePaths, province: str, year: int) -> int:
    """How many extractions a province and year holds, read from the ends of its files."""
    paths = sorted(partition_folder(lake, province, year).glob("*.parquet"))
    if not paths:
        return 0
    return int(scan_frame(paths, hive_partitioning=False).select(pl.len()).collect().item())


def source_documents(lake: LakePaths, province: str, year: int) -> pl.DataFrame:
    """The column `source_document_id` of the extractions of one province and year."""
    paths = sorted(partition_folder(lake, province, year).glob("*.parquet"))
    name = "source_document_id"
    if not paths:
        return EXTRACTION_SCHEMA.to_frame().select(name)
    return scan_frame(paths, hive_partitioning=False).select(name).collect()


def read_quarantined(lake: LakePaths) -> pl.DataFrame:
    """Every document set aside."""
    paths = sorted(lake.quarantined_documents.glob("*.parquet"))
    if not paths:
        return QUARANTINED_SCHEMA.to_frame()
    return read_frame(paths).sort("document_id")


def extracted_partitions(lake: LakePaths) -> list[tuple[str, int]]:
    """The (province, year) pairs that hold extractions."""
    folders = lake.extractions.glob("province=*/year=*")
    return sorted(
        (folder.parent.name.removeprefix("province="), int(folder.name.removeprefix("year=")))
        for folder in folders
        if any(folder.glob("*.parquet"))
    )
