"""What sources and people say about documents, laid beside each before it is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from annual_reports.identity.hints import IdentityHints, SourceEntry
from schemas.decisions import IdentityDecision
from schemas.sources import PublisherSource, Source
from tasks.documents import DocumentToRead
from tasks.observations import REPORTING, Purpose


def with_hints(
    documents: Iterable[DocumentToRead],
    observations: pl.DataFrame,
    sources: Sequence[Source],
    decisions: Sequence[IdentityDecision],
) -> list[DocumentToRead]:
    """The documents with the decisions whose guard holds, the source entry they were listed under, and
    for attachments the title of the page that leads to them.

    Decisions on one document come after those on addresses, so that they have the last word.
    """
    entries = _entries_by_address(observations, sources)
    linking = _linking_titles(observations)
    by_hash: dict[str | None, list[IdentityDecision]] = defaultdict(list)
    for decision in decisions:
        by_hash[decision.guard.sha256].append(decision)
    return [
        replace(
            document,
            hints=IdentityHints(
                tuple(
                    decision
                    for decision in (*by_hash[None], *by_hash.get(document.sha256, ()))
                    if decision.guard.holds(document.sha256, document.url)
                ),
                entries.get(document.url) if document.url else None,
                linking.get(document.url) if document.url else None,
            ),
        )
        for document in documents
    ]


def idle_decisions(
    documents: Iterable[DocumentToRead], decisions: Sequence[IdentityDecision]
) -> list[IdentityDecision]:
    """Decisions that touch no document of the lake: the page has changed, or the guard is mistyped."""
    touching = {decision for document in documents for decision in document.hints.decisions}
    return [decision for decision in decisions if decision not in touching]


def _linking_titles(observations: pl.DataFrame) -> dict[str, str]:
    """Address of an attachment → the title under which the page that leads to it was listed."""
    listed = observations.filter(
        pl.col("purpose") == Purpose.ATTACHMENT, pl.col("title").is_not_null()
    ).select(pl.coalesce("final_url", "url"), "title")
    return dict(listed.iter_rows())


def _entries_by_address(
    observations: pl.DataFrame, sources: Sequence[Source]
) -> dict[str, SourceEntry]:
    """Address of a report → the entry it was last listed under."""
    described = {
        (publisher.publisher, publisher.province): publisher
        for source in sources
        for publisher in source.publishers
    }
    listed = (
        observations.filter(
            pl.col("purpose").is_in(REPORTING),
            pl.col("publisher").is_not_null(),
            pl.col("sha256").is_not_null(),
        )
        .select(address=pl.coalesce("final_url", "url"), name="publisher", province="province")
        .drop_nulls("address")
    )
    return {
        address: _entry(name, province or "ZZ", described.get((name, province or "ZZ")))
        for address, name, province in listed.iter_rows()
    }


def _entry(name: str, province: str, described: PublisherSource | None) -> SourceEntry:
    if described is None:
        return SourceEntry(name, province)
    return SourceEntry(name, province, described.county_code, described.aliases)
