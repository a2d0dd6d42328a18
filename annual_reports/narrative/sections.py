"""The narrative of a report: chapters with their text, statutory tables and page furniture left out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from annual_reports.model import Block, Grid, Section, TextLine
from annual_reports.narrative.furniture import is_furniture, starts_trailer
from annual_reports.narrative.headings import Heading, recognise_heading

_GLUED_HEADING_CHARACTERS = 80


def find_sections(narrative: Iterable[str]) -> tuple[Section, ...]:
    """Chapters in reading order; what stands before the first is a section without number.

    `narrative` are the lines of `narrative_lines`. A heading printed twice in a row counts once, and
    so does one of a list of contents before the chapters; nothing else is merged, renumbered or
    dropped.
    """
    sections: list[Section] = []
    for heading, lines in _chapters(narrative):
        text = "\n".join(lines)
        if heading is None:
            if text:
                sections.append(Section(None, "", text))
        elif sections and _is_repeated(sections[-1], heading):
            sections[-1] = Section(heading.number, heading.title, text)
        else:
            sections.append(Section(heading.number, heading.title, text))
    return tuple(_without_contents(sections))


def _without_contents(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections without bare headings, several in a row, that all come again in the same order."""
    first = next((at for at, one in enumerate(sections) if one.number is not None), len(sections))
    numbers = [section.number for section in sections[first:]]
    length = next((at for at, one in enumerate(sections[first:]) if one.text), 0)
    length = max(0, min(length, len(numbers)))
    listed = numbers[:length]
    while len(listed) > 1 and numbers[len(listed) : 2 * len(listed)] != listed:
        listed = listed[:-1]
    yield from sections[:first]
    yield from sections[first + (len(listed) if len(listed) > 1 else 0) :]


def narrative_lines(blocks: Sequence[Block], table_blocks: Container[int]) -> Iterator[str]:
    """Every line outside the statutory tables; a row of any other table is one line with tabs.

    `table_blocks` are the indices of blocks that belong to statutory tables.
    """
    for index, block in enumerate(blocks):
        if index in table_blocks:
            if isinstance(block, TextLine) and (
                title := _glued_chapter(block.text[:_GLUED_HEADING_CHARACTERS])
            ):
                yield title
        elif isinstance(block, TextLine):
            yield block.text.strip()
        else:
            yield from _grid_lines(block)


def count_form_sections(sections: Iterable[Section]) -> int:
    """How many different chapters of the national form were found (0-6)."""
    return len({section.number for section in sections if section.number is not None})


def _chapters(lines: Iterable[str]) -> Iterator[tuple[Heading | None, list[str]]]:
    """(heading, lines) in reading order; the first has no heading. Furniture is left out."""
    heading: Heading | None = None
    kept: list[str] = []
    in_trailer = False
    for line in filter(None, lines):
        found = recognise_heading(line)
        if found is not None and not (in_trailer and found.number is None):
            yield heading, kept
            heading, kept, in_trailer = found, [found.rest] if found.rest else [], False
        elif starts_trailer(line):
            in_trailer = True
        elif not in_trailer and not is_furniture(line):
            kept.append(line)
    yield heading, kept


@lru_cache(maxsize=4096)  # the lines of a statutory table are the same in every document
def _glued_chapter(start_of_line: str) -> str | None:
    """The chapter heading before a table that was glued to it into one line."""
    heading = recognise_heading(start_of_line)
    return heading.title if heading is not None and heading.number is not None else None


def _is_repeated(previous: Section, heading: Heading) -> bool:
    if previous.text:
        return False
    same_chapter = previous.number is not None and previous.number == heading.number
    return same_chapter or previous.title == heading.title


def _grid_lines(grid: Grid) -> Iterator[str]:
    for _, cells in groupby(grid.cells, key=lambda cell: cell.row):
        printed = [cell.text.replace("\n", " ") for cell in cells if cell.text]
        if printed:
            yield "\t".join(printed)
