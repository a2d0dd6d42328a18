"""Proposals of `.locate` for the reports of partitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from annual_reports.checking.evaluation import FAIL
from annual_reports.checking.locate import Proposal, crossing_instances, fitting_value
from annual_reports.checking.messages import number_text, proposal_text
from schemas.rules import FORM_TABLES

_PROPOSED = pl.Schema(
    {
        "document": pl.UInt32(),
        "rule_id": pl.String(),
        "place": pl.String(),
        "proposal_place": pl.String(),
        "proposal_value": pl.String(),
        "proposal_text": pl.String(),
    }
)


def with_proposals(findings: pl.DataFrame, wide: pl.DataFrame) -> pl.DataFrame:
    """The findings (FINDING_SCHEMA), with the cell and the value that would fit where there is one."""
    proposed = pl.DataFrame(list(_proposed(findings, wide)), schema=_PROPOSED, orient="row")
    if proposed.is_empty():
        return findings
    columns = findings.columns
    return (
        findings.drop("proposal_place", "proposal_value")
        .join(
            proposed,
            on=["document", "rule_id", "place"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(message=pl.concat_str("message", pl.col("proposal_text").fill_null("")))
        .select(columns)
    )


def _proposed(findings: pl.DataFrame, wide: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    for table in FORM_TABLES:
        forms = wide.select("document", form=f"form.{table}")
        crossing = list(_broken_lines(findings, forms, table))
        values = _values_of(wide, [document for (document, _), _ in crossing])
        for (document, form), broken in crossing:
            lines = crossing_instances(form)
            instances = [lines[line] for line in broken]
            known = _complete(values[document], instances)
            if proposal := fitting_value(instances, form, known):
                yield from ((document, *line, *_told(proposal)) for line in broken)


def _values_of(wide: pl.DataFrame, documents: list[int]) -> dict[int, dict[str, Any]]:
    """What is known of each of the documents, by path; all are picked out at once."""
    of_documents = wide.filter(pl.col("document").is_in(documents))
    return {row["document"]: row for row in of_documents.iter_rows(named=True)}


def _told(proposal: Proposal) -> tuple[str, str, str]:
    text = proposal_text(proposal.place, proposal.value)
    return proposal.place, number_text(proposal.value), text


def _complete(known: dict[str, Any], instances: list[Any]) -> dict[str, Any]:
    return {**dict.fromkeys(path for one in instances for path in one.paths), **known}


def _broken_lines(
    findings: pl.DataFrame, forms: pl.DataFrame, table: str
) -> Iterator[tuple[tuple[int, str], list[tuple[str, str]]]]:
    """Document and form with the failing lines of a table, of reports in which they may cross."""
    lines = {form: crossing_instances(form) for form in forms["form"].drop_nulls().unique()}
    rows = [
        (form, *line, one.instance.rule.scope)
        for form, instances in sorted(lines.items())
        for line, one in instances.items()
        if one.instance.governing_table == table
    ]
    known = pl.DataFrame(rows, schema=["form", "rule_id", "place", "scope"], orient="row")
    if known.is_empty():
        return
    broken = (
        findings.filter(pl.col("status") == FAIL)
        .join(forms, on="document", how="inner", validate="m:1", maintain_order="left")
        .join(known, on=["form", "rule_id", "place"], how="inner", maintain_order="left")
    )
    crossing = broken.filter(
        pl.col("place").filter(pl.col("scope") == "row").n_unique().over("document") == 1,
        pl.col("place").filter(pl.col("scope") == "column").n_unique().over("document") == 1,
    )
    grouped = crossing.group_by("document", "form", maintain_order=True)
    for (document, form), part in grouped:
        yield (document, form), part.select("rule_id", "place").rows()
