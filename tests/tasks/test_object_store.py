"""The whole lake on a real S3 server: the same bytes as in a folder, one writer at a time, never half."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pytest
from pyarrow.fs import S3FileSystem

from annual_reports.lake.manifest import parse_manifest
from tasks.doctor import Health, _tables_with_other_columns, examine_machine
from tasks.documents import DocumentToRead
from tasks.lake_paths import LakePaths, UnusableLakeError, open_lake
from tasks.lake_summary import scan_published
from tasks.lease import Lease, LeaseLostError, NoConditionalWritesError, lease_held
from tasks.object_paths import ChangedMeanwhileError, ObjectPath
from tasks.observations import (
    Observation,
    Outcome,
    Purpose,
    join_observation_files,
    read_observations,
)
from tasks.open_run import recorded_run
from tasks.publish import publish_lake
from tasks.raw_store import RawObjectLostError, RawStore
from tasks.reading import read_batch
from tasks.releases import (
    LATEST,
    SUMS,
    altered_files,
    make_release,
    release_names,
    releases_folder,
)
from tasks.run_history import read_runs
from tasks.run_items import keep_items
from tasks.verification import verify_lake
from tests.conftest import ROOT, Gongkai
from tests.tasks.store_server import VARIABLES, new_bucket, store_server
from tests.tasks.test_observations import RUN, START, log
from tests.tasks.test_publish import REPORTS, take_in

PARTS = ("raw/objects", "extracted", "quarantined", "published")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with store_server(tmp_path_factory.mktemp("spool")) as served:
        yield served


@pytest.fixture
def root(address: str) -> ObjectPath:
    return new_bucket(address)


@pytest.fixture(scope="module")
def lakes(address: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[LakePaths, LakePaths]:
    """The same reports taken in and published in a folder and on the store."""
    made = LakePaths(tmp_path_factory.mktemp("lake")), open_lake(str(new_bucket(address)))
    for lake in made:
        for name in REPORTS:
            take_in(lake, name)
        publish_lake(lake)
    return made


def content_of(lake: LakePaths) -> dict[str, bytes]:
    """Every file but the database of views: DuckDB writes other bytes for the same views."""
    return {
        path.relative_to(lake.root).as_posix(): path.read_bytes()
        for part in PARTS
        for path in (lake.root / part).rglob("*")
        if path.is_file() and path.suffix != ".duckdb"
    }


def test_a_release_on_a_store_has_the_bytes_of_one_in_a_folder(
    lakes: tuple[LakePaths, LakePaths],
) -> None:
    _, store = lakes
    sums = {lake: make_release(lake, "2026.11").folder / SUMS for lake in lakes}
    # The database differs by itself: DuckDB writes other bytes for the same views.
    named = [
        {line for line in path.read_text().splitlines() if not line.endswith(".duckdb")}
        for path in sums.values()
    ]
    assert named[0] == named[1]
    assert len(named[0]) > 40
    assert altered_files(sums[store].parent) == []
    assert (releases_folder(store) / LATEST).read_text() == "2026.11\n"
    assert not make_release(store, "2026.11").is_new
    assert verify_lake(store).problems == ()
    rules = ObjectPath(sums[store].parent / "rules.parquet")
    frozen = rules.read_bytes()
    rules.put(b"other")
    assert altered_files(sums[store].parent) == ["rules.parquet"]
    rules.put(frozen)


def test_a_release_cut_off_on_a_store_is_none_and_is_made_good(
    lakes: tuple[LakePaths, LakePaths],
) -> None:
    _, store = lakes
    whole = make_release(store, "2026.12").folder
    (whole / SUMS).unlink()
    (whole / "left.parquet").put(b"of another publication")
    assert "2026.12" not in release_names(store)
    told = [p for p in verify_lake(store).problems if p.kind == "release_unfinished"]
    assert [problem.path for problem in told] == ["releases/2026.12"]
    again = make_release(store, "2026.12")
    assert again.is_new
    assert altered_files(again.folder) == []
    assert (releases_folder(store) / LATEST).read_text() == "2026.12\n"


def test_a_lake_on_a_store_has_the_bytes_of_one_in_a_folder(
    lakes: tuple[LakePaths, LakePaths],
) -> None:
    folder, store = lakes
    assert content_of(store) == content_of(folder)
    assert (
        scan_published(store, "cells").collect().equals(scan_published(folder, "cells").collect())
    )


def test_a_second_run_writes_nothing(lakes: tuple[LakePaths, LakePaths]) -> None:
    _, store = lakes
    before = {path: path.read_with_tag()[1] for path in store.published.rglob("*")}
    outcome = publish_lake(store)
    assert (outcome.partitions, outcome.changed, outcome.removed) == ((), [], [])
    assert {path: path.read_with_tag()[1] for path in store.published.rglob("*")} == before


def test_a_lake_on_a_store_is_verified_and_examined(
    lakes: tuple[LakePaths, LakePaths],
) -> None:
    _, store = lakes
    found = verify_lake(store)
    assert (found.problems, found.files) == ((), verify_lake(lakes[0]).files)
    assert not _tables_with_other_columns(store, parse_manifest(store.manifest.read_text()))


def test_the_history_of_runs_is_kept_and_shown_from_a_store(
    root: ObjectPath, gongkai: Gongkai, tmp_path: Path
) -> None:
    lake, settings = LakePaths(root), of_the_store()
    killed = (
        "import os, sys; from tasks.lake_paths import open_lake; from tasks.run_history import start_run\n"
        "start_run(open_lake(sys.argv[1]), 'nightly', None, {}); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(root)], env=os.environ, check=False)
    with recorded_run("publish", None, str(root), {}) as run:
        items = [{"stage": "extract", "item": "a.html", "outcome": "read"}]
        keep_items(lake, run.record.run_id, "extract0001", items)
    outcomes = read_runs(lake).select("flow", "outcome").rows()
    assert outcomes == [("nightly", "interrupted"), ("publish", "completed")]
    shown = gongkai("runs", "--lake", str(root), **settings)
    assert shown.returncode == 0, shown.stderr
    assert "interrupted" in shown.stdout
    one = gongkai("runs", run.record.run_id, "--lake", str(root), **settings)
    assert "extract read a.html" in one.stdout
    told = gongkai("doctor", "--lake", str(root), PREFECT_HOME=str(tmp_path), **settings)
    assert told.returncode == 1, told.stderr  # the night was cut off
    assert "interrupted" in told.stdout
    assert str(root) in told.stdout


def test_the_doctor_examines_a_store(lakes: tuple[LakePaths, LakePaths], tmp_path: Path) -> None:
    health = {one.subject: one for one in examine_machine(lakes[1], tmp_path, None)}
    for subject in ("数据湖 lake", "数据湖磁盘 disk of the lake", "表样 schema", "时钟 clock"):
        assert health[subject].health is Health.GOOD, health[subject]


def of_the_store() -> dict[str, str]:
    """The settings by which a command finds the store."""
    return {name: os.environ[name] for name in (*VARIABLES, "GONGKAI_S3_ENDPOINT", "GONGKAI_SPOOL")}


def test_polars_and_pyarrow_read_the_store_by_themselves(
    lakes: tuple[LakePaths, LakePaths], address: str
) -> None:
    folder, store = lakes
    expected = scan_published(folder, "requests").collect().height
    keys = {"aws_endpoint_url": address, "aws_allow_http": "true"}
    place = store.published / "requests"
    found = pl.read_parquet(f"{place}/**/*.parquet", storage_options=keys, hive_partitioning=True)
    assert found.height == expected
    assert set(found["province"]) == set(scan_published(folder, "requests").collect()["province"])
    system = S3FileSystem(
        endpoint_override=address,
        access_key=VARIABLES["AWS_ACCESS_KEY_ID"],
        secret_key=VARIABLES["AWS_SECRET_ACCESS_KEY"],
        region=VARIABLES["AWS_REGION"],
    )
    table = ds.dataset(str(place).removeprefix("s3://"), filesystem=system, partitioning="hive")
    assert table.count_rows() == expected


def test_duckdb_reads_the_store(lakes: tuple[LakePaths, LakePaths], address: str) -> None:
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        connection.execute("LOAD httpfs")
    except duckdb.Error:
        pytest.skip(
            "DuckDB's httpfs extension is not installed here, and is not downloaded by tests"
        )
    connection.execute(
        "CREATE SECRET (TYPE s3, KEY_ID ?, SECRET ?, ENDPOINT ?, URL_STYLE 'path', USE_SSL false)",
        [*list(VARIABLES.values())[:2], address.removeprefix("http://")],
    )
    place = lakes[1].published / "requests"
    rows = connection.sql(f"SELECT count(*) FROM read_parquet('{place}/**/*.parquet')").fetchall()
    assert rows[0][0] == scan_published(lakes[0], "requests").collect().height


def test_a_path_of_the_store_answers_like_one_of_a_folder(root: ObjectPath) -> None:
    one, other = root / "t" / "province=CN-SX" / "year=2024" / "a.parquet", root / "b.json"
    one.put(b"1")
    other.put(b"22")
    assert list((root / "t").glob("province=*/year=*")) == [one.parent]
    assert list((root / "t").glob("province=*/year=*/*.parquet")) == [one]
    assert list(root.rglob("*")) == [other, one]
    assert list(root.glob("b.*")) == [other]
    assert (one.is_file(), one.is_dir(), one.parent.is_file(), one.parent.is_dir()) == (
        True,
        False,
        False,
        True,
    )
    assert (other.stat().st_size, str(other)) == (2, f"s3://{root.bucket}/open/lake/b.json")
    assert one.relative_to(root).as_posix() == "t/province=CN-SX/year=2024/a.parquet"
    other.unlink()
    assert not other.exists()
    with pytest.raises(FileNotFoundError):
        other.read_bytes()
    with pytest.raises(TypeError, match="no file of this machine"):
        open(one)  # noqa: SIM115, PTH123


def test_a_conditional_write_loses_against_an_earlier_one(root: ObjectPath) -> None:
    place = root / "x"
    first = place.put_if(b"1", None)
    with pytest.raises(ChangedMeanwhileError):
        place.put_if(b"2", None)
    place.put_if(b"3", first)
    with pytest.raises(ChangedMeanwhileError):
        place.put_if(b"4", first)
    assert place.read_bytes() == b"3"


def test_a_lease_has_one_holder_and_passes_on(root: ObjectPath) -> None:
    one, other = Lease(root, "one", 1.0), Lease(root, "other", 1.0)
    one.acquire()
    time.sleep(1.5)
    one.check()  # it renews itself
    assert not other._take(None)
    one.release()
    assert other._take(None)


def test_a_lease_not_renewed_is_taken_over_and_its_holder_writes_no_more(root: ObjectPath) -> None:
    lost, heir = Lease(root, "one", 0.6), Lease(root, "other", 0.6)
    assert lost._take(None)  # its thread is not started: a machine that hangs
    heir.acquire()
    heir.check()
    with pytest.raises(LeaseLostError):
        lost.check()
    lost.release()
    heir.check()


def test_a_lease_left_by_a_dead_process_of_this_machine_is_free_at_once(root: ObjectPath) -> None:
    assert Lease(root, "one", 3600.0)._take(None)
    Lease(root, "one", 3600.0).acquire()


class CarelessPath(ObjectPath):
    """A store that ignores the conditions of a write, as some do."""

    __slots__ = ()

    def put_if(self, content: bytes, tag: str | None) -> str | None:
        self.put(content)
        return self.read_with_tag()[1]


def test_a_store_without_conditional_writes_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = CarelessPath("/" + str(new_bucket(address)).removeprefix("s3://"))
    with (
        pytest.raises(NoConditionalWritesError, match="GONGKAI_S3_ONE_WRITER=yes"),
        lease_held(root, "m"),
    ):
        pass
    monkeypatch.setenv("GONGKAI_S3_ONE_WRITER", "yes")
    with lease_held(root, "m"):
        pass


def test_a_damaged_object_of_the_store_is_noticed(root: ObjectPath) -> None:
    store = RawStore(root / "raw" / "objects")
    sha256 = store.put(b"report")
    assert store.read(sha256) == b"report"
    assert all(store.holds_tonight(sha256, night) for night in range(16))
    store.path_of(sha256).put(b"damaged")  # type: ignore[attr-defined]
    assert [store.holds_tonight(sha256, night) for night in range(16)].count(False) == 1
    with pytest.raises(RawObjectLostError, match="damaged"):
        store.read(sha256)


class SlowStore(RawStore):
    """A store across a slow network; `at_once` is how many answers were under way at most."""

    _under_way: ClassVar[list[str]] = []
    at_once: ClassVar[list[int]] = []

    def read(self, sha256: str) -> bytes:
        self._under_way.append(sha256)
        self.at_once.append(len(self._under_way))
        time.sleep(0.02)
        try:
            return super().read(sha256)
        finally:
            self._under_way.remove(sha256)


def test_the_next_documents_are_fetched_while_one_is_read(root: ObjectPath, tmp_path: Path) -> None:
    names = sorted(path.name for path in (ROOT / "tests" / "golden").glob("*.html"))[:30]
    near, far = RawStore(tmp_path / "objects"), SlowStore(root / "raw" / "objects")
    documents = []
    for name in names:
        content = (ROOT / "tests" / "golden" / name).read_bytes()
        near.put(content)
        documents.append(DocumentToRead(far.put(content), name, None))
    for store in (near, far):
        store.path_of(documents[3].sha256).unlink()
    SlowStore.at_once.clear()
    read, expected = read_batch(far, documents), read_batch(near, documents)
    assert 1 < max(SlowStore.at_once) <= 9
    assert read.rows.equals(expected.rows)
    assert read.quarantined.equals(expected.quarantined)
    assert len(read.lost) == 1
    assert documents[3].sha256 in read.lost[0]


def test_journals_stay_on_this_machine_until_they_are_joined(root: ObjectPath) -> None:
    folder = root / "raw" / "observations"
    running = log(folder)
    running.append(Observation(Purpose.REPORT, Outcome.NEW, START, "s", url="http://a/1"))
    running.flush()
    assert list(folder.rglob("*")) == []
    before = read_observations(folder)
    assert before.height == 1
    join_observation_files(LakePaths(root), RUN)
    assert [path.name for path in folder.rglob("*")] == [f"{RUN}.parquet"]
    assert read_observations(folder).equals(before)


PUBLISH = """
import sys
from tasks.lake_paths import open_lake
from tasks.publish import publish_lake
publish_lake(open_lake(sys.argv[1]))
"""


def publisher(lake: LakePaths, spool: Path | None = None) -> subprocess.Popen[bytes]:
    """A process that publishes, on this machine or, with a spool of its own, as if on another."""
    own = {"GONGKAI_SPOOL": str(spool)} if spool else {}
    return subprocess.Popen([sys.executable, "-c", PUBLISH, str(lake.root)], env=os.environ | own)


def test_killed_and_concurrent_publishers_leave_the_lake_of_an_undisturbed_one(
    lakes: tuple[LakePaths, LakePaths], address: str, tmp_path: Path
) -> None:
    expected = content_of(lakes[0])
    lake = open_lake(str(new_bucket(address)))
    for name in REPORTS:
        take_in(lake, name)
    killed = publisher(lake)
    while not lake.published.is_dir() and killed.poll() is None:
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    running = [publisher(lake), publisher(lake, tmp_path / "another machine")]
    assert [process.wait() for process in running] == [0, 0]
    assert content_of(lake) == expected


def test_a_reader_meets_each_file_as_one_manifest_or_the_next_lists_it(address: str) -> None:
    lake = open_lake(str(new_bucket(address)))
    take_in(lake, REPORTS[0])
    publish_lake(lake)
    take_in(lake, REPORTS[1])
    old, seen = _listed(lake), set[tuple[str, str]]()
    writing = publisher(lake)
    while writing.poll() is None:
        for path in old:
            content = (lake.published / path).read_bytes()
            pl.read_parquet(content, hive_partitioning=False)
            seen.add((path, hashlib.sha256(content).hexdigest()))
    assert writing.returncode == 0
    assert {path for path, _ in seen} == set(old)
    assert seen <= set(old.items()) | set(_listed(lake).items())


def _listed(lake: LakePaths) -> dict[str, str]:
    if not lake.manifest.is_file():
        return {}
    return {file["path"]: file["sha256"] for file in json.loads(lake.manifest.read_text())["files"]}


def test_a_prefix_that_readers_cannot_list_is_refused() -> None:
    with pytest.raises(UnusableLakeError, match="ASCII"):
        open_lake("s3://bucket/公开")


def test_errors_never_print_a_key(address: str) -> None:
    with pytest.raises(UnusableLakeError) as refused:
        open_lake("s3://there-is-no-such-bucket/lake")
    assert VARIABLES["AWS_SECRET_ACCESS_KEY"] not in str(refused.value)
    assert "AWS_ENDPOINT_URL" in str(refused.value)


@pytest.mark.parametrize(
    "module", sorted((ROOT / "tasks").rglob("*.py")), ids=lambda path: path.stem
)
def test_parquet_files_of_a_lake_are_read_through_the_storage_layer(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    direct = re.findall(
        r"p[lq]\.(?:read_parquet\w*|scan_parquet|read_schema|read_metadata)\(", text
    )
    assert module.stem == "parquet_files" or direct == []
