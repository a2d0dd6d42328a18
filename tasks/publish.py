"""`published/`: one file per table and partition, replaced only when its bytes change; manifest last.

Everything is built and written under names of its own first (`tasks.versions`) and put in place at the end.

What must be built anew follows from hashes of the inputs, so a killed run is simply run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from annual_reports.lake.datapackage import datapackage_text
from annual_reports.lake.dimensions import columns_of_reports, dimension_tables
from annual_reports.lake.manifest import (
    Manifest,
    PartitionKey,
    PublishedFile,
    dimension_names,
    dimension_path,
    manifest_text,
    partition_batches,
    partition_input_hash,
    partition_path,
    partitioned_tables,
    partitions_to_build,
    with_years_before,
)
from annual_reports.lake.row_guard import GuardedRows
from annual_reports.lake.sightings import SIGHTING_SCHEMA
from schemas.decision_book import DecisionBook
from schemas.polars_schemas import polars_schema
from schemas.tables import SCHEMA_VERSION
from tasks.atomic_files import (
    WRITERS,
    holds,
    remove_file,
    write_atomically,
    write_if_changed,
)
from tasks.bi_database import write_database
from tasks.build_parts import Helpers, built_in_parts, clear_building
from tasks.builder_pool import built_by, processes_for
from tasks.code_version import code_version
from tasks.decided import decision_hashes
from tasks.decision_files import read_decision_book
from tasks.expectations import attempts_of, expected_of
from tasks.extractions import (
    documents_in_partition,
    extracted_partitions,
    partition_folder,
    read_quarantined,
    source_documents,
)
from tasks.guarded_rows import set_aside_bytes, set_aside_in_words
from tasks.lake_paths import LakePaths, locked_for_writing
from tasks.lake_summary import damaged_files, manifest_digest, read_manifest
from tasks.observations import read_observations
from tasks.parquet_files import scan_frame
from tasks.partition_builder import BuildOrder, write_version
from tasks.progress import Progress
from tasks.publication_gate import Gate, HeldPartition, partition_name, remember_held
from tasks.sightings import sightings_of
from tasks.source_files import kept_sources
from tasks.versions import (
    begin_putting_in_place,
    collect_versions,
    end_putting_in_place,
    keep_last_manifest,
    put_in_place,
    restore_version,
    unfinished_mark,
    versions_folder,
)

DESCRIPTION = "datapackage.json"


@dataclass(slots=True)
class PublishedLake:
    """What publishing did: partitions built, files whose bytes changed, files removed.

    `held`: partitions the gate stopped. `warnings`: what it only remarks on.
    """

    partitions: tuple[PartitionKey, ...] = ()
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    held: list[HeldPartition] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    manifest_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class PublishInputs:
    """What partitions are made from: expectations, attempts and decisions of all, each partition's hash."""

    expected: pl.DataFrame
    attempts: pl.DataFrame
    decided: DecisionBook
    spans: Mapping[PartitionKey, pl.DataFrame]
    hashes: Mapping[PartitionKey, str]


def publish_lake(
    lake: LakePaths,
    let_through: Collection[str] = (),
    processes: int | None = None,
    helpers: Helpers | None = None,
) -> PublishedLake:
    """Build what changed, remove what no longer belongs, write the manifest.

    A partition that the gate stops keeps its last published files, unless `let_through` names it.
    `processes`: how many build; as many as documents and machine ask for where it is not said.
    `helpers`: runs that build parts of it on other workers.
    """
    with locked_for_writing(lake):
        clear_building(lake)
        inputs = publish_inputs(lake)
        manifest = read_manifest(lake)
        due = _due(lake, inputs, manifest)
        gate = Gate(lake, manifest, let_through)
        outcome = PublishedLake()
        files = _kept_entries(manifest, inputs, due)
        progress = Progress("publish", "发布 partitions", len(due))
        held = {
            key: documents_in_partition(lake, key.province, key.year)
            for key in with_years_before(due)
        }
        documents = sum(held.values())
        orders = [_order(inputs, batch) for batch in partition_batches(due, held)]
        with (
            built_in_parts(lake, orders, documents, helpers)
            if helpers
            else built_by(lake, orders, processes or processes_for(documents))
        ) as all_built:
            for built in all_built:
                for key, partition in gate.passed(built).items():
                    outcome.partitions += (key,)
                    files += [file for file, _ in partition.files]
                    outcome.changed += [file.path for file, is_new in partition.files if is_new]
                    _keep_set_aside(lake, key, partition.set_aside)
                    if partition.set_aside:
                        told = set_aside_in_words(partition.set_aside)
                        outcome.warnings.append(f"{partition_name(key)}: {told}")
                progress.advance(len(built))
        gate.judge_vanished(inputs.hashes)
        files += _held_files(lake, gate, outcome)
        outcome.held = gate.held
        outcome.warnings += gate.warnings
        remember_held(lake, gate.held)
        files += _publish_dimensions(lake, files, manifest, outcome)
        _put_in_place(lake, files, outcome)
        _remove_what_is_not_due(lake, files, inputs, outcome)
        _conclude(lake, Manifest(code_version(), tuple(files)))
        outcome.manifest_sha256 = manifest_digest(lake)
    return outcome


def _held_files(lake: LakePaths, gate: Gate, outcome: PublishedLake) -> list[PublishedFile]:
    """The files of partitions held back; those of an older program are written in the columns of today."""
    kept = {file.path: file for file in gate.kept_files()}
    for path, table, rows in gate.kept_from_older():
        made_from = kept[path].input_hash if path in kept else ""
        kept[path], is_new = write_version(lake, path, table, rows, made_from)
        outcome.changed += [path] if is_new else []
    for file in kept.values():
        restore_version(lake, file)
    return list(kept.values())


def _put_in_place(lake: LakePaths, files: Iterable[PublishedFile], outcome: PublishedLake) -> None:
    """Show readers what changed, all of it at once: renames, or copies within a store.

    After a publication that was cut off in the midst of this, everything is shown anew.
    """
    changed, was_cut_off = set(outcome.changed), unfinished_mark(lake).is_file()
    due = [file for file in files if was_cut_off or file.path in changed]
    if due:
        begin_putting_in_place(lake)
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(partial(put_in_place, lake), due))


def _conclude(lake: LakePaths, manifest: Manifest) -> None:
    """Describe what is published, then let the manifest and the views follow, then tidy up."""
    description = datapackage_text(manifest, SCHEMA_VERSION).encode()
    write_if_changed(lake.published / DESCRIPTION, description)
    content = manifest_text(manifest).encode()
    if not holds(lake.manifest, content):
        keep_last_manifest(lake)
        write_atomically(lake.manifest, content)
    if any(file.table == "reports" for file in manifest.files):
        write_database(lake.published, manifest)
    end_putting_in_place(lake)
    collect_versions(lake, manifest)


def publish_inputs(lake: LakePaths) -> PublishInputs:
    """Read what partitions are made from beside their extractions, and hash all of it."""
    sources = kept_sources(lake)
    expected = expected_of(sources)
    observations = read_observations(lake.observations)
    attempts = attempts_of(sources, observations, read_quarantined(lake))
    keys = {PartitionKey(*pair) for pair in extracted_partitions(lake)}
    keys |= {PartitionKey(*pair) for pair in expected.select("province", "year").iter_rows()}
    read = with_years_before(keys)
    spans = _spans_by_partition(lake, read, sightings_of(observations))
    decided = read_decision_book()
    decisions = decision_hashes(lake, decided, read)
    extracted = {key: _extraction_hashes(lake, key) for key in read}
    hashes = {
        key: partition_input_hash(
            {
                **extracted[key],
                **extracted[key.year_before],
                "expected": _rows_hash(_of(expected, key)),
                "attempts": _rows_hash(_of(attempts, key)),
                "decisions": decisions.get(key, ""),
                "decisions of the year before": decisions.get(key.year_before, ""),
                "sightings": _rows_hash(_spans_of(spans, key)),
                "sightings of the year before": _rows_hash(_spans_of(spans, key.year_before)),
            },
            code_version(),
        )
        for key in sorted(keys)
    }
    return PublishInputs(expected, attempts, decided, spans, hashes)


def _spans_by_partition(
    lake: LakePaths, keys: Iterable[PartitionKey], spans: pl.DataFrame
) -> Mapping[PartitionKey, pl.DataFrame]:
    """The spans of the documents of each partition; those of a document with parts in two are in both."""
    if spans.is_empty():
        return {}
    return {
        key: spans.join(
            source_documents(lake, key.province, key.year).unique(),
            on="source_document_id",
            how="semi",
        )
        for key in keys
    }


def _spans_of(spans: Mapping[PartitionKey, pl.DataFrame], key: PartitionKey) -> pl.DataFrame:
    return spans.get(key, SIGHTING_SCHEMA.to_frame())


def _extraction_hashes(lake: LakePaths, key: PartitionKey) -> dict[str, str]:
    paths = sorted(partition_folder(lake, key.province, key.year).glob("*.parquet"))
    return {f"{key.year}/{path.name}": _file_hash(path) for path in paths}


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rows_hash(rows: pl.DataFrame) -> str:
    return hashlib.sha256(rows.write_ndjson().encode()).hexdigest()


def _of(rows: pl.DataFrame, key: PartitionKey) -> pl.DataFrame:
    return rows.filter(pl.col("province") == key.province, pl.col("year") == key.year)


def _due(
    lake: LakePaths, inputs: PublishInputs, manifest: Manifest | None
) -> tuple[PartitionKey, ...]:
    """Partitions whose inputs changed, and those of which a file is gone or has another size."""
    due = set(partitions_to_build(inputs.hashes, manifest))
    damaged = {file.path for file in damaged_files(lake, manifest)}
    due |= {
        key
        for key in inputs.hashes
        if any(partition_path(name, key) in damaged for name in partitioned_tables())
    }
    return tuple(sorted(due))


def _kept_entries(
    manifest: Manifest | None, inputs: PublishInputs, built: Iterable[PartitionKey]
) -> list[PublishedFile]:
    kept = {
        partition_path(name, key)
        for key in inputs.hashes.keys() - set(built)
        for name in partitioned_tables()
    }
    return [file for file in (manifest.files if manifest else ()) if file.path in kept]


def _order(inputs: PublishInputs, batch: tuple[PartitionKey, ...]) -> BuildOrder:
    return BuildOrder(
        batch,
        pl.concat(_of(inputs.expected, key) for key in batch),
        pl.concat(_of(inputs.attempts, key) for key in batch),
        pl.concat(_spans_of(inputs.spans, key) for key in with_years_before(batch)).unique(
            maintain_order=True
        ),
        inputs.decided,
        {key: inputs.hashes[key] for key in batch},
    )


def _keep_set_aside(
    lake: LakePaths, key: PartitionKey, quarantined: Mapping[str, pl.DataFrame]
) -> None:
    """Write the rows of one partition that had to be set aside, and remove those of earlier runs.

    In one thread: removing a file removes folders in which another may be about to write.
    """
    for name in partitioned_tables():
        _keep_or_remove(lake.quarantined / partition_path(name, key), quarantined.get(name))


def _keep_or_remove(place: Path, set_aside: pl.DataFrame | None) -> None:
    if set_aside is not None:
        write_if_changed(place, set_aside_bytes(set_aside))
    elif place.is_file():
        remove_file(place)


def _publish_dimensions(
    lake: LakePaths,
    files: Iterable[PublishedFile],
    manifest: Manifest | None,
    outcome: PublishedLake,
) -> list[PublishedFile]:
    """The dims, built anew only when a reports file or the code changed."""
    reports = sorted(file for file in files if file.table == "reports")
    input_hash = partition_input_hash({f.path: f.sha256 for f in reports}, code_version())
    due = {dimension_path(name) for name in dimension_names()}
    made = [file for file in (manifest.files if manifest else ()) if file.path in due]
    damaged = {file.path for file in damaged_files(lake, manifest)}
    hashes = {file.path: file.input_hash for file in made}
    if hashes == dict.fromkeys(due, input_hash) and damaged.isdisjoint(due):
        return made
    dims = dimension_tables(_reports_of(lake, reports))
    written = [
        write_version(lake, dimension_path(name), name, guarded.kept, input_hash)
        for name, guarded in dims.items()
    ]
    _keep_dimension_rows(lake, dims, outcome)
    outcome.changed += [file.path for file, is_new in written if is_new]
    return [file for file, _ in written]


def _keep_dimension_rows(
    lake: LakePaths, dims: Mapping[str, GuardedRows], outcome: PublishedLake
) -> None:
    for name, guarded in dims.items():
        set_aside = None if guarded.set_aside.is_empty() else guarded.set_aside
        _keep_or_remove(lake.quarantined / dimension_path(name), set_aside)
        if set_aside is not None:
            outcome.warnings.append(set_aside_in_words({name: set_aside}))


def _reports_of(lake: LakePaths, files: Iterable[PublishedFile]) -> pl.DataFrame:
    paths = [lake.published / file.version for file in files]
    if not paths:
        return polars_schema("reports").to_frame()
    return scan_frame(paths, hive_partitioning=False).select(columns_of_reports()).collect()


def _remove_what_is_not_due(
    lake: LakePaths, files: Iterable[PublishedFile], inputs: PublishInputs, outcome: PublishedLake
) -> None:
    """Remove files of partitions that hold nothing any more, whoever left them."""
    due = {lake.published / file.path for file in files}
    due |= set(versions_folder(lake).rglob("*.parquet"))
    stale = [path for path in sorted(lake.published.rglob("*.parquet")) if path not in due]
    for path in stale:
        remove_file(path)
        outcome.removed.append(path.relative_to(lake.published).as_posix())
    rows_due = {
        lake.quarantined / partition_path(name, key)
        for key in inputs.hashes
        for name in partitioned_tables()
    }
    for path in sorted(lake.quarantined.glob("*/province=*/year=*/*.parquet")):
        if path not in rows_due:
            remove_file(path)
