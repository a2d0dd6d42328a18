"""Doubts about a document as a whole, worded in `schemas/data/document_findings.csv`."""

from __future__ import annotations

from annual_reports.model import Finding, FindingClass
from schemas.narrative import document_findings


def document_finding(rule_id: str, scope: str = "document", **details: object) -> Finding:
    """A finding about a whole document; KeyError where the rule or a detail is unknown."""
    worded = document_findings()[rule_id]
    zh, en = (worded[key].format(**details) for key in ("message_zh", "message_en"))
    return Finding(
        rule_id=rule_id,
        severity=worded["severity"],
        status="not_assessable",
        finding_class=FindingClass(worded["class"]),
        scope=scope,
        left=None,
        right=None,
        difference=None,
        message=f"{zh} / {en}",
    )
