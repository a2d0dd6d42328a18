"""Shares and growth rates computed anew from the numbers of the same document.

A share is refuted only where the text names its whole and that whole is known; a growth rate only
where the sentence itself prints both years. Otherwise it can be confirmed, never refuted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from annual_reports.model import Cell, Claim, Finding, FindingClass, Number
from annual_reports.narrative.numbers import percent_fits
from schemas.claims import RatioBase, claim_finding, ratio_bases, ratio_kind

AGREES, CONTRADICTS, NOT_ASSESSABLE = "agrees", "contradicts", "not_assessable"
_HUNDREDTH = Decimal("0.01")

CellsByPath = Mapping[str, Cell]


def is_ratio(claim: Claim) -> bool:
    return claim.unit == "%" or ratio_kind(claim.metric) is not None


def ratio_verdict(claim: Claim, cells: CellsByPath, claims: Sequence[Claim]) -> str:
    """agrees | contradicts | not_assessable for a share, rate, growth rate or change."""
    match ratio_kind(claim.metric):
        case "growth" | "change":
            return _change_verdict(claim)
        case _:
            return _share_verdict(claim, cells, claims)


def ratio_finding(claim: Claim, cells: CellsByPath, claims: Sequence[Claim]) -> Finding:
    """The finding of a claim that `ratio_verdict` says contradicts."""
    if ratio_kind(claim.metric) in ("growth", "change"):
        return _change_finding(claim)
    part, whole = claim.operands[0], next(_named_wholes(claim, cells, claims))
    exact = (Decimal(part) * 100 / Decimal(whole)).quantize(_HUNDREDTH)
    told = {"part": part, "whole": whole, "exact": exact, "stated": claim.value}
    return _finding("N30", claim, exact, told)


def _change_verdict(claim: Claim) -> str:
    if len(claim.operands) != 2:
        return NOT_ASSESSABLE
    current, previous = claim.operands
    stated = _decimal(claim)
    if claim.unit != "%":
        return AGREES if current - previous == stated else CONTRADICTS
    if previous == 0:
        return NOT_ASSESSABLE
    change: Number = current - previous
    same_direction = change == 0 or (change > 0) == (stated >= 0)
    fits = same_direction and percent_fits(_size(change), previous, str(abs(stated)))
    return AGREES if fits else CONTRADICTS


def _size(change: Number) -> Number:
    return -change if change < 0 else change


def _change_finding(claim: Claim) -> Finding:
    current, previous = claim.operands
    change = Decimal(current - previous)
    exact = change
    if claim.unit == "%":
        exact = (change * 100 / Decimal(previous)).quantize(_HUNDREDTH)
    sign = "%" if claim.unit == "%" else ""
    told = {
        "previous": previous,
        "current": current,
        "exact": f"{exact}{sign}",
        "stated": f"{claim.value}{sign}",
    }
    return _finding("N31", claim, exact, told)


def _share_verdict(claim: Claim, cells: CellsByPath, claims: Sequence[Claim]) -> str:
    stated = str(_decimal(claim))
    if any(
        percent_fits(part, whole, stated)
        for base in ratio_bases(claim.metric)
        for part in _parts(claim, base, cells, claims)
        for whole in _known(base.denominators, cells, claims)
    ):
        return AGREES
    wholes = list(_named_wholes(claim, cells, claims))
    return CONTRADICTS if claim.operands and any(wholes) else NOT_ASSESSABLE


def _parts(
    claim: Claim, base: RatioBase, cells: CellsByPath, claims: Sequence[Claim]
) -> Iterator[Number]:
    if base.numerators and claim.is_of_report:
        yield from _known(base.numerators, cells, claims)
    elif not base.numerators:
        yield from claim.operands


def _named_wholes(claim: Claim, cells: CellsByPath, claims: Sequence[Claim]) -> Iterator[Number]:
    """The wholes the text names, if every table that holds them was read; none otherwise."""
    for base in ratio_bases(claim.metric):
        if base.wording is None or not claim.base_words or not claim.is_of_report:
            continue
        if base.wording.search(claim.base_words):
            in_tables = [sums for sums in base.denominators if _table(sums) in _tables(cells)]
            known = list(_known(in_tables, cells, claims))
            if len(known) == len(in_tables):
                yield from known


def _table(paths: Sequence[str]) -> str:
    return paths[0].partition(".")[0]


def _tables(cells: CellsByPath) -> set[str]:
    return {cell.table for cell in cells.values()}


def _known(
    sums: Iterable[Sequence[str]], cells: CellsByPath, claims: Sequence[Claim]
) -> Iterator[Number]:
    """The sums of which every term is known, from cells or from the prose."""
    for paths in sums:
        if paths[0].startswith("narrative."):
            metric = paths[0].removeprefix("narrative.")
            yield from (
                claim.value
                for claim in claims
                if claim.metric == metric
                and claim.is_of_report
                and not claim.is_approximate
                and not isinstance(claim.value, bool | str)
            )
            continue
        terms = [cell.value for cell in map(cells.get, paths) if cell is not None]
        values = [value for value in terms if value is not None]
        if len(values) == len(paths):
            yield sum(values)


def _decimal(claim: Claim) -> Decimal:
    assert not isinstance(claim.value, bool | str)
    return Decimal(claim.value)


def _finding(rule_id: str, claim: Claim, exact: Decimal, told: Mapping[str, object]) -> Finding:
    worded = claim_finding(rule_id)
    stated = _decimal(claim)
    zh, en = worded["message_zh"].format(**told), worded["message_en"].format(**told)
    return Finding(
        rule_id=rule_id,
        severity=worded["severity"],
        status="fail",
        finding_class=FindingClass.SOURCE_CONTENT,
        scope=f"narrative.{claim.metric}",
        left=stated,
        right=exact,
        difference=stated - exact,
        message=f"{zh}：“{claim.sentence}” / {en}",
    )
