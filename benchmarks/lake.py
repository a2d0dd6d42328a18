"""Publishing a lake of synthetic reports: `python -m benchmarks.lake 1000000 FOLDER [YEARS]`.

Reports are written straight into `extracted/`: 31 provinces and so many years (five), every table of the forms,
values that differ from report to report. Then a night in which one report in a hundred of all is new: changed
pages of the newest year, in every province; and a whole run in which nothing has changed, its server at home in
FOLDER-prefect. FOLDER must not exist.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from annual_reports.lake.extractions import extraction_frame
from annual_reports.lake.manifest import partitioned_tables
from benchmarks.flow_run import measured_publication
from benchmarks.processes import MemoryWatch
from schemas.parameters import province_names
from tasks.extractions import partition_file
from tasks.lake_paths import LakePaths
from tasks.lake_summary import read_manifest
from tasks.publish import publish_lake
from tests.annual_reports.lake.lake_documents import report

NEWEST, YEARS = 2025, 5
_PATTERNS = 40
_SHARD = 2000
REPORTS_IN_BENCH = 20_000
_QUERIES = {
    "totals": "SELECT province, year, scope, sum(new_received), sum(new_received_reports) "
    "FROM read_parquet('{}/totals/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL",
    "requests": "SELECT province, year, sum(new_received) FROM "
    "read_parquet('{}/requests/*/*/*.parquet', hive_partitioning = true) "
    "WHERE is_total AND scope = 'own' GROUP BY ALL",
}
_COVERAGE = (
    "SELECT province, year, count(*) FROM read_parquet('{}/coverage/*/*/*.parquet', "
    "hive_partitioning = true) GROUP BY ALL"
)


def write_extractions(lake: LakePaths, reports: int, years: int) -> int:
    """Lay so many reports into `extracted/`; says how many."""
    provinces = _provinces()
    each = max(1, reports // (len(provinces) * years))
    patterns = extraction_frame(_documents(), "1")
    for province in provinces:
        for year in range(NEWEST + 1 - years, NEWEST + 1):
            for start in range(0, each, _SHARD):
                rows = _renamed(patterns, province, year, range(start, min(each, start + _SHARD)))
                _write(lake, province, year, f"{start // _SHARD:x}", rows)
    return each * len(provinces) * years


def write_changes(lake: LakePaths, reports: int) -> int:
    """Lay in second versions of so many reports of the newest year, in every province; says how many."""
    provinces = _provinces()
    each = max(1, reports // len(provinces))
    patterns = extraction_frame(_documents(), "1")
    later = patterns.select(pl.all().gather([*range(1, _PATTERNS), 0]))
    for province in provinces:
        _write(
            lake, province, NEWEST, "f", _renamed(later, province, NEWEST, range(each), "changed")
        )
    return each * len(provinces)


def _provinces() -> list[str]:
    return sorted(key for key in province_names() if key not in ("CN", "ZZ"))


def _write(lake: LakePaths, province: str, year: int, shard: str, rows: pl.DataFrame) -> None:
    path = partition_file(lake, province, year, shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.sort("document_id").write_parquet(path, compression="zstd")


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
    patterns: pl.DataFrame, province: str, year: int, numbers: range, version: str = ""
) -> pl.DataFrame:
    """Copies of the patterns that are reports of other publishers."""
    chosen = pl.DataFrame({"number": numbers}).with_columns(
        place=pl.col("number") % patterns.height
    )
    rows = chosen.join(patterns.with_row_index("place"), on="place", how="left")
    who = pl.format("{}{}{}{}", pl.lit(province), pl.lit(year), "number", pl.lit(version))
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


@dataclass(frozen=True, slots=True)
class LakeCost:
    """What publishing cost. `processor`: seconds of all processes; `memory`: the most MiB all held at once.

    `parquet` and `csv`: bytes per report, all tables. `queries`: seconds by what was asked of DuckDB.
    """

    reports: int
    partitions: int
    seconds: float
    processor: float
    memory: float
    parquet: float
    csv: float
    queries: dict[str, float]

    def lines(self) -> Iterator[str]:
        """The figures as `make bench` prints them."""
        yield f"publishing {self.reports:,} reports in {self.partitions} partitions, all tables"
        yield (
            f"  {self.seconds:7,.1f} s  {self.reports / self.seconds:7,.0f} reports/s, "
            f"processor {self.processor:,.1f} s, memory {self.memory:,.0f} MiB"
        )
        yield (
            f"  {self.parquet:7,.0f} bytes a report in Parquet, {self.csv:,.0f} in CSV "
            f"(ratio {self.csv / self.parquet:.1f})"
        )
        for name, seconds in self.queries.items():
            yield f"  {seconds:7.3f} s  province x year from {name}, by DuckDB"


@dataclass(frozen=True, slots=True)
class NightCost:
    """A night over a published lake. `manifest`, `coverage`: seconds to read the one and query the other."""

    changed: int
    partitions: int
    seconds: float
    unchanged: float
    manifest: float
    manifest_bytes: int
    coverage: float

    def lines(self) -> Iterator[str]:
        """The figures as `make bench` prints them."""
        yield f"a night with {self.changed:,} changed reports, {self.partitions} partitions published again"
        yield f"  {self.seconds:7,.1f} s; {self.unchanged:,.1f} s where nothing has changed"
        yield (
            f"  {self.manifest:7.3f} s  the manifest read and parsed, {self.manifest_bytes / 1e6:.1f} MB; "
            f"{self.coverage:.3f} s  coverage by province and year, by DuckDB"
        )


def measure_night(lake: LakePaths, changed: int) -> NightCost:
    """Change so many reports of a published lake and publish it again, then once more with nothing changed."""
    written = write_changes(lake, changed)
    started = time.perf_counter()
    outcome = publish_lake(lake)
    ended = time.perf_counter()
    if publish_lake(lake).partitions:
        raise RuntimeError("a lake in which nothing changed was published again")
    unchanged = time.perf_counter() - ended
    started_reading = time.perf_counter()
    read_manifest(lake)
    return NightCost(
        written,
        len(outcome.partitions),
        ended - started,
        unchanged,
        time.perf_counter() - started_reading,
        lake.manifest.stat().st_size,
        _asked(_COVERAGE.format(lake.published)),
    )


def idle_run_line(lake: LakePaths) -> str:
    """What a whole run costs that finds nothing to do: what it reads of the lake for its pages and lists."""
    told = measured_publication(lake.root)
    return (
        f"  {told['seconds']:7,.1f} s, {told['peak_mib']:,.0f} MiB (server {told['server_mib']:,.0f})  "
        f"a run of the flow `publish` in which nothing has changed"
    )


def measure_lake(reports: int, folder: Path, years: int = YEARS) -> LakeCost:
    """Write so many reports into a new lake at `folder` and publish it."""
    lake = LakePaths(folder)
    written = write_extractions(lake, reports, years)
    children = os.times().children_user + os.times().children_system
    started, spent = time.perf_counter(), time.process_time()
    with MemoryWatch() as memory:
        outcome = publish_lake(lake)
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    spent += os.times().children_user + os.times().children_system - children
    # Versions are second names of the same files.
    published = [p for p in lake.published.rglob("*.parquet") if "_versions" not in p.parts]
    return LakeCost(
        written,
        len(outcome.partitions),
        seconds,
        spent,
        memory.peak,
        sum(path.stat().st_size for path in published) / written,
        _csv_bytes_per_report(lake),
        {name: _asked(query.format(lake.published)) for name, query in _QUERIES.items()},
    )


def _csv_bytes_per_report(lake: LakePaths) -> float:
    """All tables of the first partition as CSV, over its reports."""
    first = min(lake.published.glob("reports/*/*/*.parquet"))
    folder = first.relative_to(lake.published / "reports")
    frames = {
        name: pl.read_parquet(lake.published / name / folder, hive_partitioning=False)
        for name in partitioned_tables()
    }
    return sum(len(rows.write_csv()) for rows in frames.values()) / frames["reports"].height


def _asked(query: str) -> float:
    started = time.perf_counter()
    duckdb.sql(query).fetchall()
    return time.perf_counter() - started


def lake_lines(reports: int = REPORTS_IN_BENCH) -> Iterator[str]:
    """The figures of a lake of a size `make bench` can afford."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "lake"
        yield from measure_lake(reports, place).lines()
        yield from measure_night(LakePaths(place), reports // 100).lines()
        yield idle_run_line(LakePaths(place))


def main() -> None:
    """Print what it cost."""
    reports, folder = int(sys.argv[1]), Path(sys.argv[2])
    years = int(sys.argv[3]) if len(sys.argv) > 3 else YEARS
    for line in measure_lake(reports, folder, years).lines():
        print(line, flush=True)
    for line in measure_night(LakePaths(folder), reports // 100).lines():
        print(line, flush=True)
    print(idle_run_line(LakePaths(folder)), flush=True)


if __name__ == "__main__":
    main()
