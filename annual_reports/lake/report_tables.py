"""The tables that carry what a report says and what was found about it.

Reports of many partitions stand in one frame; `partition` says which, `document` numbers the rows.
"""

from __future__ import annotations

import polars as pl

from annual_reports.checking.fingerprints import with_fingerprints
from annual_reports.checking.wide import STATUTORY_TABLES, publication_day
from annual_reports.lake.corrections import guard_rules
from annual_reports.lake.finding_classes import with_current_classes
from annual_reports.lake.judgements import with_judgements
from annual_reports.lake.proofs_again import LOST_PROOF
from schemas import fields
from schemas.claims import rules_of_claims
from schemas.fields import all_fields
from schemas.rules import rules
from schemas.tables import identity_columns, table

UNSETTLED = ("blank", "note", "missing")
_NUMBER_STATUSES = {
    "cells_printed": ("printed",),
    "cells_inferred": ("inferred",),
    "cells_corrected": ("corrected",),
    "cells_blank": UNSETTLED,
    "cells_unreadable": ("unreadable",),
}


def reports(
    current: pl.DataFrame, facts: pl.DataFrame, cells: pl.DataFrame, findings: pl.DataFrame
) -> pl.DataFrame:
    """One row per current report. `facts`: `publisher_facts`; `cells`, `findings`: all of them, long."""
    return (
        current.join(
            facts,
            on=["report_year", "level", "organ_type"],
            how="left",
            nulls_equal=True,
            validate="m:1",
        )
        .join(_cell_counts(cells), on="document", how="left", validate="1:1")
        .join(_finding_counts(findings), on="document", how="left", validate="1:1")
        .with_columns(pl.col(*_NUMBER_STATUSES, *_FINDING_COUNTS, *_DOUBTS).fill_null(0))
        .with_columns(
            document_name="name",
            identity_confidence="confidence",
            publish_date=publication_day(),
            due_date="report.deadline",
            due_basis="report.deadline_basis",
            template_expected="report.template_expected",
        )
        .with_columns(
            days_late=(pl.col("publish_date") - pl.col("due_date")).dt.total_days(),
            status=_quality(),
        )
        .select("partition", *table("reports").column_names)
    )


def _quality() -> pl.Expr:
    """What a person must look at comes before what is wrong.

    The reader's doubt is settled once people have decided its unreadable cells, if it had no other.
    """
    settled = (pl.col("cells_corrected") > 0) & (pl.col("cells_unreadable") == 0)
    doubted = (pl.col("status") == "needs_review") & ~(settled & ~_has_other_doubts())
    return (
        pl.when(doubted | (pl.col("broken_guards") > 0) | (pl.col("lost_proofs") > 0))
        .then(pl.lit("needs_review"))
        .when(pl.col("findings_hard") > 0)
        .then(pl.lit("inconsistent"))
        .otherwise(pl.lit("ok"))
    )


def _has_other_doubts() -> pl.Expr:
    """See `extract.report_status`: the tables of its form, its structure, its publisher."""
    found = [pl.col(f"template_{name}").is_not_null() for name in fields.STATUTORY_TABLES]
    lacks_tables = pl.any_horizontal(found) & ~pl.all_horizontal(found)
    unresolved = pl.any_horizontal(
        pl.col("partition_province") == "ZZ",
        pl.col("publisher").is_null(),
        pl.col("report_year").is_null(),
    )
    return lacks_tables | unresolved | (pl.col("broken_structure") > 0)


def _cell_counts(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.group_by("document", maintain_order=True).agg(
        pl.col("status").is_in(statuses).sum().cast(pl.Int64).alias(name)
        for name, statuses in _NUMBER_STATUSES.items()
    )


_FAILED = pl.col("status") == "fail"
_FINDING_COUNTS = {
    "findings_hard": (_FAILED & (pl.col("severity") == "hard")).sum(),
    "findings_soft": (_FAILED & (pl.col("severity") == "soft")).sum(),
    "findings_not_assessable": pl.col("rule_id")
    .filter(pl.col("status") == "not_assessable")
    .n_unique(),
}


_DOUBTS = {
    "broken_guards": (_FAILED & pl.col("rule_id").is_in(sorted(guard_rules()))).sum(),
    "lost_proofs": (pl.col("rule_id") == LOST_PROOF).sum(),
    "broken_structure": (
        _FAILED & (pl.col("severity") == "hard") & pl.col("place").str.starts_with("structure.")
    ).sum(),
}


def _finding_counts(findings: pl.DataFrame) -> pl.DataFrame:
    return findings.group_by("document", maintain_order=True).agg(
        counted.cast(pl.Int64).alias(name)
        for name, counted in {**_FINDING_COUNTS, **_DOUBTS}.items()
    )


def report_revisions(versions: pl.DataFrame) -> pl.DataFrame:
    """One row per version; `versions` as of `with_revisions`."""
    return versions.with_columns(document_name="name", publish_date=publication_day()).select(
        "partition", *table("report_revisions").column_names
    )


def sighting_rows(versions: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """One row per version, address and span of time in which the address showed it."""
    return versions.join(spans, on="source_document_id", how="inner", maintain_order="left").select(
        "partition", *table("sightings").column_names
    )


def cell_rows(current: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The long form: one row per cell of the tables that were found."""
    forms = current.unpivot(
        on=[f"template_{name}" for name in STATUTORY_TABLES],
        index="document",
        variable_name="table",
        value_name="template",
    ).with_columns(pl.col("table").str.strip_prefix("template_"))
    return (
        of_reports(cells, current)
        .join(forms, on=["document", "table"], how="left", validate="m:1")
        .join(
            _units(),
            on=["template", "table", "row_key", "column_key"],
            how="left",
            validate="m:1",
        )
        .with_columns(
            grid_row="row",
            grid_column="column",
            rules=_joined(pl.col("rules")),
            options=_joined(pl.col("options").cast(pl.List(pl.String))),
        )
        .select("partition", *table("cells").column_names)
    )


def _joined(items: pl.Expr) -> pl.Expr:
    return pl.when(items.list.len() > 0).then(items.list.join(" "))


def _units() -> pl.DataFrame:
    rows = [
        (field.template, field.table, field.row_key, field.column_key, field.unit or None)
        for field in all_fields()
    ]
    names = ["template", "table", "row_key", "column_key", "unit"]
    return pl.DataFrame(rows, schema=names, orient="row")


def local_statistic_rows(current: pl.DataFrame, local: pl.DataFrame) -> pl.DataFrame:
    """One row per cell of the indicator tables that belong to no national form."""
    return (
        of_reports(local, current)
        .with_columns(statistic_order="order", grid_row="row", grid_column="column")
        .select("partition", *table("local_statistics").column_names)
    )


def section_rows(current: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """One row per section of the prose."""
    return (
        of_reports(sections, current)
        .with_columns(section_order="order", section_number="number")
        .select("partition", *table("sections").column_names)
    )


def claim_rows(current: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """One row per number in the prose."""
    return (
        of_reports(claims, current)
        .with_columns(
            claim_order="order",
            section_number="section",
            start_offset="start",
            end_offset="end",
        )
        .select("partition", *table("claims").column_names)
    )


def _in_the_readers_words(failed: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The failures of the rules; where the reader saw the same with its sentence, in its words."""
    same = ["document", "rule_id", "place", "left", "right"]
    told = seen.filter(pl.col("status") == "fail").select(*same, told="message")
    return (
        failed.join(
            told.unique(same, keep="first", maintain_order=True),
            on=same,
            how="left",
            validate="m:1",
            nulls_equal=True,
            maintain_order="left",
        )
        .with_columns(message=pl.coalesce("told", "message"))
        .drop("told")
    )


def still_standing(
    reader_findings: pl.DataFrame,
    rule_findings: pl.DataFrame,
    corrected: pl.DataFrame,
    contradictions: pl.DataFrame,
) -> pl.DataFrame:
    """The reader's findings without the failures it saw before a person corrected the document.

    Of a corrected document (`corrected`: document) a failure of a rule stays only where the rule
    still lacks a value and, if the prose said so, still contradicts the tables (`contradictions`:
    document, rule_id). What no rule says stays.
    """
    of_rule = pl.col("rule_id").is_in([rule.rule_id for rule in rules()])
    lacking = rule_findings.filter(pl.col("status") == "not_assessable")
    failed = reader_findings.filter(of_rule, pl.col("status") == "fail").join(
        corrected, on="document", how="semi"
    )
    settled = failed.join(lacking, on=["document", "rule_id"], how="anti")
    agreed = failed.filter(pl.col("rule_id").is_in(sorted(rules_of_claims()))).join(
        contradictions, on=["document", "rule_id"], how="anti"
    )
    outdated = pl.concat([settled, agreed]).select("document", "rule_id", "status").unique()
    return reader_findings.join(
        outdated, on=["document", "rule_id", "status"], how="anti", maintain_order="left"
    )


def all_findings(rule_findings: pl.DataFrame, reader_findings: pl.DataFrame) -> pl.DataFrame:
    """The findings of the rules on the partition, and what the reader alone could see.

    The rules are evaluated anew on the partition, so of the reader's findings those stay that no
    rule makes, and the contradictions it proved where the rule lacks a value (a claim that an
    unreadable cell cannot hold): these take the place of "not assessable".
    """
    seen = with_current_classes(reader_findings.rename({"scope": "place"}))
    is_of_rule = pl.col("rule_id").is_in([rule.rule_id for rule in rules()])
    failed = rule_findings.filter(pl.col("status").is_in(["fail", "hint"]))
    proved = seen.filter(is_of_rule, pl.col("status") == "fail").join(
        failed, on=["document", "rule_id", "place"], how="anti"
    )
    settled = rule_findings.filter(pl.col("status") == "not_assessable").join(
        proved, on=["document", "rule_id"], how="anti"
    )
    nothing = rule_findings.clear()
    parts = [_in_the_readers_words(failed, seen), settled, seen.filter(~is_of_rule), proved]
    alike = [
        part.select(column for column in nothing.columns if column in part.columns)
        for part in parts
    ]
    return pl.concat([nothing, *alike], how="diagonal")


MOST_OPERANDS_SHOWN = 40


def finding_rows(
    current: pl.DataFrame, findings: pl.DataFrame, judgements: pl.DataFrame
) -> pl.DataFrame:
    """One row per finding; several of one rule at one place are numbered in order."""
    place = ["document", "rule_id", "place"]
    numbered = of_reports(findings, current).with_columns(
        finding_order=pl.int_range(1, pl.len() + 1).over(place)
    )
    are_few = pl.col("operands").str.count_matches("=", literal=True) <= MOST_OPERANDS_SHOWN
    return (
        with_judgements(with_fingerprints(numbered), judgements)
        .with_columns(operands=pl.when(are_few).then("operands"))
        .select("partition", *table("findings").column_names)
    )


def rule_result_rows(current: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """One row per report and rule that applies to it: the places that hold, fail and lack values."""
    reports = current.select("document", "partition", "report_id")
    return counts.join(reports, on="document", how="inner", validate="m:1").select(
        "partition", *table("rule_results").column_names
    )


def of_reports(rows: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """Rows of documents with the identity of their report."""
    identity = current.select("document", "partition", *identity_columns())
    return rows.join(identity, on="document", how="inner", validate="m:1")
