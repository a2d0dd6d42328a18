"""The indicator tables of one document: the form of 2014, and what local tables print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from annual_reports.model import (
    CellStatus,
    Finding,
    FindingClass,
    LocalStatistic,
    TextLine,
)
from annual_reports.tables.copies import merge_copies
from annual_reports.tables.grid_rows import GridRows
from annual_reports.tables.indicator_grids import read_indicator_grids
from annual_reports.tables.indicator_rows import IndicatorTable
from annual_reports.tables.indicator_words import Word, words_of
from annual_reports.tables.local_statistics import is_indicator_list, local_statistics
from annual_reports.tables.local_text import read_local_text
from annual_reports.tables.statistics_form import StatisticsReading, read_statistics
from annual_reports.tables.statistics_text import read_statistics_text
from annual_reports.tables.table_reading import TableReading
from schemas.labels import reader_findings


class IndicatorTables(NamedTuple):
    """`form`: the form of 2014, None where it is not there. `local`: cells of every other list.

    `blocks`: the blocks that hold nothing but these tables.
    """

    form: TableReading | None
    local: tuple[LocalStatistic, ...]
    blocks: frozenset[int]
    findings: tuple[Finding, ...]


class _Found(NamedTuple):
    table: IndicatorTable
    form: StatisticsReading | None


def read_indicator_tables(
    lines: Iterable[tuple[int, TextLine]], grids: Sequence[GridRows]
) -> IndicatorTables:
    """Every indicator table in the grids and in the (block, line) pairs of a document."""
    words = words_of(lines)
    found = sorted(_found(grids, words), key=lambda one: (one.table.place, one.form is None))
    forms = [one.form.reading for one in found if one.form is not None]
    local = tuple(cell for ordinal, one in enumerate(found) for cell in _local(one, ordinal))
    in_tables = frozenset[int]().union(*(one.table.block for one in found))
    return IndicatorTables(
        form=merge_copies(forms) if forms else None,
        local=local,
        blocks=frozenset(in_tables - set(_partly_used(found, words))),
        findings=_findings(local),
    )


def _found(grids: Sequence[GridRows], words: Sequence[Word]) -> Iterator[_Found]:
    for table in read_indicator_grids(grids):
        form = read_statistics(table)
        if form is not None or is_indicator_list(table):
            yield _Found(table, form)
    used: set[int] = set()
    for table in read_statistics_text(words):
        form = read_statistics(table)
        if form is not None:
            used |= table.block
            yield _Found(table, form)
    for table in read_local_text([word for word in words if word.block not in used]):
        if is_indicator_list(table):
            yield _Found(table, None)


def _local(one: _Found, ordinal: int) -> Iterator[LocalStatistic]:
    if one.form is None:
        return local_statistics(one.table, ordinal)
    return local_statistics(one.table, ordinal, one.form.taken, one.form.column)


def _partly_used(found: Sequence[_Found], words: Sequence[Word]) -> Iterator[int]:
    """Blocks of text that hold a table and also something else."""
    whole = Counter(word.block for word in words)
    for one in found:
        for block in one.table.block:
            if whole[block] and one.table.word_counts.get(block, 0) < whole[block]:
                yield block


def _findings(local: Sequence[LocalStatistic]) -> tuple[Finding, ...]:
    """One doubt about all local cells that could not be read."""
    doubtful = [one for one in local if one.status is CellStatus.UNREADABLE]
    if not doubtful:
        return ()
    entry = reader_findings()["E10", "local_cells"]
    labels = list(dict.fromkeys(one.label or one.raw or "" for one in doubtful))
    shown = {"table": "", "rows": "、".join(labels[:6]), "count": len(doubtful)}
    zh, en = entry.message_zh.format(**shown), entry.message_en.format(**shown)
    return (
        Finding(
            rule_id=entry.rule_id,
            severity=entry.severity,
            status="not_assessable",
            finding_class=FindingClass(entry.finding_class),
            scope="local_statistics",
            left=None,
            right=None,
            difference=None,
            message=f"{zh}。{en[:1].upper()}{en[1:]}.",
        ),
    )


def none_found() -> IndicatorTables:
    """For documents on a form of 2019 or later."""
    return IndicatorTables(None, (), frozenset(), ())
