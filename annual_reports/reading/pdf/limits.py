"""How much of one PDF is read. Work is counted, never timed, so that the same bytes end the same way."""

from __future__ import annotations

from annual_reports.model import QuarantinedDocument, QuarantineReason

MAX_PAGES = 600
"""A yearbook with the reports of all its townships has some two hundred."""
MAX_PAGE_OBJECTS = 120_000
MAX_STREAM_BYTES = 1 << 27
"""A page scanned in colour at 600 dots per inch has 104 million bytes."""
MAX_FILTERS = 6
MAX_PAGE_GLYPHS = 60_000
MAX_PATH_SEGMENTS = 200_000
MAX_PAGE_RULES = 6_000
MAX_GRID_SLOTS = 60_000
MAX_FORM_DEPTH = 6


def refuse_more_than(limit: int, count: int, zh: str, en: str) -> None:
    """Raise QuarantinedDocument where a PDF holds more of something than is read."""
    if count > limit:
        raise QuarantinedDocument(
            QuarantineReason.TOO_LARGE,
            f"PDF 的{zh}超过 {limit} 的上限 / the PDF has more than {limit} {en}",
            "请确认它是一份年度报告，或拆成单份 / check that it is one report, or split it",
        )
