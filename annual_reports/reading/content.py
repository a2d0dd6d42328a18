"""What every reader gives, whatever the medium: blocks, titles, and what the document says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from annual_reports.model import Block, Finding


class PageLink(NamedTuple):
    """One link or embedded file of a page as written; `href` is not resolved."""

    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """One document as its reader saw it.

    `titles` are candidates, most trusted first; `blocks` in reading order. `links` are those that may
    lead to the report itself. `findings` are doubts of the reader (class extraction).
    `recognised_pages` (from 1) were read by OCR.
    """

    media_type: str
    blocks: tuple[Block, ...]
    titles: tuple[str, ...] = ()
    charset: str | None = None
    site_metadata: Mapping[str, str] = field(default_factory=dict)
    links: tuple[PageLink, ...] = ()
    findings: tuple[Finding, ...] = ()
    recognised_pages: frozenset[int] = frozenset()
