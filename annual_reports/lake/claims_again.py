"""Numbers of the prose judged again where a person corrected a cell of their document.

The reader judged them by what it read. What follows from operands that `extracted/` does not keep
(shares and growth) is not assessable then: a verdict that may rest on a number taken back is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from annual_reports.model import Cell, CellEvidence, CellStatus, Claim
from annual_reports.narrative.ratio_verdicts import CONTRADICTS, NOT_ASSESSABLE, is_ratio
from annual_reports.narrative.verdicts import judge_claims
from schemas.claims import claim_rules
from schemas.fields import STATUTORY_TABLES

_FLAGS = {"true": True, "false": False}
_VERDICTS = pl.Schema({"document": pl.UInt32(), "order": pl.Int64(), "verdict": pl.String()})


@dataclass(frozen=True, slots=True)
class ClaimsAgain:
    """`claims`: as given, with the verdicts of today. `contradictions`: document, rule_id."""

    claims: pl.DataFrame
    contradictions: pl.DataFrame


def claims_again(
    claims: pl.DataFrame, current: pl.DataFrame, cells: pl.DataFrame, corrected: pl.DataFrame
) -> ClaimsAgain:
    """`claims`: long rows of the reports `current`. `cells`: after corrections; `corrected`: `document`."""
    touched = corrected.join(current, on="document", how="inner").get_column("document")
    judged = [
        (document, order, claim)
        for document in touched
        for order, claim in _judged(
            claims.filter(document=document),
            cells.filter(document=document),
            current.filter(document=document),
        )
    ]
    verdicts = pl.DataFrame(
        [(document, order, claim.verdict) for document, order, claim in judged],
        schema=_VERDICTS,
        orient="row",
    ).cast({"order": claims.schema["order"]})
    contradictions = pl.DataFrame(
        [
            (document, rule)
            for document, _, claim in judged
            if claim.verdict == CONTRADICTS
            for rule in claim_rules(claim.metric)
        ],
        schema={"document": pl.UInt32, "rule_id": pl.String},
        orient="row",
    )
    again = claims.update(verdicts, on=["document", "order"], how="left", maintain_order="left")
    return ClaimsAgain(again, contradictions.unique())


def _judged(
    claims: pl.DataFrame, cells: pl.DataFrame, report: pl.DataFrame
) -> Iterator[tuple[int, Claim]]:
    told = [_claim(row) for row in claims.iter_rows(named=True)]
    read = [_cell(row) for row in cells.iter_rows(named=True)]
    templates = {table: report[f"template_{table}"][0] for table in STATUTORY_TABLES}
    judged, _ = judge_claims([one for one in told if not is_ratio(one)], read, templates)
    known = iter(judged)
    for order, claim in zip(claims["order"], told, strict=True):
        yield order, claim if is_ratio(claim) else next(known)


def _claim(row: dict[str, Any]) -> Claim:
    value = row["value"]
    if value is None:
        value = _FLAGS.get(row["value_text"], row["value_text"])
    same = ("metric", "unit", "text", "section", "start", "end", "covers", "scope_words")
    return Claim(
        value=value,
        verdict=NOT_ASSESSABLE,
        **{name: row[name] for name in (*same, "period", "least", "most", "base_words")},
    )


def _cell(row: dict[str, Any]) -> Cell:
    """A cell that a person emptied may hold anything: its options count no more."""
    is_decided = row["status"] == CellStatus.CORRECTED.value
    options = () if is_decided else tuple(row["options"] or ())
    return Cell(
        row["table"],
        row["row_key"],
        row["column_key"],
        row["value"],
        CellStatus(row["status"]),
        row["raw"],
        CellEvidence(row["table_index"], row["row"], row["column"], options=options),
    )
