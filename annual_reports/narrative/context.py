"""What a number in the prose is about: which year, and the whole report, a part of it or more.

Only a number of the whole report and its year may be held against the tables. Where the words
leave that open, the number is kept and not compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from annual_reports.model import Identity
from annual_reports.narrative.prose import Sentence
from schemas.claims import claim_words, mention_kind, mentions, single_context

REPORT, PART, WIDER = "report", "part", "wider"
REPORTED_YEAR, EARLIER_YEAR, CUMULATIVE = "reported_year", "earlier_year", "cumulative"

_TITLE = re.compile(r"《[^》]*》?|〈[^〉]*〉|〔[^〕]*〕")
_GOVERNMENT_TYPES = ("government", "zone_committee", "government_office", None)
_CLAUSE_MARKS = "，；：（）、"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whose report the prose belongs to, as far as it decides what a number is about."""

    year: int | None = None
    publisher: str | None = None
    scope: str = "unknown"
    organ_type: str | None = None


def reporter_of(identity: Identity) -> Reporter:
    return Reporter(identity.year, identity.publisher, identity.scope, identity.organ_type)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covers`: report | part | wider; `words` are the scope words as printed."""

    covers: str
    words: str | None


def stated_period(sentence: Sentence, end: int, year: int | None) -> str | None:
    """The time a number ending at `end` is about: the last mention before it, None without one.

    A sentence without a mention takes over another year or a long run from the sentence before it.
    """
    text = _without_titles(sentence.text[:end])
    period = _last_period(text, sentence.clause_start(end - 1), year)
    if period is None and claim_words("unstated_total").search(text):
        return CUMULATIVE
    if period is None and sentence.previous:
        before = _last_period(_without_titles(sentence.previous), 0, year)
        return before if before in (EARLIER_YEAR, CUMULATIVE) else None
    return period


def _last_period(text: str, clause_start: int, year: int | None) -> str | None:
    period = None
    for found in mentions("time").finditer(text):
        kind = mention_kind(found)
        if kind == "named_year":
            named = int(found[0][:4])
            period = REPORTED_YEAR if year is None or named == year else EARLIER_YEAR
        elif kind != "comparison":
            period = kind
        elif found.start() >= clause_start:
            period = EARLIER_YEAR
    return period


def stated_coverage(sentence: Sentence, start: int, end: int, reporter: Reporter) -> Coverage:
    """Whether a number between `start` and `end` is about the whole report.

    Words of its own clause decide; without any, the subject of an earlier clause does.
    """
    text = _without_titles(sentence.text[:end])
    clause_start = sentence.clause_start(start)
    if organ := _named_organ(text[clause_start:start]):
        is_own = _is_publisher(organ, reporter)
        return Coverage(REPORT if is_own else PART, organ)
    last = None
    for found in mentions("scope").finditer(text):
        if found.start() >= clause_start or _starts_clause(text, found.start()):
            last = found
    if last is None:
        return Coverage(REPORT, None)
    return Coverage(_coverage_of_kind(mention_kind(last), last[0], reporter), last[0])


def _without_titles(text: str) -> str:
    """Titles and document numbers out of the way; every other character keeps its place."""
    if "《" not in text and "〔" not in text:
        return text
    return _TITLE.sub(lambda found: "＿" * len(found[0]), text)


def _named_organ(lead: str) -> str | None:
    """The organ a clause names as its subject right before the verb; none for 我局 and 全市."""
    lead = _strip_lead_in(lead)
    if not lead:
        return None
    found = mentions("scope").match(lead)
    rest = lead[found.end() :] if found else lead
    subject = single_context("organ_before").fullmatch(rest)
    if subject is None:
        return None
    return f"{found[0]}{subject['organ']}" if found else subject["organ"]


def _strip_lead_in(lead: str) -> str:
    found = single_context("lead_in").match(lead)
    return lead[found.end() :] if found else lead


def _is_publisher(organ: str, reporter: Reporter) -> bool:
    """Whether a named organ is the publisher; a consolidated report is wider than its office."""
    if reporter.publisher is None:
        return False
    if reporter.scope == "consolidated" and claim_words("office_of_government").search(organ):
        return False
    return _short(organ) in _short(reporter.publisher)


def _short(name: str) -> str:
    """人民政府 and 政府 are the same in a name."""
    return claim_words("left_out_of_names").sub("", name)


def _starts_clause(text: str, position: int) -> bool:
    clause = max([text.rfind(mark, 0, position) for mark in _CLAUSE_MARKS]) + 1
    return not _strip_lead_in(text[clause:position])


def _coverage_of_kind(kind: str, words: str, reporter: Reporter) -> str:
    is_consolidated = reporter.scope == "consolidated"
    match kind:
        case "part":
            return PART
        case "wider":
            return WIDER
        case "region":
            is_government = reporter.organ_type in _GOVERNMENT_TYPES and reporter.scope != "own"
            return REPORT if is_consolidated or is_government else WIDER
        case "own":
            is_narrow = is_consolidated and reporter.organ_type in _GOVERNMENT_TYPES
            return PART if is_narrow and claim_words("this_body").match(words) else REPORT
        case _:
            raise KeyError(kind)
