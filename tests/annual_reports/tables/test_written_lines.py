"""A stretch found by the pattern of one written alike is the stretch its lines give one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest

from annual_reports.model import Block, TextLine
from annual_reports.reading.document import read_document
from annual_reports.tables import plain_lines
from annual_reports.tables.decode import decode_slowly, decode_tables
from annual_reports.tables.plain_lines import find_stretch
from annual_reports.tables.written_lines import forget_written
from benchmarks.corpus import TEXT_STYLES, made_reports
from tests.damage.harness import FLAT_DAMAGES, flat_cases
from tests.damage.styles import FLAT_STYLES

LINE_STYLES = tuple(style for style in TEXT_STYLES if style != "markdown_table")
NUMBER = re.compile(r"(?<![^\s|])\d+(?![^\s|])")


@pytest.fixture(autouse=True)
def no_layouts() -> Iterator[None]:
    plain_lines.forget_layouts()
    yield
    plain_lines.forget_layouts()


def texts_of(blocks: Sequence[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, TextLine)]


def renumbered(blocks: Sequence[Block], number: str) -> list[Block]:
    return [
        block._replace(text=NUMBER.sub(number, block.text))
        if isinstance(block, TextLine)
        else block
        for block in blocks
    ]


@pytest.mark.parametrize("style", LINE_STYLES)
def test_reports_of_one_maker_are_found_as_written(style: str) -> None:
    reports = [read_document(r.content, r.name).blocks for r in made_reports(12, (style,))]
    for blocks in reports[:6]:
        decode_tables(blocks)
    found = [find_stretch(texts_of(blocks)) for blocks in reports[6:]]
    forget_written()
    afresh = [find_stretch(texts_of(blocks)) for blocks in reports[6:]]
    for one, other in zip(found, afresh, strict=True):
        assert one is not None and one.writing is not None and other is not None
        assert one._replace(writing=None) == other


@pytest.mark.parametrize("style", LINE_STYLES)
def test_values_of_a_known_writing_are_where_the_decoder_finds_them(style: str) -> None:
    """Wherever the tables begin, however the blocks before them are numbered, and on pages."""
    reports = [read_document(r.content, r.name).blocks for r in made_reports(6, (style,))]
    for blocks in reports[:5]:
        decode_tables(blocks)
    (*_, last) = reports
    lines = [block for block in last if isinstance(block, TextLine)]
    variants = [
        lines,
        [TextLine("甲", 0), *(line._replace(line=line.line + 1) for line in lines)],
        [
            TextLine("甲", 0),
            TextLine("乙", 0),
            *(line._replace(line=line.line + 1) for line in lines),
        ],
        [line._replace(line=line.line + 7) for line in lines],
        [line._replace(page=1 + line.line // 40) for line in lines],
    ]
    assert all((found := find_stretch(texts_of(one))) and found.writing for one in variants)
    assert [decode_tables(one) for one in variants] == [decode_slowly(one) for one in variants]


@pytest.mark.parametrize("damage", ["undamaged", "page_numbers", "one_dropped", "values_glued"])
def test_damaged_reports_that_come_again_are_read_as_the_decoder_reads_them(damage: str) -> None:
    assert damage in FLAT_DAMAGES
    for _, _, blocks in flat_cases(8_100, (damage,), tuple(FLAT_STYLES)):
        variants = [blocks, renumbered(blocks, "0"), renumbered(blocks, "7")]
        expected = [decode_slowly(one) for one in variants]
        for one in (*variants[1:2] * 3, *variants[:1] * 2):
            decode_tables(one)
        assert [decode_tables(one) for one in variants] == expected


def test_a_line_that_may_pass_for_a_page_number_is_never_part_of_a_writing() -> None:
    """1234 / 5 is two values and a stroke; 4 / 5 would be page four of five."""
    (report,) = made_reports(1, ("blank_line_cells",))
    texts = texts_of(read_document(report.content, report.name).blocks)
    plain = find_stretch(texts)
    assert plain is not None
    place = plain.first + 3
    texts.insert(place, "1234 / 5")
    stretch = find_stretch(texts)
    assert stretch is not None and len(stretch.raws) > len(plain.raws)
    for _ in range(3):
        plain_lines.keep_as_written(texts, stretch, plain_lines.collect_lines)
    again = find_stretch([*texts[:place], "4 / 5", *texts[place + 1 :]])
    assert again is not None and again.writing is None and len(again.raws) == len(plain.raws)
