"""Damages to whole rows, columns and headers of the drawn tables, and to cells beside each other.

A label that stands beside values ties them: what is printed beside it is the truth, wherever the row stands.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from .damages import Tables, copy_of
from .physical import Drawn
from .truths import Key, Truth

_REQUESTS = 1
_ROWS_THAT_TELL = 4


def _rows_with_values(tables: Tables) -> list[tuple[int, int]]:
    """(table, row) of rows that hold a leaf label and values."""
    return [
        (t, r)
        for t, table in enumerate(tables)
        for r, row in enumerate(table)
        if any(cell.label_of for cell in row) and any(cell.key for cell in row)
    ]


def _values(row: list[Drawn]) -> list[int]:
    return [index for index, cell in enumerate(row) if cell.key is not None]


def _simple_rows(tables: Tables) -> list[int]:
    """Rows of table three that begin no group, so that they can be moved without their spans."""
    return [
        r
        for t, r in _rows_with_values(tables)
        if t == _REQUESTS and all(c.rows == 1 for c in tables[t][r])
    ]


def rows_swapped(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Two rows of table three change places, labels and values together."""
    tables = copy_of(truth)
    one, two = source.sample(_simple_rows(tables), 2)
    table = tables[_REQUESTS]
    table[one], table[two] = table[two], table[one]
    return truth, tables


def labels_swapped(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Two labels of table three change places: the report then says of each what stands beside it."""
    tables = copy_of(truth)
    one, two = source.sample(_simple_rows(tables), 2)
    rows = tables[_REQUESTS]
    first, second = _leaf(rows[one]), _leaf(rows[two])
    rows[one][first], rows[two][second] = (
        rows[one][first].saying(rows[two][second].text),
        rows[two][second].saying(rows[one][first].text),
    )
    keys = [[rows[r][c].key for c in _values(rows[r])] for r in (one, two)]
    values: dict[Key, object] = {}
    for here, there in zip(*keys, strict=True):
        assert here is not None and there is not None
        values[here], values[there] = truth.values[there], truth.values[here]
    return truth.saying(values, {}), tables  # type: ignore[arg-type]


def _leaf(row: list[Drawn]) -> int:
    return next(index for index, cell in enumerate(row) if cell.label_of)


def row_printed_twice(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """A page break prints a row at the foot of one page and at the head of the next."""
    tables = copy_of(truth)
    row = source.choice(_simple_rows(tables))
    tables[_REQUESTS].insert(row, list(tables[_REQUESTS][row]))
    return truth, tables


def row_twice_with_other_values(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """A label stands before two different rows of values: none of them is known to be meant."""
    tables = copy_of(truth)
    row = source.choice(_simple_rows(tables))
    other = [
        cell if cell.key is None else cell.saying(str(source.randint(0, 5)))
        for cell in tables[_REQUESTS][row]
    ]
    for old, new in zip(tables[_REQUESTS][row], other, strict=True):
        if old.key is not None and old.text != new.text:
            truth = truth.changed(old.key, None, old.text)
    tables[_REQUESTS].insert(row + source.randint(0, 1), other)
    return truth, tables


def column_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """A column of table three is not printed, neither its head nor its values."""
    return _without_column(source, truth, with_head=True)


def column_values_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return _without_column(source, truth, with_head=False)


def _without_column(source: random.Random, truth: Truth, with_head: bool) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    totals = [value for key, value in truth.values.items() if key[0] + key[2] == "requeststotal"]
    if sum(bool(value) for value in totals) < _ROWS_THAT_TELL:
        return truth, tables  # among zeros nothing tells which column is gone
    column = source.randrange(7)
    lost: dict[Key, None] = {}
    for row in tables[_REQUESTS]:
        values = _values(row)
        if len(values) == 7:
            key = row[values[column]].key
            assert key is not None
            lost[key] = None
            del row[values[column]]
    if with_head:
        heads = tables[_REQUESTS]
        if column in (0, 6):
            del heads[1][0 if column == 0 else 2]
        else:
            del heads[2][column - 1]
            heads[1][1] = Drawn(heads[1][1].text, columns=4)
    return truth.saying(lost, dict.fromkeys(lost, "")), tables


def headers_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """The rows of column labels of one table are gone."""
    tables = copy_of(truth)
    t = source.randrange(3)
    tables[t] = [row for row in tables[t] if any(cell.key for cell in row)]
    return truth, tables


def stray_numbers(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Numbers that belong to no table stand between rows, each in a row of its own."""
    tables = copy_of(truth)
    t = source.randrange(3)
    for place in sorted(source.sample(range(len(tables[t])), min(2, len(tables[t]))), reverse=True):
        number = source.choice(("7", "2023", "1.5", "12"))
        tables[t].insert(place, [Drawn(number, columns=4)])
    return truth, tables


def two_values_in_a_cell(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Neighbours share a cell, their numbers apart, and the row has one cell less."""
    tables = copy_of(truth)
    for _ in range(source.randint(1, 3)):
        t, r, c = _two_neighbours(source, tables)
        one, two = tables[t][r][c : c + 2]
        space = source.choice((" ", "\n", "  "))
        tables[t][r][c] = Drawn(one.text + space + two.text, one.columns + two.columns, key=one.key)
        del tables[t][r][c + 1]
    return truth, tables


def values_glued(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Neighbours lose what separates them and become one run of digits in one cell."""
    tables = copy_of(truth)
    t, r, c = _two_neighbours(source, tables)
    one, two = tables[t][r][c : c + 2]
    tables[t][r][c] = Drawn(one.text + two.text, one.columns + two.columns, key=one.key)
    del tables[t][r][c + 1]
    return truth, tables


def _two_neighbours(source: random.Random, tables: Tables) -> tuple[int, int, int]:
    places = [
        (t, r, c)
        for t, table in enumerate(tables)
        for r, row in enumerate(table)
        for c in _values(row)[:-1]
        if row[c].text and row[c + 1].text
    ]
    return source.choice(places)


def two_rows_in_one(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """A converter that missed a rule prints two rows of table three cell by cell in one."""
    tables = copy_of(truth)
    rows = _simple_rows(tables)
    one = source.choice([r for r in rows if r + 1 in rows])
    upper, lower = tables[_REQUESTS][one], tables[_REQUESTS][one + 1]
    if len(upper) == len(lower):
        tables[_REQUESTS][one] = [
            a.saying(f"{a.text}\n{b.text}") for a, b in zip(upper, lower, strict=True)
        ]
        del tables[_REQUESTS][one + 1]
    return truth, tables


RowDamage = Callable[[random.Random, Truth], tuple[Truth, Tables]]
ROW_DAMAGES: dict[str, RowDamage] = {
    damage.__name__: damage
    for damage in (
        rows_swapped,
        labels_swapped,
        row_printed_twice,
        row_twice_with_other_values,
        column_lost,
        column_values_lost,
        headers_lost,
        stray_numbers,
        two_values_in_a_cell,
        values_glued,
        two_rows_in_one,
    )
}
