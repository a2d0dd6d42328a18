"""A word processor's flow to content: its blocks, and what may be its title."""

from __future__ import annotations

from collections.abc import Sequence

from annual_reports.model import Block, Finding
from annual_reports.reading.blanks import tidy_line
from annual_reports.reading.content import Content
from annual_reports.reading.findings import document_finding
from annual_reports.reading.office.laid_out import Flow, Paragraph, blocks_of
from annual_reports.reading.titles import names_annual_report, title_lines


def document_content(
    flow: Sequence[Flow], media_type: str, stored_title: str | None, unread: Sequence[str] = ()
) -> Content:
    """Blocks with titles: styled as such, then by wording, then what the file says of itself."""
    blocks = blocks_of(flow)
    return Content(
        media_type=media_type,
        blocks=blocks,
        titles=_titles(flow, blocks, stored_title),
        findings=_findings(unread),
    )


def _titles(
    flow: Sequence[Flow], blocks: Sequence[Block], stored_title: str | None
) -> tuple[str, ...]:
    """Title paragraphs that follow each other are one title set in several lines."""
    styled: list[str] = []
    follows = False
    for one in flow:
        is_title = isinstance(one, Paragraph) and one.is_title
        if (
            is_title
            and isinstance(one, Paragraph)
            and (text := tidy_line(one.text.replace("\n", "")))
        ):
            if follows:
                styled[-1] += text
            else:
                styled.append(text)
            follows = True
        elif not is_title:
            follows = False
    named = [title for title in styled if names_annual_report(title)]
    candidates = (*named, *title_lines(blocks), *styled, stored_title)
    return tuple(dict.fromkeys(title for title in candidates if title))


def _findings(unread: Sequence[str]) -> tuple[Finding, ...]:
    return (document_finding("D20", count=len(unread)),) if unread else ()
