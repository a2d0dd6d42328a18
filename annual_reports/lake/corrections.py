"""What people decided about cells, laid over what the reader saw.

The reader's facts stay as they are in `extracted/`; here the published cell takes the value decided,
or, where what was seen then no longer holds, stays as read with a finding that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from annual_reports.checking.expressions import NUMBER
from annual_reports.checking.finding_rows import FINDING_SCHEMA
from annual_reports.identity.decided import BROKEN_DECISION
from annual_reports.lake.proofs_again import LOST_SCHEMA, PLACE, proofs_again
from annual_reports.model import CellStatus
from schemas.decision_book import DecisionBook
from schemas.fields import read_data_rows
from schemas.tables import identity_columns, table

APPLIED = "applied"
_DOCUMENT = ("sha256", "part")
CORRECTION_SCHEMA = pl.Schema(
    {
        "record_id": pl.String(),
        "file": pl.String(),
        "sha256": pl.String(),
        "part": pl.String(),
        "table": pl.String(),
        "row_key": pl.String(),
        "column_key": pl.String(),
        "decided_value": NUMBER,
        "expected_value": NUMBER,
        "expected_status": pl.String(),
        "expected_raw": pl.String(),
        "decided_on": pl.Date(),
        "reason": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class CorrectedCells:
    """`cells`: the cells with the column `correction`, null where nobody decided.

    `outcomes`: one row per current document and record about it, with `state`. `lost`: inferred cells
    whose proof a decision took away (`proofs_again`).
    """

    cells: pl.DataFrame
    outcomes: pl.DataFrame
    lost: pl.DataFrame

    @property
    def corrected_documents(self) -> pl.DataFrame:
        """`document` of every document of which a cell was corrected."""
        return self.outcomes.filter(state=APPLIED).select("document").unique()


def correction_rows(book: DecisionBook) -> pl.DataFrame:
    """The cell decisions of a book, columns of CORRECTION_SCHEMA."""
    rows = [
        (
            one.id,
            book.file_of[one.id],
            *one.place,
            one.value,
            one.expect.value,
            one.expect.status,
            one.expect.raw,
            one.decided_on,
            one.reason,
        )
        for one in book.cells
    ]
    return pl.DataFrame(rows, schema=CORRECTION_SCHEMA, orient="row")


def with_corrections(
    cells: pl.DataFrame, versions: pl.DataFrame, corrections: pl.DataFrame
) -> CorrectedCells:
    """The cells of the current versions after what people decided.

    `cells`: `long_cells` of the current versions. `versions`: all versions, as of `with_revisions`;
    a decision about one that is no longer current is an outcome of the version that is.
    """
    if corrections.is_empty():
        plain = cells.with_columns(correction=pl.lit(None, pl.String))
        nothing = _outcomes(corrections, versions.clear(), cells.clear())
        return CorrectedCells(plain, nothing, LOST_SCHEMA.to_frame())
    outcomes = _outcomes(corrections, versions, cells)
    decided = outcomes.filter(state=APPLIED).select(
        "document", *PLACE, "decided_value", correction="record_id"
    )
    is_decided = pl.col("correction").is_not_null()
    laid_over = cells.join(
        decided, on=["document", *PLACE], how="left", validate="m:1", maintain_order="left"
    ).with_columns(
        value=pl.when(is_decided).then("decided_value").otherwise("value"),
        status=pl.when(is_decided).then(pl.lit(CellStatus.CORRECTED.value)).otherwise("status"),
    )
    again = proofs_again(laid_over.drop("decided_value"), versions.filter("is_current"))
    return CorrectedCells(again.cells, outcomes, again.lost)


def _outcomes(
    corrections: pl.DataFrame, versions: pl.DataFrame, cells: pl.DataFrame
) -> pl.DataFrame:
    current = versions.filter("is_current")
    touched = current.select("document", *_DOCUMENT).join(
        corrections, on=_DOCUMENT, how="inner", validate="m:m", maintain_order="left_right"
    )
    found = touched.join(
        cells.select(
            "document",
            *PLACE,
            found_value="value",
            found_status="status",
            found_raw="raw",
        ),
        on=["document", *PLACE],
        how="left",
        validate="m:1",
        maintain_order="left",
    ).with_columns(state=_state())
    return pl.concat([found, _of_replaced_versions(corrections, versions, found)], how="diagonal")


def _state() -> pl.Expr:
    """An inferred cell may have been seen as unreadable, after another decision took its proof away."""
    same = {
        what: pl.col(f"found_{what}").eq_missing(pl.col(f"expected_{what}"))
        for what in ("value", "status", "raw")
    }
    without_proof = pl.all_horizontal(
        pl.col("found_status") == CellStatus.INFERRED.value,
        pl.col("expected_status") == CellStatus.UNREADABLE.value,
        pl.col("expected_value").is_null(),
        same["raw"],
    )
    return (
        pl.when(pl.col("found_status").is_null())
        .then(pl.lit("no_such_cell"))
        .when(pl.all_horizontal(same.values()) | without_proof)
        .then(pl.lit(APPLIED))
        .otherwise(pl.lit("cell_differs"))
    )


def _of_replaced_versions(
    corrections: pl.DataFrame, versions: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    """Decisions about versions that another one of the same report has replaced."""
    report = ["partition", "report_id"]
    successors = versions.filter("is_current").select(*report, "document")
    return (
        versions.filter(~pl.col("is_current"))
        .select(*report, *_DOCUMENT)
        .unique(maintain_order=True)
        .join(corrections, on=_DOCUMENT, how="inner", validate="m:m", maintain_order="left_right")
        .join(successors, on=report, how="inner", validate="m:1", maintain_order="left")
        .join(found, on=["document", "record_id"], how="anti", maintain_order="left")
        .drop(report)
        .with_columns(state=pl.lit("superseded_document"))
    )


def guard_findings(outcomes: pl.DataFrame) -> pl.DataFrame:
    """A hard failure for every decision that no longer holds, columns of FINDING_SCHEMA."""
    wordings = read_data_rows("decision_findings.csv")
    frames = [FINDING_SCHEMA.to_frame()]
    for wording in wordings:
        broken = outcomes.filter(state=wording["state"])
        text = f"{wording['message_zh']}；{wording['remedy_zh']}。{wording['message_en']}: {wording['remedy_en']}."
        pattern = text.replace("{record}", "{}").replace("{file}", "{}")
        frames.append(
            broken.select(
                "document",
                rule_id=pl.lit(wording["rule_id"]),
                place=pl.concat_str(*PLACE, separator="."),
                severity=pl.lit(wording["severity"]),
                status=pl.lit("fail"),
                **{"class": pl.lit(wording["class"])},
                left="expected_value",
                right="found_value",
                difference=(pl.col("expected_value") - pl.col("found_value")).cast(NUMBER),
                message=pl.format(pattern, *["record_id", "file"] * (pattern.count("{}") // 2)),
            )
        )
    return pl.concat(frames, how="diagonal")


def guard_rules() -> frozenset[str]:
    """The rule ids of decisions that no longer hold, about cells and about identities."""
    of_cells = {row["rule_id"] for row in read_data_rows("decision_findings.csv")}
    return frozenset({*of_cells, BROKEN_DECISION})


def decision_rows(current: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """The table `corrections`: what became of every decision about a current report."""
    identity = current.select("document", "partition", *identity_columns())
    return (
        outcomes.join(identity, on="document", how="inner", validate="m:1")
        .with_columns(value="decided_value")
        .select("partition", *table("corrections").column_names)
    )
