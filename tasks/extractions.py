"""`extracted/` and `quarantined/documents`: which documents are done, and merging new rows in.

A file is a pure function of the documents it holds: rows are sorted, and carry no clock.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from annual_reports.lake import EXTRACTION_SCHEMA
from tasks.atomic_files import WRITERS, remove_file, write_if_changed
from tasks.documents import DocumentToRead
from tasks.guarded_rows import fitting_rows
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.parquet_files import read_frame, scan_frame
from tasks.reading import QUARANTINED_SCHEMA, ReadBatch

_PLACE_COLUMNS = ("source_document_id", "part", "part_count", "extractor_version")
PLACES_SCHEMA = pl.Schema(
    {name: EXTRACTION_SCHEMA[name] for name in _PLACE_COLUMNS} | {"path": pl.String()}
)

SHARD = pl.col("sha256").str.head(1).alias("shard")
"""The shard of a row, by the first digit of its document's SHA-256."""


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


def places_of_documents(lake: LakePaths, shards: Iterable[str]) -> pl.DataFrame:
    """Every row of the documents of these shards: PLACES_SCHEMA, `path` naming its file.

    One part has more than one row only after a kill between two writes.
    """
    paths = [path for shard in sorted(set(shards)) for path in _files_of(lake, shard)]
    if not paths:
        return PLACES_SCHEMA.to_frame()
    rows = scan_frame(
        paths, hive_partitioning=False, include_file_paths="path", extra_columns="ignore"
    )
    return rows.select(PLACES_SCHEMA.names()).collect()


def _files_of(lake: LakePaths, shard: str) -> list[Path]:
    aside = quarantine_file(lake, shard)
    read = sorted(lake.extractions.glob(f"province=*/year=*/{shard}.parquet"))
    return [*read, aside] if aside.is_file() else read


def unread_documents(
    documents: Sequence[DocumentToRead], places: pl.DataFrame, version: str
) -> list[DocumentToRead]:
    """Those of which not every part stands once, read by this version of the reader with their hints."""
    asked = pl.DataFrame(
        {
            "source_document_id": [document.document_id for document in documents],
            "extractor_version": [sorted(one.versions_done(version)) for one in documents],
        },
        schema={"source_document_id": pl.String, "extractor_version": pl.List(pl.String)},
    ).with_row_index("place")
    done = asked.join(_whole_documents(asked, places), on="source_document_id", how="anti")
    return [documents[place] for place in done.sort("place")["place"]]


def _whole_documents(asked: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Ids of the documents every part of which stands once, in a version that is up to date."""
    current = asked.explode("extractor_version").unique(["source_document_id", "extractor_version"])
    marked = places.join(
        current.select("source_document_id", "extractor_version", is_current=True),
        on=["source_document_id", "extractor_version"],
        how="left",
        validate="m:1",
    )
    parts = marked.group_by("source_document_id").agg(
        rows=pl.len(),
        different=pl.col("part").n_unique(),
        fewest=pl.col("part_count").min(),
        most=pl.col("part_count").max(),
        is_current=pl.col("is_current").fill_null(False).all(),
    )
    each_once = pl.all_horizontal(pl.col("different", "fewest", "most") == pl.col("rows"))
    return parts.filter("is_current", each_once).select("source_document_id")


def merge_batch(lake: LakePaths, batch: ReadBatch) -> int:
    """Lay the rows of a batch into their files; says how many files changed. The caller holds the lock.

    Files that gain rows are written before files that lose the old row of the same document:
    killed in between, a document stands twice and is read again, never lost.
    """
    keys = pl.concat(
        [frame.get_column("source_document_id") for frame in (batch.rows, batch.quarantined)]
    ).unique()
    with ThreadPoolExecutor(WRITERS) as writers:
        gains = dict(_gains(lake, batch))
        losses = _files_with(lake, batch, keys) - set(gains)
        laid_in = writers.map(lambda path: _lay_in(path, gains[path], keys), sorted(gains))
        changed = sum(laid_in)
        for path in sorted(losses):
            changed += _take_out(path, keys)
    return changed


def in_order_of_files(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of EXTRACTION_SCHEMA as their files hold them, one file after the other; no copy where they are so."""
    order = ("partition_province", "report_year", SHARD, "document_id")
    places = rows.select(order).with_row_index("place")
    in_order = places.sort(places.columns[1:])["place"].is_sorted()
    return rows if in_order else rows.sort(order)


def _gains(lake: LakePaths, batch: ReadBatch) -> Iterator[tuple[Path, pl.DataFrame]]:
    """Each file that gains rows, and those rows, sorted."""
    rows = in_order_of_files(batch.rows)
    by_file = rows.group_by("partition_province", "report_year", SHARD)
    for (province, year, shard), of_file in by_file:
        yield partition_file(lake, str(province), int(str(year)), str(shard)), of_file
    for (shard,), aside in batch.quarantined.sort("document_id").group_by(SHARD):
        name = f"{shard}-{aside.get_column('document_id')[0]}"
        fitting = fitting_rows(lake, "quarantined_documents", aside, name)
        if not fitting.is_empty():
            yield quarantine_file(lake, str(shard)), fitting


def _files_with(lake: LakePaths, batch: ReadBatch, keys: pl.Series) -> set[Path]:
    """The files in which documents of the batch stand now."""
    shards = {sha256[0] for frame in (batch.rows, batch.quarantined) for sha256 in frame["sha256"]}
    found = places_of_documents(lake, shards).filter(
        pl.col("source_document_id").is_in(keys.implode())
    )
    named = set(found["path"])
    return {path for shard in shards for path in _files_of(lake, shard) if str(path) in named}


def _lay_in(path: Path, rows: pl.DataFrame, replaced: pl.Series) -> bool:
    if path.is_file():
        rows = pl.concat([_rows_besides(path, replaced), rows]).sort("document_id")
    return write_if_changed(path, _file_bytes(rows))


def _take_out(path: Path, replaced: pl.Series) -> bool:
    kept = _rows_besides(path, replaced)
    if kept.is_empty():
        remove_file(path)
        return True
    return write_if_changed(path, _file_bytes(kept))


def _rows_besides(path: Path, replaced: pl.Series) -> pl.DataFrame:
    rows = read_frame(path, hive_partitioning=False)
    return rows.filter(~pl.col("source_document_id").is_in(replaced.implode()))


def _file_bytes(rows: pl.DataFrame) -> bytes:
    """Parquet bytes that depend on sorted rows only: in one piece. Nobody asks for their statistics."""
    buffer = io.BytesIO()
    rows.rechunk().write_parquet(buffer, compression="zstd", statistics=False)
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
