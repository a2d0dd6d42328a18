"""What is expected of a publisher by its kind: form, deadline, rule-making power, plausible fees.

The tables are data (`forms.csv`, `deadlines.csv`, `publisher_limits.csv`). In them `any` stands for
every value, the unknown one included, and `*` for every known value; the first line that fits counts.
Sources: Regulation of 2007, Article 31; Regulation of 2019, Article 49; Legislation Law. The fee
ceilings are settings of this project, made to catch yuan typed into a cell of 10,000 yuan.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from schemas.fields import all_fields, read_data_rows


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of publication. `basis` is law or practice, `clause` the article it rests on."""

    due_date: date
    basis: str
    clause: str


@dataclass(frozen=True, slots=True)
class PublisherLimits:
    """Both are None where the kind of publisher does not settle them. The ceiling is in 万元."""

    has_rule_power: bool | None
    fee_amount_ceiling_10k_yuan: Decimal | None


@cache
def expected_form(year: int) -> str | None:
    """The form prescribed for reports of a year; None before the first one."""
    for row in read_data_rows("forms.csv"):
        if _in_years(row, year):
            return row["template"]
    return None


@cache
def prescribes_tables(year: int) -> bool:
    """Whether the form of a year has the tables two to four."""
    form = expected_form(year)
    return any(field.template == form and field.table == "requests" for field in all_fields())


@cache
def legal_deadline(year: int, level: str | None, organ_type: str | None) -> Deadline | None:
    """When the report of `year` is due; None where the kind of publisher does not settle it."""
    for row in read_data_rows("deadlines.csv"):
        if _in_years(row, year) and _fits(row, level, organ_type):
            due = date.fromisoformat(f"{year + 1}-{row['deadline']}")
            return Deadline(due, row["deadline_basis"], row["deadline_clause"])
    return None


@cache
def publisher_limits(level: str | None, organ_type: str | None) -> PublisherLimits:
    """What a publisher of this kind can plausibly report."""
    for row in read_data_rows("publisher_limits.csv"):
        if _fits(row, level, organ_type):
            ceiling = row["fee_amount_ceiling_10k_yuan"]
            return PublisherLimits(
                has_rule_power=row["has_rule_power"] == "yes",
                fee_amount_ceiling_10k_yuan=Decimal(ceiling) if ceiling else None,
            )
    return PublisherLimits(None, None)


def _in_years(row: dict[str, str], year: int) -> bool:
    return int(row["year_from"]) <= year and (not row["year_to"] or year <= int(row["year_to"]))


def _fits(row: dict[str, str], level: str | None, organ_type: str | None) -> bool:
    return _matches(row["level"], level) and _matches(row["organ_type"], organ_type)


def _matches(pattern: str, value: str | None) -> bool:
    match pattern:
        case "any":
            return True
        case "*":
            return value is not None
        case _:
            return pattern == value
