"""The values a rule may read, taken from what one document says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from annual_reports.model import Cell, Claim, Identity
from schemas.publisher_facts import expected_form, legal_deadline, publisher_limits
from schemas.rules import FORM_TABLES, REPORT, operand_kind


def governing_forms(templates: Mapping[str, str | None], year: int | None) -> dict[str, str]:
    """The form by which each table's rules are chosen: its own, or the year's if it was not found.

    REPORT stands for rules over the text and the identity: the form of the first table found.
    """
    expected = None if year is None else expected_form(year)
    forms = {table: templates.get(table) or expected for table in FORM_TABLES}
    found = (templates[table] for table in FORM_TABLES if templates.get(table))
    forms[REPORT] = next(found, expected)
    return {table: form for table, form in forms.items() if form}


def detected_form(templates: Mapping[str, str | None]) -> str | None:
    """The form of the tables found, joined by `+` where they differ; None without a table."""
    return "+".join(sorted({form for form in templates.values() if form})) or None


def document_values(
    cells: Iterable[Cell],
    claims: Iterable[Claim],
    templates: Mapping[str, str | None],
    structure: Mapping[str, int],
    identity: Identity,
) -> dict[str, Any]:
    """Path → value of what one document says; a path that is absent is not known."""
    values: dict[str, Any] = {
        f"{cell.table}.{cell.row_key}.{cell.column_key}": cell.value for cell in cells
    }
    values |= {f"structure.{name}": count for name, count in structure.items()}
    values |= claimed_values(claims)
    values |= report_values(identity)
    values["report.template_detected"] = detected_form(templates)
    return values


def claimed_values(claims: Iterable[Claim]) -> dict[str, Any]:
    """Path → the value the prose gives of the report's year; None where it gives several that differ.

    Numbers of another year or of a part of the report, and numbers that are not exact, stay out.
    """
    values: dict[str, Any] = {}
    for claim in claims:
        if not claim.is_of_report or claim.is_approximate:
            continue
        path = f"narrative.{claim.metric}.value"
        value = day_or_none(str(claim.value)) if operand_kind(path) == "date" else claim.value
        values[path] = value if values.get(path, value) == value else None
    return values


def report_values(identity: Identity) -> dict[str, Any]:
    """The `report.` operands that follow from the identity."""
    year, level, organ_type = identity.year, identity.level, identity.organ_type
    deadline = None if year is None else legal_deadline(year, level, organ_type)
    limits = publisher_limits(level, organ_type)
    return {
        "report.year": year,
        "report.publish_date": day_or_none(identity.publish_date or ""),
        "report.deadline": deadline.due_date if deadline else None,
        "report.publisher_id": identity.publisher_id,
        "report.scope": identity.scope,
        "report.template_expected": None if year is None else expected_form(year),
        "report.publisher_has_rule_power": limits.has_rule_power,
        "report.fee_amount_ceiling_10k_yuan": limits.fee_amount_ceiling_10k_yuan,
    }


def day_or_none(text: str) -> date | None:
    """The day of an ISO date; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
