"""The history of requests survives kills, and says what the lake holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.documents import DocumentToRead, documents_of, name_of_url
from tasks.lake_paths import LakePaths
from tasks.observations import (
    Observation,
    ObservationLog,
    Outcome,
    Purpose,
    join_observation_files,
    last_sights,
    new_run_id,
    read_observations,
)

START = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
RUN = new_run_id(START, "abcdef")
ROW = Observation(
    Purpose.REPORT, Outcome.NEW, START, "s", url="http://a/1.html", sha256="1" * 64, etag='"1"'
)


def log(folder: Path, batch: str = "fetch0001", run: str = RUN) -> ObservationLog:
    return ObservationLog(folder, run, batch)


def test_rows_are_kept_the_moment_they_are_known(tmp_path: Path) -> None:
    running = log(tmp_path)
    for number in range(5):
        running.append(replace(ROW, url=f"http://a/{number}"))
    assert read_observations(tmp_path)["position"].to_list() == [0, 1, 2, 3, 4]


def test_a_row_cut_in_two_by_a_kill_is_no_row(tmp_path: Path) -> None:
    running = log(tmp_path)
    running.append(ROW)
    running.append(replace(ROW, url="http://a/2.html"))
    running.flush()
    (journal,) = tmp_path.rglob("*.journal")
    journal.write_bytes(journal.read_bytes()[:-9])
    assert read_observations(tmp_path)["url"].to_list() == [ROW.url]


def test_a_request_without_an_answer_was_interrupted(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    running = log(lake.observations)
    running.announce(replace(ROW, outcome=Outcome.INTERRUPTED, sha256=None))
    running.append(ROW)
    running.announce(replace(ROW, outcome=Outcome.INTERRUPTED, url="http://a/2", attempt=2))
    seen = read_observations(lake.observations).select("url", "outcome", "attempt").rows()
    assert seen == [(ROW.url, "new", 1), ("http://a/2", "interrupted", 2)]
    join_observation_files(lake, RUN)
    assert read_observations(lake.observations).select("url", "outcome", "attempt").rows() == seen


def test_the_files_of_a_run_become_one_and_say_the_same(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    for batch in ("fetch0001", "fetch0002"):
        running = log(lake.observations, batch)
        for number in range(3):
            running.append(replace(ROW, url=f"http://{batch}/{number}"))
        running.flush()
    before = read_observations(lake.observations)
    join_observation_files(lake, RUN)
    assert [path.name for path in tmp_path.rglob("*.*")] == [f"{RUN}.parquet"]
    assert (lake.observations / "2026-01-01" / f"{RUN}.parquet").exists()
    assert read_observations(lake.observations).equals(before)


def test_a_kill_while_joining_counts_no_row_twice(tmp_path: Path) -> None:
    lake = LakePaths(tmp_path)
    running = log(lake.observations)
    running.append(ROW)
    running.flush()
    running.flush()
    part = next(tmp_path.rglob("*.journal"))
    content = part.read_bytes()
    join_observation_files(lake, RUN)
    part.write_bytes(content)
    assert read_observations(lake.observations).height == 1


def test_the_last_sight_of_a_page_is_the_last_that_gave_bytes(tmp_path: Path) -> None:
    running = log(tmp_path)
    later = START + timedelta(minutes=1)
    running.append(ROW)
    running.append(
        replace(ROW, outcome=Outcome.CHANGED, sha256="2" * 64, etag='"2"', requested_at=later)
    )
    running.append(
        replace(
            ROW, outcome=Outcome.FAILED, sha256=None, etag=None, requested_at=later + timedelta(1)
        )
    )
    running.flush()
    sights = last_sights(read_observations(tmp_path))
    assert (sights["http://a/1.html"].sha256, sights["http://a/1.html"].etag) == ("2" * 64, '"2"')


def test_documents_are_what_gave_bytes_each_once(tmp_path: Path) -> None:
    running = log(tmp_path)
    rows = [
        ROW,
        replace(ROW, outcome=Outcome.UNCHANGED),
        replace(ROW, outcome=Outcome.CHANGED, sha256="2" * 64),
        replace(ROW, url="http://a/old", final_url="http://b/new", outcome=Outcome.MOVED),
        replace(ROW, purpose=Purpose.INDEX, url="http://a/index.html"),
        replace(ROW, outcome=Outcome.FAILED, sha256=None),
        replace(ROW, purpose=Purpose.FILE, url=None, name="报告.html"),
    ]
    for row in rows:
        running.append(row)
    running.flush()
    assert documents_of(read_observations(tmp_path)) == [
        DocumentToRead("1" * 64, "报告.html", None),
        DocumentToRead("1" * 64, "1.html", "http://a/1.html"),
        DocumentToRead("1" * 64, "new", "http://b/new"),
        DocumentToRead("2" * 64, "1.html", "http://a/1.html"),
    ]


def test_the_same_bytes_at_two_addresses_are_two_documents() -> None:
    one, other = (DocumentToRead("1" * 64, "a.html", f"http://{host}/a.html") for host in "ab")
    assert one.document_id != other.document_id
    assert len(one.document_id) == 32


def test_a_document_is_named_after_its_address() -> None:
    assert name_of_url("http://a.gov.cn/x/%E6%8A%A5%E5%91%8A.html?id=1") == "报告.html"
    assert name_of_url("http://a.gov.cn/") == "a.gov.cn"
