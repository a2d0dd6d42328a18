"""What a lake holds, in numbers a person asks for first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import polars as pl

from annual_reports.lake.manifest import (
    Manifest,
    ManifestUnreadable,
    PublishedFile,
    parse_manifest,
)
from schemas.parameters import province_names
from schemas.polars_schemas import polars_schema
from tasks.extractions import read_quarantined
from tasks.lake_paths import LakePaths
from tasks.object_paths import sizes_below
from tasks.parquet_files import scan_frame

PARTITION_KEYS = {"province": pl.String(), "year": pl.Int64()}


@dataclass(frozen=True, slots=True)
class LakeSummary:
    """Reports by province and year, documents set aside, findings, and the manifest's digest.

    `partitions`: province, province_name, year, reports, ok, inconsistent, needs_review, hard, soft.
    `quarantined`: rows of `quarantined_documents`. `findings`: rule_id, severity, class, status, number.
    """

    partitions: pl.DataFrame
    quarantined: pl.DataFrame
    findings: pl.DataFrame
    manifest_sha256: str | None

    @property
    def reports(self) -> int:
        return int(self.partitions["reports"].sum())


def summarise(lake: LakePaths) -> LakeSummary:
    """Read the published tables; an empty lake gives empty frames."""
    return LakeSummary(
        _partitions(scan_published(lake, "reports")),
        read_quarantined(lake),
        _findings(scan_published(lake, "findings")),
        manifest_digest(lake),
    )


def scan_published(lake: LakePaths, table: str) -> pl.LazyFrame:
    """A partitioned table with its keys `province` and `year`; empty when nothing is published.

    Not read yet: say which rows and columns before it is collected, for a lake of all years does not fit in memory.
    """
    files = sorted((lake.published / table).glob("province=*/year=*/*.parquet"))
    if not files:
        return pl.Schema({**polars_schema(table), **PARTITION_KEYS}).to_frame().lazy()
    return scan_frame(files, hive_partitioning=True, hive_schema=PARTITION_KEYS)


def read_manifest(lake: LakePaths) -> Manifest | None:
    """The manifest of the lake, or null where there is none that can be read."""
    try:
        return parse_manifest(lake.manifest.read_text(encoding="utf-8"))
    except (FileNotFoundError, ManifestUnreadable):
        return None


def manifest_digest(lake: LakePaths) -> str | None:
    """SHA-256 of the manifest: equal digests, equal published lakes."""
    if not lake.manifest.is_file():
        return None
    return hashlib.sha256(lake.manifest.read_bytes()).hexdigest()


def _partitions(reports: pl.LazyFrame) -> pl.DataFrame:
    status = pl.col("status")
    return (
        reports.group_by("province", "year")
        .agg(
            reports=pl.len(),
            ok=(status == "ok").sum(),
            inconsistent=(status == "inconsistent").sum(),
            needs_review=(status == "needs_review").sum(),
            hard=pl.col("findings_hard").sum(),
            soft=pl.col("findings_soft").sum(),
        )
        .with_columns(
            province_name=pl.col("province").replace_strict(
                province_names(), default=pl.col("province"), return_dtype=pl.String
            )
        )
        .sort("province", "year")
        .collect(engine="streaming")
    )


def _findings(findings: pl.LazyFrame) -> pl.DataFrame:
    kinds = ["rule_id", "severity", "class", "status"]
    return (
        findings.group_by(kinds)
        .agg(number=pl.len())
        .sort("number", *kinds, descending=[True, *[False] * 4])
        .collect(engine="streaming")
    )


def damaged_files(lake: LakePaths, manifest: Manifest | None) -> list[PublishedFile]:
    """The files that are gone or have another size than the manifest says, under either name."""
    if manifest is None:
        return []
    sizes = sizes_below(lake.published)
    return [
        file
        for file in manifest.files
        if {sizes.get(file.path), sizes.get(file.version)} != {file.bytes}
    ]
