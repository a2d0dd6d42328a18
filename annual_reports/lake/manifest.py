"""What `published/` should hold: which partitions must be built anew, and the manifest over all files.

Pure planning: nothing here touches a disk or a clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.tables import SCHEMA_VERSION, tables


@dataclass(frozen=True, slots=True, order=True)
class PartitionKey:
    """One province and year."""

    province: str
    year: int

    @property
    def year_before(self) -> PartitionKey:
        """The same province a year earlier."""
        return PartitionKey(self.province, self.year - 1)


VERSIONS = "_versions"
"""The folder of `published/` that readers of one table never look into."""


@dataclass(frozen=True, slots=True, order=True)
class PublishedFile:
    """One file under `published/`. `path` is relative, with forward slashes.

    `input_hash` says what it was made from; see `partition_input_hash`.
    """

    path: str
    table: str
    rows: int
    bytes: int
    sha256: str
    input_hash: str

    @property
    def version(self) -> str:
        """The same bytes under a name that never holds others."""
        folder = self.path.rpartition("/")[0] or self.table
        return f"{VERSIONS}/{folder}/{self.sha256[:16]}.parquet"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `published/manifest.json`."""

    code_version: str
    files: tuple[PublishedFile, ...]
    schema_version: str = SCHEMA_VERSION


class ManifestUnreadable(Exception):
    """Raised when a manifest is not what this program writes; the lake is then published anew."""


def partition_path(table_name: str, key: PartitionKey) -> str:
    """`reports/province=CN-SX/year=2025/part-0.parquet`."""
    return f"{table_name}/province={key.province}/year={key.year}/part-0.parquet"


def dimension_path(table_name: str) -> str:
    """`regions.parquet`."""
    return f"{table_name}.parquet"


def partitioned_tables() -> tuple[str, ...]:
    """The published tables with one file per province and year."""
    return tuple(t.name for t in tables().values() if t.partitioned and t.layer == "published")


def dimension_names() -> tuple[str, ...]:
    """The published tables with a single file."""
    return tuple(t.name for t in tables().values() if not t.partitioned and t.layer == "published")


def partition_input_hash(input_hashes: Mapping[str, str], code_version: str) -> str:
    """One hash over what a partition is made from: named inputs, the schema and the code.

    Name the extraction files of the year and of the year before, the expected publishers and the
    attempts. `code_version` changes whenever the pure half does.
    """
    parts = [f"schema={SCHEMA_VERSION}", f"code={code_version}"]
    parts += [f"{name}={digest}" for name, digest in sorted(input_hashes.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def partitions_to_build(
    input_hash_by_partition: Mapping[PartitionKey, str], manifest: Manifest | None
) -> tuple[PartitionKey, ...]:
    """The partitions of which a file is absent from the manifest or was made from other inputs."""
    made = {file.path: file.input_hash for file in manifest.files} if manifest else {}
    return tuple(
        key
        for key, input_hash in sorted(input_hash_by_partition.items())
        if any(made.get(partition_path(name, key)) != input_hash for name in partitioned_tables())
    )


MOST_PARTITIONS_AT_ONCE = 64
MOST_DOCUMENTS_AT_ONCE = 2500
"""What one pass builds: many small partitions, or as many documents as memory holds with ease."""


def with_years_before(keys: Iterable[PartitionKey]) -> tuple[PartitionKey, ...]:
    """The keys and those of the year before each, every one once and in order."""
    return tuple(sorted({each for key in keys for each in (key, key.year_before)}))


def partition_batches(
    due: Iterable[PartitionKey], documents: Mapping[PartitionKey, int]
) -> Iterator[tuple[PartitionKey, ...]]:
    """The partitions due, in order and in groups to be built together; none is cut.

    `documents`: how many each of `with_years_before(due)` holds. A group holds at most
    MOST_PARTITIONS_AT_ONCE, and at most MOST_DOCUMENTS_AT_ONCE unless it is of a single partition.
    """
    batch: list[PartitionKey] = []
    for key in sorted(due):
        held = sum(documents[each] for each in with_years_before([*batch, key]))
        if batch and (len(batch) == MOST_PARTITIONS_AT_ONCE or held > MOST_DOCUMENTS_AT_ONCE):
            yield tuple(batch)
            batch = []
        batch.append(key)
    if batch:
        yield tuple(batch)


def published_file(
    path: str, table_name: str, rows: int, content: bytes, input_hash: str
) -> PublishedFile:
    """The manifest entry of a file with this content."""
    digest = hashlib.sha256(content).hexdigest()
    return PublishedFile(path, table_name, rows, len(content), digest, input_hash)


def in_order(files: Iterable[PublishedFile]) -> list[PublishedFile]:
    """Files by their path, which no two share."""
    return sorted(files, key=lambda file: file.path)


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON: files sorted by path, keys in fixed order, nothing of the clock."""
    return _as_json(manifest, [{"version": file.version} for file in in_order(manifest.files)])


def release_manifest_text(manifest: Manifest) -> str:
    """The manifest of a release, whose files never change and have no other name."""
    return _as_json(manifest, [{} for _ in manifest.files])


def _as_json(manifest: Manifest, added: Iterable[Mapping[str, str]]) -> str:
    content = {
        "schema_version": manifest.schema_version,
        "code_version": manifest.code_version,
        "tables": sorted({file.table for file in manifest.files}),
        "files": [
            {
                "path": file.path,
                "table": file.table,
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "input_hash": file.input_hash,
                **more,
            }
            for file, more in zip(in_order(manifest.files), added, strict=True)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


_ENTRY = ("path", "table", "rows", "bytes", "sha256", "input_hash")


def parse_manifest(text: str) -> Manifest:
    """The manifest a text of `manifest_text` or `release_manifest_text` tells of. Raises ManifestUnreadable."""
    try:
        content: dict[str, Any] = json.loads(text)
        return Manifest(
            code_version=content["code_version"],
            files=tuple(
                PublishedFile(**{name: file[name] for name in _ENTRY}) for file in content["files"]
            ),
            schema_version=content["schema_version"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestUnreadable(f"manifest.json: {error}") from error
