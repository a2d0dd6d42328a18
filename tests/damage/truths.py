"""Random statutory tables whose hard sums hold."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from schemas.fields import Field, table_form

Key = tuple[str, str, str]
FLOWS = ("new_received", "carried_in", "handled_total", "carried_out")


@dataclass(frozen=True)
class Truth:
    """What a report prints: values by (table, row_key, column_key), None for a blank cell."""

    active_form: str
    requests_form: str
    values: dict[Key, int | Decimal | None]
    written: dict[Key, str] = field(default_factory=dict)

    def text(self, key: Key) -> str:
        """The cell as printed."""
        if key in self.written:
            return self.written[key]
        value = self.values[key]
        return "" if value is None else str(value)

    def changed(self, key: Key, value: int | Decimal | None, written: str | None = None) -> Truth:
        """The same report with another cell."""
        texts = self.written if written is None else {**self.written, key: written}
        return replace(self, values={**self.values, key: value}, written=texts)

    def saying(
        self, values: Mapping[Key, int | Decimal | None], written: Mapping[Key, str]
    ) -> Truth:
        """The same report with some cells of another value and some of another wording."""
        return replace(self, values={**self.values, **values}, written={**self.written, **written})


def random_truth(source: random.Random) -> Truth:
    """One report: an empty one, a township's, a department's or a city's."""
    active_form = source.choice(("t2019", "t2021"))
    requests_form = source.choice((active_form, active_form, "t2019", "t2021"))
    scale = source.choice((0, 1, 1, 3, 12, 60, 400))
    values: dict[Key, int | Decimal | None] = {}
    written: dict[Key, str] = {}
    _fill_active(source, active_form, scale, values, written)
    _fill_requests(source, requests_form, scale, values)
    _fill_review(source, scale, values)
    return Truth(active_form, requests_form, values, written)


def _count(source: random.Random, scale: int, share: float) -> int:
    return source.randint(1, max(1, scale)) if scale and source.random() < share else 0


def _fill_active(
    source: random.Random,
    form: str,
    scale: int,
    values: dict[Key, int | Decimal | None],
    written: dict[Key, str],
) -> None:
    for fields in table_form(form, "active_disclosure").rows:
        for one in fields:
            key = (one.table, one.row_key, one.column_key)
            values[key] = _active_value(source, one, scale)
            if one.dtype == "signed_int" and values[key]:
                written[key] = _written_change(source, int(values[key] or 0))
            elif one.dtype == "decimal" and values[key] and source.random() < 0.3:
                written[key] = f"{values[key]}万元"


def _active_value(source: random.Random, one: Field, scale: int) -> int | Decimal:
    count = _count(source, scale * 30, 0.5)
    if one.dtype == "signed_int":
        return count % 40 * source.choice((-1, 1))
    if one.dtype == "decimal":
        return Decimal(count) / source.choice((1, 100))
    return count


def _written_change(source: random.Random, change: int) -> str:
    if change < 0:
        return source.choice((f"{change}", f"减{-change}"))
    return source.choice((f"{change}", f"+{change}", f"增{change}"))


def _fill_requests(
    source: random.Random, form: str, scale: int, values: dict[Key, int | Decimal | None]
) -> None:
    rows = [fields[0].row_key for fields in table_form(form, "requests").rows]
    columns = [one.column_key for one in table_form(form, "requests").rows[0]]
    shares = [0.5, 0.25, 0.05, 0.05, 0.15, 0.1]
    grid = {row: [0] * 6 for row in rows}
    for c in range(6):
        for row in rows:
            if row not in FLOWS:
                grid[row][c] = _count(source, scale, shares[c])
        handled = sum(grid[row][c] for row in rows if row not in FLOWS)
        grid["handled_total"][c] = handled
        grid["carried_out"][c] = _count(source, scale, shares[c])
        due = handled + grid["carried_out"][c]
        grid["carried_in"][c] = source.randint(0, min(due, scale))
        grid["new_received"][c] = due - grid["carried_in"][c]
    for row, counts in grid.items():
        for column, value in zip(columns, [*counts, sum(counts)], strict=True):
            values["requests", row, column] = value


def _fill_review(
    source: random.Random, scale: int, values: dict[Key, int | Decimal | None]
) -> None:
    for fields in table_form("t2021", "review_litigation").rows:
        counts = [_count(source, scale, 0.3) for _ in fields[:-1]]
        for one, value in zip(fields, [*counts, sum(counts)], strict=True):
            values["review_litigation", one.row_key, one.column_key] = value


def with_blanks(source: random.Random, truth: Truth) -> Truth:
    """The same report as an office leaves it that prints few zeros: most zero cells blank."""
    totals_blank = source.random() < 0.4
    for key, value in truth.values.items():
        table, row, column = key
        leaf_total = totals_blank and table == "requests" and column == "total" and row not in FLOWS
        if (value == 0 and source.random() < 0.85) or leaf_total:
            truth = truth.changed(key, None, "")
    return truth
