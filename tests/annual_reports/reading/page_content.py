"""All that a page says, to hold two ways of reading it against each other."""

from __future__ import annotations

from annual_reports.reading.page import Page


def said(page: Page) -> tuple[object, ...]:
    return (
        page.blocks.blocks,
        page.headings,
        page.window_title,
        page.metadata,
        page.links,
        page.hidden_text_read,
    )
