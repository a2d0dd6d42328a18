"""Rule instances as Polars expressions: the evaluator for many reports at once.

The frame is wide: one row per report, numbered by `document`, a column per path (`requests.new_received.total`,
`prev.…`, `narrative.…`, `report.…`), `form.<table>` with the form that governs each table's rules
and `unread.<table>` where a table was not found or not fully read. `annual_reports.checking.wide`
makes it. Null means not known; Kleene logic would call `true or null` true, so whether a rule can
be judged is computed from its operands before anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from annual_reports.checking.evaluation import FAIL, NOT_ASSESSABLE, PASS, instance_paths
from annual_reports.checking.messages import UNKNOWN, failure_pattern, gap_pattern
from annual_reports.model import FindingClass
from schemas.fields import read_data_rows
from schemas.rules import (
    FORM_TABLES,
    REPORT,
    Arithmetic,
    Call,
    Comparison,
    Every,
    IsNone,
    IsNotTrue,
    Literal,
    Node,
    Not,
    Operand,
    Rule,
    RuleInstance,
    Some,
    Sum,
    kind_of,
    operand_kind,
    operand_label,
    rule_instances,
)

Column = Callable[[str], pl.Expr]

NUMBER = pl.Decimal(28, 8)
_TYPES: Mapping[str, pl.DataType] = {
    "number": NUMBER,
    "date": pl.Date(),
    "flag": pl.Boolean(),
    "text": pl.String(),
}
FINDING_SCHEMA = pl.Schema(
    {
        "document": pl.UInt32(),
        "rule_id": pl.String(),
        "place": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "class": pl.String(),
        "left": NUMBER,
        "right": NUMBER,
        "difference": NUMBER,
        "message": pl.String(),
    }
)

_OPERATORS: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def check_reports(wide: pl.DataFrame) -> pl.DataFrame:
    """Findings of all rules on all reports, columns of FINDING_SCHEMA.

    Every failure is a row of its own; the places where a rule of a report could not be judged are
    one row. Rows stand by rule, then by report in the order of `wide`.
    """
    return check_and_count(wide).findings


@dataclass(frozen=True, slots=True)
class CheckedReports:
    """`findings`: FINDING_SCHEMA. `judged`: per `document` the places where rules were judged and hold.

    Columns of `judged`: `judged.hard.passed`, `judged.hard.total` and the same of soft rules.
    """

    findings: pl.DataFrame
    judged: pl.DataFrame


_SEVERITIES = ("hard", "soft")
_JUDGED_SCHEMA = pl.Schema(
    {
        "document": pl.UInt32(),
        **{f"judged.{s}.{what}": NUMBER for s in _SEVERITIES for what in ("passed", "total")},
    }
)


def check_and_count(wide: pl.DataFrame) -> CheckedReports:
    """As `check_reports`, with the number of places judged in each report."""
    findings = [FINDING_SCHEMA.to_frame()]
    counts = [_JUDGED_SCHEMA.to_frame()]
    for table, form, instances in _instance_groups():
        rows = wide.filter(pl.col(f"form.{table}") == form)
        if not rows.is_empty():
            rows = _with_all_paths(rows, instances)
            judged = verdicts(rows, instances)
            findings += _findings_of(rows, judged, instances)
            counts.append(_judged_counts(rows, judged, instances))
    summed = pl.concat(counts).group_by("document", maintain_order=True).agg(pl.all().sum())
    return CheckedReports(pl.concat(findings), summed)


def _judged_counts(
    rows: pl.DataFrame, judged: pl.DataFrame, instances: Sequence[RuleInstance]
) -> pl.DataFrame:
    counted = []
    for severity in _SEVERITIES:
        places = [str(n) for n, one in enumerate(instances) if one.rule.severity == severity]
        for what, outcomes in (("passed", [PASS]), ("total", [PASS, FAIL])):
            number = pl.sum_horizontal(
                pl.lit(0, pl.UInt32),
                *(pl.col(place).is_in(outcomes).fill_null(False) for place in places),
            )
            counted.append(number.cast(NUMBER).alias(f"judged.{severity}.{what}"))
    return pl.concat([rows.select("document"), judged.select(counted)], how="horizontal")


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
    holds = _compile(instance.condition, pl.col)
    unknown: pl.Expr = pl.lit(NOT_ASSESSABLE)
    if instance.unknown_is_zero_when is not None:
        zeros_fit = _compile(instance.unknown_is_zero_when, pl.col)
        with_zeros = _verdict(_compile(instance.condition, _or_zero))
        unknown = pl.when(zeros_fit).then(with_zeros).otherwise(unknown)
    outcome = pl.when(known).then(_verdict(holds)).otherwise(unknown)
    if instance.applies_when is None:
        return outcome
    return pl.when(_compile(instance.applies_when, pl.col)).then(outcome)


def _verdict(holds: pl.Expr) -> pl.Expr:
    return pl.when(holds).then(pl.lit(PASS)).otherwise(pl.lit(FAIL))


def _all_known(instance: RuleInstance) -> pl.Expr:
    return pl.all_horizontal(pl.col(path).is_not_null() for path in instance.required)


def _or_zero(path: str) -> pl.Expr:
    return pl.col(path).fill_null(0)


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


def _findings_of(
    rows: pl.DataFrame, judged: pl.DataFrame, instances: Sequence[RuleInstance]
) -> Iterator[pl.DataFrame]:
    failed = judged.select((pl.all() == FAIL).any()).row(0)
    gaps = judged.select((pl.all() == NOT_ASSESSABLE).any()).row(0)
    for place, instance in enumerate(instances):
        if failed[place]:
            yield _failures(rows.filter(judged[str(place)] == FAIL), instance)
    for places in _places_by_rule(instances):
        if any(gaps[place] for place in places):
            yield _gap_summaries(rows, judged, instances, places)


def _places_by_rule(instances: Sequence[RuleInstance]) -> list[list[int]]:
    places: dict[Rule, list[int]] = {}
    for place, instance in enumerate(instances):
        places.setdefault(instance.rule, []).append(place)
    return list(places.values())


def _failures(rows: pl.DataFrame, instance: RuleInstance) -> pl.DataFrame:
    """One finding per row; the first comparison that fails is the one shown."""
    left, right = _shown_sides(instance)
    sided = rows.with_columns(left=left.cast(NUMBER), right=right.cast(NUMBER)).with_columns(
        difference=(pl.col("left") - pl.col("right")).cast(NUMBER)
    )
    pattern = failure_pattern(instance)
    return sided.select(
        "document",
        rule_id=pl.lit(instance.rule.rule_id),
        place=pl.lit(instance.scope),
        severity=pl.lit(instance.rule.severity),
        status=pl.lit(FAIL),
        **{"class": pl.lit(instance.rule.finding_class)},
        left="left",
        right="right",
        difference="difference",
        message=pl.format(pattern.text, *(_printed(name) for name in pattern.arguments)),
    ).select(FINDING_SCHEMA.names())


def _shown_sides(instance: RuleInstance) -> tuple[pl.Expr, pl.Expr]:
    left = right = pl.lit(None, NUMBER)
    column = pl.col if instance.unknown_is_zero_when is None else _or_zero
    for holds, shown_left, shown_right in reversed(instance.shown):
        fails = ~_compile(holds, column)
        left = pl.when(fails).then(_compile(shown_left, column).cast(NUMBER)).otherwise(left)
        right = pl.when(fails).then(_compile(shown_right, column).cast(NUMBER)).otherwise(right)
    return left, right


def _printed(name: str) -> pl.Expr:
    """A value as people write it; see `messages.number_text`."""
    is_side = name in ("left", "right", "difference")
    if is_side or operand_kind(name) == "number":
        text = pl.col(name).cast(NUMBER).cast(pl.String).str.replace(r"\.?0+$", "")
        return text.fill_null(UNKNOWN)
    return pl.col(name).cast(pl.String).fill_null(UNKNOWN)


def _gap_summaries(
    rows: pl.DataFrame,
    judged: pl.DataFrame,
    instances: Sequence[RuleInstance],
    places: Sequence[int],
) -> pl.DataFrame:
    """One finding per report that lacks operands of a rule: how many places, and the first operand."""
    first = instances[places[0]]
    is_gap = [pl.col(f"gap.{place}") for place in places]
    marked = pl.concat(
        [
            rows,
            judged.select((pl.col(str(p)) == NOT_ASSESSABLE).alias(f"gap.{p}") for p in places),
        ],
        how="horizontal",
    ).filter(pl.any_horizontal(is_gap))
    told = marked.with_columns(
        gaps=pl.sum_horizontal(gap.cast(pl.Int64) for gap in is_gap).cast(pl.String),
        path=pl.coalesce(
            pl.when(gap).then(_first_unknown(instances[place]))
            for gap, place in zip(is_gap, places, strict=True)
        ),
    ).with_columns(label=pl.col("path").replace_strict(_labels(instances, places)))
    only_place = len(places) == 1
    pattern = gap_pattern(first, len(places))
    return told.select(
        "document",
        rule_id=pl.lit(first.rule.rule_id),
        place=pl.lit(first.scope if only_place else first.governing_table),
        severity=pl.lit(first.rule.severity),
        status=pl.lit(NOT_ASSESSABLE),
        **{"class": _gap_class()},
        left=pl.lit(None, NUMBER),
        right=pl.lit(None, NUMBER),
        difference=pl.lit(None, NUMBER),
        message=pl.format(pattern.text, *(pl.col(name) for name in pattern.arguments)),
    ).select(FINDING_SCHEMA.names())


def _first_unknown(instance: RuleInstance) -> pl.Expr:
    return pl.coalesce(
        pl.when(pl.col(path).is_null()).then(pl.lit(path)) for path in instance.required
    )


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
        .otherwise(pl.lit(FindingClass.SOURCE.value))
    )


def _compile(node: Node, column: Column) -> pl.Expr:
    """The node over columns; numbers are Decimal(28, 8), so that equality is exact."""
    match node:
        case Operand(path=path):
            return column(path)
        case Literal(value=value):
            return pl.lit(value)
        case Sum(terms=terms):
            return pl.sum_horizontal((_compile(t, column) for t in terms), ignore_nulls=False)
        case (
            Arithmetic(operator=sign, left=left, right=right)
            | Comparison(operator=sign, left=left, right=right)
        ):
            return _OPERATORS[sign](_compile(left, column), _compile(right, column))
        case Call(function=name, arguments=arguments):
            return _FUNCTIONS[name](*(_compile(inner, column) for inner in arguments))
        case _:
            return _compile_condition(node, column)


def _compile_condition(node: Node, column: Column) -> pl.Expr:
    match node:
        case IsNone(operand=operand):
            return pl.col(operand.path).is_null()
        case IsNotTrue(operand=operand):
            return pl.col(operand.path).ne_missing(True)
        case Every(conditions=conditions):
            return pl.all_horizontal(_compile(inner, column) for inner in conditions)
        case Some(conditions=conditions):
            return pl.any_horizontal(_compile(inner, column) for inner in conditions)
        case Not(condition=condition):
            return ~_compile(condition, column)
        case _:
            raise TypeError(f"no node of a rule: {node}")


def _is_nonnegative_integer(value: pl.Expr) -> pl.Expr:
    return (value >= 0) & (value.cast(pl.Int64) == value)


_FUNCTIONS: Mapping[str, Callable[..., pl.Expr]] = {
    "is_nonnegative_integer": _is_nonnegative_integer,
    "year": lambda day: day.dt.year().cast(NUMBER),
    "date": lambda year, month, day: pl.date(year.cast(pl.Int32), month, day),
}


def compile_condition(node: Node) -> pl.Expr:
    """A condition over the wide frame; null where a term of a comparison is not known."""
    if kind_of(node) != "flag":
        raise TypeError(f"not a condition: {node}")
    return _compile(node, pl.col)


def compile_number(node: Node) -> pl.Expr:
    """An expression of `total_measures.csv` over the wide frame; null where a term is not known."""
    if kind_of(node) != "number":
        raise TypeError(f"not a number: {node}")
    return _compile(node, pl.col)
