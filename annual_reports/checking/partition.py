"""Rule instances as Polars expressions: the evaluator for many reports at once.

The frame is wide: one row per report, numbered by `document`, a column per path (`requests.new_received.total`,
`prev.…`, `narrative.…`, `report.…`), `form.<table>` with the form that governs each table's rules
and `unread.<table>` where a table was not found or not fully read. `annual_reports.checking.wide`
makes it. Null means not known; Kleene logic would call `true or null` true, so whether a rule can
be judged is computed from its operands before anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from annual_reports.checking.evaluation import FAIL, NOT_ASSESSABLE, PASS, instance_paths
from annual_reports.checking.expressions import NUMBER, compile_node, or_zero
from annual_reports.checking.finding_rows import FINDING_SCHEMA, JudgedRows, findings_of
from annual_reports.checking.proposals import with_proposals
from annual_reports.checking.rule_counts import RULE_COUNT_SCHEMA, rule_counts
from schemas.fields import read_data_rows
from schemas.rules import FORM_TABLES, REPORT, RuleInstance, operand_kind, rule_instances

_TYPES: Mapping[str, pl.DataType] = {
    "number": NUMBER,
    "date": pl.Date(),
    "flag": pl.Boolean(),
    "text": pl.String(),
}


@dataclass(frozen=True, slots=True)
class CheckedReports:
    """`findings`: FINDING_SCHEMA. `counts`: RULE_COUNT_SCHEMA."""

    findings: pl.DataFrame
    counts: pl.DataFrame


def check_reports(
    wide: pl.DataFrame, with_blanks_as_zero: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The findings of `check_and_count`."""
    return check_and_count(wide, with_blanks_as_zero).findings


def check_and_count(
    wide: pl.DataFrame, with_blanks_as_zero: pl.DataFrame | None = None
) -> CheckedReports:
    """Findings of all rules on all reports, and how many places of each rule hold.

    Every failure is a row of its own; the places where a rule of a report could not be judged are
    one row. Rows stand by rule, then by report in the order of `wide`. `with_blanks_as_zero`: the
    rows of `wide` in which blank cells count, their blanks filled (see `.blanks`); a place that
    cannot be judged and fails there is a row of its own too.
    """
    findings, counts = [FINDING_SCHEMA.to_frame()], [RULE_COUNT_SCHEMA.to_frame()]
    filled = wide.clear() if with_blanks_as_zero is None else with_blanks_as_zero
    for table, form, instances in _instance_groups():
        of_form = pl.col(f"form.{table}") == form
        if not wide.filter(of_form).is_empty():
            reports = _judged(wide.filter(of_form), filled.filter(of_form), instances)
            findings += findings_of(reports, instances)
            counts += rule_counts(reports, instances)
    return CheckedReports(with_proposals(pl.concat(findings), wide), pl.concat(counts))


def _judged(
    rows: pl.DataFrame, filled: pl.DataFrame, instances: Sequence[RuleInstance]
) -> JudgedRows:
    rows = _with_all_paths(rows, instances)
    filled = _with_all_paths(filled, instances)
    judged = verdicts(rows, instances)
    as_zero = _with_verdicts(rows, judged, filled, verdicts(filled, instances))
    return JudgedRows(rows, judged, filled, as_zero)


def _with_verdicts(
    rows: pl.DataFrame, judged: pl.DataFrame, filled: pl.DataFrame, on_filled: pl.DataFrame
) -> pl.DataFrame:
    """The verdicts of `rows` where those of the `filled` documents take the place of their own."""
    if filled.is_empty():
        return judged
    own = pl.concat([rows.select("document"), judged], how="horizontal")
    other = pl.concat([filled.select("document"), on_filled], how="horizontal")
    return own.update(
        other, on="document", how="left", include_nulls=True, maintain_order="left"
    ).drop("document")


def verdicts(wide: pl.DataFrame, instances: Sequence[RuleInstance]) -> pl.DataFrame:
    """One column per instance, named by its position: pass, fail, not_assessable or null.

    Null where the rule does not apply to the report.
    """
    complete = _with_all_paths(wide, instances)
    return complete.select(
        verdict_expression(instance).alias(str(place)) for place, instance in enumerate(instances)
    )


def verdict_expression(instance: RuleInstance) -> pl.Expr:
    """pass, fail, not_assessable; null where the rule does not apply."""
    known = _all_known(instance)
    holds = compile_node(instance.condition, pl.col)
    unknown: pl.Expr = pl.lit(NOT_ASSESSABLE)
    if instance.unknown_is_zero_when is not None:
        zeros_fit = compile_node(instance.unknown_is_zero_when, pl.col)
        with_zeros = _verdict(compile_node(instance.condition, or_zero))
        unknown = pl.when(zeros_fit).then(with_zeros).otherwise(unknown)
    outcome = pl.when(known).then(_verdict(holds)).otherwise(unknown)
    if instance.applies_when is None:
        return outcome
    return pl.when(compile_node(instance.applies_when, pl.col)).then(outcome)


def _verdict(holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit(PASS)).otherwise(pl.lit(FAIL))


def _all_known(instance: RuleInstance) -> pl.Expr:
    return pl.all_horizontal(pl.col(path).is_not_null() for path in instance.required)


@cache
def _instance_groups() -> tuple[tuple[str, str, tuple[RuleInstance, ...]], ...]:
    """(governing table, form, instances): the rules that apply to the same reports."""
    forms = [row["template"] for row in read_data_rows("forms.csv")]
    groups = (
        (table, form, tuple(i for i in rule_instances(form) if i.governing_table == table))
        for form in forms
        for table in (*FORM_TABLES, REPORT)
    )
    return tuple(group for group in groups if group[2])


def _with_all_paths(rows: pl.DataFrame, instances: Sequence[RuleInstance]) -> pl.DataFrame:
    """The rows with a null column for every path that no report of the frame speaks of."""
    paths = dict.fromkeys(path for instance in instances for path in instance_paths(instance))
    return rows.with_columns(
        pl.lit(None, _TYPES[operand_kind(path)]).alias(path)
        for path in paths
        if path not in rows.columns
    )
