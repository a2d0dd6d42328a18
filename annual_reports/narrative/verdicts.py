"""Claims held against the tables of the same document, by the rules of `claim_operands.csv`.

The rules themselves are evaluated with all others in `annual_reports.checking`, where every operand
must be known and exact. Here every claim gets a verdict, and a finding arises where the rules are
silent: a cell cannot be read yet every value it could have contradicts, a number that is only about
right lies outside the range its words allow, or a share does not follow from its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from math import prod

from annual_reports.model import Cell, Claim, Finding, FindingClass, Number
from annual_reports.narrative.ratio_verdicts import (
    AGREES,
    CONTRADICTS,
    NOT_ASSESSABLE,
    is_ratio,
    ratio_finding,
    ratio_verdict,
)
from schemas.claims import ClaimReading, claim_readings, claim_rules, rule_severity

_LONGEST_SHOWN = 120

_MAX_COMBINATIONS = 4096

CellsByPath = Mapping[str, Cell]


def judge_claims(
    claims: Sequence[Claim], cells: Iterable[Cell], templates: Mapping[str, str | None]
) -> tuple[tuple[Claim, ...], tuple[Finding, ...]]:
    """The claims with verdicts, and the contradictions that the rules cannot state.

    `templates`: table → form. Of several figures for one fact, those that differ are not assessable
    once one agrees: they count something narrower or wider. Nor are they where all of them differ.
    """
    if not claims:
        return (), ()
    by_path = {f"{cell.table}.{cell.row_key}.{cell.column_key}": cell for cell in cells}
    judged = [_judged(claim, claims, by_path, templates) for claim in claims]
    settled = tuple(_unless_doubtful(claim, judged) for claim in judged)
    findings = (
        _finding(claim, claims, by_path, templates)
        for claim in settled
        if claim.verdict == CONTRADICTS
    )
    return settled, tuple(dict.fromkeys(found for found in findings if found))


def contradicted_sentences(claims: Iterable[Claim]) -> dict[str, str]:
    """Rule → the first sentence that contradicts the tables by it; of a long one only its claim."""
    sentences: dict[str, str] = {}
    for claim in claims:
        if claim.verdict == CONTRADICTS:
            shown = claim.sentence if len(claim.sentence) <= _LONGEST_SHOWN else claim.text
            for rule_id in claim_rules(claim.metric):
                sentences.setdefault(rule_id, shown)
    return sentences


def _judged(
    claim: Claim,
    claims: Sequence[Claim],
    cells: CellsByPath,
    templates: Mapping[str, str | None],
) -> Claim:
    if is_ratio(claim):
        verdict = ratio_verdict(claim, cells, claims)
    else:
        verdict = _verdict(claim, cells, templates)
    return claim if verdict == claim.verdict else replace(claim, verdict=verdict)


def _unless_doubtful(claim: Claim, judged: Sequence[Claim]) -> Claim:
    """A contradiction stands only if the text gives this fact once, and no other figure for it."""
    if claim.verdict != CONTRADICTS or is_ratio(claim):
        return claim
    same = [one for one in judged if one.metric == claim.metric and one.is_of_report]
    is_doubtful = any(one.verdict == AGREES or one.value != claim.value for one in same)
    return replace(claim, verdict=NOT_ASSESSABLE) if is_doubtful else claim


def _verdict(claim: Claim, cells: CellsByPath, templates: Mapping[str, str | None]) -> str:
    expected = _expected_number(claim)
    readings = _readings(claim, templates)
    if expected is None or not readings or not claim.is_of_report:
        return NOT_ASSESSABLE
    possible = [_possible_sums(reading, cells) for reading in readings]
    if any(sums and all(_fits(claim, expected, one) for one in sums) for sums in possible):
        return AGREES
    excluded = all(
        sums is not None and not any(_fits(claim, expected, one) for one in sums)
        for sums in possible
    ) or _least_sum_exceeds(expected, claim, readings, cells)
    return CONTRADICTS if excluded else NOT_ASSESSABLE


def _fits(claim: Claim, expected: Number, value: Number) -> bool:
    """Whether a cell may hold what the text says; the range of its words for 约, 余 and 1.2万."""
    if not claim.is_approximate:
        return value == expected
    return (claim.least is None or claim.least <= value) and (
        claim.most is None or value <= claim.most
    )


def _least_sum_exceeds(
    expected: Number, claim: Claim, readings: Sequence[ClaimReading], cells: CellsByPath
) -> bool:
    """Counts are never negative: one known case refutes "none", whatever the other cells hold."""
    if claim.value is not True:
        return False
    parts = [_possible_values(cells.get(path)) for path in readings[0].paths]
    return sum(min(values) for values in parts if values) > expected


def _finding(
    claim: Claim,
    claims: Sequence[Claim],
    cells: CellsByPath,
    templates: Mapping[str, str | None],
) -> Finding | None:
    """A contradiction that the rules cannot state; none where they see every number themselves."""
    if is_ratio(claim):
        return ratio_finding(claim, cells, claims)
    reading = _readings(claim, templates)[0]
    operands = [cells.get(path) for path in reading.paths]
    is_known = all(operand is not None and operand.value is not None for operand in operands)
    if is_known and not claim.is_approximate:
        return None
    left = _expected_number(claim)
    sums = _possible_sums(reading, cells)
    right = next(iter(sums)) if sums is not None and len(sums) == 1 else None
    shown = "/".join(str(value) for value in sorted(sums)) if sums else "?"
    message = (
        f"正文“{claim.text}”与表中数值不符：表中为 {shown}"
        f" / the text states {left}, the table holds {shown}"
        if is_known
        else f"正文“{claim.text}”与表中数值不符：该格虽不能确定读数，但只可能是 {shown}"
        f" / the text states {left}, while the cell, though unreadable, can only be {shown}"
    )
    return Finding(
        rule_id=reading.rule_id,
        severity=rule_severity(reading.rule_id),
        status="fail",
        finding_class=FindingClass.SOURCE_CONTENT,
        scope=reading.paths[0].rpartition(".")[0],
        left=left,
        right=right,
        difference=None if left is None or right is None else left - right,
        message=message,
    )


def _readings(claim: Claim, templates: Mapping[str, str | None]) -> tuple[ClaimReading, ...]:
    """The readings of a claim on the form its table was read as; none without the table."""
    return _readings_on(claim.metric, tuple(templates.items()))


@lru_cache(maxsize=4096)
def _readings_on(
    metric: str, templates: tuple[tuple[str, str | None], ...]
) -> tuple[ClaimReading, ...]:
    form_of = dict(templates)
    return tuple(
        reading
        for form in sorted({form for form in form_of.values() if form})
        for reading in claim_readings(metric, form)
        if form_of.get(reading.paths[0].split(".", 1)[0]) == form
    )


def _expected_number(claim: Claim) -> Number | None:
    """What the cells should add up to: the stated number, 0 for a stated absence."""
    if isinstance(claim.value, bool):
        return 0 if claim.value else None
    return None if isinstance(claim.value, str) else claim.value


def _possible_sums(reading: ClaimReading, cells: CellsByPath) -> set[Number] | None:
    """Every sum the cells allow; None when a cell may hold anything."""
    parts = [_possible_values(cells.get(path)) for path in reading.paths]
    known = [values for values in parts if values]
    if len(known) < len(parts) or prod(map(len, known)) > _MAX_COMBINATIONS:
        return None
    return {sum(combination) for combination in product(*known)}


def _possible_values(cell: Cell | None) -> tuple[Number, ...]:
    """The value of a known cell, the options of an unreadable one, nothing for any other."""
    if cell is None:
        return ()
    return cell.evidence.options if cell.value is None else (cell.value,)
