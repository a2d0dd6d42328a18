"""Values of reports that satisfy every rule of their form, and of documents made from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from annual_reports.checking.evaluation import compile_instance
from annual_reports.checking.expressions import NUMBER
from schemas.rules import FORM_TABLES, REPORT, operand_kind, rule_instances

_TABLE_THREE = {
    "new_received": {"natural_person": 3, "commercial_enterprise": 1, "total": 4},
    "carried_in": {"natural_person": 1, "total": 1},
    "disclosed_full": {"natural_person": 3, "commercial_enterprise": 1, "total": 4},
    "handled_total": {"natural_person": 3, "commercial_enterprise": 1, "total": 4},
    "carried_out": {"natural_person": 1, "total": 1},
}
_REQUESTS = {
    f"requests.{row}.{column}": value
    for row, columns in _TABLE_THREE.items()
    for column, value in columns.items()
}
_LAST_YEAR = {
    "prev.requests.carried_out.natural_person": 1,
    "prev.requests.carried_out.total": 1,
    "prev.requests.new_received.total": 4,
    "prev.active_disclosure.normative_documents.in_force": 4,
    "prev.active_disclosure.normative_documents.public_total": 6,
    "prev.active_disclosure.licensing.items_prior_year": 8,
    "prev.active_disclosure.licensing.items_change": 2,
    "prev.statistics.requests_received.value": 10,
    "prev.statistics.requests_completed.value": 9,
}
_TABLE_TWO = {
    "active_disclosure.normative_documents.made": 2,
    "active_disclosure.normative_documents.repealed": 1,
    "active_disclosure.normative_documents.in_force": 5,
    "active_disclosure.normative_documents.published": 2,
    "active_disclosure.normative_documents.public_total": 7,
    "active_disclosure.licensing.items_prior_year": 10,
    "active_disclosure.licensing.items_change": -2,
    "active_disclosure.central_procurement.projects": 1,
    "active_disclosure.central_procurement.amount_10k_yuan": Decimal("12.5"),
    "active_disclosure.administrative_fees.amount_10k_yuan": Decimal("96.16"),
}
_TABLE_FOUR = {
    "review_litigation.reconsideration.upheld": 1,
    "review_litigation.reconsideration.total": 1,
}
_PROSE = {
    "narrative.requests_received.value": 4,
    "narrative.requests_answered.value": 4,
    "narrative.requests_carried_in.value": 1,
    "narrative.requests_carried_out.value": 1,
    "narrative.disclosed_full.value": 4,
    "narrative.reconsideration_cases.value": 1,
    "narrative.normative_documents_made.value": 2,
    "narrative.channel_online.value": 2,
    "narrative.channel_mail.value": 1,
    "narrative.no_information_fee.value": True,
}
_SIZES = {
    "t2021": {"structure.requests_rows": 25, "structure.active_disclosure_rows": 6},
    "t2019": {"structure.requests_rows": 23, "structure.active_disclosure_rows": 8},
}
_YEARS = {"t2008": 2010, "t2014": 2016, "t2019": 2020, "t2021": 2024}
_KINDS = {"number": 0, "flag": False}


def fitting_values(form: str) -> dict[str, Any]:
    """Path → value for every operand of the rules of a form; every rule passes on them."""
    year = _YEARS[form]
    paths = [p for i in rule_instances(form) for p in compile_instance(i).paths]
    values: dict[str, Any] = {path: _KINDS.get(operand_kind(path)) for path in paths}
    told = {
        **_REQUESTS,
        **_LAST_YEAR,
        **_TABLE_TWO,
        **_TABLE_FOUR,
        **({} if form == "t2014" else _PROSE),
        **_SIZES.get(form, {}),
        "structure.requests_columns": 7,
        "structure.review_litigation_values": 15,
        "structure.sections_found": 6,
        "narrative.period_end.value": date(year, 12, 31),
        "report.year": year,
        "report.publish_date": date(year + 1, 1, 20),
        "report.deadline": date(year + 1, 1, 31),
        "report.scope": "consolidated",
        "report.publisher_id": "110000-government",
        "report.template_detected": form,
        "report.template_expected": form,
        "report.fee_amount_ceiling_10k_yuan": Decimal(5000),
        "dataset.is_unique": True,
        "children.requests.new_received.total": 3,
    }
    return values | {path: value for path, value in told.items() if path in values}


def wide_frame(reports: list[dict[str, Any]], form: str) -> pl.DataFrame:
    """The reports as rows of the frame that `check_reports` reads, every table of one form."""
    types = {
        "number": NUMBER,
        "flag": pl.Boolean(),
        "date": pl.Date(),
        "text": pl.String(),
    }
    columns = {
        path: pl.Series(
            path,
            [_exact(report[path]) for report in reports],
            dtype=types[operand_kind(path)],
        )
        for path in reports[0]
    }
    return pl.DataFrame(columns).with_columns(
        pl.Series("document", range(len(reports)), dtype=pl.UInt32),
        *(pl.lit(form).alias(f"form.{table}") for table in (*FORM_TABLES, REPORT)),
        *(pl.lit(False).alias(f"unread.{table}") for table in FORM_TABLES),
    )


def _exact(value: Any) -> Any:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return Decimal(value) if is_count else value
