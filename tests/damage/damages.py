"""Damages to drawn tables, to lines and to grids."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from functools import partial

from .physical import Drawn, Table, drawn_tables
from .truths import Truth

Tables = list[list[list[Drawn]]]


def copy_of(truth: Truth) -> Tables:
    return [[list(row) for row in table] for table in drawn_tables(truth)]


def _value_places(tables: Tables) -> list[tuple[int, int, int]]:
    return [
        (t, r, c)
        for t, table in enumerate(tables)
        for r, row in enumerate(table)
        for c, cell in enumerate(row)
        if cell.key is not None and cell.text
    ]


def _label_places(tables: Tables) -> list[tuple[int, int, int]]:
    return [
        (t, r, c)
        for t, table in enumerate(tables)
        for r, row in enumerate(table)
        for c, cell in enumerate(row)
        if cell.label_of is not None
    ]


def undamaged(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return truth, copy_of(truth)


def one_dropped(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return truth, _dropped(source, truth, 1)


def five_dropped(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return truth, _dropped(source, truth, 5)


def _dropped(
    source: random.Random, truth: Truth, count: int, tables_hit: Collection[int] = (0, 1, 2)
) -> Tables:
    tables = copy_of(truth)
    places = [place for place in _value_places(tables) if place[0] in tables_hit]
    for t, r, c in sorted(source.sample(places, count), reverse=True):
        del tables[t][r][c]
    return tables


def one_doubled(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    t, r, c = source.choice(_value_places(tables))
    tables[t][r].insert(c, tables[t][r][c])
    return truth, tables


def row_of_values_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    t, r, _ = source.choice(_value_places(tables))
    tables[t][r] = [cell for cell in tables[t][r] if cell.key is None]
    return truth, tables


def digit_changed(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """The publisher typed another number: the truth is what is printed."""
    counts = [
        key
        for key, value in truth.values.items()
        if isinstance(value, int) and key not in truth.written
    ]
    if not counts:
        return truth, copy_of(truth)
    key = source.choice(counts)
    changed = truth.changed(key, int(truth.values[key] or 0) + source.randint(1, 9))
    return changed, copy_of(changed)


def letter_for_zero(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    zeros = [key for key, value in truth.values.items() if value == 0 and key not in truth.written]
    if not zeros:
        return truth, copy_of(truth)
    changed = truth.changed(source.choice(zeros), 0, source.choice("OoO〇"))
    return changed, copy_of(changed)


def numbers_split(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Some numbers are broken by a space, as where each run of a Word page becomes a text of its own."""
    tables = copy_of(truth)
    places = [(t, r, c) for t, r, c in _value_places(tables) if len(tables[t][r][c].text) > 1]
    for t, r, c in source.sample(places, source.randint(min(1, len(places)), len(places))):
        text = tables[t][r][c].text
        at = source.randrange(1, len(text))
        tables[t][r][c] = tables[t][r][c].saying(f"{text[:at]} {text[at:]}")
    return truth, tables


_WRONG = "止牧司目宫复忌池"


def label_typos(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    for t, r, c in source.sample(_label_places(tables), 3):
        text = tables[t][r][c].text
        at = source.randrange(len(text))
        tables[t][r][c] = tables[t][r][c].saying(text[:at] + source.choice(_WRONG) + text[at + 1 :])
    return truth, tables


def label_characters_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    for t, r, c in source.sample(_label_places(tables), 3):
        text = tables[t][r][c].text
        at = source.randrange(len(text))
        tables[t][r][c] = tables[t][r][c].saying(text[:at] + text[at + 1 :])
    return truth, tables


def label_lost(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    t, r, c = source.choice(_label_places(tables))
    tables[t][r][c] = tables[t][r][c].saying("")
    return truth, tables


def labels_swallowed(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Two neighbouring labels of table three vanish without leaving a cell."""
    tables = copy_of(truth)
    places = [place for place in _label_places(tables) if place[0] == 1]
    first = source.randrange(len(places) - 1)
    for t, r, c in places[first : first + 2]:
        tables[t][r][c] = tables[t][r][c].saying("")
    return truth, tables


def dropped_and_doubled(
    source: random.Random, truth: Truth, tables_hit: Collection[int] = (0, 1, 2)
) -> tuple[Truth, Tables]:
    """One value lost and another doubled, in different rows."""
    tables = copy_of(truth)
    places = [place for place in _value_places(tables) if place[0] in tables_hit]
    one, two = source.sample(places, 2)
    if one[:2] != two[:2]:
        tables[two[0]][two[1]].insert(two[2], tables[two[0]][two[1]][two[2]])
        del tables[one[0]][one[1]][one[2]]
    return truth, tables


_WITH_SUMS = (1, 2)


def _one_dropped_from_sums(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return truth, _dropped(source, truth, 1, _WITH_SUMS)


def _five_dropped_from_sums(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    return truth, _dropped(source, truth, 5, _WITH_SUMS)


LOSSES_BESIDE_SUMS: dict[str, Callable[[random.Random, Truth], tuple[Truth, Tables]]] = {
    "one_dropped": _one_dropped_from_sums,
    "five_dropped": _five_dropped_from_sums,
    "dropped_and_doubled": partial(dropped_and_doubled, tables_hit=_WITH_SUMS),
}
"""The damages that lose values, in the tables that have sums, for media that fill a short row up at its end."""

TABLE_DAMAGES: dict[str, Callable[[random.Random, Truth], tuple[Truth, Tables]]] = {
    damage.__name__: damage
    for damage in (
        undamaged,
        one_dropped,
        five_dropped,
        one_doubled,
        row_of_values_lost,
        digit_changed,
        letter_for_zero,
        label_typos,
        label_characters_lost,
        label_lost,
        labels_swallowed,
        dropped_and_doubled,
        numbers_split,
    )
}


def as_it_is(source: random.Random, lines: list[str]) -> list[str]:
    return lines


def page_numbers(source: random.Random, lines: list[str]) -> list[str]:
    return _inserted(source, lines, ("- {} -", "— {} —", "第 {} 页", "-{}-"))


def bare_page_numbers(source: random.Random, lines: list[str]) -> list[str]:
    return _inserted(source, lines, ("{}",))


def _inserted(source: random.Random, lines: list[str], forms: tuple[str, ...]) -> list[str]:
    damaged = list(lines)
    form = source.choice(forms)
    first = source.randint(1, 4)
    places = sorted(source.sample(range(len(lines)), min(3, len(lines))))
    for number, place in reversed(list(enumerate(places, first))):
        damaged.insert(place, form.format(number))
    return damaged


def truncated(source: random.Random, lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    return text[: source.randint(len(text) // 4, len(text))].split("\n")


def header_repeated(source: random.Random, lines: list[str]) -> list[str]:
    """A page break inside table three prints its header again."""
    header = ["自然人 法人或其他组织 总计", "商业企业 科研机构 社会公益组织 法律服务机构 其他"]
    place = source.randrange(len(lines))
    return [*lines[:place], *header, *lines[place:]]


def line_lost(source: random.Random, lines: list[str]) -> list[str]:
    place = source.randrange(4, len(lines))
    return [*lines[:place], *lines[place + 1 :]]


LINE_DAMAGES: dict[str, Callable[[random.Random, list[str]], list[str]]] = {
    damage.__name__: damage
    for damage in (page_numbers, bare_page_numbers, truncated, header_repeated, line_lost)
}


def _checked_row(source: random.Random, tables: Tables) -> tuple[int, int] | None:
    """A row above zero of a table that has sums; a shift is invisible in table two and in zeros."""
    places = [
        (t, r)
        for t, r, c in _value_places(tables)
        if t > 0 and tables[t][r][c].text not in ("", "0")
    ]
    return source.choice(places) if places else None


def row_shifted_right(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """An empty cell before the values pushes the last one out of the row."""
    tables = copy_of(truth)
    place = _checked_row(source, tables)
    if place is None:
        return truth, tables
    row = tables[place[0]][place[1]]
    first = next(i for i, cell in enumerate(row) if cell.key is not None)
    row.insert(first, Drawn(""))
    del row[-1]
    return truth, tables


def row_shifted_left(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """The first value is lost and an empty cell closes the row."""
    tables = copy_of(truth)
    place = _checked_row(source, tables)
    if place is None:
        return truth, tables
    row = tables[place[0]][place[1]]
    first = next(i for i, cell in enumerate(row) if cell.key is not None)
    del row[first]
    row.append(Drawn(""))
    return truth, tables


def cells_merged(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    """Two neighbouring values of a row share one cell: the number in it belongs to neither."""
    tables = copy_of(truth)
    places = [p for p in _value_places(tables) if p[2] + 1 < len(tables[p[0]][p[1]])]
    t, r, c = source.choice(places)
    row = tables[t][r]
    for cell in row[c : c + 2]:
        assert cell.key is not None
        truth = truth.changed(cell.key, None, cell.text)
    row[c] = Drawn(row[c].text, columns=row[c].columns + row[c + 1].columns, key=row[c].key)
    del row[c + 1]
    return truth, tables


def extra_cell_at_end(source: random.Random, truth: Truth) -> tuple[Truth, Tables]:
    tables = copy_of(truth)
    t, r, _ = source.choice(_value_places(tables))
    tables[t][r].append(Drawn(""))
    return truth, tables


GRID_DAMAGES: dict[str, Callable[[random.Random, Truth], tuple[Truth, Tables]]] = {
    **TABLE_DAMAGES,
    **{
        damage.__name__: damage
        for damage in (row_shifted_right, row_shifted_left, cells_merged, extra_cell_at_end)
    },
}


def frozen(tables: Tables) -> tuple[Table, ...]:
    return tuple(tuple(tuple(row) for row in table) for table in tables)
