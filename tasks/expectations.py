"""What the sources expect, and what became of asking: the two frames coverage is made from.

Both are free of run and clock: fetched first or found unchanged later is the same to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from annual_reports.lake.coverage import ATTEMPTS_SCHEMA, EXPECTED_SCHEMA
from schemas.fetch_causes import fetch_causes
from schemas.sources import Source
from tasks.documents import DocumentToRead, name_of_url
from tasks.observations import HAVING_BYTES, NOT_FINAL, REPORTING, Outcome, Purpose

QUARANTINED = "quarantined"


def expected_of(sources: Sequence[Source]) -> pl.DataFrame:
    """One row per publisher and year a source expects a report of (EXPECTED_SCHEMA)."""
    rows = [
        (publisher.province, year, publisher.publisher, publisher.level, publisher.county_code)
        for source in sources
        for publisher in source.publishers
        for year in publisher.expected_years()
    ]
    return pl.DataFrame(rows, schema=EXPECTED_SCHEMA, orient="row").unique(maintain_order=True)


def attempts_of(
    sources: Sequence[Source], observations: pl.DataFrame, quarantined: pl.DataFrame
) -> pl.DataFrame:
    """The last request of each report address, and index pages that failed (ATTEMPTS_SCHEMA)."""
    last = (
        observations.filter(pl.col("url").is_not_null(), ~pl.col("outcome").is_in(NOT_FINAL))
        .group_by("purpose", "url", maintain_order=True)
        .last()
    )
    reports = last.filter(
        pl.col("purpose").is_in(REPORTING),
        pl.col("publisher").is_not_null(),
        pl.col("year").is_not_null(),
    )
    versions = dict(
        observations.drop_nulls(["url", "sha256"])
        .group_by("url")
        .agg(pl.col("sha256").n_unique())
        .iter_rows()
    )
    return pl.concat(
        [_report_attempts(reports, quarantined, versions), _failed_indexes(sources, last)]
    ).sort("province", "year", "publisher", "url")


def _report_attempts(
    reports: pl.DataFrame, quarantined: pl.DataFrame, versions: Mapping[str, int]
) -> pl.DataFrame:
    refused = _refused_whole(quarantined)
    rows = []
    for row in reports.iter_rows(named=True):
        outcome, document_id, reason = row["outcome"], None, row["error"]
        state = fetch_state(row, versions.get(row["url"], 0))
        if row["sha256"] is not None and outcome in HAVING_BYTES:
            address = row["final_url"] or row["url"]
            outcome = Outcome.NEW.value
            document_id = DocumentToRead(row["sha256"], name_of_url(address), address).document_id
            if document_id in refused:
                outcome, reason = QUARANTINED, refused[document_id]
        place = (row["province"], row["year"], row["publisher"])
        rows.append((*place, row["url"], outcome, document_id, reason, state, row["cause"]))
    return pl.DataFrame(rows, schema=ATTEMPTS_SCHEMA, orient="row")


def fetch_state(row: Mapping[str, Any], versions: int) -> str:
    """One of `fetch_states` for the last request of an address that gave so many different bytes."""
    if row["outcome"] in HAVING_BYTES:
        return "changed" if versions > 1 else "received"
    if row["outcome"] != Outcome.FAILED:
        return str(row["outcome"])
    heals = row["cause"] is not None and fetch_causes()[row["cause"]].heals
    return "failed_for_now" if heals else "failed"


def _refused_whole(quarantined: pl.DataFrame) -> dict[str, str]:
    """Document as received → why, for those of which no part could be read."""
    whole = quarantined.filter(pl.len().over("source_document_id") == pl.col("part_count"))
    return dict(whole.select("source_document_id", "message").iter_rows())


def _failed_indexes(sources: Sequence[Source], last: pl.DataFrame) -> pl.DataFrame:
    """A publisher whose index page could not be had has failed for every year expected of it."""
    failed = {
        row["url"]: row
        for row in last.filter(pl.col("purpose") == Purpose.INDEX).iter_rows(named=True)
        if row["outcome"] not in HAVING_BYTES
    }
    rows = [
        (
            publisher.province,
            year,
            publisher.publisher,
            url,
            failed[url]["outcome"],
            None,
            failed[url]["error"],
            fetch_state(failed[url], 0),
            failed[url]["cause"],
        )
        for source in sources
        for publisher in source.publishers
        if publisher.index is not None and (url := source.absolute(publisher.index)) in failed
        for year in publisher.expected_years()
    ]
    return pl.DataFrame(rows, schema=ATTEMPTS_SCHEMA, orient="row")
