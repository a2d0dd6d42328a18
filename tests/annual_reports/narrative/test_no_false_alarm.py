"""Sentences that are true of one small report and look as if they were not."""

from __future__ import annotations

import pytest
from prose_generator import BUREAU, CITY, Truth

from annual_reports.model import Section
from annual_reports.narrative.claims import find_claims
from annual_reports.narrative.context import Reporter
from annual_reports.narrative.verdicts import judge_claims

FORMS = {"active_disclosure": "t2021", "requests": "t2021", "review_litigation": "t2021"}
FIGURES = (10, 1, 2, (4, 1, 2, 1, 1, 0), 1, 0, 3)
"""received, carried in, carried out, the six groups of results (9), reconsideration, litigation, documents"""


def contradictions(text: str, reporter: Reporter, chapter: int = 1) -> list[str]:
    truth = Truth(reporter, *FIGURES)
    found = find_claims((Section(chapter, "", text),), reporter)
    judged, findings = judge_claims(found, truth.cells(), FORMS)
    return [claim.text for claim in judged if claim.verdict == "contradicts"] + [
        finding.message for finding in findings
    ]


@pytest.mark.parametrize(
    ("text", "chapter"),
    [
        ("收到政府信息公开申请10件，其中自然人申请8件、法人申请2件，同比减少5件。", 1),
        ("办理政府信息公开申请11件（含上年结转1件），结转下年2件。", 1),
        ("政府信息公开申请办理11件，其中9件已办结。", 1),
        ("受理政府信息公开申请10件，不予受理1件，撤回1件。", 1),
        ("政府信息公开申请答复中，予以公开5件（含部分公开1件）。", 1),
        ("政府信息公开申请答复中，予以公开和部分公开5件，不予公开及不予处理3件。", 1),
        ("发生行政复议3件，其中涉及政府信息公开的1件。", 4),
        ("作为复议机关，审理政府信息公开行政复议案件5件。", 4),
        ("受理涉及政府信息公开的行政复议5件，审结5件。", 1),
        ("制发规范性文件6件，其中行政规范性文件3件。", 1),
        ("代市政府起草并印发规范性文件8件。", 1),
        ("2021年、2022年、2023年分别收到政府信息公开申请5件、8件、10件。", 1),
        ("如未收到政府信息公开申请，应当零报告。", 1),
        ("未收到书面政府信息公开申请以外的其他申请。", 1),
        ("没有政府信息公开申请超期未答复的情况。", 1),
        ("未收到政府信息公开申请的投诉。", 1),
        ("每年收到政府信息公开申请约20件。", 1),
        ("各县（市、区）收到政府信息公开申请45件。", 1),
        ("乡镇（街道）收到政府信息公开申请45件。", 1),
        ("市级机关收到政府信息公开申请45件，县区收到政府信息公开申请30件。", 1),
        ("市公安局收到政府信息公开申请8件，市教育局收到政府信息公开申请6件。", 1),
        ("较2022年收到的12件政府信息公开申请减少2件。", 1),
        ("全国行政机关收到政府信息公开申请50万件。", 1),
        ("收到政府信息公开申请10件，答复9件，答复率100%，予以公开4件，占44%。", 1),
        ("2023年6月收到政府信息公开申请3件，12月收到政府信息公开申请2件。", 1),
        ("自2008年5月1日条例施行至今，收到政府信息公开申请120件。", 1),
        ("收到政府信息公开申请近10件，超过9件，约11件。", 1),
        ("2023年，收到政府信息公开申请10件，上年为8件，同比增长25%。", 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reporter", [CITY, BUREAU], ids=["city", "bureau"])
def test_true_sentences_raise_no_alarm(text: str, chapter: int, reporter: Reporter) -> None:
    assert contradictions(text, reporter, chapter) == []


@pytest.mark.parametrize(
    "text",
    [
        "收到政府信息公开申请12件。",
        "未收到政府信息公开申请。",
        "收到政府信息公开申请20余件。",
        "收到政府信息公开申请10件，答复8件。",
        "在政府信息公开申请的答复中，予以公开5件。",
        "未发生因政府信息公开引起的行政复议、行政诉讼。",
        "因政府信息公开引发的行政复议3件。",
        "收到政府信息公开申请10件，上年收到8件，同比增长30%。",
        "在政府信息公开申请中，不予公开2件，占答复总数的30%。",
    ],
)
def test_false_sentences_are_found_out(text: str) -> None:
    assert contradictions(text, BUREAU)
