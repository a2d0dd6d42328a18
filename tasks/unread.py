"""What is still to be read, found shard by shard, so that memory follows a sixteenth of the lake."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from annual_reports.extract import EXTRACTOR_VERSION
from schemas.decisions import IdentityDecision
from tasks.decision_files import read_decision_book
from tasks.documents import DocumentToRead, documents_of
from tasks.extractions import PLACES_SCHEMA, places_of_documents, unread_documents
from tasks.identity_hints import idle_decisions, with_hints
from tasks.lake_paths import LakePaths
from tasks.observations import read_observations
from tasks.source_files import kept_sources


@dataclass(frozen=True, slots=True)
class Unread:
    """Documents to read, with what sources and people say of each.

    `places`: PLACES_SCHEMA, where they stand now, read by an older version. `known`: how many documents
    the shards hold. `idle`: decisions that touch none of them.
    """

    documents: list[DocumentToRead]
    places: pl.DataFrame
    known: int
    idle: list[IdentityDecision]


def find_unread(lake: LakePaths, shards: Collection[str]) -> Unread:
    """Every document of these shards that this version of the reader has not read with its hints."""
    observations = read_observations(lake.observations)
    sources, decisions = kept_sources(lake), read_decision_book().identity
    unread: list[DocumentToRead] = []
    standing = [PLACES_SCHEMA.to_frame()]
    idle, known = list(decisions), 0
    for shard in sorted(shards):
        received = documents_of(observations.filter(pl.col("sha256").str.starts_with(shard)))
        told = _about(observations, {one.url for one in received if one.url})
        documents = with_hints(received, told, sources, decisions)
        places = places_of_documents(lake, [shard])
        found = unread_documents(documents, places, EXTRACTOR_VERSION)
        ids = [document.document_id for document in found]
        standing.append(places.filter(pl.col("source_document_id").is_in(ids)))
        unread += found
        known += len(documents)
        idle = idle_decisions(documents, idle)
    return Unread(unread, pl.concat(standing), known, idle)


def _about(observations: pl.DataFrame, addresses: Collection[str]) -> pl.DataFrame:
    """What was ever said of these addresses, whatever bytes came from them."""
    wanted = pl.Series("address", sorted(addresses), pl.String)
    return observations.filter(pl.coalesce("final_url", "url").is_in(wanted.implode()))
