"""Several reports in one document: told apart only by certain signs, otherwise left together.

A report begins at a title of another publisher or year behind which chapters or tables come that
the report before has already had. Without such a title a second set of tables is a copy or a doubt,
and `tables.copies` judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annual_reports.identity.page_text import folded_text
from annual_reports.identity.titles import read_title
from annual_reports.model import Block, TextLine
from annual_reports.narrative.furniture import starts_trailer
from annual_reports.narrative.headings import recognise_heading
from annual_reports.reading.document import ReadDocument
from annual_reports.reading.titles import find_title_lines, names_annual_report, title_lines
from annual_reports.tables.decode import decode_tables

_FEWEST_CHAPTERS = 2
_GOVERNMENT = re.compile("人民政府$")


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose report of which year a title names; "" and () where it does not say."""

    publisher: str
    years: tuple[int, ...]

    def differs(self, other: _Subject) -> bool:
        """Whether the two cannot be one report; 石桥乡 may be 广灵县石桥乡人民政府."""
        if self.years and other.years and set(self.years).isdisjoint(other.years):
            return True
        one, two = (_GOVERNMENT.sub("", each.publisher) for each in (self, other))
        return bool(one and two) and not one.endswith(two) and not two.endswith(one)

    def completed(self, other: _Subject) -> _Subject:
        """The subject with what another title of the same report adds."""
        return _Subject(self.publisher or other.publisher, self.years or other.years)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Blocks `start` to `stop` under one title, and the chapters and tables found there."""

    start: int
    stop: int
    title: str | None
    holds: frozenset[str] = frozenset()


def split_reports(document: ReadDocument) -> tuple[ReadDocument, ...]:
    """The reports in a document in reading order; the document itself where it is one."""
    stretches = _stretches(document)
    if len(stretches) < 2:
        return (document,)
    reports = _reports(document.blocks, stretches)
    if len(reports) < 2:
        return (document,)
    context = _context(document.blocks, reports)
    return tuple(
        _part(document, report, str(number), context)
        for number, report in enumerate(reports, start=1)
    )


def _stretches(document: ReadDocument) -> list[_Stretch]:
    """The document cut at every title that names another report than the title before."""
    first = next((title for title in document.titles if names_annual_report(title)), None)
    current = _subject(first)
    starts: list[tuple[int, str | None]] = [(0, first)]
    for start, title in find_title_lines(document.blocks):
        subject = _subject(title)
        if subject.differs(current):
            starts.append((start, title))
            current = subject
        else:
            current = current.completed(subject)
    ends = [*(start for start, _ in starts[1:]), len(document.blocks)]
    return [_Stretch(start, stop, title) for (start, title), stop in zip(starts, ends, strict=True)]


def _subject(title: str | None) -> _Subject:
    read = read_title(folded_text(title)) if title else None
    return _Subject("", ()) if read is None else _Subject(read.publisher.folded, read.years)


def _reports(blocks: Sequence[Block], stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches joined to reports: one begins where the title's own text repeats what was there.

    A title without a report behind it (a list of contents, a link) belongs to the report before
    it, or to the first.
    """
    reports: list[_Stretch] = []
    for stretch in stretches:
        holds = _contents(blocks[stretch.start : stretch.stop])
        last = reports[-1] if reports else None
        if last is None or (last.holds and not holds):
            kept = replace(last or stretch, stop=stretch.stop)
        elif not last.holds:
            kept = replace(stretch, start=last.start)
        elif last.holds & holds:
            reports.append(replace(stretch, holds=holds))
            continue
        else:
            kept = replace(last, stop=stretch.stop)
        reports[-1:] = [replace(kept, holds=kept.holds | holds)]
    return reports


def _contents(blocks: Sequence[Block]) -> frozenset[str]:
    """The chapters and tables of a stretch; nothing where it is not the text of a report."""
    headings = (recognise_heading(block.text) for block in blocks if isinstance(block, TextLine))
    chapters = {f"chapter {found.number}" for found in headings if found and found.number}
    tables = {name for name, form in decode_tables(blocks).templates.items() if form}
    if not tables and len(chapters) < _FEWEST_CHAPTERS:
        return frozenset()
    return frozenset(chapters | tables)


def _context(blocks: Sequence[Block], reports: Sequence[_Stretch]) -> tuple[str, ...]:
    """The lines round all reports (site, path, footer), which speak for each of them."""
    titles = dict(find_title_lines(blocks))
    opening = min((start for start in titles if start < reports[0].stop), default=0)
    before = [block.text for block in blocks[:opening] if isinstance(block, TextLine)]
    return tuple(line for line in (*before, *_trailer(blocks[reports[-1].start :])) if line)


def _trailer(blocks: Sequence[Block]) -> Iterator[str]:
    lines = [block.text for block in blocks if isinstance(block, TextLine)]
    begin = next((place for place, line in enumerate(lines) if starts_trailer(line)), len(lines))
    yield from lines[begin:]


def _part(
    document: ReadDocument, report: _Stretch, number: str, context: tuple[str, ...]
) -> ReadDocument:
    info = document.info
    blocks = document.blocks[report.start : report.stop]
    own = (report.title, *title_lines(blocks)) if report.title else title_lines(blocks)
    return replace(
        document,
        info=replace(info, part=f"{info.part}/{number}".lstrip("/")),
        blocks=blocks,
        titles=tuple(dict.fromkeys(own)),
        context=context,
    )
