"""Thousands of generated paragraphs: no wrong value, no false alarm, and a stated recall."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from prose_generator import Told, Truth, Writer, random_truth

from annual_reports.model import Claim, Section
from annual_reports.narrative.claims import find_claims
from annual_reports.narrative.verdicts import judge_claims

PARAGRAPHS = 4000
LEAST_RECALL = 0.9
T2021 = {"active_disclosure": "t2021", "requests": "t2021", "review_litigation": "t2021"}


def paragraphs(seed: int) -> Iterator[tuple[Truth, Told]]:
    chance = random.Random(seed)
    for _ in range(PARAGRAPHS):
        truth = random_truth(chance)
        yield truth, Writer(truth, chance).paragraph()


def judged(text: str, truth: Truth) -> tuple[Claim, ...]:
    found = find_claims((Section(1, "", text),), truth.reporter)
    return judge_claims(found, truth.cells(), T2021)[0]


def test_true_prose_has_no_wrong_value_and_no_false_alarm() -> None:
    told, found = Counter[str](), Counter[str]()
    for truth, paragraph in paragraphs(1):
        facts = dict(paragraph.facts)
        for claim in judged(paragraph.text, truth):
            assert claim.verdict != "contradicts", (claim, paragraph.text)
            if claim.is_of_report and claim.metric in facts:
                assert claim.value == facts[claim.metric], (claim, paragraph.text)
                found[claim.metric] += 1
        told.update(facts.keys())
    assert sum(found.values()) / sum(told.values()) >= LEAST_RECALL, {
        metric: round(found[metric] / told[metric], 3) for metric in told
    }


def test_nothing_is_said_of_the_report_that_no_sentence_says() -> None:
    for truth, paragraph in paragraphs(2):
        facts = {metric for metric, _ in paragraph.facts}
        stated = {claim.metric for claim in judged(paragraph.text, truth) if claim.is_of_report} - {
            "proactive_items",
            "website_items",
            "requests_received",
            "answered_rate",
        }
        assert stated <= facts, (stated - facts, paragraph.text)


def test_false_prose_never_agrees_and_is_mostly_found_out() -> None:
    contradicted = checked = 0
    for truth, paragraph in paragraphs(3):
        other = replace(truth, groups=tuple(count + 7 for count in truth.groups))
        for claim in judged(paragraph.text, other):
            if claim.metric in ("requests_answered", "disclosed_full", "not_disclosed"):
                assert claim.verdict != "agrees", (claim, paragraph.text)
                checked += claim.is_of_report
                contradicted += claim.verdict == "contradicts"
    assert contradicted >= LEAST_RECALL * checked > 0
