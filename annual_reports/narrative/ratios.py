"""Shares and growth rates stated right behind a number of the prose, with what they follow from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from annual_reports.model import Claim, Number, Section
from annual_reports.narrative.prose import Sentence
from schemas.claims import claim_words, ratio_metric, ratio_pattern

_PERCENT = "%"


def ratio_claims(
    section: Section, sentence: Sentence, counted: Iterable[tuple[Claim, re.Match[str]]]
) -> Iterator[Claim]:
    """`占…%`, `同比增长…%`, `比上年增加N件` after the counts of a sentence, as claims of their own."""
    if _PERCENT not in sentence.text and not claim_words("growth").search(sentence.text):
        return
    for claim, found in counted:
        if isinstance(claim.value, bool | str):
            continue
        if metric := ratio_metric(claim.metric, "share"):
            yield from _share(metric, claim, found.end(), section, sentence)
        yield from _growth(claim, found, section, sentence)


def _share(
    metric: str, claim: Claim, end: int, section: Section, sentence: Sentence
) -> Iterator[Claim]:
    found = ratio_pattern("share").match(sentence.text, end)
    if found is not None:
        operands = () if claim.is_approximate or found["before"] else (_number(claim),)
        derived = _derived(claim, metric, found, section, sentence)
        yield replace(
            derived, value=Decimal(found["number"]), operands=operands, base_words=found["base"]
        )


def _growth(
    claim: Claim, counted: re.Match[str], section: Section, sentence: Sentence
) -> Iterator[Claim]:
    growth = ratio_metric(claim.metric, "growth")
    change = ratio_metric(claim.metric, "change")
    found = ratio_pattern("growth").match(sentence.text, counted.end())
    if growth is None or change is None or found is None:
        return
    previous = _printed_previous(claim, counted, sentence)
    if found["unit"] == _PERCENT:
        derived = _derived(claim, growth, found, section, sentence)
        yield _as_rate(derived, found, claim, previous)
        return
    if "." in found["number"]:
        return
    difference = _signed(Decimal(found["number"]), found["direction"])
    derived = _derived(claim, change, found, section, sentence)
    yield replace(
        derived,
        value=int(difference),
        unit=found["unit"],
        operands=_operands(claim, previous),
    )
    rate = ratio_pattern("change_percent").match(sentence.text, found.end())
    if rate is not None:
        before = previous if previous is not None else _number(claim) - int(difference)
        derived = _derived(claim, growth, rate, section, sentence)
        yield _as_rate(derived, rate, claim, before)


def _as_rate(derived: Claim, found: re.Match[str], claim: Claim, previous: Number | None) -> Claim:
    return replace(
        derived,
        value=_signed(Decimal(found["number"]), found["direction"]),
        operands=_operands(claim, previous),
    )


def _operands(claim: Claim, previous: Number | None) -> tuple[Number, ...]:
    return () if previous is None or claim.is_approximate else (_number(claim), previous)


def _printed_previous(claim: Claim, counted: re.Match[str], sentence: Sentence) -> Number | None:
    """Last year's number where the sentence prints exactly one beside this year's, in its unit."""
    stated = [
        int(found["number"])
        for found in ratio_pattern("previous").finditer(sentence.text)
        if found["unit"] == claim.unit
        and (found.end() <= counted.start() or counted.end() <= found.start())
    ]
    return stated[0] if len(stated) == 1 else None


def _derived(
    claim: Claim, metric: str, found: re.Match[str], section: Section, sentence: Sentence
) -> Claim:
    start, end = sentence.printed_span(found.start(), found.end())
    return replace(
        claim,
        metric=metric,
        unit=_PERCENT,
        text=section.text[start:end],
        start=start,
        end=end,
        least=None,
        most=None,
    )


def _number(claim: Claim) -> Number:
    assert not isinstance(claim.value, bool | str)
    return claim.value


def _signed(value: Decimal, direction: str) -> Decimal:
    return -value if claim_words("decline").search(direction) else value
