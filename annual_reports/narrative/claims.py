"""Numbers and explicit absences stated in the prose, by the `narrative` keys of `fields.csv`.

A missed claim costs a check; a false one accuses a publisher. So a wording counts only when the
sentence is about the right subject, the right year and the whole report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from annual_reports.model import Claim, Number, Section
from annual_reports.narrative.prose import Sentence, prose_sentences
from schemas.claims import ClaimPattern, claim_hints, claim_topics, claim_words, hinted_patterns

_TRIGGER = re.compile(r"[\d未没无零一二两三四五六七八九十]")
_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_DAY = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
_PERIOD = re.compile(
    rf"{_DAY}(?:起|零时)?(?:至|到|—+|–|-|~|～|－)(?:(\d{{4}})年)?(\d{{1,2}})月(\d{{1,2}})日"
)
_CHINESE_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {
    "两": 2
}
_YUAN_PER_10K = 10_000


def find_claims(sections: Iterable[Section], year: int | None = None) -> tuple[Claim, ...]:
    """Claims in reading order. `year` is the year reported on; figures of other years are left."""
    claims: list[Claim] = []
    for section in sections:
        found = [
            claim
            for sentence in _sentences(section)
            for claim in (
                *_period_claims(section, sentence),
                *_worded_claims(section, sentence, year),
            )
        ]
        claims += sorted(_without_repeats(found), key=lambda claim: (claim.start, claim.end))
    return tuple(claims)


def _sentences(section: Section) -> Iterator[Sentence]:
    """Sentences to read. Before the first chapter stand menus and headlines: only prose counts."""
    for sentence in prose_sentences(section.text):
        if section.number is not None or section.title or sentence.is_ended:
            yield sentence


def _worded_claims(section: Section, sentence: Sentence, year: int | None) -> Iterator[Claim]:
    if not _TRIGGER.search(sentence.text):
        return
    hints = frozenset(hint for hint in claim_hints() if hint in sentence.text)
    for wording in hinted_patterns(hints, section.number):
        for found in wording.pattern.finditer(sentence.text):
            if _counts(wording, found, section, sentence, year):
                yield _claim(wording, found, section, sentence)


def _counts(
    wording: ClaimPattern,
    found: re.Match[str],
    section: Section,
    sentence: Sentence,
    year: int | None,
) -> bool:
    """Whether a match is about this report's subject, year and whole."""
    clause = sentence.text[sentence.clause_start(found.start()) : found.end()]
    before = sentence.text[: found.start()]
    if wording.forbids and wording.forbids.search(clause):
        return False
    if wording.forbids_before and wording.forbids_before.search(before):
        return False
    if claim_words("other_time").search(clause) or _names_other_year(before + found[0], year):
        return False
    return wording.topic is None or _is_about(wording.topic, found, section, sentence)


def _names_other_year(text: str, year: int | None) -> bool:
    named = _YEAR.findall(text)
    return bool(named) and year is not None and int(named[-1]) != year


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
    return section.number == subject.chapter and not subject.competing.search(before)


def _claim(
    wording: ClaimPattern, found: re.Match[str], section: Section, sentence: Sentence
) -> Claim:
    start, end = sentence.printed_span(found.start(), found.end())
    value, unit = _stated_value(wording, found)
    return Claim(
        metric=wording.metric,
        value=value,
        unit=unit,
        text=section.text[start:end],
        section=section.number,
        start=start,
        end=end,
    )


def _stated_value(wording: ClaimPattern, found: re.Match[str]) -> tuple[Number | bool, str | None]:
    if wording.kind == "absence":
        return True, None
    if wording.kind == "zero":
        return 0, None
    if wording.kind == "amount":
        return _amount_yuan(found["number"], found["unit"]), "元"
    return _whole_number(found["number"]), found["unit"]


def _amount_yuan(number: str, unit: str) -> Number:
    amount = Decimal(number.replace(",", "")) * (_YUAN_PER_10K if unit.startswith("万") else 1)
    return int(amount) if amount == amount.to_integral_value() else amount


def _whole_number(text: str) -> int:
    """A count in digits, with grouping commas, or in Chinese numerals up to 99."""
    if text[0].isdigit():
        return int(text.replace(",", ""))
    if "十" not in text:
        return (
            _CHINESE_DIGITS[text]
            if len(text) == 1
            else int("".join(str(_CHINESE_DIGITS[c]) for c in text))
        )
    tens, _, ones = text.partition("十")
    return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(ones, 0)


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
