"""What the statutory tables of one document say."""

from __future__ import annotations

from dataclasses import dataclass

from annual_reports.model import Cell, Finding, LocalStatistic


@dataclass(frozen=True)
class DecodedTables:
    """What the statutory tables of one document say.

    `templates`: table → t2021 | t2019 | None (not found), and statistics → t2014 only where found.
    `cells`: every field of each found table. `local_statistics`: what other indicator tables print.
    `table_blocks`: indices of the blocks that belong to these tables. `ends_inside_table`: the
    document stops inside one. `structure`: the counts rules S01–S05 ask for.
    """

    templates: dict[str, str | None]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    table_blocks: frozenset[int]
    ends_inside_table: bool
    structure: dict[str, int]
    local_statistics: tuple[LocalStatistic, ...] = ()
