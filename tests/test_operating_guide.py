"""The guides of operators name every deployment, cause, alert and picture there is."""

from __future__ import annotations

import re

import pytest

from schemas.alerts import alert_kinds
from schemas.fetch_causes import fetch_causes
from tasks.deployments import declared_deployments
from tests.conftest import ROOT

GUIDES = {"zh": "operate.zh.md", "en": "operate.en.md"}


@pytest.mark.parametrize("language", GUIDES)
def test_a_guide_names_everything_an_operator_meets(language: str) -> None:
    text = (ROOT / "docs" / GUIDES[language]).read_text(encoding="utf-8")
    for cause in fetch_causes().values():
        assert f"`{cause.cause}` {getattr(cause, f'{language}_label')}" in text
        assert getattr(cause, f"{language}_remedy") in text
    for kind in alert_kinds().values():
        assert getattr(kind, f"{language}_label") in text
        assert getattr(kind, f"{language}_remedy") in text
    for declared in declared_deployments():
        assert f"| {declared.name}" in text


@pytest.mark.parametrize("language", GUIDES)
def test_the_pictures_of_a_guide_are_there_and_small(language: str) -> None:
    text = (ROOT / "docs" / GUIDES[language]).read_text(encoding="utf-8")
    named = re.findall(r"!\[[^]]+\]\((images/[^)]+)\)", text)
    assert named
    for name in named:
        assert 10_000 < (ROOT / "docs" / name).stat().st_size < 250_000, name
