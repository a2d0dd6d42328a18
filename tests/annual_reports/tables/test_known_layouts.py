"""A document of a layout read before is read as the decoder reads it, or not at all.

`GONGKAI_DAMAGE_SEEDS` sets how many random reports each damage and style is tried on (1 by default).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annual_reports.memory import LayoutMemory
from annual_reports.model import Block, Grid, QuarantinedDocument, TextLine
from annual_reports.reading.document import read_document
from annual_reports.tables import plain_grids, plain_lines
from annual_reports.tables.decode import DecodedTables, decode_slowly
from annual_reports.tables.flat_active_disclosure import read_flat_active_disclosure
from annual_reports.tables.flat_requests import read_flat_requests
from annual_reports.tables.flat_review_litigation import read_flat_review_litigation
from annual_reports.tables.flat_text import token_stream
from annual_reports.tables.printed_values import normal_form
from annual_reports.tables.silent_text import (
    OPENS_OTHER,
    _opening_words,
    _row_spellings,
    han_letters,
    has_no_table,
    rows_named,
)
from benchmarks.corpus import HTML_STYLES, TEXT_STYLES, made_reports
from schemas.labels import labels
from tests.damage.damages import GRID_DAMAGES
from tests.damage.harness import FLAT_DAMAGES, flat_cases, grid_cases
from tests.damage.styles import CLOSING, FLAT_STYLES, GRID_STYLES, OPENING, text_blocks

FIRST = 7_000
SEEDS = range(FIRST, FIRST + int(os.environ.get("GONGKAI_DAMAGE_SEEDS", "1")))
GOLDEN = Path(__file__).parents[2] / "golden"
SHARED = Path(__file__).resolve().parents[4] / "shared"
NUMBER = re.compile(r"(?<![^\s|])\d+(?:\.\d+)?(?![^\s|])")


@pytest.fixture(autouse=True)
def no_layouts() -> Iterator[None]:
    plain_grids.forget_layouts()
    plain_lines.forget_layouts()
    yield
    plain_grids.forget_layouts()
    plain_lines.forget_layouts()


class Decoder:
    """The decoder, counting how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, blocks: Sequence[Block]) -> DecodedTables:
        self.asked += 1
        return decode_slowly(blocks)


def read_by_layout(blocks: Sequence[Block]) -> DecodedTables | None:
    """The tables if a layout read before gives them, without asking the decoder."""
    decoder = Decoder()
    has_grids = any(isinstance(block, Grid) for block in blocks)
    decode = plain_grids.decode_grids if has_grids else plain_lines.decode_lines
    found = decode(blocks, decoder)
    return found if decoder.asked == 0 else None


def learn(blocks: Sequence[Block]) -> None:
    for _ in range(2):
        read_by_layout(blocks)


def agrees(blocks: Sequence[Block]) -> bool:
    """Whether a known layout gave the tables, which then must be those of the decoder."""
    found = read_by_layout(blocks)
    if found is not None:
        assert found == decode_slowly(blocks)
    return found is not None


def zeroed(blocks: Sequence[Block]) -> list[Block]:
    """The same document with 0 for every number that stands alone: all sums hold."""
    return [
        replace(
            block,
            cells=tuple(cell._replace(text=NUMBER.sub("0", cell.text)) for cell in block.cells),
        )
        if isinstance(block, Grid)
        else block._replace(text=NUMBER.sub("0", block.text))
        for block in blocks
    ]


def without_labels_in_prose(blocks: Sequence[Block]) -> list[Block]:
    """The prose of the damage corpus names labels of all tables; here it does not."""
    return [
        block._replace(text="正文")
        if isinstance(block, TextLine) and block.text in (*OPENING[2:3], *CLOSING[1:2])
        else block
        for block in blocks
    ]


@pytest.mark.parametrize("damage", [*FLAT_DAMAGES, *GRID_DAMAGES])
def test_damaged_documents_are_read_by_layout_as_the_decoder_reads_them(damage: str) -> None:
    """Layouts learnt from undamaged documents, from damaged ones, and from each other's numbers."""
    cases: list[list[Block]] = []
    for seed in SEEDS:
        for kind in dict.fromkeys(("undamaged", damage)):
            if kind in FLAT_DAMAGES:
                cases += [b for _, _, b in flat_cases(seed, (kind,), tuple(FLAT_STYLES))]
            if kind in GRID_DAMAGES:
                cases += [b for _, _, b in grid_cases(seed, (kind,), tuple(GRID_STYLES))]
    cases += [without_labels_in_prose(blocks) for blocks in cases]
    for blocks in cases:
        learn(blocks)
        agrees(zeroed(blocks))
    taken = 0
    for blocks in cases:
        learn(zeroed(blocks))
        taken += agrees(blocks) + agrees(zeroed(blocks))
    assert taken > 0


def documents_on_disk() -> Iterator[list[Block]]:
    paths = [path for path in sorted(GOLDEN.iterdir()) if path.suffix in (".html", ".txt", ".md")]
    if SHARED.exists():
        paths += [p for p in sorted(SHARED.rglob("*.*")) if p.suffix in (".html", ".txt")]
    for path in paths:
        try:
            yield list(read_document(path.read_bytes(), path.name).blocks)
        except QuarantinedDocument:
            continue


def test_golden_and_shared_documents_are_read_by_layout_as_the_decoder_reads_them() -> None:
    documents = list(documents_on_disk())
    for blocks in documents:
        learn(blocks)
        learn(zeroed(blocks))
    assert sum(agrees(one) for blocks in documents for one in (blocks, zeroed(blocks))) > 10


@pytest.mark.parametrize("style", [*HTML_STYLES, *TEXT_STYLES])
def test_clean_documents_of_one_style_share_a_layout(style: str) -> None:
    reports = [read_document(r.content, r.name).blocks for r in made_reports(8, (style,))]
    for blocks in reports[:2]:
        learn(blocks)
    assert all(agrees(blocks) for blocks in reports[2:])


WORDS = sorted(
    {
        spelling
        for table in ("active_disclosure", "requests", "review_litigation")
        for kind in ("row", "column", "header", "end")
        for label in labels(table, kind)
        for spelling in label.spellings
    }
    | {
        "第20条",
        "0",
        "12",
        "3件",
        "/",
        "无",
        "第3页",
        "页码",
        "- 4 -",
        "— 5 —",
        "1 2 3 4 5 6 7 8 9",
        "２",
        "⻚",
    }
)
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: word[: len(word) // 2]),
    st.sampled_from(WORDS).map(lambda word: word[len(word) // 2 :]),
    st.sampled_from(["\t", " ", "　", "|", "；", "，", "。", "\u200b", "**", "<br>"]),
)
PROSE = st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=12)


@given(PROSE)
@settings(max_examples=150)
def test_text_taken_for_silent_holds_no_table(texts: list[str]) -> None:
    lines = [(n, TextLine(text, n)) for n, text in enumerate(texts)]
    stream = token_stream(lines)
    found = (
        read_flat_active_disclosure(stream)
        or read_flat_requests(stream, "t2021")
        or read_flat_review_litigation(stream)
    )
    assert has_no_table(lines, "t2021") == (not found)


@given(before=PROSE, behind=PROSE, style=st.sampled_from(TEXT_STYLES), glued=st.booleans())
@settings(max_examples=150)
def test_prose_round_a_known_layout_changes_nothing(
    before: list[str], behind: list[str], style: str, glued: bool
) -> None:
    blocks = KNOWN[style]
    learn(blocks)
    texts = [*before, *[b.text for b in blocks if isinstance(b, TextLine)], *behind]
    if not glued:
        texts = [*before, *[b.text for b in blocks[1:-2] if isinstance(b, TextLine)], *behind]
    agrees(text_blocks(texts) if style != "markdown_table" else [*text_blocks(before), *blocks])


KNOWN = {
    style: list(read_document(report.content, report.name).blocks)
    for style, report in zip(TEXT_STYLES, made_reports(5, TEXT_STYLES), strict=True)
}


def test_characters_that_become_han_are_known() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if not 0xD800 <= code < 0xE000 and (letters := han_letters(char)) is not None:
            assert letters == "".join(c for c in normal_form(char) if "一" <= c <= "\u9fff")


def test_a_wrong_sum_is_left_to_the_decoder() -> None:
    blocks = KNOWN["pipe_lines"]
    learn(blocks)
    assert agrees(blocks)
    lines = [block for block in blocks if isinstance(block, TextLine)]
    label = next(n for n, line in enumerate(lines) if "不掌握" in line.text)
    value = next(n for n in range(label + 1, len(lines)) if NUMBER.search(lines[n].text))
    lines[value] = lines[value]._replace(text=NUMBER.sub("7123", lines[value].text))
    assert not agrees(lines)


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    memory: LayoutMemory[int] = LayoutMemory(100)
    for number in range(105):
        memory.keep(number, number)
    assert memory.get(4) is None
    assert memory.get(5) == 5


WORDS = [
    *_opening_words(),
    *(spelling for _, spelling in _row_spellings()),
    "不",
    "公开",
    "新",
    "年",
]


@given(st.lists(st.sampled_from(WORDS), max_size=9))
@settings(max_examples=300, deadline=None)
def test_labels_are_found_wherever_they_stand_in_running_text(words: list[str]) -> None:
    letters = "".join(words)
    named = rows_named(letters)
    opens = any(word in letters for word in _opening_words())
    assert (OPENS_OTHER in named) == opens
    assert named - {OPENS_OTHER} == {row for row, s in _row_spellings() if s in letters}
