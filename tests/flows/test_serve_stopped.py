"""`gongkai serve` stopped as an operator stops it, in the middle of a night: the next start finishes the night."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tasks.lake_paths import LakePaths
from tasks.run_history import read_runs
from tests.conftest import timeless_files
from tests.flows.served import free_port, serve, stop, wait_for
from tests.processes import descendants_of, is_alive
from tests.test_power_loss import at_least

NIGHT = {"sources": "sample_site/source.yml", "hours": ""}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_a_night_stopped_with_serve_is_taken_up_by_the_next_start(
    prefect_database: Path, sample_run: tuple[Path, object], tmp_path: Path
) -> None:
    home = Path(shutil.copytree(prefect_database, tmp_path / "home"))
    lake, port = LakePaths(tmp_path / "lake"), free_port()
    served = serve(lake.root, home, port)
    night = served.start("nightly", **NIGHT)
    reading_has_begun = at_least(1, "extracted/arrivals/*.parquet")
    while not reading_has_begun(lake.root):
        time.sleep(0.002)
    processes = descendants_of(served.process.pid)
    stop(served)
    wait_for(lambda: not any(is_alive(pid) for pid in processes))
    assert read_runs(lake)["outcome"].to_list() != ["completed"]

    again = serve(lake.root, home, port)
    wait_for(lambda: again.state(night) in ("Completed", "Failed", "Cancelled"))
    assert again.state(night) == "Completed"
    stop(again)
    assert read_runs(lake)["outcome"].to_list()[-1] == "completed"
    assert timeless_files(lake.root) == timeless_files(sample_run[0])
