"""The places of rules in the words of the form."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from annual_reports.checking.messages import place_label
from schemas.fields import read_data_rows
from schemas.rules import rule_instances


def rule_place(rule_id: str, place: str) -> str:
    """`表三（总计）` for requests.total; the place itself where no rule of the forms has it."""
    return _places().get((rule_id, place), place)


@cache
def _places() -> Mapping[tuple[str, str], str]:
    forms = [row["template"] for row in read_data_rows("forms.csv")]
    return {
        (instance.rule.rule_id, instance.scope): place_label(instance)
        for form in forms
        for instance in rule_instances(form)
    }
