"""Ideographs for the code points of radicals: the glyph is the same, and words are sought by ideographs."""

from __future__ import annotations

import re
from dataclasses import replace

from annual_reports.model import Block, Grid
from annual_reports.reading.content import Content
from schemas.labels import radical_forms

_RADICAL = re.compile("[\u2e80-\u2fd5]")


def with_ideographs(text: str) -> str:
    """The text as it looks, ⼀、总体情况 with the ideograph 一."""
    return text if _RADICAL.search(text) is None else text.translate(radical_forms())


def content_with_ideographs(content: Content) -> Content:
    """A document as it looks; itself where it holds no radicals."""
    blocks = tuple(map(_block_with_ideographs, content.blocks))
    titles = tuple(map(with_ideographs, content.titles))
    if blocks == content.blocks and titles == content.titles:
        return content
    return replace(content, blocks=blocks, titles=titles)


def _block_with_ideographs(block: Block) -> Block:
    if not isinstance(block, Grid):
        text = with_ideographs(block.text)
        return block if text is block.text else block._replace(text=text)
    if not any(_RADICAL.search(cell.text) for cell in block.cells):
        return block
    cells = tuple(cell._replace(text=with_ideographs(cell.text)) for cell in block.cells)
    return replace(block, cells=cells)
