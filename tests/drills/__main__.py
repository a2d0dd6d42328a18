"""`make drill`: every drill over one stack, and a page that tells what came of each.

`python -m tests.drills [--reports N] [--page FILE] [NAME …]`. Needs PostgreSQL's programs; disks are mounted, so root.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from tests.drills.drills import DRILLS, Drill
from tests.drills.lakes import lake_hash, make_raw
from tests.drills.stack import POSTGRES, DrillFailedError, Stack, with_environment_of

REPORTS = 120


def main() -> int:
    """Print a line a drill; 1 when one did not end as it should."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *DRILLS], default=[])
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    if POSTGRES is None:
        print("PostgreSQL is not installed here: apt-get install postgresql", file=sys.stderr)
        return 2
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        stack = Stack(folder)
        try:
            drill = _prepared(stack, folder, asked.reports)
            for name in asked.names or DRILLS:
                lines.append(_line(name, drill))
                print(lines[-1], flush=True)
                if asked.page:
                    asked.page.write_text(_page(lines, asked.reports), encoding="utf-8")
        finally:
            stack.close()
    return int(any("NOT COMPLETED" in line or "ANOTHER" in line for line in lines))


def _prepared(stack: Stack, folder: Path, reports: int) -> Drill:
    """The stack, two workers, and the lake one process makes of the same raw/ in a folder."""
    with_environment_of(stack)
    stack.everything()
    for name in ("worker1", "worker2"):
        stack.start_worker(name)
    drill = Drill(stack, make_raw(folder, reports), folder, "")
    root = drill.new_folder_lake()
    done = drill.gongkai(root)
    if done.returncode:
        raise DrillFailedError(done.stdout + done.stderr)
    drill.undisturbed = lake_hash(root)
    return drill


def _line(name: str, drill: Drill) -> str:
    started = time.perf_counter()
    try:
        told = DRILLS[name](drill)
    except DrillFailedError as error:
        told = f"NOT COMPLETED: {error}"
    what = " ".join((DRILLS[name].__doc__ or "").split())
    cells = (name, what, told.replace("|", "/").replace("\n", " "))
    return "| " + " | ".join([*cells, f"{time.perf_counter() - started:.0f} s"]) + " |"


def _page(lines: list[str], reports: int) -> str:
    return "\n".join(
        [
            "# Drills",
            "",
            "What `make drill` saw. PostgreSQL, Prefect's server, an S3 server and two process workers, each with its own home and spool, on loopback;",
            f"{reports} reports in mixed media. The S3 server keeps everything in memory, so the way to it is cut, not itself.",
            "Every drill is compared with the lake one process made in a folder of the same `raw/`: extracted, quarantined and published, byte for byte.",
            "The disk, clock and double delivery drills use a folder and the command line.",
            "",
            f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}.",
            "",
            "| drill | what is done | what came of it | took |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
