"""Publishing a lake of synthetic reports: `python -m benchmarks.lake 50000 FOLDER`.

Reports are written straight into `extracted/`: 31 provinces and five years, every table of the forms,
values that differ from report to report. FOLDER must not exist.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import duckdb
import polars as pl

from annual_reports.lake.extractions import extraction_frame
from schemas.parameters import province_names
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.publish import publish_lake
from tests.annual_reports.lake.lake_documents import report

YEARS = range(2021, 2026)
_PATTERNS = 40
_SHARD = 2000
_QUERY = (
    "SELECT province, year, scope, sum(new_received), sum(new_received_reports) "
    "FROM read_parquet('{}/totals/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL"
)
_QUERY_OF_REQUESTS = (
    "SELECT province, year, sum(new_received) FROM "
    "read_parquet('{}/requests/*/*/*.parquet', hive_partitioning = true) "
    "WHERE is_total AND scope = 'own' GROUP BY ALL"
)


def write_extractions(lake: LakePaths, reports: int) -> int:
    """Lay so many reports into `extracted/`; says how many."""
    provinces = sorted(key for key in province_names() if key not in ("CN", "ZZ"))
    each = max(1, reports // (len(provinces) * len(YEARS)))
    patterns = extraction_frame(_documents(), "1")
    for province in provinces:
        for year in YEARS:
            for start in range(0, each, _SHARD):
                rows = _renamed(patterns, province, year, start, min(each, start + _SHARD))
                path = partition_file(lake, province, year, f"{start // _SHARD:x}")
                path.parent.mkdir(parents=True, exist_ok=True)
                rows.sort("document_id").write_parquet(path, compression="zstd")
    return each * len(provinces) * len(YEARS)


def _documents() -> list[object]:
    return [
        report(
            f"第{number}镇",
            values={
                f"requests.{row}.{column}": number * 3 + place
                for row in ("new_received", "disclosed_full", "handled_total")
                for place, column in ((0, "natural_person"), (0, "total"))
            },
        )
        for number in range(_PATTERNS)
    ]


def _renamed(
    patterns: pl.DataFrame, province: str, year: int, first: int, past: int
) -> pl.DataFrame:
    """Copies of the patterns that are reports of other publishers."""
    numbers = pl.DataFrame({"number": range(first, past)}).with_columns(
        place=pl.col("number") % patterns.height
    )
    rows = numbers.join(patterns.with_row_index("place"), on="place", how="left")
    who = pl.format("{}{}{}", pl.lit(province), pl.lit(year), "number")
    digest = who.hash(7).cast(pl.String).str.zfill(20)
    document = pl.concat_str(digest, pl.lit("0" * 12))
    return rows.with_columns(
        document_id=document,
        source_document_id=document,
        publisher_id=pl.format(
            "9{}-township_government", pl.col("number").cast(pl.String).str.zfill(8)
        ),
        report_year=pl.lit(year, patterns.schema["report_year"]),
    ).select(patterns.columns)


def main() -> None:
    """Print what it cost."""
    asked, folder = int(sys.argv[1]), Path(sys.argv[2])
    lake = LakePaths(folder)
    written = write_extractions(lake, asked)
    started, cpu = time.perf_counter(), time.process_time()
    publish_lake(lake)
    seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in lake.published.rglob("*.parquet"))
    print(f"{written:,} reports published in {seconds:,.1f} s ({written / seconds:,.0f}/s)")
    print(f"processor time {spent:,.1f} s ({written / spent:,.0f}/s), peak {peak:,.0f} MiB")
    print(f"{size / written:,.0f} bytes per report in Parquet", flush=True)
    for name, query in (("totals", _QUERY), ("requests", _QUERY_OF_REQUESTS)):
        started = time.perf_counter()
        rows = duckdb.sql(query.format(lake.published)).fetchall()
        print(
            f"province x year from {name}: {time.perf_counter() - started:.3f} s, {len(rows)} rows"
        )


if __name__ == "__main__":
    main()
