"""Keys of an object store from a block of Prefect: never in a file of the lake, never on the screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import gongkai_environment
from tests.tasks.store_server import VARIABLES, new_bucket, store_server

SAVE = """
import sys
from prefect.blocks.system import Secret
Secret(value=sys.stdin.read()).save("lake-keys")
"""
USE = """
import os, sys
from tasks.lake_paths import open_lake
from tasks.atomic_files import write_atomically
assert not any(name.startswith("AWS_") for name in os.environ)
lake = open_lake(sys.argv[1])
write_atomically(lake.root / "x", b"1")
print((lake.root / "x").read_bytes())
"""


def run(
    script: str, *arguments: str, given: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    given_here = gongkai_environment(**settings).items()
    environment = {name: value for name, value in given_here if not name.startswith("AWS_")}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command, env=environment, input=given, capture_output=True, text=True, check=False
    )


def test_a_block_holds_the_keys(prefect_api: str, prefect_home: Path, tmp_path: Path) -> None:
    prefect = {"PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(prefect_home)}
    with store_server(tmp_path) as address:
        place = str(new_bucket(address))
        store = {"GONGKAI_S3_ENDPOINT": address, "GONGKAI_SPOOL": str(tmp_path)}
        saved = run(SAVE, given=json.dumps(VARIABLES), **prefect)
        assert saved.returncode == 0, saved.stderr
        used = run(USE, place, GONGKAI_S3_BLOCK="lake-keys", **prefect, **store)
        assert (used.returncode, used.stdout) == (0, "b'1'\n"), used.stderr
        assert VARIABLES["AWS_SECRET_ACCESS_KEY"] not in used.stdout + used.stderr


def test_a_block_that_is_not_there_is_named(prefect_api: str, prefect_home: Path) -> None:
    prefect = {"PREFECT_API_URL": prefect_api, "PREFECT_HOME": str(prefect_home)}
    told = run(USE, "s3://bucket/lake", GONGKAI_S3_BLOCK="nobody-made-it", **prefect)
    assert told.returncode == 1
    assert "UnusableLakeError" in told.stderr
    assert "nobody-made-it" in told.stderr.splitlines()[-1]
