"""Numbers and explicit absences stated in the prose, by the `narrative` keys of `fields.csv`.

A missed claim costs a check; a false one accuses a publisher. So a wording counts only when the
sentence is about the right subject, the right year and the whole report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from annual_reports.model import Claim, Section
from annual_reports.narrative.context import (
    PART,
    WIDER,
    Reporter,
    stated_coverage,
    stated_period,
)
from annual_reports.narrative.numbers import StatedNumber, stated_count, stated_yuan
from annual_reports.narrative.prose import Sentence, prose_sentences
from annual_reports.narrative.ratios import ratio_claims
from schemas.claims import ClaimPattern, claim_hints, claim_topics, claim_words, hinted_patterns

_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_PERIOD = re.compile(
    rf"{_DAY}(?:起|零时)?(?:至|到|—+|–|-|~|～|－)(?:(\d{{4}})年)?(\d{{1,2}})月(\d{{1,2}})日"
)
_CARRIED = ("requests_carried_in", "requests_carried_out")
_ANY_REPORTER = Reporter()


def find_claims(
    sections: Iterable[Section], reporter: Reporter = _ANY_REPORTER
) -> tuple[Claim, ...]:
    """Claims in reading order. `reporter` decides what is about this report and its year."""
    claims: list[Claim] = []
    for section in sections:
        found = [
            claim
            for sentence in _sentences(section)
            for claim in _sentence_claims(section, sentence, reporter)
        ]
        claims += sorted(_without_repeats(found), key=lambda claim: (claim.start, claim.end))
    return tuple(claims)


def _sentences(section: Section) -> Iterator[Sentence]:
    """Sentences to read. Before the first chapter stand menus and headlines: only prose counts."""
    for sentence in prose_sentences(section.text, claim_words("number")):
        if section.number is not None or section.title or sentence.is_ended:
            yield sentence


def _sentence_claims(section: Section, sentence: Sentence, reporter: Reporter) -> Iterator[Claim]:
    yield from _period_claims(section, sentence)
    counted = list(_worded_claims(section, sentence, reporter))
    yield from (claim for claim, _ in counted)
    yield from ratio_claims(section, sentence, counted)


def _worded_claims(
    section: Section, sentence: Sentence, reporter: Reporter
) -> Iterator[tuple[Claim, re.Match[str]]]:
    """The claims of a sentence with their matches. Plain searches come first: most say nothing."""
    has_count = claim_words("counted").search(sentence.text) is not None
    has_absence = claim_words("absent").search(sentence.text) is not None
    if not has_count and not has_absence:
        return
    hints = frozenset(hint for hint in claim_hints() if hint in sentence.text)
    for wording in hinted_patterns(hints, section.number):
        if not (has_absence if wording.is_absence else has_count):
            continue
        if wording.requires_before and not wording.requires_before.search(sentence.text):
            continue
        for found in wording.pattern.finditer(sentence.text):
            if _counts(wording, found, section, sentence):
                claim = _claim(wording, found, section, sentence, reporter)
                if claim is not None:
                    yield claim, found


def _counts(
    wording: ClaimPattern, found: re.Match[str], section: Section, sentence: Sentence
) -> bool:
    """Whether a match is about the wording's subject and says what has happened."""
    clause = sentence.text[sentence.clause_start(found.start()) : found.end()]
    if wording.forbids and wording.forbids.search(clause):
        return False
    before = sentence.text[: found.start()]
    if wording.requires_before and not wording.requires_before.search(before):
        return False
    if claim_words("planned").search(clause):
        return False
    return wording.topic is None or _is_about(wording.topic, found, section, sentence)


def _is_about(topic: str, found: re.Match[str], section: Section, sentence: Sentence) -> bool:
    """The topic is named before or in the match, or in the sentence before, or by the chapter.

    Any competing subject named since then takes its place.
    """
    subject = claim_topics()[topic]
    context = f"{sentence.previous}。{sentence.text[: found.end()]}"
    start_of_match = len(context) - len(found[0])
    named = [mention.end() for mention in subject.pattern.finditer(context)]
    if named:
        return not subject.competing.search(context, named[-1], max(start_of_match, named[-1]))
    before = sentence.text[: found.start()]
    is_its_chapter = subject.chapter is not None and section.number == subject.chapter
    return is_its_chapter and not subject.competing.search(before)


def _claim(
    wording: ClaimPattern,
    found: re.Match[str],
    section: Section,
    sentence: Sentence,
    reporter: Reporter,
) -> Claim | None:
    """A match as a claim with its scope and time, None where it is no single number.

    What is carried over names another year in its own words.
    """
    stated = _stated(wording, found)
    if stated is None:
        return None
    start, end = sentence.printed_span(found.start(), found.end())
    coverage = stated_coverage(sentence, found.start(), found.end(), reporter)
    timed = found.start() if wording.metric in _CARRIED else found.end()
    return Claim(
        metric=wording.metric,
        value=True if wording.kind == "absence" else stated.value,
        unit=_unit(wording, found),
        text=section.text[start:end],
        section=section.number,
        start=start,
        end=end,
        covers=_covered(wording, found, sentence, coverage.covers),
        scope_words=coverage.words,
        period=stated_period(sentence, timed, reporter.year) if timed else None,
        least=stated.least,
        most=stated.most,
        sentence=sentence.printed.strip(),
    )


def _stated(wording: ClaimPattern, found: re.Match[str]) -> StatedNumber | None:
    if wording.kind in ("absence", "zero"):
        return StatedNumber(0)
    if wording.kind == "amount":
        return stated_yuan(found.groupdict())
    if wording.kind == "percent":
        return StatedNumber(Decimal(found["number"]))
    return stated_count(found.groupdict())


def _unit(wording: ClaimPattern, found: re.Match[str]) -> str | None:
    match wording.kind:
        case "count":
            return found["unit"]
        case "amount":
            return "元"
        case "percent":
            return "%"
        case _:
            return None


def _covered(wording: ClaimPattern, found: re.Match[str], sentence: Sentence, covers: str) -> str:
    if wording.part_after is not None and wording.part_after.search(
        sentence.text, 0, found.start()
    ):
        return PART
    return WIDER if _counts_more(wording.metric, sentence, found.end()) else covers


def _counts_more(metric: str, sentence: Sentence, end: int) -> bool:
    """Whether the words behind a number say that it counts more than its own subject.

    What was received or answered may include the backlog: its rule knows both readings.
    """
    if claim_words("subject_inside").match(sentence.text, end):
        return True
    has_readings = metric in ("requests_received", "requests_answered")
    return not has_readings and claim_words("narrower_inside").match(sentence.text, end) is not None


def _period_claims(section: Section, sentence: Sentence) -> Iterator[Claim]:
    """The days from which to which the report counts, as ISO dates."""
    if not claim_words("period").search(sentence.text):
        return
    for found in _PERIOD.finditer(sentence.text):
        first = _iso_day(found[1], found[2], found[3])
        last = _iso_day(found[4] or found[1], found[5], found[6])
        if first is None or last is None or first > last:
            continue
        start, end = sentence.printed_span(found.start(), found.end())
        text = section.text[start:end]
        yield Claim("period_start", first, None, text, section.number, start, end)
        yield Claim("period_end", last, None, text, section.number, start, end)


def _iso_day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _without_repeats(claims: Iterable[Claim]) -> Iterator[Claim]:
    """One claim per stated fact: of overlapping spans of one metric the first wording wins."""
    kept: list[Claim] = []
    for claim in claims:
        overlaps = any(
            other.metric == claim.metric and claim.start < other.end and other.start < claim.end
            for other in kept
        )
        if not overlaps:
            kept.append(claim)
    yield from kept
