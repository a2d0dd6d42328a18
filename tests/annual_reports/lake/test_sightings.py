"""What a page said, and when: spans of time, the order of versions, and what changed between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from lake_documents import NO_EXTRACTIONS, NOBODY_EXPECTED, frame, report

from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.partitions import PartitionTables, build_partitions
from annual_reports.lake.sightings import SIGHT_SCHEMA, sightings

DAY_ONE = datetime(2025, 2, 1, tzinfo=UTC)
URL = "https://www.example.gov.cn/石桥镇.html"


def day(number: int) -> datetime:
    return DAY_ONE + timedelta(days=number - 1)


def spans(*answers: tuple[int, str | None], address: str = URL) -> pl.DataFrame:
    """Answers as (day, document); None is a page that is gone."""
    rows = [(address, document, day(number)) for number, document in answers]
    return sightings(pl.DataFrame(rows, schema=SIGHT_SCHEMA, orient="row"))


def told(found: pl.DataFrame) -> list[tuple[str, int, int | None, str | None]]:
    return [
        (document, (start - DAY_ONE).days + 1, (end - DAY_ONE).days + 1 if end else None, by)
        for document, start, end, by in found.sort("seen_from")
        .select("source_document_id", "seen_from", "seen_until", "ended_by")
        .iter_rows()
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(1, "a")], [("a", 1, None, None)]),
        ([(1, "a"), (2, "a"), (9, "a")], [("a", 1, None, None)]),
        ([(1, "a"), (3, "b")], [("a", 1, 3, "replaced"), ("b", 3, None, None)]),
        (
            [(1, "a"), (3, "b"), (5, "a")],
            [("a", 1, 3, "replaced"), ("b", 3, 5, "replaced"), ("a", 5, None, None)],
        ),
        ([(1, "a"), (3, None)], [("a", 1, None, None)]),
        ([(1, "a"), (3, None), (9, None)], [("a", 1, None, None)]),
        ([(1, "a"), (3, None), (10, None)], [("a", 1, 3, "withdrawn")]),
        ([(1, "a"), (3, None), (4, "a"), (12, None)], [("a", 1, None, None)]),
        (
            [(1, "a"), (3, None), (12, None), (20, "a")],
            [("a", 1, 3, "withdrawn"), ("a", 20, None, None)],
        ),
        ([(1, None), (20, None)], []),
    ],
)
def test_spans(
    answers: list[tuple[int, str | None]], expected: list[tuple[str, int, int | None, str | None]]
) -> None:
    assert told(spans(*answers)) == expected
    assert told(spans(*reversed(answers))) == expected


OLD = report("石桥镇", values={"requests.new_received.total": 7})
NEW = report("石桥镇", values={"requests.new_received.total": 9}, publish_date=None)
KEY = PartitionKey("CN-SX", 2024)


def ids() -> tuple[str, str]:
    rows = [frame(one).get_column("source_document_id").item() for one in (OLD, NEW)]
    return rows[0], rows[1]


def built(shown: pl.DataFrame) -> PartitionTables:
    extractions = {KEY: frame(OLD, NEW), KEY.year_before: NO_EXTRACTIONS}
    return build_partitions([KEY], extractions, NOBODY_EXPECTED, spans=shown)[KEY]


@pytest.mark.parametrize("flipped", [False, True])
def test_what_the_page_shows_now_is_current_whatever_dates_it_prints(flipped: bool) -> None:
    first, second = reversed(ids()) if flipped else ids()
    tables = built(spans((1, first), (4, second))).tables
    (current,) = tables["reports"].iter_rows(named=True)
    assert (current["source_document_id"], current["revisions"]) == (second, 2)
    rows = tables["report_revisions"].sort("revision_order").rows(named=True)
    assert [row["revision_reason"] for row in rows] == ["first", "page_changed"]
    assert [row["first_seen"] for row in rows] == [day(1), day(4)]
    assert [row["superseded_at"] for row in rows] == [day(4), None]


def test_the_difference_is_told_value_by_value() -> None:
    old, new = ids()
    changes = built(spans((1, old), (4, new))).tables["cell_changes"]
    (change,) = changes.filter(pl.col("value_before").is_not_null()).iter_rows(named=True)
    assert (change["row_key"], change["column_key"]) == ("new_received", "total")
    assert (change["value_before"], change["value_after"]) == (7, 9)
    assert (change["revision_order"], change["seen_at"]) == (2, day(4))


def test_a_withdrawn_report_leaves_a_tombstone() -> None:
    old, new = ids()
    tables = built(spans((1, old), (4, new), (9, None), (30, None))).tables
    (current,) = tables["reports"].iter_rows(named=True)
    assert (current["source_document_id"], current["withdrawn_at"]) == (new, day(9))
    assert tables["coverage"].get_column("status").to_list() == ["published"]
    assert tables["requests"].height == 7


def test_no_sight_no_times() -> None:
    tables = build_partitions(
        [KEY], {KEY: frame(OLD, NEW), KEY.year_before: NO_EXTRACTIONS}, NOBODY_EXPECTED
    )[KEY].tables
    assert tables["sightings"].is_empty()
    assert tables["report_revisions"].get_column("first_seen").null_count() == 2
