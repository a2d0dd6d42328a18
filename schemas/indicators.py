"""How indicator tables are worded: the labels of the form of 2014, column heads, units, local labels.

Patterns are for normal form (NFKC, no spaces) with numbering and bracketed remarks taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from schemas.fields import Field, read_data_rows, table_form

STATISTICS = "statistics"
STATISTICS_FORM = "t2014"


@dataclass(frozen=True, slots=True, eq=False)
class StatisticsLabel:
    """A label of the form of 2014. `order` is its place in the form; None for a group heading.

    `block`: the heading it must stand under because its wording occurs twice. `is_signature`: no
    older local table has it.
    """

    key: str
    block: str
    pattern: re.Pattern[str]
    is_signature: bool
    order: int | None


@dataclass(frozen=True, slots=True)
class LocalLabel:
    """A label of local tables whose meaning is one key of `fields.csv`, if counted in these units."""

    key: str
    pattern: re.Pattern[str]
    units: frozenset[str]


@cache
def statistics_labels() -> tuple[StatisticsLabel, ...]:
    """The headings and rows of the form of 2014, in the order of the form."""
    places = {key: order for order, key in enumerate(statistics_keys())}
    return tuple(
        StatisticsLabel(
            key=row["key"],
            block=row["block"],
            pattern=re.compile(row["pattern"]),
            is_signature=row["signature"] == "yes",
            order=places[row["key"]] if row["kind"] == "row" else None,
        )
        for row in read_data_rows("statistics_labels.csv")
    )


@cache
def statistics_keys() -> tuple[str, ...]:
    """The 58 row keys of the form of 2014 in order."""
    return table_form(STATISTICS_FORM, STATISTICS).row_keys


@cache
def statistics_fields() -> tuple[Field, ...]:
    """The 58 fields of the form of 2014 in order."""
    return tuple(fields[0] for fields in table_form(STATISTICS_FORM, STATISTICS).rows)


@cache
def indicator_pattern(kind: str) -> re.Pattern[str]:
    """Wordings of one kind (label_header, this_year, unit …), to be matched in full."""
    patterns = [row["pattern"] for row in read_data_rows("indicator_words.csv")]
    kinds = [row["kind"] for row in read_data_rows("indicator_words.csv")]
    return re.compile(patterns[kinds.index(kind)])


@cache
def local_labels() -> tuple[LocalLabel, ...]:
    """Labels of local tables that have a key of the table narrative_statistics."""
    return tuple(
        LocalLabel(row["key"], re.compile(row["pattern"]), frozenset(row["units"].split("|")))
        for row in read_data_rows("local_statistics_labels.csv")
    )
