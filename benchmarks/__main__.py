"""`make bench`: every figure beside its reference, measured in this run."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.checking import checking_lines, measure_checking
from benchmarks.fetching import measure_fetching
from benchmarks.honesty import measure_honesty
from benchmarks.identity import measure_identity, measure_index
from benchmarks.lake import lake_lines
from benchmarks.machine_speed import MachineSpeed
from benchmarks.office import measure_office
from benchmarks.orchestration import measure_orchestration
from benchmarks.pdf import measure_pdf
from benchmarks.reading import measure_reading, peak_memory_mb
from benchmarks.scale import REPORTS, measure_scale, scale_lines

REPORTS_IN_A_RUN = 1000


def main() -> None:
    """Print the tables; the number of reports in the measured run may be given."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS_IN_A_RUN
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors, one process for reading\n"
    )
    print(f"{'documents':<15}{'work':<42}{'reports/s':>10}{'x tree':>8}{'x pandas':>9}")
    for row in measure_reading():
        ratios = f"{_ratio(row.of_tree):>8}{_ratio(row.of_tables):>9}"
        print(f"{row.documents:<15}{row.work:<42}{row.per_second:>10,.0f}{ratios}", flush=True)
    print(f"a reading process: {peak_memory_mb():,.0f} MB at its peak\n")
    print(f"{'documents':<15}{'work':<52}{'reports/s':>10}{'ratio':>8}")
    for kind, work, speed, ratio in measure_pdf():
        print(f"{kind:<15}{work:<52}{speed:>10,.1f}{ratio:>8.2f}", flush=True)
    for kind, work, speed, ratio in measure_office():
        print(f"{kind:<15}{work:<52}{speed:>10,.1f}{ratio:>8.2f}", flush=True)
    for work, speed, ratio in measure_identity():
        print(f"{'whole pages':<15}{work:<52}{speed:>10,.0f}{ratio:>8.2f}", flush=True)
    index = measure_index()
    print(
        f"\nindex of places, from nothing to the first answer: "
        f"{index.seconds:.2f} s of processor time, {index.megabytes:.0f} MB"
    )
    night = measure_fetching()
    print(f"\nan unchanged night over {night.pages:,} addresses of 200 hosts, one process")
    print(f"  a bare httpx loop {night.bare:7,.0f} requests/s")
    print(f"  gongkai           {night.ours:7,.0f} requests/s  ratio {night.ratio:.2f}")
    print(f"  memory grew by    {night.growth_mib:7.0f} MiB", flush=True)
    for line in checking_lines(measure_checking()):
        print(line, flush=True)
    for line in measure_honesty():
        print(line, flush=True)
    for line in lake_lines():
        print(line, flush=True)
    cost = measure_orchestration(reports)
    print(f"\ningest of {cost.reports:,} reports into a new lake, reading to publishing")
    print(
        f"  without Prefect   {cost.without_prefect:7.1f} s  {cost.reports / cost.without_prefect:7,.0f} reports/s"
    )
    print(
        f"  as a Prefect flow {cost.with_prefect:7.1f} s  orchestration {cost.share:6.1%} of the run"
    )
    print(f"  server start      {cost.server_start:7.1f} s  (once, not in the share)")
    print(f"  the same lake both ways: {'yes' if cost.same_lake else 'NO'}")
    with TemporaryDirectory() as scratch, MachineSpeed() as speed:
        runs = [measure_scale(size, Path(scratch), speed) for size in REPORTS]
    for line in scale_lines(runs):
        print(line, flush=True)


def _ratio(times: float | None) -> str:
    return "" if times is None else f"{times:.2f}"


if __name__ == "__main__":
    main()
