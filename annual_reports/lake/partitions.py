"""All published tables of provinces and years, many partitions built in one pass.

Each step runs once for all partitions at hand, so that its cost follows the rows: `partition`
numbers the partitions and `document` the documents in every frame until the tables are split.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from annual_reports.checking.blanks import blanks_as_zero, rows_with_blanks
from annual_reports.checking.levels import with_reports_below
from annual_reports.checking.partition import check_and_count
from annual_reports.checking.rule_counts import judged_places
from annual_reports.checking.scopes import scope_proposals
from annual_reports.checking.wide import (
    publisher_facts,
    wide_reports,
    with_previous_year,
)
from annual_reports.lake import form_tables, report_tables
from annual_reports.lake.cell_changes import cell_changes
from annual_reports.lake.claims_again import claims_again
from annual_reports.lake.corrections import (
    correction_rows,
    decision_rows,
    guard_findings,
    with_corrections,
)
from annual_reports.lake.coverage import ATTEMPTS_SCHEMA, build_coverage
from annual_reports.lake.extractions import EXTRACTION_SCHEMA, long_cells, long_rows
from annual_reports.lake.indicators import indicator_totals, indicators
from annual_reports.lake.judgements import judgement_rows
from annual_reports.lake.manifest import PartitionKey
from annual_reports.lake.proofs_again import lost_proof_findings
from annual_reports.lake.revisions import with_revisions
from annual_reports.lake.row_guard import GuardedRows, guard_rows
from annual_reports.lake.series import series
from annual_reports.lake.sightings import SIGHTING_SCHEMA
from annual_reports.lake.totals import coverage_totals, totals
from schemas.decision_book import NOTHING_DECIDED, DecisionBook
from schemas.polars_schemas import polars_schema


@dataclass(frozen=True, slots=True)
class ComparedReports:
    """What the reports of a partition are to those of the year after: `wide_reports` of the current ones.

    `filled`: the same with zero for each blank cell.
    """

    wide: pl.DataFrame
    filled: pl.DataFrame

    def renumbered(self, partition: int) -> ComparedReports:
        """The same under the number a partition has in another pass."""
        number = pl.lit(partition, pl.UInt32).alias("partition")
        return ComparedReports(self.wide.with_columns(number), self.filled.with_columns(number))


@dataclass(frozen=True, slots=True)
class PartitionTables:
    """`tables`: every partitioned published table, of its declared schema and sorted by its key.

    `quarantined`: for each table that lost rows, those rows with their reasons. `compared`: what building
    the year after asks of this one.
    """

    tables: Mapping[str, pl.DataFrame]
    quarantined: Mapping[str, pl.DataFrame]
    compared: ComparedReports


def build_partitions(
    due: Collection[PartitionKey],
    extractions: Mapping[PartitionKey, pl.DataFrame],
    expected: pl.DataFrame,
    attempts: pl.DataFrame | None = None,
    decided: DecisionBook = NOTHING_DECIDED,
    *,
    spans: pl.DataFrame | None = None,
    before: Mapping[PartitionKey, ComparedReports] | None = None,
) -> dict[PartitionKey, PartitionTables]:
    """Everything that is published of the provinces and years `due`.

    `extractions` (EXTRACTION_SCHEMA): the documents of each partition due and of the year before
    it; a partition that is absent has none. `before`: what is known of years before from building
    them; their documents are not asked for then. `expected` and `attempts`: EXPECTED_SCHEMA and
    ATTEMPTS_SCHEMA; rows of other partitions are left aside. `decided`: what people decided, about
    whatever reports. `spans`: SIGHTING_SCHEMA. Raises SchemaBrokenError where a table has not its
    declared columns.
    """
    known = dict(before or {})
    numbers = {key: number for number, key in enumerate(sorted({*due, *extractions, *known}))}
    wanted = pl.DataFrame(
        [(key.province, key.year, numbers[key]) for key in sorted(due)],
        schema={"province": pl.String, "year": pl.Int64, "partition": pl.UInt32},
        orient="row",
    )
    shown = SIGHTING_SCHEMA.to_frame() if spans is None else spans
    for key in extractions.keys() - known.keys() - set(due):
        known[key] = _compared_reports(_versions({key: extractions[key]}, numbers, spans), decided)
    earlier = [known[key].renumbered(numbers[key]) for key in sorted(known.keys() - set(due))]
    held = _Wanted(
        wanted, _successors(due, numbers), _of_partitions(expected, wanted), _all_of(earlier)
    )
    of_due = {key: rows for key, rows in extractions.items() if key in set(due)}
    candidates = _report_candidates(_versions(of_due, numbers, spans), held, shown, decided)
    tried = ATTEMPTS_SCHEMA.to_frame() if attempts is None else attempts
    guarded = _guarded_rows(candidates, wanted, expected, tried)
    compared = ComparedReports(candidates.wide, candidates.filled)
    return _split(guarded, compared, {key: numbers[key] for key in sorted(due)})


def _versions(
    extractions: Mapping[PartitionKey, pl.DataFrame],
    numbers: Mapping[PartitionKey, int],
    spans: pl.DataFrame | None,
) -> pl.DataFrame:
    return with_revisions(_stacked(extractions, numbers), spans).with_row_index("document")


def _compared_reports(versions: pl.DataFrame, decided: DecisionBook) -> ComparedReports:
    """The current reports of partitions that are only compared with."""
    current = versions.filter("is_current")
    cells = with_corrections(long_cells(current), versions, correction_rows(decided)).cells
    wide = wide_reports(current, cells, long_rows(current, "claims"))
    return ComparedReports(wide, blanks_as_zero(wide, cells))


def _all_of(partitions: Iterable[ComparedReports]) -> ComparedReports | None:
    listed = list(partitions)
    if not listed:
        return None
    return ComparedReports(
        pl.concat(one.wide for one in listed), pl.concat(one.filled for one in listed)
    )


def _stacked(
    extractions: Mapping[PartitionKey, pl.DataFrame], numbers: Mapping[PartitionKey, int]
) -> pl.DataFrame:
    nothing = EXTRACTION_SCHEMA.to_frame().with_columns(partition=pl.lit(0, pl.UInt32))
    frames = [
        frame.with_columns(partition=pl.lit(numbers[key], pl.UInt32))
        for key, frame in sorted(extractions.items())
    ]
    return pl.concat([nothing, *frames])


def _successors(due: Collection[PartitionKey], numbers: Mapping[PartitionKey, int]) -> pl.DataFrame:
    """`partition` and, as `following`, the partition due that is the year after it."""
    pairs = [
        (numbers[key.year_before], numbers[key])
        for key in sorted(due)
        if key.year_before in numbers
    ]
    schema = {"partition": pl.UInt32, "following": pl.UInt32}
    return pl.DataFrame(pairs, schema=schema, orient="row")


def _of_partitions(rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """Rows that name their province and year, with the number of the partition."""
    return rows.join(
        wanted, on=["province", "year"], how="inner", validate="m:1", maintain_order="left"
    )


def _guarded_rows(
    candidates: _Candidates, wanted: pl.DataFrame, expected: pl.DataFrame, attempts: pl.DataFrame
) -> dict[str, GuardedRows]:
    """The tables whose rows come from documents, coverage, and the totals over both."""
    reports = guard_rows("reports", candidates.reports)
    lost = reports.set_aside.select("partition", "report_id").drop_nulls().unique()
    guarded = {"reports": reports}
    for name, rows in _rows_of_reports(candidates).items():
        guarded[name] = guard_rows(name, rows, reports)
    kept = candidates.wide.join(
        lost, on=["partition", "report_id"], how="anti", maintain_order="left"
    )
    guarded["indicator_totals"] = guard_rows(
        "indicator_totals", indicator_totals(guarded["indicators"].kept)
    )
    guarded["coverage"] = guard_rows(
        "coverage",
        build_coverage(
            reports.kept,
            guarded["report_revisions"].kept,
            _of_partitions(expected, wanted),
            _of_partitions(attempts, wanted),
        ),
        reports,
    )
    guarded["coverage_totals"] = guard_rows(
        "coverage_totals", coverage_totals(guarded["coverage"].kept)
    )
    guarded["totals"] = guard_rows("totals", totals(kept, guarded["coverage_totals"].kept))
    return guarded


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What the tables are made of, before any row is judged."""

    versions: pl.DataFrame
    spans: pl.DataFrame
    current: pl.DataFrame
    cells: pl.DataFrame
    claims: pl.DataFrame
    wide: pl.DataFrame
    filled: pl.DataFrame
    checked: pl.DataFrame
    findings: pl.DataFrame
    counts: pl.DataFrame
    reports: pl.DataFrame
    decisions: pl.DataFrame
    judgements: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The partitions to build, and beside what their reports are held.

    `partitions`: province, year, partition. `successors`: partition and the one following it.
    `expected`: what the sources expect of them, by partition. `earlier`: the reports of years before
    that are not built.
    """

    partitions: pl.DataFrame
    successors: pl.DataFrame
    expected: pl.DataFrame
    earlier: ComparedReports | None

    def before(self, due: pl.DataFrame, earlier: pl.DataFrame | None) -> pl.DataFrame:
        """The reports of the years before, with the number of the partition that follows theirs."""
        reports = due if earlier is None else pl.concat([earlier, due])
        followed = reports.join(self.successors, on="partition", how="inner", validate="m:1")
        return followed.with_columns(partition="following")

    def beside_others(self, due: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
        """The reports due beside those of the year before and of the levels below."""
        return with_reports_below(with_previous_year(due, before), before, self.expected)


def _report_candidates(
    versions: pl.DataFrame, wanted: _Wanted, spans: pl.DataFrame, decided: DecisionBook
) -> _Candidates:
    """Of the partitions wanted; `versions` are the documents of these alone."""
    current = versions.filter("is_current")
    corrected = with_corrections(long_cells(current), versions, correction_rows(decided))
    cells, earlier = corrected.cells, wanted.earlier
    claims = long_rows(current, "claims")
    wide = wide_reports(current, cells, claims)
    filled = blanks_as_zero(wide, cells)
    before = wanted.before(wide, earlier.wide if earlier else None)
    filled_before = wanted.before(filled, earlier.filled if earlier else None)
    checked = wanted.beside_others(wide, before)
    with_zeros = rows_with_blanks(checked, wanted.beside_others(filled, filled_before))
    found = check_and_count(checked, with_zeros)
    again = claims_again(claims, current, cells, corrected.corrected_documents)
    seen = report_tables.still_standing(
        long_rows(current, "findings"),
        found.findings,
        corrected.corrected_documents,
        again.contradictions,
    )
    findings = pl.concat(
        [
            report_tables.all_findings(found.findings, seen),
            scope_proposals(checked, before),
            guard_findings(corrected.outcomes),
            lost_proof_findings(corrected.lost),
        ],
        how="diagonal",
    )
    return _Candidates(
        versions=versions,
        spans=spans,
        current=current,
        cells=cells,
        claims=again.claims,
        wide=wide,
        filled=filled,
        checked=checked.join(
            judged_places(found.counts), on="document", how="left", validate="1:1"
        ),
        findings=findings,
        counts=found.counts,
        reports=report_tables.reports(current, publisher_facts(current), cells, findings),
        decisions=corrected.outcomes,
        judgements=judgement_rows(decided),
    )


def _rows_of_reports(candidates: _Candidates) -> Mapping[str, pl.DataFrame]:
    current, wide = candidates.current, candidates.wide
    return {
        "report_revisions": report_tables.report_revisions(candidates.versions),
        "sightings": report_tables.sighting_rows(candidates.versions, candidates.spans),
        "cell_changes": cell_changes(candidates.versions),
        "cells": report_tables.cell_rows(current, candidates.cells),
        "active_disclosure": form_tables.active_disclosure(wide, candidates.cells),
        "requests": form_tables.requests(wide),
        "review_litigation": form_tables.review_litigation(wide),
        "statistics_2014": form_tables.statistics_2014(wide, candidates.cells),
        "local_statistics": report_tables.local_statistic_rows(
            current, long_rows(current, "local_statistics")
        ),
        "series": series(wide),
        "indicators": indicators(candidates.checked),
        "sections": report_tables.section_rows(current, long_rows(current, "sections")),
        "claims": report_tables.claim_rows(current, candidates.claims),
        "corrections": decision_rows(current, candidates.decisions),
        "findings": report_tables.finding_rows(current, candidates.findings, candidates.judgements),
        "rule_results": report_tables.rule_result_rows(current, candidates.counts),
    }


def _split(
    guarded: Mapping[str, GuardedRows],
    compared: ComparedReports,
    numbers: Mapping[PartitionKey, int],
) -> dict[PartitionKey, PartitionTables]:
    kept = {name: _by_partition(rows.kept) for name, rows in guarded.items()}
    set_aside = {name: _by_partition(rows.set_aside) for name, rows in guarded.items()}
    return {
        key: PartitionTables(
            tables={
                name: parts[number] if number in parts else polars_schema(name).to_frame()
                for name, parts in kept.items()
            },
            quarantined={
                name: parts[number] for name, parts in set_aside.items() if number in parts
            },
            compared=ComparedReports(
                compared.wide.filter(partition=number), compared.filled.filter(partition=number)
            ),
        )
        for key, number in numbers.items()
    }


def _by_partition(rows: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = rows.partition_by("partition", as_dict=True, include_key=False, maintain_order=True)
    return {number: part for (number,), part in parts.items()}
