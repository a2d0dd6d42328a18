"""Files that pages only lead to: asked for in place of the page, as the report the page announces."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from annual_reports.model import QuarantineReason
from tasks.crawl import without_repeats
from tasks.observations import HAVING_BYTES, Purpose
from tasks.polite_fetch import PageRequest

MOST_PER_PAGE = 20


def attachment_requests(
    observations: pl.DataFrame, quarantined: pl.DataFrame, local_sources: Collection[str]
) -> list[PageRequest]:
    """Requests for the attachments of set-aside pages, with what is known of each page.

    `quarantined` has the rows of `quarantined_documents`; a page that was not fetched leads nowhere.
    """
    leading = quarantined.filter(
        pl.col("reason") == QuarantineReason.REPORT_IN_ATTACHMENT.value,
        pl.col("attachments").is_not_null(),
    ).select("url", "attachments")
    pages = (
        observations.filter(
            pl.col("purpose") == Purpose.REPORT, pl.col("outcome").is_in(HAVING_BYTES)
        )
        .with_columns(address=pl.coalesce("final_url", "url"))
        .unique("address", keep="last", maintain_order=True)
        .join(leading, left_on="address", right_on="url", validate="1:m")
        .unique("address", keep="first", maintain_order=True)
    )
    return without_repeats(
        PageRequest(
            row["source"],
            Purpose.ATTACHMENT,
            url,
            local=row["source"] in local_sources,
            publisher=row["publisher"],
            province=row["province"],
            year=row["year"],
            title=row["title"],
        )
        for row in pages.iter_rows(named=True)
        for url in row["attachments"].split("\n")[:MOST_PER_PAGE]
    )
