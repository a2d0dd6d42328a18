"""Verdicts over many reports as findings: a row per failure, a row per rule that lacks values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from annual_reports.checking.evaluation import FAIL, NOT_ASSESSABLE, PASS, instance_paths
from annual_reports.checking.expressions import NUMBER, compile_node, or_zero
from annual_reports.checking.messages import (
    UNKNOWN,
    MessagePattern,
    blank_as_zero_pattern,
    failure_pattern,
    gap_pattern,
)
from annual_reports.model import FindingClass
from schemas.rules import FORM_TABLES, Rule, RuleInstance, operand_kind, operand_label

FINDING_SCHEMA = pl.Schema(
    {
        "document": pl.UInt32(),
        "rule_id": pl.String(),
        "place": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "status_blank_as_zero": pl.String(),
        "class": pl.String(),
        "left": NUMBER,
        "right": NUMBER,
        "difference": NUMBER,
        "operands": pl.String(),
        "missing": pl.String(),
        "proposal_place": pl.String(),
        "proposal_value": pl.String(),
        "message": pl.String(),
    }
)
"""`operands`: every value as path=value, separated by spaces. `missing`: paths, separated by 、."""

MISSING_SEPARATOR = "、"
NAMES_OF_MISSING = "children.missing"
"""A column of the wide frame: the organs below a government whose reports are missing."""
_NO_NUMBER = pl.lit(None, NUMBER)


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """Reports of one form and the verdicts on them, a column per instance named by its position.

    `filled`: the reports in which blanks count, with zero for each blank; `as_zero`: the verdicts
    with theirs in place, in the order of `rows`.
    """

    rows: pl.DataFrame
    judged: pl.DataFrame
    filled: pl.DataFrame
    as_zero: pl.DataFrame


def findings_of(reports: JudgedRows, instances: Sequence[RuleInstance]) -> Iterator[pl.DataFrame]:
    """The findings in the order of the instances, those of one rule that lack values last."""
    failed = reports.judged.select((pl.all() == FAIL).any()).row(0)
    gaps = reports.judged.select((pl.all() == NOT_ASSESSABLE).any()).row(0)
    for place, instance in enumerate(instances):
        if failed[place]:
            yield _failures(reports, str(place), instance)
        if gaps[place] and not reports.filled.is_empty():
            yield _failures_with_zeros(reports, str(place), instance)
    for places in places_by_rule(instances).values():
        if any(gaps[place] for place in places):
            yield _gap_summaries(reports, instances, places)


def places_by_rule(instances: Sequence[RuleInstance]) -> dict[Rule, list[int]]:
    """The positions of the instances of each rule."""
    places: dict[Rule, list[int]] = {}
    for place, instance in enumerate(instances):
        places.setdefault(instance.rule, []).append(place)
    return places


def _failures(reports: JudgedRows, place: str, instance: RuleInstance) -> pl.DataFrame:
    """One finding per failing report; the first comparison that fails is the one shown."""
    fails = reports.judged[place] == FAIL
    rows = _read_by_one(reports.rows, instance).filter(fails)
    status = "hint" if instance.rule.severity == "hint" else FAIL
    told = _with_sides(rows, instance).with_columns(
        operands=_operands(instance),
        status_blank_as_zero=reports.as_zero[place].filter(fails),
        missing=pl.lit(None, pl.String),
    )
    return _told(told, instance, status, failure_pattern(instance))


def _read_by_one(rows: pl.DataFrame, instance: RuleInstance) -> pl.DataFrame:
    """What an instance reads: copying hundreds of other columns costs more than all the rest."""
    return rows.select("document", *instance_paths(instance))


def _failures_with_zeros(reports: JudgedRows, place: str, instance: RuleInstance) -> pl.DataFrame:
    """Places that cannot be judged as printed and fail as soon as blanks count as zero."""
    fails = _fails_with_zeros(reports, place)
    own = reports.rows.filter(fails).select(
        "document", operands=_operands(instance), missing=_unknown(instance)
    )
    read = _read_by_one(reports.filled, instance)
    rows = read.join(own, on="document", how="inner", maintain_order="right")
    told = _with_sides(rows, instance).with_columns(status_blank_as_zero=pl.lit(FAIL))
    return _told(told, instance, NOT_ASSESSABLE, blank_as_zero_pattern(instance))


def _told(
    rows: pl.DataFrame, instance: RuleInstance, status: str, pattern: MessagePattern
) -> pl.DataFrame:
    """One finding per row, with both sides, the operands and the message of the pattern."""
    return rows.select(
        "document",
        "status_blank_as_zero",
        "left",
        "right",
        "difference",
        "operands",
        "missing",
        rule_id=pl.lit(instance.rule.rule_id),
        place=pl.lit(instance.scope),
        severity=pl.lit(instance.rule.severity),
        status=pl.lit(status),
        **{"class": pl.lit(instance.rule.finding_class)},
        message=pl.format(pattern.text, *(_printed(name) for name in pattern.arguments)),
    ).pipe(_complete)


def _fails_with_zeros(reports: JudgedRows, place: str) -> pl.Series:
    fails: pl.Series = (reports.judged[place] == NOT_ASSESSABLE) & (reports.as_zero[place] == FAIL)
    return fails


def _complete(findings: pl.DataFrame) -> pl.DataFrame:
    nothing = [
        pl.lit(None, kind).alias(name)
        for name, kind in FINDING_SCHEMA.items()
        if name not in findings.columns
    ]
    return findings.with_columns(nothing).select(FINDING_SCHEMA.names())


def _with_sides(rows: pl.DataFrame, instance: RuleInstance) -> pl.DataFrame:
    left, right = _shown_sides(instance)
    return rows.with_columns(left=left.cast(NUMBER), right=right.cast(NUMBER)).with_columns(
        difference=(pl.col("left") - pl.col("right")).cast(NUMBER)
    )


def _shown_sides(instance: RuleInstance) -> tuple[pl.Expr, pl.Expr]:
    left = right = _NO_NUMBER
    column = pl.col if instance.unknown_is_zero_when is None else or_zero
    for holds, shown_left, shown_right in reversed(instance.shown):
        fails = ~compile_node(holds, column)
        left = pl.when(fails).then(compile_node(shown_left, column).cast(NUMBER)).otherwise(left)
        right = pl.when(fails).then(compile_node(shown_right, column).cast(NUMBER)).otherwise(right)
    return left, right


def _operands(instance: RuleInstance) -> pl.Expr:
    """`requests.new_received.total=4 requests.carried_in.total=—`"""
    paths = (*instance.required, *instance.exempt)
    return pl.concat_str(
        (pl.concat_str(pl.lit(f"{path}="), _printed(path)) for path in paths), separator=" "
    )


def _unknown(instance: RuleInstance) -> pl.Expr:
    """The operands that are not known; null where all are."""
    names = [pl.when(pl.col(path).is_null()).then(pl.lit(path)) for path in instance.required]
    joined = pl.concat_str(names, separator=MISSING_SEPARATOR, ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def _printed(name: str) -> pl.Expr:
    """A value as people write it; see `messages.number_text`."""
    is_side = name in ("left", "right", "difference")
    if is_side or operand_kind(name) == "number":
        text = pl.col(name).cast(NUMBER).cast(pl.String)
        return text.str.strip_chars_end("0").str.strip_chars_end(".").fill_null(UNKNOWN)
    return pl.col(name).cast(pl.String).fill_null(UNKNOWN)


def _gap_summaries(
    reports: JudgedRows, instances: Sequence[RuleInstance], places: Sequence[int]
) -> pl.DataFrame:
    """One finding per report that lacks operands of a rule: how many places, and the first operand.

    Not for a report all of whose places without a verdict fail with blanks as zero: each of these
    has a finding already.
    """
    marked = _gaps(reports, instances, places)
    first, only_place = instances[places[0]], len(places) == 1
    pattern = gap_pattern(first, len(places))
    return marked.select(
        "document",
        rule_id=pl.lit(first.rule.rule_id),
        place=pl.lit(first.scope if only_place else first.governing_table),
        severity=pl.lit(first.rule.severity),
        status=pl.lit(NOT_ASSESSABLE),
        status_blank_as_zero="as_zero",
        **{"class": _gap_class()},
        missing="missing",
        message=pl.concat_str(
            pl.format(pattern.text, *(pl.col(name) for name in pattern.arguments)),
            _named_absent(first),
        ),
    ).pipe(_complete)


def _named_absent(instance: RuleInstance) -> pl.Expr:
    if not any(path.startswith("children.") for path in instance.required):
        return pl.lit("")
    return pl.format(" 缺 missing：{}。", "missing")


def _gaps(
    reports: JudgedRows, instances: Sequence[RuleInstance], places: Sequence[int]
) -> pl.DataFrame:
    """The reports with gaps: `gaps` (how many), `path` and `label` of the first, `missing`, `as_zero`."""
    is_gap = {place: reports.judged[str(place)] == NOT_ASSESSABLE for place in places}
    left_open = {p: gap & (reports.as_zero[str(p)] != FAIL) for p, gap in is_gap.items()}
    still_open = {p: gap & (reports.as_zero[str(p)] != PASS) for p, gap in left_open.items()}
    frame = (
        reports.rows.select(_read_by(instances, places, reports.rows.columns))
        .with_columns(
            *(gap.alias(f"gap.{place}") for place, gap in is_gap.items()),
            *(gap.alias(f"open.{place}") for place, gap in left_open.items()),
            *(gap.alias(f"still.{place}") for place, gap in still_open.items()),
        )
        .filter(pl.any_horizontal(f"open.{place}" for place in places))
    )
    return frame.with_columns(
        gaps=pl.sum_horizontal(pl.col(f"gap.{p}").cast(pl.Int64) for p in places).cast(pl.String),
        path=_first(instances, places),
        missing=_missing(instances, places, reports.rows.columns),
        as_zero=pl.when(pl.any_horizontal(f"still.{place}" for place in places))
        .then(pl.lit(NOT_ASSESSABLE))
        .otherwise(pl.lit(PASS)),
    ).with_columns(label=pl.col("path").replace_strict(_labels(instances, places)))


def _read_by(
    instances: Sequence[RuleInstance], places: Sequence[int], columns: Sequence[str]
) -> list[str]:
    """The columns that a summary of gaps reads; see `_read_by_one`."""
    read = {path for place in places for path in instances[place].required}
    read |= {"document", NAMES_OF_MISSING, *(f"unread.{table}" for table in FORM_TABLES)}
    return [column for column in columns if column in read]


def _first(instances: Sequence[RuleInstance], places: Sequence[int]) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col(f"gap.{place}")).then(_first_unknown(instances[place])) for place in places
    )


def _first_unknown(instance: RuleInstance) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col(path).is_null()).then(pl.lit(path)) for path in instance.required
    )


def _missing(
    instances: Sequence[RuleInstance], places: Sequence[int], columns: Sequence[str]
) -> pl.Expr:
    """The operands that are not known; for sums over reports below, the organs that are missing."""
    unknown = _all_unknown(instances, places)
    sums_below = any(path.startswith("children.") for path in instances[places[0]].required)
    if not sums_below or NAMES_OF_MISSING not in columns:
        return unknown
    return pl.coalesce(NAMES_OF_MISSING, unknown)


def _all_unknown(instances: Sequence[RuleInstance], places: Sequence[int]) -> pl.Expr:
    """Every operand that is not known at a place without a verdict, each once."""
    needing: dict[str, list[int]] = {}
    for place in places:
        for path in instances[place].required:
            needing.setdefault(path, []).append(place)
    names = [
        pl.when(pl.col(path).is_null() & pl.any_horizontal(f"gap.{p}" for p in at)).then(
            pl.lit(path)
        )
        for path, at in needing.items()
    ]
    return pl.concat_str(names, separator=MISSING_SEPARATOR, ignore_nulls=True)


def _labels(instances: Sequence[RuleInstance], places: Sequence[int]) -> dict[str, str]:
    return {path: operand_label(path) for place in places for path in instances[place].required}


def _gap_class() -> pl.Expr:
    """See `single_document.gap_class`."""
    kind = pl.col("path").str.split(".").list.first()
    unread = pl.any_horizontal((kind == table) & pl.col(f"unread.{table}") for table in FORM_TABLES)
    return (
        pl.when(kind.is_in(["prev", "children", "dataset"]))
        .then(pl.lit(FindingClass.FETCH.value))
        .when(kind.is_in(["structure", "report"]) | unread)
        .then(pl.lit(FindingClass.EXTRACTION.value))
        .otherwise(pl.lit(FindingClass.SOURCE_CONTENT.value))
    )
