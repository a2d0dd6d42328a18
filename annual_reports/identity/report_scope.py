"""Whether a report covers one organ or a whole government with everything below it."""

from __future__ import annotations

from typing import NamedTuple

from annual_reports.identity.page_text import PageText
from annual_reports.identity.publishers import Publisher
from schemas.organs import scope_wordings

_OWN_TYPES = frozenset(
    (
        "township_government",
        "subdistrict_office",
        "department",
        "government_office",
        "authorised_organisation",
    )
)


class ReportScope(NamedTuple):
    """`scope`: consolidated | own | unknown, and the words that decided it."""

    scope: str
    words: str | None


def find_scope(page: PageText, publisher: Publisher | None, organ_type: str | None) -> ReportScope:
    """Words about how the report was compiled decide first, then the kind of organ.

    A government's report is normally consolidated, but without such words that stays unknown.
    """
    if organ_type in ("township_government", "subdistrict_office"):
        return ReportScope("own", publisher.printed if publisher else None)
    if words := _compiled_from_others(page, organ_type in _OWN_TYPES):
        return ReportScope("consolidated", words)
    if organ_type in _OWN_TYPES:
        return ReportScope("own", publisher.printed if publisher else None)
    return ReportScope("unknown", None)


def _compiled_from_others(page: PageText, is_single_organ: bool) -> str | None:
    for wording in scope_wordings():
        if wording.only_governments and is_single_organ:
            continue
        if match := wording.pattern.search(page.opening.folded):
            return page.opening.printed[match.start() : match.end()]
    return None
