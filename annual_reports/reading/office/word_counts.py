"""Counts in word markup: spans, columns passed over, places in a list of choices."""

from __future__ import annotations

from annual_reports.reading.office.refusals import office_refusal
from schemas.office import MAX_COLUMNS


def shown_count(text: str | None, default: int) -> int:
    """A count as Word reads it; nothing or nonsense gives `default`, too many columns are refused."""
    if text is None or not text.isdecimal():
        return default
    number = int(text[:6])
    if number > MAX_COLUMNS:
        raise office_refusal("too_deep", limit=MAX_COLUMNS)
    return max(number, default)
