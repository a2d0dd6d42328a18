"""Refusals of office files, worded in `schemas/data/office_refusals.csv`."""

from __future__ import annotations

from annual_reports.model import QuarantinedDocument, QuarantineReason
from schemas.office import office_refusals


def office_refusal(key: str, **details: object) -> QuarantinedDocument:
    """The exception to raise; KeyError where the key or a detail is unknown."""
    row = office_refusals()[key]
    message, remedy = (
        f"{row[f'{part}_zh'].format(**details)} / {row[f'{part}_en'].format(**details)}"
        for part in ("message", "remedy")
    )
    return QuarantinedDocument(QuarantineReason(row["reason"]), message, remedy)
