"""What a backfill would do, cell by cell: which province and year lacks reports, and whom to ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from schemas.parameters import province_names
from schemas.sources import Source
from tasks.discovery import indexes_of
from tasks.expectations import expected_of
from tasks.polite_fetch import PageRequest

_COUNTED = ("published", "unreadable", "fetch_failed", "not_found")


@dataclass(frozen=True, slots=True)
class Cell:
    """One province and year: reports expected of its publishers, and what became of them so far."""

    province: str
    year: int
    expected: int
    published: int
    unreadable: int
    fetch_failed: int
    not_found: int
    is_due: bool

    @property
    def unasked(self) -> int:
        """Reports the lake has no word of yet."""
        seen = self.published + self.unreadable + self.fetch_failed + self.not_found
        return self.expected - seen


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """The cells of the grid, which publishers of them still lack a report, and the lists to read.

    `done`: (province, year, publisher) of reports that need no asking. `lists`: how many index pages.
    """

    years: range
    cells: tuple[Cell, ...]
    done: frozenset[tuple[str | None, int | None, str | None]]
    only_failed: bool
    lists: int = 0

    @property
    def due(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_due)


def plan_backfill(
    sources: Sequence[Source], coverage: pl.LazyFrame, years: range, only_failed: bool
) -> BackfillPlan:
    """The plan over what the sources expect in these years.

    `coverage` has the published rows with `province` and `year`; a report counts as done when it is
    published. With `only_failed`, a cell whose reports are all published is left alone.
    """
    expected = expected_of(sources).filter(pl.col("year").is_in(list(years)))
    known = coverage.filter(pl.col("is_expected")).select(
        "province", "year", "publisher", pl.col("status").alias("outcome")
    )
    rows = expected.join(
        known.collect(), on=["province", "year", "publisher"], how="left", validate="m:m"
    )
    published = rows.filter(pl.col("outcome") == "published")
    done = frozenset(published.select("province", "year", "publisher").iter_rows())
    counted = (
        rows.group_by("province", "year")
        .agg(expected=pl.len(), **{name: (pl.col("outcome") == name).sum() for name in _COUNTED})
        .sort("province", "year")
    )
    cells = tuple(
        Cell(**row, is_due=not only_failed or row["published"] < row["expected"])
        for row in counted.iter_rows(named=True)
    )
    plan = BackfillPlan(years, cells, done if only_failed else frozenset(), only_failed)
    return replace(plan, lists=len(indexes_of(sources_of_plan(sources, plan))))


def sources_of_plan(sources: Sequence[Source], plan: BackfillPlan) -> list[Source]:
    """The sources with the publishers that still lack a report, and those whose years are not known.

    Publishers whose reports are all there are not asked for their list again.
    """
    due = {(cell.province, cell.year) for cell in plan.due}
    kept = []
    for source in sources:
        publishers = tuple(
            one
            for one in source.publishers
            if not one.expected_years()
            or any(
                (one.province, year) in due and (one.province, year, one.publisher) not in plan.done
                for year in one.expected_years()
            )
        )
        if publishers:
            kept.append(source.model_copy(update={"publishers": publishers}))
    return kept


def requests_of_plan(
    requests: Iterable[PageRequest], plan: BackfillPlan, seen: Collection[str]
) -> list[PageRequest]:
    """The pages to ask for: not those of reports that are published already.

    With `only_failed`, a link that does not say whose report of which year it is counts as done when
    its address has given bytes before (`seen`).
    """
    return [
        request
        for request in requests
        if (request.province, request.year, request.publisher) not in plan.done
        and not (
            plan.only_failed
            and (request.year is None or request.publisher is None)
            and request.url in seen
        )
    ]


def plan_rows(plan: BackfillPlan) -> list[dict[str, object]]:
    """The plan as rows of a table a person reads, cells to be done first."""
    names = province_names()
    ordered = sorted(plan.cells, key=lambda cell: (not cell.is_due, cell.province, -cell.year))
    return [
        {
            "省份 province": f"{cell.province} {names.get(cell.province, '')}",
            "年度 year": cell.year,
            "处理 action": "补采 do" if cell.is_due else "跳过：已齐 skip: complete",
            "应报 expected": cell.expected,
            "已发布 published": cell.published,
            "取不到 not fetched": cell.fetch_failed,
            "无法读取 unreadable": cell.unreadable,
            "未找到 not found": cell.not_found,
            "未问过 not asked": cell.unasked,
        }
        for cell in ordered
    ]
