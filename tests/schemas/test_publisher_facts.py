"""Forms, deadlines and limits by kind of publisher."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from schemas.publisher_facts import expected_form, legal_deadline, publisher_limits
from schemas.tables import vocabulary


@pytest.mark.parametrize(
    ("year", "form"),
    [(2007, None), (2008, "t2008"), (2013, "t2008"), (2014, "t2014"), (2018, "t2014"),
     (2019, "t2019"), (2020, "t2019"), (2021, "t2021"), (2031, "t2021")],
)  # fmt: skip
def test_the_form_follows_the_year(year: int, form: str | None) -> None:
    assert expected_form(year) == form


@pytest.mark.parametrize(
    ("year", "level", "organ_type", "due", "basis"),
    [
        (2017, None, None, date(2018, 3, 31), "law"),
        (2024, "county", "department", date(2025, 1, 31), "law"),
        (2024, "county", "government", date(2025, 3, 31), "law"),
        (2024, "province", "government_office", date(2025, 1, 31), "law"),
        (2024, "national", None, date(2025, 1, 31), "law"),
        (2024, "township", "township_government", date(2025, 1, 31), "practice"),
        (2024, "township", "subdistrict_office", date(2025, 1, 31), "practice"),
        (2024, "county", "zone_committee", date(2025, 1, 31), "practice"),
    ],
)
def test_when_a_report_is_due(
    year: int, level: str | None, organ_type: str | None, due: date, basis: str
) -> None:
    deadline = legal_deadline(year, level, organ_type)
    assert deadline is not None
    assert (deadline.due_date, deadline.basis) == (due, basis)
    assert deadline.clause


def test_an_unknown_kind_of_publisher_has_no_deadline() -> None:
    assert legal_deadline(2024, "county", None) is None


@pytest.mark.parametrize("organ_type", [o for o in vocabulary("organ_types") if o != "government"])
def test_every_kind_of_organ_has_a_deadline(organ_type: str) -> None:
    assert legal_deadline(2024, "county", organ_type) is not None


@pytest.mark.parametrize(
    ("level", "organ_type", "has_power"),
    [
        ("national", "department", True),
        ("province", "government", True),
        ("prefecture", "government", True),
        ("prefecture", "department", False),
        ("prefecture", None, None),
        ("county", "government", False),
        ("township", None, False),
        (None, None, None),
    ],
)
def test_who_may_make_regulations(
    level: str | None, organ_type: str | None, has_power: bool | None
) -> None:
    assert publisher_limits(level, organ_type).has_rule_power is has_power


def test_fee_ceilings_rise_with_the_level() -> None:
    township = publisher_limits("township", "township_government").fee_amount_ceiling_10k_yuan
    county = publisher_limits("county", "department").fee_amount_ceiling_10k_yuan
    assert township == Decimal(5000)
    assert county == Decimal(100000)
    assert publisher_limits("national", "department").fee_amount_ceiling_10k_yuan is None
